"""Insertion: add whoever still fits, best first, with every limit and crew checked on the way."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.arrays import row_of_each
from engine.clauses.views import Array
from engine.kernel import inner_kernel, kernel
from engine.problem.column_rows import add_cell, add_column, use_of
from engine.problem.dense import DenseGroup, Found, ceilings_of, values_of
from engine.problem.dense_scans import REFUSED, Ceilings, GroupArrays, pair_worth
from engine.problem.offers import ColumnArrays
from engine.problem.packed_parts import LimitArrays
from engine.problem.problem import MatchingProblem
from engine.solve.dual.bound import Bound, at_prices

Longs = npt.NDArray[np.int64]
ROUNDING = 1e-9


def insert(problem: MatchingProblem, columns: Longs, ranking: Longs, whole_crews: bool = True) -> Longs:
    """Add columns of free parties, in the order of ``ranking``, wherever every limit and crew allows it.

    Without ``whole_crews`` a crew may be begun by fewer people than it needs; the caller says what becomes of it.
    """
    offers, limits = problem.offers, problem.limits
    party = offers.party_of(ranking)
    taken = _taken(problem, columns)
    candidates = ranking[~taken[party]]
    if not len(candidates):
        return columns
    use = use_of(offers, limits, columns)
    added = np.zeros(len(candidates), np.bool_)
    _insert(
        candidates,
        offers.party_of(candidates),
        offers.arrays,
        offers.order_count,
        limits.arrays,
        limits.capacity + ROUNDING,
        use,
        _least_to_open(problem, use) if whole_crews else np.zeros(offers.order_count, np.int64),
        taken,
        added,
    )
    return np.concatenate([columns, candidates[added]])


def fill(problem: MatchingProblem, columns: Longs, reduced: Longs, candidates: Longs | None = None) -> Longs:
    """Add those of the ``candidates`` (sorted; every column by default) that belong to free parties and fit, best
    reduced value first, until none of them fits any more.
    """
    # who is added to a share, or opens a crew's order, may make room for somebody who was looked at before
    makes_room = bool(problem.limits.ratio_rows.any()) or bool(len(problem.crew_orders))
    while True:
        grown = _filled_once(problem, columns, reduced, candidates)
        if not makes_room or len(grown) == len(columns):
            return grown
        columns = grown


def _filled_once(problem: MatchingProblem, columns: Longs, reduced: Longs, candidates: Longs | None) -> Longs:
    taken = _taken(problem, columns)
    if candidates is None:
        candidates = _with_room(problem, columns, taken)
    free = candidates[~taken[problem.offers.party_of(candidates)]]
    return insert(problem, columns, free[np.argsort(-reduced[free], kind="stable")])


def _with_room(problem: MatchingProblem, columns: Longs, taken: npt.NDArray[np.bool_]) -> Longs:
    """The columns of free parties on whose orders another worker fits, whoever it is."""
    offers, limits = problem.offers, problem.limits
    tight = use_of(offers, limits, columns) + 1 > limits.capacity + ROUNDING
    owner = row_of_each(np.diff(limits.order_offsets))
    full = np.bincount(owner[tight[limits.order_rows]], minlength=offers.order_count) > 0
    open_columns = np.zeros(offers.count, np.bool_)
    _mark_open(offers.of_party, offers.cells, offers.cell, offers.order_count, taken, full, open_columns)
    return np.flatnonzero(open_columns)


@kernel
def _mark_open(
    of_party: Array, cells: Array, cell: Array, orders: int, taken: Array, full: Array, open_columns: Array
) -> None:
    for p in range(len(taken)):
        if taken[p]:
            continue
        for j in range(of_party[p], of_party[p + 1]):
            fits = True
            for k in range(cells[j], cells[j + 1]):
                fits &= not full[cell[k] % orders]
            open_columns[j] = fits


def insert_dense(problem: MatchingProblem, columns: Longs, at: Bound) -> tuple[MatchingProblem, Longs, Longs]:
    """Place free parties on dense pairs that still fit, those who gain most at the prices first, each on its best.

    Returns the problem with the columns that it needed, the new number of each old one, and the columns chosen. Nobody
    who fits is left out, since places only fill up.
    """
    if problem.dense is None:
        return problem, np.arange(problem.offers.count), columns
    limits, orders = problem.limits, problem.offers.order_count
    use, taken = use_of(problem.offers, limits, columns), _taken(problem, columns)
    least = _least_to_open(problem, use)
    table = problem.dense.class_table(at_prices(problem, at.prices, at.crew).table)
    pieces: list[tuple[DenseGroup, Longs, Longs]] = []
    for group in problem.dense.groups:
        turn = np.argsort(-at.surplus[group.party], kind="stable")
        column = np.full(len(group.party), -1, np.int64)
        _insert_group(
            turn,
            group.arrays,
            ceilings_of(group, table[group.base_class]),
            group.orders,
            group.base_class * problem.dense.flag_count,
            orders,
            limits.arrays,
            limits.capacity + ROUNDING,
            use,
            least,
            taken,
            column,
        )
        row = np.flatnonzero(column >= 0)
        pieces.append((group, row, column[row]))
    party, worker, order, value = (
        np.concatenate([np.empty(0, np.int64), *parts])
        for parts in zip(
            *((g.party[r], g.worker[r], g.orders[c], values_of(g, r, c)) for g, r, c in pieces), strict=True
        )
    )
    grown, moved = problem.grown(Found(party, worker, order, value, np.zeros(len(party), np.int64)))
    return grown, moved, np.concatenate([moved[columns], columns_of_pairs(grown, party, order)])


def columns_of_pairs(problem: MatchingProblem, party: Longs, order: Longs) -> Longs:
    """The column of each pair that has one of its own."""
    offers = problem.offers
    single = np.flatnonzero(np.diff(offers.cells) == 1)
    held = offers.party_of_each()[single].astype(np.int64) * offers.order_count
    held += offers.cell[offers.cells[single]] % offers.order_count
    by_key = np.argsort(held, kind="stable")
    return single[by_key[np.searchsorted(held[by_key], party * offers.order_count + order)]]


def _taken(problem: MatchingProblem, columns: Longs) -> npt.NDArray[np.bool_]:
    taken = np.zeros(len(problem.offers.must), np.bool_)
    taken[problem.offers.party_of(columns)] = True
    return taken


def _least_to_open(problem: MatchingProblem, use: npt.NDArray[np.float64]) -> Longs:
    """How many people must come at once, by order: the crew of a crew order that nobody is on, else 0."""
    least = np.zeros(problem.offers.order_count, np.int64)
    crews = problem.crew_orders
    least[crews] = np.where(use[crews] == 0, problem.register.min_crew[crews], 0)
    return least


@inner_kernel
def _holds(cell: int, orders: int, limits: LimitArrays, capacity: Array, use: Array) -> bool:
    c, o = cell // orders, cell % orders
    for r in range(limits.order_offsets[o], limits.order_offsets[o + 1]):
        if use[limits.order_rows[r]] > capacity[limits.order_rows[r]]:
            return False
    for e in range(limits.offsets[o], limits.offsets[o + 1]):
        p = limits.part[e]
        key = limits.key_of_class[p, c]
        if key >= 0 and limits.coefficient[p] > 0:
            row = limits.base[p] + key * limits.width[p] + limits.slot[e]
            if use[row] > capacity[row]:
                return False
    return True


@inner_kernel
def column_holds(j: int, columns: ColumnArrays, orders: int, limits: LimitArrays, capacity: Array, use: Array) -> bool:
    """Whether no row that column ``j`` adds to is overrun."""
    for k in range(columns.cells[j], columns.cells[j + 1]):
        if not _holds(columns.cell[k], orders, limits, capacity, use):
            return False
    for k in range(columns.extras[j], columns.extras[j + 1]):
        if columns.extra_coefficient[k] > 0 and use[columns.extra_row[k]] > capacity[columns.extra_row[k]]:
            return False
    return True


@inner_kernel
def _too_few(j: int, columns: ColumnArrays, orders: int, least: Array) -> bool:
    """Whether column ``j`` brings fewer people to an order than must come at once; a travel group may be a crew."""
    for k in range(columns.cells[j], columns.cells[j + 1]):
        order = columns.cell[k] % orders
        if least[order] > 1:
            come = 0
            for other in range(columns.cells[j], columns.cells[j + 1]):
                come += columns.cell[other] % orders == order
            if come < least[order]:
                return True
    return False


@kernel
def _insert(
    candidates: Array,
    party: Array,
    columns: ColumnArrays,
    orders: int,
    limits: LimitArrays,
    capacity: Array,
    use: Array,
    least: Array,
    taken: Array,
    added: Array,
) -> None:
    for i in range(len(candidates)):
        j = candidates[i]
        if taken[party[i]] or _too_few(j, columns, orders, least):
            continue
        add_column(j, columns, orders, limits, use, 1.0)
        if column_holds(j, columns, orders, limits, capacity, use):
            taken[party[i]] = added[i] = True
            for k in range(columns.cells[j], columns.cells[j + 1]):
                least[columns.cell[k] % orders] = 0
        else:
            add_column(j, columns, orders, limits, use, -1.0)


@kernel
def _insert_group(
    turn: Array,
    group: GroupArrays,
    ceilings: Ceilings,
    group_orders: Array,
    first_class: int,
    orders: int,
    limits: LimitArrays,
    capacity: Array,
    use: Array,
    least: Array,
    taken: Array,
    column: Array,
) -> None:
    party = group.party
    full = np.zeros(len(ceilings.rank), np.bool_)
    for i in turn:
        if taken[party[i]]:
            continue
        best, at = REFUSED, -1
        for r in range(len(ceilings.rank)):
            j = ceilings.rank[r]
            if ceilings.ceiling[r] <= best:
                break
            if full[j] or least[group_orders[j]] > 1:
                continue
            own = pair_worth(i, j, group, ceilings.cost)
            if own > best:
                cell = first_class * orders + group_orders[j]
                add_cell(cell, orders, limits, use, 1.0)
                if _holds(cell, orders, limits, capacity, use):
                    best, at = own, j
                else:
                    full[j] = True
                add_cell(cell, orders, limits, use, -1.0)
        if at >= 0:
            taken[party[i]] = True
            column[i] = at
            add_cell(first_class * orders + group_orders[at], orders, limits, use, 1.0)
