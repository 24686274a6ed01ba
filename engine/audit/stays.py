"""The stays that the checks of calendars look at: placements abroad and the past, joined by destination or by zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import entries_from
from engine.audit.placement_table import PlacementTable, under
from engine.clauses.base import Join

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
    starts, ends = days_of(placements, abroad)
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


def days_of(placements: PlacementTable, rows: Rows) -> tuple[Rows, Rows]:
    """The first and the last day of the placements with these numbers."""
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


def zone_table(placements: PlacementTable, agreement: Rows, stays: StayTable, zone: Sequence[str]) -> StayTable:
    """The stays in a zone of states, one calendar for all of them: those of a table by destination, and past stays in
    states of the zone where a calendar has no placement.
    """
    abroad = np.flatnonzero(under(agreement, None))
    there = np.isin(placements.subset(abroad).text("orders", "destination_country"), zone)
    inside = placements.subset(abroad[there])
    calendar, stay_of = np.full(placements.size, -1), np.full(placements.size, -1)
    calendar[abroad[there]] = inside.calendar
    by_place = stays.calendar_of_placement[abroad[there]]
    person_of = np.full(int(stays.calendar.max(initial=-1)) + 1, -1)
    person_of[by_place] = inside.calendar
    kept = np.flatnonzero(person_of[stays.calendar] >= 0)
    past_person, first, last = _past_elsewhere(inside, zone)
    person = np.concatenate([person_of[stays.calendar[kept]], past_person])
    firsts = np.concatenate([stays.first[kept], first])
    order = np.lexsort((firsts, person))
    position = np.full(len(stays.first), -1)
    position[kept] = np.argsort(order)[: len(kept)]
    stay_of[abroad[there]] = position[stays.stay_of_placement[abroad[there]]]
    lasts = np.concatenate([stays.last[kept], last])
    empty = np.empty(0, np.int64)
    return StayTable(person[order], firsts[order], lasts[order], stay_of, calendar, empty, empty, empty, empty)


def _past_elsewhere(inside: PlacementTable, zone: Sequence[str]) -> tuple[Rows, Rows, Rows]:
    """Calendar, first and last day of each past stay in a state of the zone where its calendar has no placement."""
    history = inside.programme["history"]
    place = history.labels("destination_country")
    rows = np.flatnonzero(np.isin(np.array([*place.names, ""], dtype=str), zone)[place.codes])
    rows = rows[np.argsort(history.values("worker_id")[rows], kind="stable")]
    calendar, one = np.unique(inside.calendar, return_index=True)
    begin, end = (
        np.searchsorted(history.values("worker_id")[rows], inside.worker[one], side) for side in ("left", "right")
    )
    owner, row = np.repeat(calendar, end - begin), rows[entries_from(begin, end - begin)]
    width = len(place.names) + 1
    placed = inside.calendar * width + inside.label("orders", "destination_country").codes
    elsewhere = ~np.isin(owner * width + place.codes[row], placed)
    owner, row = owner[elsewhere], row[elsewhere]
    return owner, history.values("start_date")[row].astype(np.int64), history.values("end_date")[row].astype(np.int64)
