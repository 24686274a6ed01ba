"""Is there room for somebody in a plan? Found by putting them in and asking the audit's checks; no solver is asked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.audit.calendars import calendar_breaches
from engine.audit.counts import Excess, count_breaches
from engine.audit.pairs import pair_breaches
from engine.audit.placement_table import PlacementTable
from engine.audit.valuation import placement_values
from engine.planning.explain.reading import Floats, Longs, Reading

MOST_EXCHANGES = 8


@dataclass(frozen=True)
class Room:
    """A plan of a reading and the people (``members``: a worker, or a whole travel group) who would come to it."""

    reading: Reading
    members: Longs

    @cached_property
    def _values(self) -> Floats:
        return placement_values(self.reading.pairs(self.reading.worker, self.reading.order))

    def excesses(self, order: int) -> list[Excess]:
        """The counts that would not hold if all members came to an order beside everybody who is in the plan."""
        together = self._with(order, np.empty(0, np.int64))
        return [one for _, _, found in count_breaches(together, together.agreement()) for one in found]

    def exchange(self, order: int, excess: Excess) -> float | None:
        """By how much a legal plan is better (or worse, below 0) in which the members come to an order and one
        placement goes that the excess counts; None where none of the cheapest few can go.
        """
        placements = self.reading.worker.size
        holders = excess.placements[excess.placements < placements]
        holders = holders[np.argsort(self._values[holders], kind="stable")][:MOST_EXCHANGES]
        comes = float(self.worth(order))
        for holder in holders.tolist():
            if self._legal(self._with(order, np.array([holder]))):
                return comes - float(self._values[holder])
        return None

    def in_place_of(self, gone: Longs, order: int) -> float | None:
        """What a plan gains in which the members come to an order and the placements ``gone`` go; None where it isn't
        legal. Nobody comes where there are no members.
        """
        if not self._legal(self._with(order, gone)):
            return None
        return self.worth(order) - float(self._values[gone].sum())

    def worth(self, order: int) -> float:
        """What all members on an order are worth."""
        return float(placement_values(self.reading.pairs(self.members, np.full(len(self.members), order))).sum())

    def _with(self, order: int, gone: Longs) -> PlacementTable:
        """The plan without some placements, and the members on an order after it."""
        worker, placed = (np.delete(column, gone) for column in (self.reading.worker, self.reading.order))
        comes = np.full(len(self.members), order)
        return self.reading.pairs(np.concatenate([worker, self.members]), np.concatenate([placed, comes]))

    @staticmethod
    def _legal(plan: PlacementTable) -> bool:
        agreement = plan.agreement()
        lone = (*pair_breaches(plan), *calendar_breaches(plan, agreement))
        return not any(broken.any() for _, _, broken in lone) and not any(
            found for _, _, found in count_breaches(plan, agreement)
        )
