"""Ledgers over itineraries: past stays and new placements at each destination, joined into stays and tested."""

from __future__ import annotations

from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.arrays import row_of_each
from engine.clauses.base import Join, Ledger
from engine.clauses.views import Array, Bools, Calendars, Ints
from engine.clauses.where import ORDER_KEYS, Where
from engine.kernel import kernel
from engine.problem.pair_block import PairBlock
from engine.problem.register import Register
from engine.problem.register_columns import AT_HOME
from engine.problem.zones import states_of, zone_calendars

Longs = npt.NDArray[np.int64]
ITINERARIES_PER_BLOCK = 500_000
_ORIGIN_KEYS = {*ORDER_KEYS, "origin_country"}


class Pairs(Protocol):
    """Pairs of workers and orders."""

    @property
    def order(self) -> Ints: ...
    def workers(self) -> Ints: ...


class PairLedger:
    """What the ledgers need to know of each admitted pair, and their verdict on itineraries of such pairs."""

    def __init__(self, register: Register, admitted: Pairs) -> None:
        self.register, self.order = register, admitted.order
        self.worker = admitted.workers()
        self.origin = register.origin[self.worker]
        self.agreement = register.agreement[self.origin, self.order]
        self.home: Bools = self.agreement == AT_HOME
        self.trip: Ints = register.trip_days[self.origin, self.order]

    @cached_property
    def _transfer(self) -> tuple[Ints, Ints]:
        gap, changes = np.full(len(self.order), -1, np.int32), np.full(len(self.order), -1, np.int32)
        for clause, join, position in self.register.transfers:
            open_pairs = np.flatnonzero(self._under(position) & (gap < 0))
            found = open_pairs[self._matching(clause.where, open_pairs)]
            gap[found], changes[found] = join.max_gap_days, join.max_transfers
        return gap, changes

    @property
    def gap(self) -> Ints:
        """The longest gap that joins each pair to the row before it, -1 where nothing does."""
        return self._transfer[0]

    def _under(self, position: int | None) -> Bools:
        return ~self.home if position is None else self.agreement == position

    def _matching(self, where: Where, pairs: Longs) -> Bools:
        block = PairBlock(self.register, self.worker[pairs], self.order[pairs], np.zeros(len(pairs), np.int32))
        return np.broadcast_to(block.matching(where), pairs.shape)

    @cached_property
    def _tested(self) -> list[tuple[Ledger, Bools]]:
        """Every ledger with the pairs at which it is tested."""
        found = []
        for clause, ledger, position in self.register.programme.in_force(Ledger):
            mask = np.zeros(len(self.order), bool)
            pairs = np.flatnonzero(self._under(position))
            if ledger.zone:
                pairs = pairs[states_of(self.register, ledger.zone)[self.register.destination[self.order[pairs]]]]
            mask[pairs[self._matching(clause.where, pairs)]] = True
            found.append((ledger, mask))
        return found

    def singles_legal(self) -> Bools:
        """Whether each pair alone is a legal calendar; pairs that no past tells apart are tested once."""
        every = np.arange(len(self.order), dtype=np.int64)
        if not self._tested or not len(every):
            return np.ones(len(every), bool)
        alike = self._without_past & self._told_by_origin
        key = self.origin.astype(np.int64) * self.register.order_count + self.order
        _, first, back = np.unique(key[alike], return_index=True, return_inverse=True)
        legal = np.zeros(len(every), bool)
        representatives = every[alike][first]
        legal[alike] = self.legal(representatives, np.arange(len(first) + 1))[back]
        others = every[~alike]
        legal[others] = self.legal(others, np.arange(len(others) + 1))
        return legal

    @cached_property
    def _without_past(self) -> Bools:
        past = self.register.past
        been = np.zeros((self.register.worker_count, len(self.register.countries)), bool)
        been[row_of_each(np.diff(past.offsets)), past.destination] = True
        for rule in (rule for rule, _ in self._tested if rule.zone):
            zone = states_of(self.register, rule.zone)
            been[:, zone] |= been[:, zone].any(axis=1, keepdims=True)
        return ~been[self.worker, self.register.destination[self.order]]

    @property
    def _told_by_origin(self) -> bool:
        programme = self.register.programme
        wheres = [clause.where for clause, _, _ in (*programme.in_force(Ledger), *programme.in_force(Join))]
        return all(
            set(where.words) <= _ORIGIN_KEYS and not where.worker_class and where.recalled is None for where in wheres
        )

    def legal(self, pairs: Longs, offsets: Longs) -> Bools:
        """Whether each itinerary (see `Itineraries`) satisfies every ledger and leaves time for travel."""
        verdict = np.ones(len(offsets) - 1, bool)
        for begin in range(0, len(verdict), ITINERARIES_PER_BLOCK):
            end = min(begin + ITINERARIES_PER_BLOCK, len(verdict))
            part = slice(offsets[begin], offsets[end])
            verdict[begin:end] = self._legal_block(pairs[part], offsets[begin : end + 1] - offsets[begin])
        return verdict

    def _legal_block(self, pairs: Longs, offsets: Longs) -> Bools:
        register, past = self.register, self.register.past
        gap, changes = self._transfer
        columns = (
            self.worker[pairs],
            register.destination[self.order[pairs]],
            register.starts[self.order[pairs]],
            register.ends[self.order[pairs]],
            self.home[pairs],
            gap[pairs],
            changes[pairs],
        )
        history = (past.offsets, past.destination, past.start, past.end)
        rows = _count_rows(offsets, *columns[:2], columns[4], *history[:2])
        calendars, owner = np.zeros(rows[0] + 1, np.int64), np.zeros(rows[0], np.int64)
        starts, ends, stays = (np.zeros(rows[1], np.int32) for _ in range(3))
        entry = np.zeros(rows[1], np.int64)
        stay_of = np.full(len(pairs), -1, np.int64)
        _fill_rows(offsets, *columns, *history, calendars, owner, starts, ends, stays, entry, stay_of)
        legal = _time_to_travel(offsets, columns[2], columns[3], self.trip[pairs], stay_of)
        for rule, mask in self._tested:
            tested = np.append(mask[pairs], False)[entry]
            if tested.any():
                by_place = Calendars(calendars, starts, ends, stays, tested)
                seen, of = self._over_zone(rule, by_place, owner, entry, pairs) if rule.zone else (by_place, owner)
                legal[of[~rule.holds(seen)]] = False
        return legal

    def _over_zone(
        self, rule: Ledger, calendars: Calendars, owner: Longs, entry: Longs, pairs: Longs
    ) -> tuple[Calendars, Longs]:
        """The calendars of a rule's zone made of those of destinations, and the itinerary of each."""
        placed = entry < len(pairs)
        last = np.zeros(len(owner), np.int64)
        last[row_of_each(np.diff(calendars.offsets))[placed]] = entry[placed]
        pair = pairs[last]
        zone, place = states_of(self.register, rule.zone), self.register.destination[self.order[pair]]
        return zone_calendars(self.register, zone, calendars, owner, place, self.worker[pair])


