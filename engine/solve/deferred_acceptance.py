"""Deferred acceptance under joint limits: parties propose, and whatever limit is overrun refuses whom it ranks lowest.

Every limit that can be overrun ranks all columns that count under it in one way. A party proposes to the column that it
wants most of those that no limit has refused it. Where a limit is overrun, the smallest of them (by how many columns
count under it) refuses the lowest it holds, and from then on whatever ranks no higher: that is its cutoff, which only
rises, so that the work ends and nobody who was refused sees a lower one let in under the same limit.

Without joint limits this is Gale and Shapley, "College admissions and the stability of marriage" (1962). Where limits
are nested (laminar: of any two, one holds the other or they share nothing) the smallest overrun limit and its lowest
are what the greedy choice over the family drops, so that the outcome is stable: Fleiner, "A fixed-point approach to
stable matchings and some applications" (2003), for matroids; Kamada and Kojima, "Stability and strategy-proofness for
matching with constraints" (2018), for nested caps. Where they cross it is the cutoff adjustment of Kamada and Kojima,
"Fair matching under constraints" (2024): nobody is refused by a limit that lets in somebody lower, but a place may be
wasted. A travel group proposes
as one and needs that many places, and a limit that refused it admits nobody below it: Delacrétaz, Kominers and
Teytelboym, "Matching mechanisms for refugee resettlement" (2023).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.arrays import offsets_of
from engine.clauses.views import Array
from engine.kernel import kernel
from engine.problem.column_rows import Scratch, add_column, net_rows, scratch_for
from engine.problem.limits import Limits
from engine.problem.offers import NOTHING, ColumnArrays, Offers
from engine.problem.packed_parts import LimitArrays
from engine.solve.headcount_acceptance import headcounts_alone, propose_to_orders, ranks_no_higher

Longs = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
ROUNDING = 1e-9
FREE, UPPER, SHARE = 0, 1, 2
ALWAYS = np.iinfo(np.int64).max
NOBODY = np.iinfo(np.int64).min


class Standing(NamedTuple):
    """Where proposing stands, for kernels, which change it.

    By party: ``held`` (column or `NOTHING`), ``turn`` (the place in ``wish`` of what it proposes next), ``tie`` (who is
    first among equals: the lower). By column: ``wish`` (own lists, best first), ``worth`` (what limits rank by),
    ``party``. By row: ``kind`` (`FREE` where it can't be overrun, `UPPER`, or `SHARE`, which is closed apart),
    ``size``, ``use``, ``capacity``, the cutoff (``cut_worth``, ``cut_tie``), and a heap of what it holds, lowest first,
    from ``begin`` on, ``filled`` long, some of which may have left. By order: ``closed``.
    """

    of_party: Longs
    wish: Longs
    turn: Longs
    held: Longs
    party: Ints
    worth: Longs
    tie: Ints
    kind: npt.NDArray[np.int8]
    size: Floats
    use: Floats
    capacity: Floats
    cut_worth: Longs
    cut_tie: Ints
    begin: Longs
    filled: Longs
    heap_worth: Longs
    heap_tie: Ints
    heap_column: Longs
    closed: Bools


def standing_of(offers: Offers, limits: Limits, wish: Longs, worth: Longs, tie: Ints, pinned: Longs) -> Standing:
    """Before anybody proposes: the ``pinned`` columns are held and rank before all, their parties propose no more.

    ``tie`` is by party, ``worth`` by column. Raises nothing.
    """
    parties, rows = len(offers.must), limits.row_count
    if headcounts_alone(offers, limits):
        size = np.bincount(offers.cell % offers.order_count, minlength=rows).astype(np.float64)
    else:
        size = np.zeros(rows)
        _sizes(offers.arrays, offers.order_count, limits.arrays, size)
    capacity = limits.capacity + ROUNDING
    kind = np.where(limits.ratio_rows, SHARE, np.where(size > capacity, UPPER, FREE)).astype(np.int8)
    # a heap is made anew when it is full: room for as many that have left as can be there
    room = np.where(kind == UPPER, 2 * np.minimum(np.floor(capacity), size).astype(np.int64) + 2, 0)
    begin = offsets_of(room)
    ranked = worth
    if len(pinned):
        ranked = worth.copy()
        ranked[pinned] = ALWAYS
    standing = Standing(
        offers.of_party,
        wish,
        offers.of_party[:-1].copy(),
        np.full(parties, NOTHING),
        offers.party_of_each(),
        ranked,
        tie,
        kind,
        size,
        np.zeros(rows),
        capacity,
        np.full(rows, NOBODY),
        np.zeros(rows, np.int32),
        begin,
        np.zeros(rows, np.int64),
        np.empty(begin[-1], np.int64),
        np.empty(begin[-1], np.int32),
        np.empty(begin[-1], np.int64),
        np.zeros(offers.order_count, np.bool_),
    )
    settled = offers.party_of(pinned)
    standing.turn[settled] = offers.of_party[settled + 1]
    hold(offers, limits, standing, pinned)
    return standing


def hold(offers: Offers, limits: Limits, standing: Standing, columns: Longs) -> None:
    """Let parties hold columns that are legal together, without proposing."""
    _hold(columns, offers.arrays, offers.order_count, limits.arrays, standing, scratch_for(limits))


def propose(offers: Offers, limits: Limits, standing: Standing, parties: Longs) -> None:
    """Let parties that hold nothing propose, and whoever is refused by it, until nobody has a proposal left."""
    waiting = np.empty(len(offers.must), np.int64)
    waiting[: len(parties)] = parties[::-1]
    upper = standing.kind == UPPER
    if headcounts_alone(offers, limits) and (standing.filled == standing.use)[upper].all():  # nobody has left a heap
        propose_to_orders(waiting, len(parties), offers.cell, offers.order_count, standing)
        return
    _propose(waiting, len(parties), offers.arrays, offers.order_count, limits.arrays, standing, scratch_for(limits))


def refuse(offers: Offers, limits: Limits, standing: Standing, columns: Longs) -> Longs:
    """Take held columns from their parties for good; the parties, which may propose again."""
    _refuse(columns, offers.arrays, offers.order_count, limits.arrays, standing)
    return offers.party_of(columns)


def rows_that_waste(offers: Offers, limits: Limits, standing: Standing) -> Longs:
    """By column, the row that alone keeps it from a party that wants it more than what it holds, though there is room
    under every row that refuses it: the smallest such row; `NOTHING` for every other column.
    """
    found = np.full(offers.count, NOTHING)
    _rows_that_waste(offers.arrays, offers.order_count, limits.arrays, standing, scratch_for(limits), found)
    return found


@kernel
def _sizes(columns: ColumnArrays, orders: int, limits: LimitArrays, size: Array) -> None:
    for j in range(len(columns.cells) - 1):
        add_column(j, columns, orders, limits, size, 1.0)


@kernel
def _sift_down(s: Standing, begin: int, count: int, i: int) -> None:
    while 2 * i + 1 < count:
        low = 2 * i + 1
        a = begin + low
        if low + 1 < count and ranks_no_higher(s.heap_worth[a + 1], s.heap_tie[a + 1], s.heap_worth[a], s.heap_tie[a]):
            low, a = low + 1, a + 1
        b = begin + i
        if ranks_no_higher(s.heap_worth[b], s.heap_tie[b], s.heap_worth[a], s.heap_tie[a]):
            return
        s.heap_worth[a], s.heap_worth[b] = s.heap_worth[b], s.heap_worth[a]
        s.heap_tie[a], s.heap_tie[b] = s.heap_tie[b], s.heap_tie[a]
        s.heap_column[a], s.heap_column[b] = s.heap_column[b], s.heap_column[a]
        i = low


@kernel
def push_held(s: Standing, r: int, j: int) -> None:
    """Put column ``j`` among those that row ``r`` holds; one that is full of others leaves it out."""
    begin = s.begin[r]
    if s.filled[r] == s.begin[r + 1] - begin:
        _drop_those_that_left(s, r)
        if s.filled[r] == s.begin[r + 1] - begin:
            return
    i = s.filled[r]
    s.filled[r] += 1
    worth, tie = s.worth[j], s.tie[s.party[j]]
    while i > 0:
        above = (i - 1) // 2
        a = begin + above
        if ranks_no_higher(s.heap_worth[a], s.heap_tie[a], worth, tie):
            break
        s.heap_worth[begin + i], s.heap_tie[begin + i] = s.heap_worth[a], s.heap_tie[a]
        s.heap_column[begin + i] = s.heap_column[a]
        i = above
    s.heap_worth[begin + i], s.heap_tie[begin + i], s.heap_column[begin + i] = worth, tie, j


@kernel
def _drop_those_that_left(s: Standing, r: int) -> None:
    begin, kept = s.begin[r], 0
    for i in range(begin, begin + s.filled[r]):
        if s.held[s.party[s.heap_column[i]]] == s.heap_column[i]:
            a = begin + kept
            s.heap_worth[a], s.heap_tie[a], s.heap_column[a] = s.heap_worth[i], s.heap_tie[i], s.heap_column[i]
            kept += 1
    s.filled[r] = kept
    for i in range(kept // 2 - 1, -1, -1):
        _sift_down(s, begin, kept, i)


@kernel
def pop_lowest(s: Standing, r: int) -> int:
    """Take the lowest that row ``r`` still holds from its heap; `NOTHING` where it holds none."""
    begin = s.begin[r]
    while s.filled[r] > 0:
        j = s.heap_column[begin]
        last = begin + s.filled[r] - 1
        s.heap_worth[begin], s.heap_tie[begin], s.heap_column[begin] = (
            s.heap_worth[last],
            s.heap_tie[last],
            s.heap_column[last],
        )
        s.filled[r] -= 1
        _sift_down(s, begin, s.filled[r], 0)
        if s.held[s.party[j]] == j:
            return int(j)
    return NOTHING


@kernel
def _hold(
    chosen: Array, columns: ColumnArrays, orders: int, limits: LimitArrays, s: Standing, scratch: Scratch
) -> None:
    row, amount = scratch.row, scratch.amount
    for j in chosen:
        s.held[s.party[j]] = j
        add_column(j, columns, orders, limits, s.use, 1.0)
        for i in range(net_rows(j, columns, orders, limits, s.kind, scratch)):
            if s.kind[row[i]] == UPPER and amount[i] > 0:
                push_held(s, row[i], j)


@kernel
def _refuse(refused: Array, columns: ColumnArrays, orders: int, limits: LimitArrays, s: Standing) -> None:
    for j in refused:
        s.held[s.party[j]] = NOTHING
        s.turn[s.party[j]] += 1
        add_column(j, columns, orders, limits, s.use, -1.0)


@kernel
def _is_open(j: int, columns: ColumnArrays, orders: int, closed: Array) -> bool:
    found = True
    for k in range(columns.cells[j], columns.cells[j + 1]):
        found &= not closed[columns.cell[k] % orders]
    return found


@kernel
def _refuses(s: Standing, r: int, amount: float, j: int) -> bool:
    """Whether row ``r``, of which column ``j`` uses ``amount``, has refused as high a one before."""
    return amount > 0 and ranks_no_higher(s.worth[j], s.tie[s.party[j]], s.cut_worth[r], s.cut_tie[r])


@kernel
def _skip_full_orders(p: int, s: Standing, columns: ColumnArrays, orders: int) -> None:
    """Go on in a party's list to the first column that no order's headcount refuses: most refusals are that."""
    wish, worth, cut_worth, cut_tie, tie = s.wish, s.worth, s.cut_worth, s.cut_tie, s.tie[p]
    place, end = s.turn[p], s.of_party[p + 1]
    while place < end:
        j = wish[place]
        refused = False
        for k in range(columns.cells[j], columns.cells[j + 1]):
            o = columns.cell[k] % orders
            refused |= worth[j] < cut_worth[o] or (worth[j] == cut_worth[o] and tie >= cut_tie[o])
        if not refused:
            break
        place += 1
    s.turn[p] = place


@kernel
def _propose(
    waiting: Array, n: int, columns: ColumnArrays, orders: int, limits: LimitArrays, s: Standing, scratch: Scratch
) -> None:
    row, amount = scratch.row, scratch.amount
    while n > 0:
        p = waiting[n - 1]
        _skip_full_orders(p, s, columns, orders)
        if s.turn[p] == s.of_party[p + 1]:
            n -= 1
            continue
        j = s.wish[s.turn[p]]
        rows = net_rows(j, columns, orders, limits, s.kind, scratch)
        refused = not _is_open(j, columns, orders, s.closed)
        for i in range(rows):
            refused = refused or _refuses(s, row[i], amount[i], j)
        if refused:
            s.turn[p] += 1
            continue
        n -= 1
        s.held[p] = j
        add_column(j, columns, orders, limits, s.use, 1.0)
        for i in range(rows):
            if s.kind[row[i]] == UPPER and amount[i] > 0:
                push_held(s, row[i], j)
        while s.held[p] == j:
            r = _smallest_overrun(s, row, rows)
            if r == NOTHING:
                break
            lowest = pop_lowest(s, r)
            q = s.party[lowest]
            s.cut_worth[r], s.cut_tie[r] = s.worth[lowest], s.tie[q]
            s.held[q] = NOTHING
            s.turn[q] += 1
            add_column(lowest, columns, orders, limits, s.use, -1.0)
            waiting[n] = q
            n += 1


@kernel
def _smallest_overrun(s: Standing, row: Array, rows: int) -> int:
    found = NOTHING
    for i in range(rows):
        r = row[i]
        if s.kind[r] == UPPER and s.use[r] > s.capacity[r] and (found == NOTHING or s.size[r] < s.size[found]):
            found = r
    return found


@kernel
def _rows_that_waste(
    columns: ColumnArrays, orders: int, limits: LimitArrays, s: Standing, scratch: Scratch, found: Array
) -> None:
    row, amount = scratch.row, scratch.amount
    for p in range(len(s.held)):
        held = s.held[p]
        if held != NOTHING and s.worth[held] == ALWAYS:
            continue
        for place in range(s.of_party[p], s.turn[p]):
            j = s.wish[place]
            if not _is_open(j, columns, orders, s.closed):
                continue
            smallest, room = NOTHING, True
            for i in range(net_rows(j, columns, orders, limits, s.kind, scratch)):
                r = row[i]
                if _refuses(s, r, amount[i], j):
                    room = room and s.use[r] + amount[i] <= s.capacity[r]
                    if smallest == NOTHING or s.size[r] < s.size[smallest]:
                        smallest = r
            if room and smallest != NOTHING:
                found[j] = smallest
