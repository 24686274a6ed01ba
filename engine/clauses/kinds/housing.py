"""Inspected housing for the whole stay (SAWP, H-2A, GECCO Art. 7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from engine.clauses.base import Example, Gate
from engine.clauses.views import Array, Bools, Pairs, Placements
from engine.words import Message, message


@dataclass(frozen=True)
class Housing(Gate):
    """The site's ``inspected_until >= end_date``."""

    kind: ClassVar = "housing"
    protects: ClassVar = {}
    told_to_employers: ClassVar = True
    told_in_offers: ClassVar = True
    examples: ClassVar = (
        Example(True, {}, "Valid to the last day.", site={"inspected_until": "2026-08-31"}),
        Example(False, {}, "Runs out before.", site={"inspected_until": "2026-08-30"}),
        Example(False, {}, "Never inspected.", site={"inspected_until": ""}),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        yield message("The housing's inspection is valid to the last day.")

    def admits(self, pairs: Pairs) -> Array:
        """See `Gate`."""
        return pairs.site("inspected_until") >= pairs.order("end_date")

    def breaches(self, placements: Placements) -> Bools:
        """See `Gate`."""
        return ~(placements.date("sites", "inspected_until") >= placements.date("orders", "end_date"))

    def facts(self, placements: Placements) -> list[Message]:
        """See `Gate`."""
        until = placements.date("sites", "inspected_until").tolist()
        needed = placements.date("orders", "end_date").tolist()
        return [
            message("no date of an inspection, needed until {needed}", needed=least)
            if last is None
            else message("inspected until {until}, needed until {needed}", until=last, needed=least)
            for last, least in zip(until, needed, strict=True)
        ]
