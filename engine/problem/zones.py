"""Calendars over a zone of states: the stays of an itinerary in all of them, the worker's past there included."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.arrays import entries_from
from engine.clauses.views import Bools, Calendars, Ints
from engine.problem.register import Register

Longs = npt.NDArray[np.int64]


def states_of(register: Register, zone: Sequence[str]) -> Bools:
    """Which of the register's countries lie in a zone."""
    return np.array([name in zone for name in register.countries], bool)


def zone_calendars(
    register: Register, zone: Bools, calendars: Calendars, itinerary: Longs, place: Ints, worker: Ints
) -> tuple[Calendars, Longs]:
    """One calendar for each itinerary that has calendars in the zone, and the itinerary of each.

    ``calendars`` are by destination: calendar c is of itinerary ``itinerary[c]``, country ``place[c]`` and worker
    ``worker[c]``. A stay's rows lie together, stays sorted by their first day.
    """
    inside = np.flatnonzero(zone[place])
    length = np.diff(calendars.offsets)[inside]
    row = entries_from(calendars.offsets[inside], length)
    owner = np.repeat(itinerary[inside], length)
    stay = np.repeat(inside, length) * (len(row) + 1) + calendars.stays[row]
    past_owner, past = _past_elsewhere(register, zone, itinerary[inside], place[inside], worker[inside])
    owner, stay = np.concatenate([owner, past_owner]), np.concatenate([stay, -1 - np.arange(len(past))])
    starts = np.concatenate([calendars.starts[row], register.past.start[past]])
    ends = np.concatenate([calendars.ends[row], register.past.end[past]])
    tested = np.concatenate([calendars.tested[row], np.zeros(len(past), bool)])
    _, number, back = np.unique(stay, return_index=True, return_inverse=True)
    first = np.full(len(number), np.iinfo(np.int64).max)
    np.minimum.at(first, back, starts)
    order = np.lexsort((starts, back, first[back], owner))
    owners, begin = np.unique(owner[order], return_index=True)
    new_stay = np.diff(back[order], prepend=-1) != 0
    counted = np.cumsum(new_stay) - 1
    offsets = np.append(begin, len(order)).astype(np.int64)
    in_calendar = counted - np.repeat(counted[begin], np.diff(offsets))
    made = Calendars(offsets, starts[order], ends[order], in_calendar.astype(np.int32), tested[order])
    return made, owners


def _past_elsewhere(
    register: Register, zone: Bools, itinerary: Longs, place: Ints, worker: Ints
) -> tuple[Longs, Longs]:
    """(itinerary, row of the past) of stays in states of the zone where the itinerary has no calendar."""
    itineraries, first = np.unique(itinerary, return_index=True)
    begin = register.past.offsets[worker[first]]
    count = register.past.offsets[worker[first] + 1] - begin
    owner, row = np.repeat(itineraries, count), entries_from(begin, count)
    width = len(register.countries)
    known = np.isin(owner * width + register.past.destination[row], itinerary * width + place)
    chosen = zone[register.past.destination[row]] & ~known
    return owner[chosen], row[chosen]
