"""Tighten and split: what orders cost falls to the best bid for them, and is shared out anew among their rows.

Let ``c_o`` be what everybody pays on order o alike: its headcount, beds by day, caps that don't look at the worker. Who
gains ``u_p`` at these costs and ``r`` of the other rows gains no more while ``c_o`` falls to the best bid,

    c_o >= max over pairs (p, o) of  value - r - u_p   (a calendar's slack is shared among its places),

so that the bound can only fall (the c-transform of optimal transport; Villani, 2009). Then only the sum ``c_o`` matters
to workers, and the rows that it is made of are priced at what they can bring in together:

    bound(c) = sum_p u_p + (other rows) + max {c y : rows y <= capacity, y >= 0},

a linear program of one column an order, whose prices are those of the rows. Not where crews have prices of their own:
what opening an order costs is then no sum over its rows. All that is believed of it is `bound_at` at whole prices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import offsets_of, row_of_each
from engine.clauses.views import Array, Bools, Ints
from engine.kernel import kernel
from engine.problem.offers import ColumnArrays
from engine.problem.problem import MatchingProblem
from engine.problem.values import SCALE
from engine.solve.budget import Budget
from engine.solve.dual.bound import Bound, at_prices, bound_at
from engine.solve.exact.linear_program import LinearProgram, solve

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
ROUNDS = 6
HIGHEST = 2**62


@dataclass(frozen=True, slots=True)
class CommonRows:
    """The rows that count all who take an order alike: entry k says that order ``order[k]`` uses ``coefficient[k]`` of
    ``row[k]``; sorted by order. Headcounts aren't among them.
    """

    order: Ints
    row: Ints
    coefficient: Floats


def tightened(problem: MatchingProblem, bound: Bound, budget: Budget) -> Bound:
    """The bound at tightened prices where that is less, else the same one.

    An interrupt or the end of the time leaves it as it was.
    """
    if bound.crew.least.any() or len(bound.crew.link) or budget.over:
        return bound
    common = common_rows(problem)
    cost = _tightened_costs(problem, bound, costs_of_orders(bound.prices, common, problem.offers.order_count))
    prices = _shared_out(problem, bound.prices, common, cost, budget)
    if prices is None:
        return bound
    found = bound_at(problem, prices, bound.crew)
    return found if found.value < bound.value else bound


def common_rows(problem: MatchingProblem) -> CommonRows:
    """Beds, and the rows of clauses that tell none of those apart who may take an order that they count."""
    limits, n = problem.limits, problem.offers.order_count
    own_order = row_of_each(np.diff(limits.order_offsets)).astype(np.int32)
    beds = limits.order_rows >= n
    parts, keys = limits.parts, limits.key_of_class[:, : limits.home_class]
    alike = (keys >= 0).all(1) & (keys == keys[:, :1]).all(1)
    order, first = row_of_each(np.diff(parts.offsets)).astype(np.int32), keys.max(1, initial=0)
    row = parts.base[parts.part] + first[parts.part] * parts.width[parts.part] + parts.slot
    kept = alike[parts.part] & ~_told_apart(problem, order, alike)[row]
    row = np.r_[limits.order_rows[beds], row[kept]].astype(np.int32)
    coefficient = np.r_[np.ones(int(beds.sum())), parts.coefficient[parts.part[kept]]]
    order = np.r_[own_order[beds], order[kept]]
    by_order = np.argsort(order, kind="stable")
    return CommonRows(order[by_order], row[by_order], coefficient[by_order])


def _told_apart(problem: MatchingProblem, order: Ints, alike: Bools) -> Bools:
    """Rows that some of those who take an order don't meet, as placements at home, or that columns correct."""
    limits, n = problem.limits, problem.offers.order_count
    parts, found = limits.parts, np.zeros(limits.row_count, np.bool_)
    at_home = np.zeros(n, np.bool_)
    at_home[problem.offers.cell[problem.offers.cell // n == limits.home_class] % n] = True
    entries = np.flatnonzero(~alike[parts.part] | at_home[order])
    p = parts.part[entries]
    for key in limits.key_of_class.T:
        met = key[p] >= 0
        found[parts.base[p[met]] + key[p[met]] * parts.width[p[met]] + parts.slot[entries[met]]] = True
    found[problem.offers.extra_row] = True
    return found


def costs_of_orders(prices: Longs, common: CommonRows, orders: int) -> Longs:
    """What all pay alike on each order: headcount and common rows, rounded down row by row as in every bound."""
    cost = prices[:orders].copy()
    np.add.at(cost, common.order, np.floor(prices[common.row] * common.coefficient).astype(np.int64))
    return cost


def _tightened_costs(problem: MatchingProblem, bound: Bound, cost: Longs) -> Longs:
    """The costs less what nobody would gain by; none falls below 0.

    Where columns are calendars, the slack of each is given to its orders in equal shares, and what is left of it again.
    """
    offers, priced = problem.offers, at_prices(problem, bound.prices, bound.crew)
    room, cost = np.full(len(cost), HIGHEST), cost.copy()
    if problem.dense is not None:
        problem.dense.least_slack(priced.table, bound.surplus, room)
    slack = bound.surplus[offers.party_of_each()] - priced.reduced()
    single = int(np.diff(offers.cells).max(initial=1)) == 1
    for _ in range(1 if single else ROUNDS):
        fall = np.minimum(room, np.maximum(cost, 0))
        _share_slack(offers.arrays, offers.order_count, slack, fall)
        _take_slack(offers.arrays, offers.order_count, fall, slack)
        room, cost = room - fall, cost - fall
    return cost


@kernel
def _share_slack(columns: ColumnArrays, orders: int, slack: Array, fall: Array) -> None:
    for j in range(len(slack)):
        begin, end = columns.cells[j], columns.cells[j + 1]
        for k in range(begin, end):
            o = columns.cell[k] % orders
            fall[o] = min(fall[o], slack[j] // (end - begin))


@kernel
def _take_slack(columns: ColumnArrays, orders: int, fall: Array, slack: Array) -> None:
    for j in range(len(slack)):
        for k in range(columns.cells[j], columns.cells[j + 1]):
            slack[j] -= fall[columns.cell[k] % orders]


def _shared_out(
    problem: MatchingProblem, prices: Longs, common: CommonRows, cost: Longs, budget: Budget
) -> Longs | None:
    """Prices of all rows at which each order costs at least ``cost``, and the common ones bring in the least; None
    where the program isn't solved.
    """
    n, limits = problem.offers.order_count, problem.limits
    paying = np.flatnonzero(cost > 0)
    kept = cost[common.order] > 0
    rows, row = np.unique(common.row[kept], return_inverse=True)
    program = LinearProgram(
        cost[paying] / SCALE,
        np.zeros(len(paying)),
        limits.capacity[paying],
        offsets_of(np.bincount(common.order[kept], minlength=n)[paying]),
        row.astype(np.int32),
        common.coefficient[kept],
        np.full(len(rows), -np.inf),
        limits.capacity[rows],
    )
    answer = solve(program, budget)
    if answer is None or not answer.optimal:
        return None
    found = prices.copy()
    found[:n], found[common.row] = 0, 0
    found[rows] = np.rint(np.maximum(answer.price, 0) * SCALE).astype(np.int64)
    found[:n] = np.maximum(cost - costs_of_orders(found, common, n), 0)
    return found
