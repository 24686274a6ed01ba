"""Fill places that prices call worth having, by chains of moves: one moves in, another takes the place left, and so on.

A free place on an order whose row has a price is a loss. The cheapest chain of moves that fills it is a shortest path
over orders in reduced values (Ahuja, Magnanti and Orlin, 1993, chapter 9, on successive shortest paths); it ends with
somebody unplaced, or at an order whose places are worth less. Every row is checked on the way, and a chain is kept only
where the plan gains. For problems of single placements without crews and shares; others rest on their programs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.arrays import offsets_by_row
from engine.clauses.views import Array
from engine.kernel import inner_kernel, kernel
from engine.problem.offers import NOTHING
from engine.problem.problem import MatchingProblem
from engine.solve.dual.sweeps import Sweeper
from engine.solve.primal.core import Core

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Arrays = tuple[Any, ...]
EXPANDED, LONGEST, TRIED = 48, 200, 200
ORDER, COST, BEFORE, COLUMN, PARTY, DONE = range(6)


def fill_by_paths(problem: MatchingProblem, sweeper: Sweeper, plan: Longs, use: Floats, core: Core) -> Longs:
    """The ``plan`` improved by chains of moves to the core's columns; ``use`` of every row follows it."""
    if not sweeper.single or problem.limits.ratio_rows.any():
        return plan
    offers, limits, cells = problem.offers, problem.limits, sweeper.cells
    party = offers.party_of(core.columns)
    order = offers.cell[core.columns] % offers.order_count
    by_order = np.lexsort((-core.reduced[core.columns], order))
    begins = offsets_by_row(order, offers.order_count)
    taken = np.full(len(offers.must), NOTHING)
    taken[offers.party_of(plan)] = plan
    worth = _worth_of_places(limits.order_offsets, limits.order_rows, core.prices)
    _fill(
        np.argsort(-worth, kind="stable"),
        worth,
        (begins, core.columns[by_order], party[by_order]),
        (offers.cell, offers.value, offers.order_count, core.reduced),
        (limits.order_offsets, limits.order_rows, limits.capacity + 1e-9),
        (cells.of_placement, cells.of_party, cells.all_rows.offsets, cells.all_rows.row),
        taken,
        use,
    )
    return np.sort(taken[taken != NOTHING])


def _worth_of_places(offsets: Longs, rows: npt.NDArray[np.int32], prices: Longs) -> Longs:
    """The prices of the rows that each order uses whoever takes it, summed."""
    total: Longs = np.add.reduceat(np.append(prices[rows], 0), offsets[:-1])
    total[np.diff(offsets) == 0] = 0
    return total


@kernel
def _fill(
    holes: Array,
    worth: Array,
    by_order: Arrays,
    offers: Arrays,
    limits: Arrays,
    cells: Arrays,
    taken: Array,
    use: Array,
) -> None:
    _, value, orders, _ = offers
    order_offsets, order_rows, capacity = limits
    nodes, where = np.empty((LONGEST, 6), np.int64), np.full(orders, -1, np.int64)
    for o in holes:
        if worth[o] <= 0:
            break
        while _has_room(o, order_offsets, order_rows, capacity, use):
            count, end, column, party = _search(o, worth, by_order, offers, limits, cells, taken, use, nodes, where)
            for n in range(count):
                where[nodes[n, ORDER]] = -1
            if end < 0 or not _apply(end, column, party, value, capacity, cells, taken, use, nodes):
                break


@inner_kernel
def _has_room(order: int, offsets: Array, rows: Array, capacity: Array, use: Array) -> bool:
    room = True
    for k in range(offsets[order], offsets[order + 1]):
        room &= use[rows[k]] + 1 <= capacity[rows[k]]
    return room


@inner_kernel
def _uses(column: int, wanted: int, cells: Arrays) -> bool:
    """Whether the cell of ``column`` uses a row."""
    of_placement, _, offsets, row = cells
    found = False
    if column >= 0:
        c = of_placement[column]
        for k in range(offsets[c], offsets[c + 1]):
            found |= row[k] == wanted
    return found


@inner_kernel
def _may_enter(
    column: int, party: int, current: int, own_rows: int, capacity: Array, cells: Arrays, use: Array
) -> bool:
    """Whether the rows of ``column`` beyond its order's ``own_rows`` have room, or get it where the party leaves
    ``current``.
    """
    of_placement, of_party, offsets, row = cells
    c = of_placement[column]
    for k in range(offsets[c] + own_rows, offsets[c + 1]):
        if use[row[k]] + 1 > capacity[row[k]] and not _uses(current, row[k], cells):
            return False
    if current < 0:
        c = of_party[party]
        for k in range(offsets[c], offsets[c + 1]):
            if use[row[k]] + 1 > capacity[row[k]]:
                return False
    return True


