"""Proof that no local worker is to be had (H-2A, PALM, RSE, EPS)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from engine.clauses.base import Array, Bools, Example, Gate, Pairs, Placements
from engine.words import Message, message


@dataclass(frozen=True)
class LabourMarketTest(Gate):
    """``labour_market_test_until >= start_date``."""

    kind: ClassVar = "labour_market_test"
    examples: ClassVar = (
        Example(True, {}, "Valid to the first day.", orders=({"labour_market_test_until": "2026-03-01"},)),
        Example(False, {}, "Ran out the day before.", orders=({"labour_market_test_until": "2026-02-28"},)),
        Example(False, {}, "No test.", orders=({"labour_market_test_until": ""},)),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        yield message("The labour market test is valid on the first day.")

    def admits(self, pairs: Pairs) -> Array:
        """See `Gate`."""
        return pairs.order("labour_market_test_until") >= pairs.order("start_date")

    def breaches(self, placements: Placements) -> Bools:
        """See `Gate`."""
        until = placements.date("orders", "labour_market_test_until")
        return ~(until >= placements.date("orders", "start_date"))
