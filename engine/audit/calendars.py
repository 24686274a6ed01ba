"""The checks of each worker's calendar: overlaps, travel, how many placements, and every ledger clause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.audit.pairs import under
from engine.audit.placement_table import PlacementTable
from engine.clauses.base import Clause, Join, Ledger

Bools = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class StayTable:
    """All stays at the destinations of a plan, by calendar and first day (see `engine.clauses.base.CalendarTable`)."""

    calendar: Rows
    first: Rows
    last: Rows
    stay_of_placement: Rows
    calendar_of_placement: Rows
    tested_calendar: Rows
    tested_stay: Rows
    tested_first: Rows
    tested_last: Rows

    def testing(self, tested: Rows, first: Rows, last: Rows) -> StayTable:
        """The same stays with the given placements under test."""
        calendar, stay = self.calendar_of_placement[tested], self.stay_of_placement[tested]
        return StayTable(
            self.calendar,
            self.first,
            self.last,
            self.stay_of_placement,
            self.calendar_of_placement,
            calendar,
            stay,
            first[tested],
            last[tested],
        )


def stay_table(placements: PlacementTable, agreement: Rows) -> StayTable:
    """Join the placements abroad and the past stays at their destinations into stays, from left to right."""
    abroad = np.flatnonzero(under(agreement, None))
    there = placements.subset(abroad)
    destination = there.label("orders", "destination_country").codes.astype(np.int64)
    width = len(there.label("orders", "destination_country").names) + 1
    owner, past = there.past_stays()
    key = there.calendar * width + destination
    _, calendar_of = np.unique(key, return_inverse=True)
    past_calendar, unique_past = _past_rows(calendar_of[owner], past)
    history = placements.programme["history"]
    starts, ends = _days(placements, abroad)
    calendar = np.concatenate([past_calendar, calendar_of])
    first = np.concatenate([history.values("start_date")[unique_past].astype(np.int64), starts])
    last = np.concatenate([history.values("end_date")[unique_past].astype(np.int64), ends])
    gap, changes = _permissions(placements, agreement, abroad)
    none = np.full(len(unique_past), -1)
    is_new = np.arange(len(first)) >= len(unique_past)
    order = np.lexsort((last, is_new, first, calendar))
    gap, changes = np.concatenate([none, gap])[order], np.concatenate([none, changes])[order]
    begins = _begins_stay(calendar[order], first[order], last[order], gap, changes)
    stay = np.cumsum(begins) - 1
    stay_first = first[order][begins]
    stay_last = np.full(len(stay_first), np.iinfo(np.int64).min)
    np.maximum.at(stay_last, stay, last[order])
    row_stay = np.empty(len(order), np.int64)
    row_stay[order] = stay
    all_stays, all_calendars = np.full(placements.size, -1), np.full(placements.size, -1)
    all_stays[abroad], all_calendars[abroad] = row_stay[len(unique_past) :], calendar_of
    empty = np.empty(0, np.int64)
    return StayTable(
        calendar[order][begins], stay_first, stay_last, all_stays, all_calendars, empty, empty, empty, empty
    )


def _past_rows(calendar: Rows, past: Rows) -> tuple[Rows, Rows]:
    """Each past stay once in each calendar that it belongs to."""
    width = int(past.max(initial=0)) + 1
    return np.divmod(np.unique(calendar * width + past), width)


def _days(placements: PlacementTable, rows: Rows) -> tuple[Rows, Rows]:
    orders = placements.programme.orders
    order = placements.order[rows]
    return orders.values("start_date")[order].astype(np.int64), orders.values("end_date")[order].astype(np.int64)


def _permissions(placements: PlacementTable, agreement: Rows, abroad: Rows) -> tuple[Rows, Rows]:
    """The gap and the number of changes that the first matching transfer clause allows each placement, else -1."""
    gap, changes = np.full(placements.size, -1), np.full(placements.size, -1)
    for clause, join, position in placements.programme.in_force(Join):
        open_rows = np.flatnonzero(under(agreement, position) & (gap < 0))
        rows = open_rows[placements.subset(open_rows).matches(clause.where)]
        gap[rows], changes[rows] = join.max_gap_days, join.max_transfers
    return gap[abroad], changes[abroad]


def _begins_stay(calendar: Rows, first: Rows, last: Rows, gap: Rows, changes: Rows) -> Bools:
    """Whether each row begins a stay; all calendars advance together, row by row."""
    begins = np.ones(len(calendar), bool)
    heads = np.flatnonzero(np.diff(calendar, prepend=-1))
    length = np.diff([*heads, len(calendar)])
    joined = np.zeros(len(heads), np.int64)
    stay_last = last[heads].copy()
    for step in range(1, int(length.max(initial=1))):
        active = np.flatnonzero(length > step)
        row = heads[active] + step
        apart = first[row] - stay_last[active] - 1
        joins = (gap[row] >= 0) & (apart <= gap[row]) & (joined[active] < changes[row])
        joined[active] = np.where(joins, joined[active] + 1, 0)
        stay_last[active] = np.where(joins, np.maximum(stay_last[active], last[row]), last[row])
        begins[row] = ~joins
    return begins


def calendar_breaches(placements: PlacementTable, agreement: Rows) -> Iterator[tuple[str | Clause, int, Bools]]:
    """For each calendar rule and ledger clause: itself, how many placements it tested, and which break it."""
    stays = stay_table(placements, agreement)
    yield "too many placements", placements.size, _too_many(placements, agreement)
    overlap, travel = _between(placements, agreement, stays)
    yield "overlap", placements.size, overlap
    yield "travel", placements.size, travel
    first, last = _days(placements, np.arange(placements.size))
    for clause, ledger, position in placements.programme.in_force(Ledger):
        tested = np.flatnonzero(under(agreement, position))
        tested = tested[placements.subset(tested).matches(clause.where)]
        broken = np.zeros(placements.size, bool)
        if len(tested):
            broken[tested] = ledger.breaches(stays.testing(tested, first, last))
        yield clause, len(tested), broken


def _too_many(placements: PlacementTable, agreement: Rows) -> Bools:
    abroad = under(agreement, None)
    count = np.bincount(placements.calendar[abroad], minlength=int(placements.calendar.max(initial=0)) + 1)
    return abroad & (count[placements.calendar] > placements.programme.settings.max_placements_per_worker)


def _between(placements: PlacementTable, agreement: Rows, stays: StayTable) -> tuple[Bools, Bools]:
    """Placements that overlap an earlier one of their calendar, and those too close to it for travel through home."""
    first, last = _days(placements, np.arange(placements.size))
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
