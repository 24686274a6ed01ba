"""The checks of each worker's calendar: overlaps, travel, how many placements, and every ledger clause."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from engine.audit.placement_table import PlacementTable, under
from engine.audit.stays import StayTable, days_of, stay_table, zone_table
from engine.clauses.base import Clause, Ledger

Bools = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]


def calendar_breaches(placements: PlacementTable, agreement: Rows) -> Iterator[tuple[str | Clause, int, Bools]]:
    """For each calendar rule and ledger clause: itself, how many placements it tested, and which break it."""
    stays = stay_table(placements, agreement)
    yield "too many placements", placements.size, _too_many(placements, agreement)
    overlap, travel = _between(placements, agreement, stays)
    yield "overlap", placements.size, overlap
    yield "travel", placements.size, travel
    for clause, tested, broken in ledger_breaches(placements, agreement, stays):
        yield clause, len(tested), broken


def ledger_breaches(
    placements: PlacementTable, agreement: Rows, stays: StayTable
) -> Iterator[tuple[Clause, Rows, Bools]]:
    """For each ledger clause: itself, the numbers of the placements that it tests, and which of all break it."""
    first, last = days_of(placements, np.arange(placements.size))
    for clause, ledger, position in placements.programme.in_force(Ledger):
        rows, own = placements.under_agreement(position)
        tested = rows[own.matches(clause.where)]
        looked_at = stays
        if ledger.zone:
            tested = tested[np.isin(placements.subset(tested).text("orders", "destination_country"), ledger.zone)]
            looked_at = zone_table(placements, agreement, stays, ledger.zone)
        broken = np.zeros(placements.size, bool)
        if len(tested):
            broken[tested] = ledger.breaches(looked_at.testing(tested, first, last))
        yield clause, tested, broken


def _too_many(placements: PlacementTable, agreement: Rows) -> Bools:
    abroad = under(agreement, None)
    count = np.bincount(placements.calendar[abroad], minlength=int(placements.calendar.max(initial=0)) + 1)
    return abroad & (count[placements.calendar] > placements.programme.settings.max_placements_per_worker)


def _between(placements: PlacementTable, agreement: Rows, stays: StayTable) -> tuple[Bools, Bools]:
    """Placements that overlap an earlier one of their calendar, and those too close to it for travel through home."""
    first, last = days_of(placements, np.arange(placements.size))
    order = np.lexsort((last, first, placements.calendar))
    overlap, travel = np.zeros(placements.size, bool), np.zeros(placements.size, bool)
    if len(order) < 2:
        return overlap, travel
    trip = np.where(under(agreement, None), placements.corridor("travel_days"), 0)
    calendar, starts = placements.calendar[order], first[order]
    shift = (calendar - calendar.min()) * 2**33
    latest = np.maximum.accumulate(last[order] + shift)[:-1] - shift[1:]
    earlier, later = order[:-1], order[1:]
    same_calendar = calendar[1:] == calendar[:-1]
    days_between = starts[1:] - latest - 1
    overlap[later] = same_calendar & (days_between < 0)
    same_stay = stays.stay_of_placement[earlier] == stays.stay_of_placement[later]
    same_stay &= stays.stay_of_placement[later] >= 0
    travel[later] = same_calendar & (days_between >= 0) & ~same_stay & (days_between < trip[earlier] + trip[later])
    return overlap, travel
