"""Proof that no local worker is to be had (H-2A, PALM, RSE, EPS)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from engine.clauses.base import Example, Gate
from engine.clauses.views import Array, Bools, Pairs, Placements
from engine.words import Message, message


@dataclass(frozen=True)
class LabourMarketTest(Gate):
    """``labour_market_test_until >= start_date``."""

    kind: ClassVar = "labour_market_test"
    told_to_employers: ClassVar = True
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

    def facts(self, placements: Placements) -> list[Message]:
        """See `Gate`."""
        until = placements.date("orders", "labour_market_test_until").tolist()
        needed = placements.date("orders", "start_date").tolist()
        return [
            message("no date of a labour market test, needed on {needed}", needed=least)
            if last is None
            else message("labour market test until {until}, needed on {needed}", until=last, needed=least)
            for last, least in zip(until, needed, strict=True)
        ]
