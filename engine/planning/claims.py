"""Who has a claim against a plan: to a place that is free, or to that of somebody whom the order ranks lower.

A party has a claim to a column that it wants more than what it has (`engine.solve.wishes`) where the column is legal
beside everybody, or in place of somebody who holds one of its orders and ranks lower there: justified envy. All other
placements stay counted, the party's own too, as joint limits that choose from all that is asked of them would see it
(Hatfield and Milgrom, "Matching with contracts", 2005; Kamada and Kojima, "Efficient matching under distributional
constraints", 2015). Whoever holds a promise has no claim, and nobody has one to a promised place or to another place of
an order that he is on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.clauses.views import Array
from engine.kernel import kernel
from engine.problem.column_rows import Scratch, net_rows, scratch_for, use_of
from engine.problem.offers import NOTHING, ColumnArrays
from engine.problem.packed_parts import LimitArrays
from engine.problem.problem import MatchingProblem
from engine.solve.wishes import Wishes, wishes_of, worth_to_orders

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
ROUNDING = 1e-9
CENT = 0.01


@dataclass(frozen=True)
class Claims:
    """Counts of claims: ``to_free_places`` and ``envied`` by column (whether its party has such a claim to it), and
    ``envy_pairs``, how many pairs of parties there are of which one has justified envy of the other, for each column.
    """

    to_free_places: Bools
    envied: Bools
    envy_pairs: Longs

    @property
    def blocking(self) -> int:
        """How many pairs of a party and a column block the plan."""
        return int((self.to_free_places | self.envied).sum())


class _Holders(NamedTuple):
    """Who holds a place of each order, those alike to every limit side by side, lowest first.

    Order o has the groups ``of_order[o]:of_order[o + 1]``, group g the entries ``of_group[g]:of_group[g + 1]`` of
    ``column``, ``worth`` and ``tie``.
    """

    of_order: Longs
    of_group: Longs
    column: Longs
    worth: Longs
    tie: Longs


class _Plan(NamedTuple):
    """A plan against its limits, for kernels; shapes as in `Offers` and `Limits`."""

    of_party: Longs
    held: Longs
    must: Bools
    wanted: Floats
    earned: Floats
    worth: Longs
    tie: Longs
    use: Floats
    capacity: Floats
    placed: Longs
    crew: Longs


def find_claims(problem: MatchingProblem, columns: Longs) -> Claims:
    """The claims of all parties against the plan that the ``columns`` are."""
    offers, limits = problem.offers, problem.limits
    wishes = wishes_of(problem)
    plan = _plan(problem, columns, wishes, worth_to_orders(problem, wishes))
    claims = Claims(
        np.zeros(offers.count, np.bool_), np.zeros(offers.count, np.bool_), np.zeros(offers.count, np.int64)
    )
    _find(
        offers.arrays,
        offers.order_count,
        limits.arrays,
        plan,
        _holders(problem, columns, plan),
        np.ones(limits.row_count, np.int8),
        (scratch_for(limits), scratch_for(limits)),
        np.zeros(limits.row_count),
        claims.to_free_places,
        claims.envied,
        claims.envy_pairs,
    )
    return claims


def _plan(problem: MatchingProblem, columns: Longs, wishes: Wishes, worth: Longs) -> _Plan:
    offers, limits = problem.offers, problem.limits
    held = np.full(len(offers.must), NOTHING)
    held[offers.party_of(columns)] = columns
    placed = np.bincount(offers.placements(columns)[1], minlength=offers.order_count)
    return _Plan(
        offers.of_party,
        held,
        offers.must,
        wishes.wanted,
        wishes.earned,
        worth,
        problem.lead.astype(np.int64),
        use_of(offers, limits, columns),
        limits.capacity + ROUNDING,
        placed,
        problem.register.min_crew.astype(np.int64),
    )


def _holders(problem: MatchingProblem, columns: Longs, plan: _Plan) -> _Holders:
    """The holders of each order without a promise; columns of one cell and no extras are alike where the cell is."""
    offers = problem.offers
    columns = columns[~offers.must[offers.party_of(columns)]]
    lengths = offers.lengths(columns)
    at, order = np.repeat(columns, lengths), offers.placements(columns)[1]
    once = np.unique(np.stack([order, at], 1), axis=0) if len(at) else np.empty((0, 2), np.int64)
    order, at = once[:, 0], once[:, 1]
    alone = (offers.lengths(at) == 1) & (offers.extras[at + 1] == offers.extras[at])
    alike = np.where(alone, offers.cell[offers.cells[at]].astype(np.int64), -1 - at)
    tie = plan.tie[offers.party_of(at)]
    sorted_by = np.lexsort((-tie, plan.worth[at], alike, order))
    order, at, alike, tie = order[sorted_by], at[sorted_by], alike[sorted_by], tie[sorted_by]
    begins = np.flatnonzero((np.diff(order, prepend=-1) != 0) | (np.diff(alike, prepend=-(2**62)) != 0))
    of_order = np.searchsorted(order[begins], np.arange(offers.order_count + 1))
    return _Holders(of_order, np.append(begins, len(at)), at, plan.worth[at], tie)


@kernel
def _wants(j: int, held: int, plan: _Plan) -> bool:
    """Whether a party wants column ``j`` more than the one that it holds."""
    if held == NOTHING:
        return True
    if abs(plan.wanted[j] - plan.wanted[held]) > ROUNDING:
        return bool(plan.wanted[j] > plan.wanted[held])
    return bool(plan.earned[j] > plan.earned[held] + CENT)


@kernel
def _people(j: int, order: int, columns: ColumnArrays, orders: int) -> int:
    found = 0
    for k in range(columns.cells[j], columns.cells[j + 1]):
        found += columns.cell[k] % orders == order
    return found


@kernel
def _crews_hold(j: int, gone: int, columns: ColumnArrays, orders: int, plan: _Plan) -> bool:
    """Whether every crew is whole or empty with column ``j``, and without ``gone``."""
    for one in (j, gone):
        if one == NOTHING:
            continue
        for k in range(columns.cells[one], columns.cells[one + 1]):
            o = columns.cell[k] % orders
            if plan.crew[o] > 1:
                there = plan.placed[o] + _people(j, o, columns, orders)
                if gone != NOTHING:
                    there -= _people(gone, o, columns, orders)
                if 0 < there < plan.crew[o]:
                    return False
    return True


@kernel
def _makes_room(
    gone: int,
    over: int,
    used_by_j: Array,
    columns: ColumnArrays,
    orders: int,
    limits: LimitArrays,
    plan: _Plan,
    wanted: Array,
    scratch: Scratch,
) -> bool:
    """Whether a column that uses ``used_by_j`` of each row, and overran ``over`` of them, is legal once ``gone`` left.

    Each of those has to be relieved by what is gone; a share that what is gone upheld has to hold without it.
    """
    relieved = 0
    for i in range(net_rows(gone, columns, orders, limits, wanted, scratch)):
        r = scratch.row[i]
        before = plan.use[r] + used_by_j[r]
        after = before - scratch.amount[i]
        if after > plan.capacity[r] and (used_by_j[r] > 0 or scratch.amount[i] < 0):
            return False
        relieved += used_by_j[r] > 0 and before > plan.capacity[r]
    return relieved == over


@kernel
def _count_lower(worth: int, tie: int, begin: int, end: int, holders: _Holders) -> int:
    """How many of the entries ``begin:end`` rank lower; they lie lowest first."""
    low, high = begin, end
    while low < high:
        middle = (low + high) // 2
        lower = holders.worth[middle] < worth or (holders.worth[middle] == worth and holders.tie[middle] > tie)
        if lower:
            low = middle + 1
        else:
            high = middle
    return low - begin


@kernel
def _find(
    columns: ColumnArrays,
    orders: int,
    limits: LimitArrays,
    plan: _Plan,
    holders: _Holders,
    wanted: Array,
    room: tuple[Scratch, Scratch],
    used_by_j: Array,
    to_free_places: Array,
    envied: Array,
    envy_pairs: Array,
) -> None:
    own, other = room
    for p in range(len(plan.held)):
        if plan.must[p]:
            continue
        for j in range(plan.of_party[p], plan.of_party[p + 1]):
            if j == plan.held[p] or not _wants(j, plan.held[p], plan):
                continue
            rows, over = net_rows(j, columns, orders, limits, wanted, own), 0
            for i in range(rows):
                r = own.row[i]
                used_by_j[r] = own.amount[i]
                over += own.amount[i] > 0 and plan.use[r] + own.amount[i] > plan.capacity[r]
            if over == 0:
                to_free_places[j] = _crews_hold(j, NOTHING, columns, orders, plan)
            if not to_free_places[j]:
                for k in range(columns.cells[j], columns.cells[j + 1]):
                    o = columns.cell[k] % orders
                    if plan.held[p] != NOTHING and _people(plan.held[p], o, columns, orders):
                        continue
                    for g in range(holders.of_order[o], holders.of_order[o + 1]):
                        begin, end = holders.of_group[g], holders.of_group[g + 1]
                        gone = holders.column[begin]
                        lower = _count_lower(plan.worth[j], plan.tie[p], begin, end, holders)
                        if (
                            lower
                            and _makes_room(gone, over, used_by_j, columns, orders, limits, plan, wanted, other)
                            and _crews_hold(j, gone, columns, orders, plan)
                        ):
                            envied[j] = True
                            envy_pairs[j] += lower
            for i in range(rows):
                used_by_j[own.row[i]] = 0