@kernel
def _count_rows(
    offsets: Array, worker: Array, destination: Array, home: Array, past_offsets: Array, past_destination: Array
) -> tuple[int, int]:
    """How many calendars (itinerary, destination) there are and how many rows they hold."""
    calendars, rows = 0, 0
    for i in range(len(offsets) - 1):
        for a in range(offsets[i], offsets[i + 1]):
            if home[a]:
                continue
            rows += 1
            seen = False
            for b in range(offsets[i], a):
                seen |= not home[b] and destination[b] == destination[a]
            if not seen:
                calendars += 1
                for h in range(past_offsets[worker[a]], past_offsets[worker[a] + 1]):
                    rows += past_destination[h] == destination[a]
    return calendars, rows


@kernel
def _fill_rows(
    offsets: Array,
    worker: Array,
    destination: Array,
    start: Array,
    end: Array,
    home: Array,
    gap: Array,
    changes: Array,
    past_offsets: Array,
    past_destination: Array,
    past_start: Array,
    past_end: Array,
    calendars: Array,
    owner: Array,
    starts: Array,
    ends: Array,
    stays: Array,
    entry: Array,
    stay_of: Array,
) -> None:
    """Merge past stays and placements of each calendar by start (the past first on a tie) and join them into stays.

    ``stay_of`` gets, for each placement, a number that it shares with the placements of the same stay alone.
    """
    c, at, stay_number = 0, 0, 0
    for i in range(len(offsets) - 1):
        for a in range(offsets[i], offsets[i + 1]):
            if home[a] or stay_of[a] >= 0:
                continue
            place, h, last_h = destination[a], past_offsets[worker[a]], past_offsets[worker[a] + 1]
            begin, b = at, a
            stay, joined, stay_end = -1, 0, 0
            while True:
                while h < last_h and past_destination[h] != place:
                    h += 1
                while b < offsets[i + 1] and (home[b] or destination[b] != place):
                    b += 1
                if h >= last_h and b >= offsets[i + 1]:
                    break
                if b >= offsets[i + 1] or (h < last_h and past_start[h] <= start[b]):
                    starts[at], ends[at], entry[at] = past_start[h], past_end[h], len(start)
                    stay, joined, stay_end = stay + 1, 0, past_end[h]
                    h += 1
                else:
                    starts[at], ends[at], entry[at] = start[b], end[b], b
                    joins = at > begin and gap[b] >= 0 and start[b] - stay_end - 1 <= gap[b] and joined < changes[b]
                    if joins:
                        joined += 1
                        stay_end = max(stay_end, end[b])
                    else:
                        stay, joined, stay_end = stay + 1, 0, end[b]
                    stay_of[b] = stay_number + stay
                    b += 1
                stays[at] = stay
                at += 1
            stay_number += stay + 1
            owner[c] = i
            c += 1
            calendars[c] = at


@kernel
def _time_to_travel(offsets: Array, start: Array, end: Array, trip: Array, stay_of: Array) -> Array:
    """Whether neighbours that are not one stay lie apart by at least the travel through home."""
    enough = np.ones(len(offsets) - 1, np.bool_)
    for i in range(len(offsets) - 1):
        for a in range(offsets[i] + 1, offsets[i + 1]):
            one_stay = stay_of[a] >= 0 and stay_of[a] == stay_of[a - 1]
            if not one_stay and start[a] - end[a - 1] - 1 < trip[a] + trip[a - 1]:
                enough[i] = False
    return enough
