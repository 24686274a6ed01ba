"""Places kept for a class until a release date (H-2B country and returning-worker places, GECCO repeaters)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import numpy as np

from engine.clauses.base import Clause, Count, Example, LimitBlock, LimitPart, Ratio, Reserve, Tally
from engine.clauses.parameters import day, optional, required, whole_number, word
from engine.clauses.slots import flags_matching, single_slots
from engine.clauses.views import Bools, CountedPlacements, Ints, Season
from engine.clauses.vocabulary import class_of
from engine.clauses.where import EVERYTHING, Where
from engine.words import Message, message, msgid, plural

_CAP = ({"id": "quota", "kind": "cap", "count": 2},)
_PAST = ({"start_date": "2025-03-01", "end_date": "2025-06-30"},)
_RETURNING = {"within": "quota", "count": 1, "where": {"worker_class": ["returning"]}}


@dataclass(frozen=True)
class SetAside(Reserve):
    """All placements in the cap ``within`` but those of the class: ``<= cap's count - count`` until ``release_on``."""

    kind: ClassVar = "set_aside"
    may_name_sex: ClassVar = True
    protects: ClassVar = {"count": 1}
    asks_more: ClassVar = {"count": 1}
    where_is_a_class: ClassVar = True
    within: str = required(word, called=msgid("rule within which places are set aside"))
    count: int = required(whole_number, called=msgid("places set aside"))
    release_on: date | None = optional(day, called=msgid("day on which unused places are released"))
    examples: ClassVar = (
        Example(
            True,
            _RETURNING,
            "One returns, one is new.",
            ({}, {}),
            history=_PAST,
            placements=((0, 0), (1, 0)),
            clauses=_CAP,
        ),
        Example(
            False,
            _RETURNING,
            "Two new workers take the kept place.",
            ({}, {}),
            placements=((0, 0), (1, 0)),
            clauses=_CAP,
        ),
        Example(
            True,
            {**_RETURNING, "release_on": date(2026, 1, 5)},
            "Released on the day of the run.",
            ({}, {}),
            placements=((0, 0), (1, 0)),
            clauses=_CAP,
        ),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        return self.sentences_under(EVERYTHING)

    def sentences_under(self, where: Where) -> Iterator[Message]:
        """See `Rule`: the ``where`` of a set-aside is the class that it keeps places for."""
        yield plural(
            "Of the places of {cap}, {n:,} is kept for this class: {class_:each}.",
            "Of the places of {cap}, {n:,} are kept for this class: {class_:each}.",
            n=self.count,
            cap=self.within,
            class_=class_of(where),
        )
        if self.release_on is not None:
            yield message("What is left of them is open to everybody from {day:long} on.", day=self.release_on)

    def asks_nothing(self) -> bool:
        """See `Rule`."""
        return self.count == 0

    def kept(self) -> int:
        """See `Reserve`."""
        return self.count

    def released_on(self) -> date | None:
        """See `Reserve`."""
        return self.release_on

    def limits(self, season: Season, where: Where, siblings: Mapping[str, Clause]) -> list[LimitBlock]:
        """See `Count`."""
        if self._is_released(season.as_of):
            return []
        cap = siblings[self.within]
        capped, kept = season.orders_matching(cap.where), season.orders_matching(where)
        in_cap, of_class = season.workers_matching(cap.where), season.workers_matching(where)
        others = LimitPart(
            np.where(in_cap & ~of_class, 0, 1).astype(np.int32),
            _table(flags_matching(cap.where)),
            *single_slots(capped),
            returning_years=cap.where.returning_years,
        )
        outside = LimitPart(
            np.where(in_cap & of_class, 0, 1).astype(np.int32),
            _table(flags_matching(cap.where)),
            *single_slots(capped & ~kept),
            returning_years=cap.where.returning_years,
        )
        flagged = LimitPart(
            np.where(in_cap & of_class, 0, 1).astype(np.int32),
            _table(flags_matching(cap.where) & ~flags_matching(where)),
            *single_slots(capped & kept),
            returning_years=where.returning_years,
        )
        return [LimitBlock(np.array([_remaining(cap, self.count)]), ("",), ("",), (others, outside, flagged))]

    def takes_more(self) -> bool:
        """See `Count`."""
        return True

    def tallies(
        self, placements: CountedPlacements, where: Where, siblings: Mapping[str, Clause]
    ) -> list[Tally | Ratio]:
        """See `Count`."""
        if self._is_released(placements.as_of):
            return []
        cap = siblings[self.within]
        others = placements.matches(cap.where) & ~placements.matches(where)
        left = np.array([[int(_remaining(cap, self.count))]], np.int64)
        return [Tally(np.where(others, 0, -1).astype(np.int64), ("",), left)]

    def _is_released(self, as_of: date) -> bool:
        return self.release_on is not None and as_of >= self.release_on


def _remaining(cap: Clause, kept: int) -> float:
    """What the cap leaves for all others; reading has seen that it has one count."""
    places = cap.rule.places() if isinstance(cap.rule, Count) else None
    return float((places or 0) - kept)


def _table(flags: Bools) -> Ints:
    return np.where(np.stack([flags, np.zeros(4, bool)]), 0, -1).astype(np.int32)
