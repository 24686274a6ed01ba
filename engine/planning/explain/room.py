"""Is there room for somebody in a plan? Found by putting them in and asking the audit's checks; no solver is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.audit.calendars import calendar_breaches
from engine.audit.counts import Excess, count_breaches
from engine.audit.pairs import pair_breaches
from engine.audit.placement_table import PlacementTable
from engine.audit.valuation import placement_values
from engine.clauses.base import Clause
from engine.planning.explain.reading import Bools, Floats, Longs, Reading

MOST_EXCHANGES = 8
NOBODY: Longs = np.empty(0, np.int64)


@dataclass(frozen=True)
class Change:
    """What comes of it when people come to an order: the placements that they ``left``, the one that was ``displaced``
    (None: none), by how much the plan is better, None where it isn't legal by the rules ``in_the_way``.
    """

    left: Longs
    displaced: int | None
    gain: float | None
    in_the_way: tuple[str | Clause, ...]


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
        return [one for _, _, found in count_breaches(together) for one in found]

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

    def best_change(self, order: int) -> Change:
        """The best found among: the members come beside what they have, or leave what overlaps, or all of it; one
        other goes where counts leave no room.
        """
        found = [self._change(order, left) for left in self._leavings(order)]
        return max(found, key=lambda one: -np.inf if one.gain is None else one.gain)

    def _leavings(self, order: int) -> list[Longs]:
        """What the members may leave, the least first, each but once."""
        mine = np.flatnonzero(np.isin(self.reading.worker, self.members))
        orders = self.reading.programme.orders
        start, end = orders.values("start_date"), orders.values("end_date")
        theirs = self.reading.order[mine]
        overlapping = mine[(start[theirs] <= end[order]) & (start[order] <= end[theirs])]
        sizes = {len(rows): rows for rows in (mine, overlapping, NOBODY if not len(overlapping) else overlapping)}
        return [sizes[size] for size in sorted(sizes)]

    def _change(self, order: int, left: Longs) -> Change:
        together = self._with(order, left)
        lone = [rule for rule, broken in self._broken_alone(together) if broken.any()]
        excesses = [one for _, _, found in count_breaches(together) for one in found]
        comes = self.worth(order) - float(self._values[left].sum())
        if not lone and not excesses:
            return Change(left, None, comes, ())
        rules = (*lone, *(one.rule for one in excesses))
        for gone in [] if lone else self._holders(excesses, left):
            if self._legal(self._with(order, np.concatenate([left, gone]))):
                return Change(left, int(gone[0]), comes - float(self._values[gone].sum()), ())
        return Change(left, None, None, rules)

    def _holders(self, excesses: Sequence[Excess], left: Longs) -> list[Longs]:
        """The cheapest placements that every excess counts, each with the rest of its travel group there."""
        kept = np.delete(np.arange(self.reading.worker.size), left)
        counted = [kept[one.placements[one.placements < len(kept)]] for one in excesses]
        holders = counted[0]
        for others in counted[1:]:
            holders = np.intersect1d(holders, others)
        holders = holders[np.argsort(self._values[holders], kind="stable")][:MOST_EXCHANGES]
        return [self._with_group(holder) for holder in holders.tolist()]

    def _with_group(self, placement: int) -> Longs:
        group = self.reading.programme.workers.labels("travel_group_id").codes
        own = group[self.reading.worker[placement]]
        if own < 0:
            return np.array([placement])
        same = (group[self.reading.worker] == own) & (self.reading.order == self.reading.order[placement])
        return np.concatenate([[placement], np.setdiff1d(np.flatnonzero(same), [placement])])

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
    def _broken_alone(plan: PlacementTable) -> list[tuple[str | Clause, Bools]]:
        """The rules of pairs and of calendars, with the placements that break each."""
        lone = (*pair_breaches(plan), *calendar_breaches(plan, plan.agreement()))
        return [(rule, broken) for rule, _, broken in lone]

    def _legal(self, plan: PlacementTable) -> bool:
        if any(broken.any() for _, broken in self._broken_alone(plan)):
            return False
        return not any(found for _, _, found in count_breaches(plan))
