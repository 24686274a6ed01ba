"""In which slots of a limit an order counts: periods of starts, or the days on which most people are present."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.arrays import place_in_row
from engine.clauses.views import Bools, Ints
from engine.clauses.where import Where

Slots = tuple[npt.NDArray[np.int64], Ints]


def slots_from_entries(orders: npt.NDArray[Any], slots: npt.NDArray[Any], order_count: int) -> Slots:
    """Offsets and slots by order from parallel arrays of (order, slot)."""
    by_order = np.lexsort((slots, orders))
    offsets = np.zeros(order_count + 1, np.int64)
    np.cumsum(np.bincount(orders, minlength=order_count), out=offsets[1:])
    return offsets, slots[by_order].astype(np.int32)


def single_slots(members: Bools) -> Slots:
    """Slot 0 for every member."""
    orders = np.flatnonzero(members)
    return slots_from_entries(orders, np.zeros_like(orders), len(members))


def period_slots(starts: Ints, members: Bools, periods: Sequence[tuple[int, int]], rollover: bool) -> Slots:
    """Slot p for an order that starts in period p; with rollover also every later slot, which then is cumulative."""
    firsts = np.array([first for first, _ in periods])
    lasts = np.array([last for _, last in periods])
    period = np.searchsorted(firsts, starts, "right") - 1
    inside = members & (period >= 0) & (starts <= lasts[np.maximum(period, 0)])
    orders = np.flatnonzero(inside)
    if not rollover:
        return slots_from_entries(orders, period[orders], len(starts))
    later = len(periods) - period[orders]
    repeated = np.repeat(orders, later)
    step = place_in_row(later)
    return slots_from_entries(repeated, period[repeated] + step, len(starts))


def busiest_days(starts: Ints, ends: Ints, members: Bools, first: int, last: int) -> Ints:
    """The days of a period on which the people present can be most: each holds all that some other day holds.

    Presence only rises on a start, so start days suffice; a start day with no end before the next one is held by it.
    """
    inside = members & (starts <= last) & (ends >= first)
    if not inside.any():
        return np.empty(0, np.int32)
    days = np.unique(np.maximum(starts[inside], first))
    closing = np.sort(ends[inside])
    ended_by = np.searchsorted(closing, days, "left")
    ends_before_next = np.append(np.diff(ended_by) > 0, True)
    return days[ends_before_next].astype(np.int32)


def day_slots(starts: Ints, ends: Ints, members: Bools, days: Ints, first_slot: int) -> tuple[Ints, Ints]:
    """Parallel arrays (order, slot) of the ``days``, numbered from ``first_slot``, on which each order is present."""
    orders = np.flatnonzero(members)
    begin = np.searchsorted(days, starts[orders], "left")
    count = np.maximum(np.searchsorted(days, ends[orders], "right") - begin, 0)
    repeated = np.repeat(orders, count)
    step = place_in_row(count)
    return repeated.astype(np.int32), (first_slot + np.repeat(begin, count) + step).astype(np.int32)


def flags_matching(where: Where) -> Bools:
    """Which of the four flags of a pair (new, returning, each not recalled and recalled) the clause looks at."""
    returning, recalled = np.array([False, True, False, True]), np.array([False, False, True, True])
    wanted = np.ones(4, bool)
    if where.wants_returning is not None:
        wanted &= returning == where.wants_returning
    if where.recalled is not None:
        wanted &= recalled == where.recalled
    return wanted
