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

from engine.kernel import kernel
from engine.problem.offers import NOTHING
from engine.problem.problem import MatchingProblem
from engine.rule import Array
from engine.solve.sweeps import Sweeper

Longs = npt.NDArray[np.int64]
Arrays = tuple[Any, ...]
EXPANDED = 48
LONGEST = 200


def fill_by_paths(
    problem: MatchingProblem, sweeper: Sweeper, plan: Longs, use: npt.NDArray[np.float64], candidates: Longs,
    reduced: Longs, prices: Longs,
) -> Longs:  # fmt: skip
    """The ``plan`` improved by chains of moves to ``candidates`` columns (sorted); ``use`` of every row follows it."""
    if not sweeper.single or len(problem.crew_orders) or problem.limits.ratio_rows.any():
        return plan
    offers, limits, cells = problem.offers, problem.limits, sweeper.cells
    party = np.searchsorted(offers.of_party, candidates, "right") - 1
    order = offers.cell[candidates] % offers.order_count
    by_order = np.argsort(order, kind="stable")
    begins = np.concatenate([[0], np.cumsum(np.bincount(order, minlength=offers.order_count))]).astype(np.int64)
    taken = np.full(len(offers.must), NOTHING)
    taken[np.searchsorted(offers.of_party, plan, "right") - 1] = plan
    worth = _worth_of_places(limits.order_offsets, limits.order_rows, prices)
    _fill(
        np.argsort(-worth, kind="stable"),
        worth,
        (begins, candidates[by_order], party[by_order]),
        (offers.cell, offers.value, offers.must, offers.order_count, reduced),
        (limits.order_offsets, limits.order_rows, limits.capacity + 1e-9),
        (cells.of_placement, cells.of_party, cells.offsets, cells.row),
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
    value, orders = offers[1], offers[3]
    order_offsets, order_rows, capacity = limits
    node_order, node_cost = np.empty(LONGEST, np.int64), np.empty(LONGEST, np.int64)
    node_from, node_column = np.empty(LONGEST, np.int64), np.empty(LONGEST, np.int64)
    node_party, node_debt = np.empty(LONGEST, np.int64), np.empty(LONGEST, np.int64)
    nodes = node_order, node_cost, node_from, node_column, node_party, node_debt, np.empty(LONGEST, np.bool_)
    where = np.full((orders, 2), -1, np.int64)
    for o in holes:
        if worth[o] <= 0:
            break
        while _has_room(o, order_offsets, order_rows, capacity, use):
            count, end, column, party = _search(o, worth, by_order, offers, limits, cells, taken, use, nodes, where)
            for n in range(count):
                where[node_order[n], 0] = where[node_order[n], 1] = -1
            if end < 0 or not _apply(end, column, party, value, limits, cells, taken, use, nodes):
                break


@kernel
def _has_room(order: int, offsets: Array, rows: Array, capacity: Array, use: Array) -> bool:
    room = True
    for k in range(offsets[order], offsets[order + 1]):
        room &= use[rows[k]] + 1 <= capacity[rows[k]]
    return room


@kernel
def _uses(column: int, wanted: int, cells: Arrays) -> bool:
    """Whether the cell of ``column`` uses a row."""
    of_placement, _, offsets, row = cells
    found = False
    if column >= 0:
        c = of_placement[column]
        for k in range(offsets[c], offsets[c + 1]):
            found |= row[k] == wanted
    return found


@kernel
def _may_enter(
    column: int, party: int, current: int, left: int, own_rows: int, limits: Arrays, cells: Arrays, use: Array
) -> bool:
    """Whether the rows of ``column`` beyond its order's have room, or get it from the columns left by the party itself
    (``current``) or by the one whose place it takes (``left``).
    """
    _, _, capacity = limits
    of_placement, of_party, offsets, row = cells
    c = of_placement[column]
    for k in range(offsets[c] + own_rows, offsets[c + 1]):
        full = use[row[k]] + 1 > capacity[row[k]]
        if full and not _uses(current, row[k], cells) and not _uses(left, row[k], cells):
            return False
    if current < 0:
        c = of_party[party]
        for k in range(offsets[c], offsets[c + 1]):
            if use[row[k]] + 1 > capacity[row[k]]:
                return False
    return True


@kernel
def _repays(current: int, debt: int, own_rows: int, limits: Arrays, cells: Arrays, use: Array) -> bool:
    """Whether whoever leaves ``current`` frees every full row that the column ``debt`` needs beyond its order's."""
    _, _, capacity = limits
    of_placement, _, offsets, row = cells
    c = of_placement[debt]
    for k in range(offsets[c] + own_rows, offsets[c + 1]):
        if use[row[k]] + 1 > capacity[row[k]] and not _uses(current, row[k], cells):
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
    nodes: Arrays,
    where: Array,
) -> tuple[int, int, int, int]:
    """Shortest paths from a free place; returns (nodes, last node, column and party that end the chain there or -1).

    A party may move in although a quota is full, in debt of it, if the next to move frees it: so an order has two
    nodes, without a debt and with one.
    """
    begins, columns, parties = by_order
    cell, _value, must, orders, reduced = offers
    order_offsets = limits[0]
    node_order, node_cost, node_from, node_column, node_party, node_debt, done = nodes
    node_order[0], node_cost[0], node_from[0], node_column[0], node_party[0] = hole, 0, -1, -1, -1
    node_debt[0], done[0], count, gain = -1, False, 1, np.int64(0)
    where[hole, 0] = 0
    end, last_column, last_party = -1, -1, -1
    for _ in range(EXPANDED):
        at = -1
        for n in range(count):
            if not done[n] and (at < 0 or node_cost[n] < node_cost[at]):
                at = n
        if at < 0 or node_cost[at] >= worth[hole]:
            break
        done[at], o, debt = True, node_order[at], node_debt[at]
        vacated = taken[node_party[at]] if at > 0 else -1
        own_rows = order_offsets[o + 1] - order_offsets[o]
        for k in range(begins[o], begins[o + 1]):
            j, p = columns[k], parties[k]
            current = taken[p]
            if current >= 0 and (must[p] or cell[current] % orders == o):
                continue
            cost = node_cost[at] - reduced[j]
            if current >= 0:
                cost += reduced[current]
            if cost >= worth[hole]:
                continue
            owes = debt
            if debt >= 0:
                d = cell[debt] % orders
                if current >= 0 and _repays(current, debt, order_offsets[d + 1] - order_offsets[d], limits, cells, use):
                    owes = -1
            if not _may_enter(j, p, current, vacated, own_rows, limits, cells, use):
                if debt >= 0 or current < 0:
                    continue
                owes = j
            if current < 0:
                if owes < 0 and worth[hole] - cost > gain:
                    gain, end, last_column, last_party = worth[hole] - cost, at, j, p
                continue
            left = cell[current] % orders
            label = 1 if owes >= 0 else 0
            n = where[left, label]
            if n < 0:
                if count == LONGEST:
                    continue
                n = count
                count += 1
                where[left, label] = n
            elif done[n] or node_cost[n] <= cost:
                continue
            node_order[n], node_cost[n], node_from[n], node_column[n], node_party[n] = left, cost, at, j, p
            node_debt[n], done[n] = owes, False
            if owes < 0 and worth[hole] - cost - worth[left] > gain:
                gain, end, last_column, last_party = worth[hole] - cost - worth[left], n, -1, -1
    return count, end, last_column, last_party


