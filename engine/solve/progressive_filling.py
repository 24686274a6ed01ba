"""Progressive filling: the share that every employer has of what it asks rises for all alike, as long as anybody fits.

Bertsekas and Gallager, "Data networks" (1992), on max-min fair rates: all rise together, and whoever can't go on stays
where it is. The n-th place of an employer who asks for m is filled when the common share comes to n / m. It goes to the
worker who gives up least by it at the prices of the best plan, so that those whom only one employer can have are left
to it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.arrays import offsets_by_row, place_in_row
from engine.clauses.views import Array
from engine.kernel import kernel
from engine.problem.column_rows import add_column, use_of
from engine.problem.offers import ColumnArrays
from engine.problem.packed_parts import LimitArrays
from engine.problem.problem import MatchingProblem
from engine.solve.beside_optimal import BesideOptimal, on_orders
from engine.solve.dual.bound import at_prices, bound_at
from engine.solve.primal.insertion import ROUNDING, column_holds

Longs = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]


class Turns(NamedTuple):
    """Whose turn comes when, and whom each employer would have.

    ``employer`` and ``places``: the turns in order, each with how many places the employer then has if all went well.
    ``begin`` and ``column``: employer e would have the columns ``column[begin[e]:begin[e + 1]]``, best first.
    ``of_order``: the employer of each order; ``asked``: places by employer.
    """

    employer: Longs
    places: Longs
    begin: Longs
    column: Longs
    of_order: Longs
    asked: Longs


def turns_of(beside: BesideOptimal) -> Turns:
    """The turns of all employers, ties as the seed drew their first order."""
    problem, offers = beside.problem, beside.problem.offers
    of_order = problem.programme.orders.values("employer_id").astype(np.int64)
    count = problem.programme["employers"].size
    asked = np.bincount(of_order, problem.register.headcount, count).astype(np.int64)
    drawn = np.full(count, offers.order_count)
    np.minimum.at(drawn, of_order, np.arange(offers.order_count))
    employer = np.repeat(np.arange(count), asked)
    places = place_in_row(asked) + 1
    turn = np.lexsort((drawn[employer], places / asked[employer]))
    owner = np.repeat(np.arange(offers.count), np.diff(offers.cells))
    pairs = np.unique(np.stack([of_order[offers.cell % offers.order_count], owner], 1), axis=0)
    best = beside.best
    reduced = at_prices(problem, best.prices, best.crew).reduced()
    given_up = bound_at(problem, best.prices, best.crew).surplus[offers.party_of_each()] - reduced
    sorted_by = np.lexsort((pairs[:, 1], given_up[pairs[:, 1]], pairs[:, 0]))
    begin = offsets_by_row(pairs[:, 0], count)
    return Turns(employer[turn], places[turn], begin, pairs[sorted_by, 1], of_order, asked)


def fill_in_turn(problem: MatchingProblem, turns: Turns, held: Longs, gone: Bools) -> Longs:
    """The columns that progressive filling gives beside those ``held``; orders that are ``gone`` take nobody.

    Turns are gone through again while shares, which make room as they fill, let somebody more in.
    """
    closed = on_orders(problem, gone)
    while True:
        found = _filled_once(problem, turns, held, closed)
        if len(found) == len(held) or not problem.limits.ratio_rows.any():
            return found
        held = found


def _filled_once(problem: MatchingProblem, turns: Turns, held: Longs, closed: Bools) -> Longs:
    offers, limits = problem.offers, problem.limits
    taken = np.zeros(len(offers.must), np.bool_)
    taken[offers.party_of(held)] = True
    on = offers.placements(held)[1]
    got = np.bincount(turns.of_order[on], minlength=len(turns.asked))
    added = np.zeros(offers.count, np.bool_)
    _fill(
        turns,
        turns.begin[:-1].copy(),
        got,
        offers.party_of_each(),
        closed,
        offers.arrays,
        offers.order_count,
        limits.arrays,
        limits.capacity + ROUNDING,
        use_of(offers, limits, held),
        taken,
        added,
    )
    return np.concatenate([held, np.flatnonzero(added)])


def had_alone(problem: MatchingProblem, turns: Turns, held: Longs, employer: int) -> int:
    """How many places an employer would have if it alone placed people beside those ``held``."""
    own = turns.employer == employer
    alone = turns._replace(employer=turns.employer[own], places=turns.places[own])
    columns = _filled_once(problem, alone, held, np.zeros(problem.offers.count, np.bool_))
    return int((turns.of_order[problem.offers.placements(columns)[1]] == employer).sum())


@kernel
def _fill(
    turns: Turns,
    at: Array,
    got: Array,
    party: Array,
    closed: Array,
    columns: ColumnArrays,
    orders: int,
    limits: LimitArrays,
    capacity: Array,
    use: Array,
    taken: Array,
    added: Array,
) -> None:
    for i in range(len(turns.employer)):
        e = turns.employer[i]
        while got[e] < turns.places[i] and at[e] < turns.begin[e + 1]:
            j = turns.column[at[e]]
            at[e] += 1
            if taken[party[j]] or closed[j]:
                continue
            add_column(j, columns, orders, limits, use, 1.0)
            if not column_holds(j, columns, orders, limits, capacity, use):
                add_column(j, columns, orders, limits, use, -1.0)
                continue
            taken[party[j]] = added[j] = True
            for k in range(columns.cells[j], columns.cells[j + 1]):
                got[turns.of_order[columns.cell[k] % orders]] += 1