@kernel
def _search(
    hole: int,
    worth: Array,
    by_order: Arrays,
    offers: Arrays,
    limits: Arrays,
    cells: Arrays,
    taken: Array,
    use: Array,
    nodes: Array,
    where: Array,
) -> tuple[int, int, int, int]:
    """Shortest paths from a free place; returns (nodes, last node, column and party that end the chain there or -1).

    A node is an order whose place the party of the node leaves; ``where`` tells the node of each order.
    """
    begins, columns, parties = by_order
    cell, _, orders, reduced = offers
    order_offsets, _, capacity = limits
    nodes[0] = -1
    nodes[0, ORDER], nodes[0, COST], nodes[0, DONE] = hole, 0, 0
    where[hole] = 0
    count, gain, end, last_column, last_party = 1, np.int64(0), -1, -1, -1
    for _ in range(EXPANDED):
        at = _nearest(nodes, count)
        if at < 0 or nodes[at, COST] >= worth[hole] - gain:
            break
        nodes[at, DONE], o = 1, nodes[at, ORDER]
        own_rows, tried = order_offsets[o + 1] - order_offsets[o], 0
        for k in range(begins[o], begins[o + 1]):
            j, p = columns[k], parties[k]
            current = taken[p]
            if current >= 0 and cell[current] % orders == o:
                continue
            cost, tried = nodes[at, COST] - reduced[j], tried + 1
            if cost >= worth[hole] - gain or tried > TRIED:
                break
            if current >= 0:
                cost += reduced[current]
            if cost >= worth[hole] - gain or not _may_enter(j, p, current, own_rows, capacity, cells, use):
                continue
            if current < 0:
                if worth[hole] - cost > gain:
                    gain, end, last_column, last_party = worth[hole] - cost, at, j, p
                continue
            left = cell[current] % orders
            n = where[left]
            if n < 0 and count < LONGEST:
                n = where[left] = count
                count += 1
            elif n < 0 or nodes[n, DONE] or nodes[n, COST] <= cost:
                continue
            nodes[n, ORDER], nodes[n, COST], nodes[n, BEFORE] = left, cost, at
            nodes[n, COLUMN], nodes[n, PARTY], nodes[n, DONE] = j, p, 0
            if worth[hole] - cost - worth[left] > gain:
                gain, end, last_column, last_party = worth[hole] - cost - worth[left], n, -1, -1
    return count, end, last_column, last_party


@inner_kernel
def _nearest(nodes: Array, count: int) -> int:
    """The node of least cost that is not done, -1 where all are."""
    at = -1
    for n in range(count):
        if not nodes[n, DONE] and (at < 0 or nodes[n, COST] < nodes[at, COST]):
            at = n
    return at


@inner_kernel
def _move(party: int, before: int, after: int, cells: Arrays, taken: Array, use: Array) -> None:
    """Let a party change its column; -1 is none."""
    of_placement, of_party, offsets, row = cells
    for column, sign in ((before, -1.0), (after, 1.0)):
        if column >= 0:
            c = of_placement[column]
            for k in range(offsets[c], offsets[c + 1]):
                use[row[k]] += sign
            c = of_party[party]
            for k in range(offsets[c], offsets[c + 1]):
                use[row[k]] += sign
    taken[party] = after


@inner_kernel
def _fits(party: int, column: int, capacity: Array, cells: Arrays, use: Array) -> bool:
    """Whether no row that the party uses by its column is overrun."""
    of_placement, of_party, offsets, row = cells
    holds = True
    for c in (of_placement[column], of_party[party]):
        for k in range(offsets[c], offsets[c + 1]):
            holds &= use[row[k]] <= capacity[row[k]]
    return bool(holds)


@kernel
def _apply(
    end: int,
    column: int,
    party: int,
    value: Array,
    capacity: Array,
    cells: Arrays,
    taken: Array,
    use: Array,
    nodes: Array,
) -> bool:
    """Make the chain's moves; takes them back, and returns False, where a row breaks or nothing is gained."""
    moves = np.empty((LONGEST, 3), np.int64)
    count, n = 0, end
    if column >= 0:
        moves[0] = party, -1, column
        count = 1
    while nodes[n, BEFORE] >= 0:
        moves[count] = nodes[n, PARTY], taken[nodes[n, PARTY]], nodes[n, COLUMN]
        count += 1
        n = nodes[n, BEFORE]
    gain = np.int64(0)
    for p, before, after in moves[:count]:
        _move(p, before, after, cells, taken, use)
        gain += value[after] - (value[before] if before >= 0 else 0)
    holds = gain > 0
    for p, _, after in moves[:count]:
        holds &= _fits(p, after, capacity, cells, use)
    if not holds:
        for p, before, after in moves[:count]:
            _move(p, after, before, cells, taken, use)
    return bool(holds)