@kernel
def _change(column: int, party: int, sign: float, own: bool, cells: Arrays, use: Array) -> None:
    of_placement, of_party, offsets, row = cells
    c = of_placement[column]
    for k in range(offsets[c], offsets[c + 1]):
        use[row[k]] += sign
    if own:
        c = of_party[party]
        for k in range(offsets[c], offsets[c + 1]):
            use[row[k]] += sign


@kernel
def _apply(
    end: int,
    column: int,
    party: int,
    value: Array,
    limits: Arrays,
    cells: Arrays,
    taken: Array,
    use: Array,
    nodes: Arrays,
) -> bool:
    """Make the chain's moves; takes them back, and returns False, where a row breaks or nothing is gained."""
    capacity = limits[2]
    of_placement, of_party, offsets, row = cells
    _, _, node_from, node_column, node_party, _, _ = nodes
    moved, before, after = np.empty(LONGEST, np.int64), np.empty(LONGEST, np.int64), np.empty(LONGEST, np.int64)
    count, gain = 0, np.int64(0)
    if column >= 0:
        moved[0], before[0], after[0] = party, -1, column
        count = 1
    n = end
    while node_from[n] >= 0:
        moved[count], before[count], after[count] = node_party[n], taken[node_party[n]], node_column[n]
        for i in range(count):
            if moved[i] == moved[count]:
                return False
        count += 1
        n = node_from[n]
    for i in range(count):
        if before[i] >= 0:
            _change(before[i], moved[i], -1.0, False, cells, use)
            gain -= value[before[i]]
        _change(after[i], moved[i], 1.0, before[i] < 0, cells, use)
        gain += value[after[i]]
        taken[moved[i]] = after[i]
    holds = gain > 0
    for i in range(count):
        c = of_placement[after[i]]
        for k in range(offsets[c], offsets[c + 1]):
            holds &= use[row[k]] <= capacity[row[k]]
        c = of_party[moved[i]]
        for k in range(offsets[c], offsets[c + 1]):
            holds &= use[row[k]] <= capacity[row[k]]
    if holds:
        return True
    for i in range(count):
        _change(after[i], moved[i], -1.0, before[i] < 0, cells, use)
        if before[i] >= 0:
            _change(before[i], moved[i], 1.0, False, cells, use)
        taken[moved[i]] = before[i]
    return False
