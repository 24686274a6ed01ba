"""An accredited employer (RSE, PALM)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from engine.clauses.base import Example, Gate
from engine.clauses.views import Array, Bools, Pairs, Placements
from engine.words import Message, message


@dataclass(frozen=True)
class Accreditation(Gate):
    """The employer's ``accredited_until >= end_date``."""

    kind: ClassVar = "accreditation"
    protects: ClassVar = {}
    told_to_employers: ClassVar = True
    examples: ClassVar = (
        Example(True, {}, "Accredited to the last day.", employer={"accredited_until": "2026-08-31"}),
        Example(False, {}, "Accreditation ends before.", employer={"accredited_until": "2026-08-30"}),
        Example(False, {}, "Never accredited.", employer={"accredited_until": ""}),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        yield message("The employer is accredited to the last day.")

    def admits(self, pairs: Pairs) -> Array:
        """See `Gate`."""
        return pairs.employer("accredited_until") >= pairs.order("end_date")

    def breaches(self, placements: Placements) -> Bools:
        """See `Gate`."""
        return ~(placements.date("employers", "accredited_until") >= placements.date("orders", "end_date"))

    def facts(self, placements: Placements) -> list[Message]:
        """See `Gate`."""
        until = placements.date("employers", "accredited_until").tolist()
        needed = placements.date("orders", "end_date").tolist()
        return [
            message("no date of an accreditation, needed until {needed}", needed=least)
            if last is None
            else message("accredited until {until}, needed until {needed}", until=last, needed=least)
            for last, least in zip(until, needed, strict=True)
        ]
