"""Sharp prices by sifting: solve the linear program on a core of columns, price out all, add what it missed, again.

Bixby, Gregory, Lustig, Marsten and Shanno (1992), Very large-scale linear programming: a case study in combining
interior point and simplex methods. Crews add rows as they are needed: nobody is on an order further than it is open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.errors import SolverError
from engine.problem.problem import MatchingProblem
from engine.problem.values import SCALE
from engine.solve.budget import Budget
from engine.solve.dual.bound import Bound, at_prices, bound_at
from engine.solve.exact.linear_program import LinearAnswer, solve
from engine.solve.exact.restricted_master import NO_LINKS, Crews, Links, Restricted, prices_of, restricted_program
from engine.words import message

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
ROUNDING = 1e-9
OPEN = 1e-6
MISSED_EACH = 3


@dataclass(frozen=True)
class Sifted:
    """The best bound, and the last core with its fractional plan (empty where no linear program was solved).

    ``problem`` has the columns that pricing found on the way; ``moved`` tells where the old ones are.
    """

    problem: MatchingProblem
    moved: Longs
    bound: Bound
    core: Longs
    point: Floats
    linear_value: float
    rounds: int
    infeasible: bool = False


def sift(
    problem: MatchingProblem,
    bound: Bound,
    core: Longs,
    rounds: int,
    tolerance: float,
    budget: Budget,
    tell: Callable[[Bound], None],
    to_the_end: bool = True,
) -> Sifted:
    """Sift from ``core`` until nothing is missed, the bound meets the linear program within ``tolerance`` (a share
    of it), or ``rounds`` are over. Unless ``to_the_end``, the links of crews that were missed first are enough.
    """
    best, links = bound, NO_LINKS
    moved = np.arange(problem.offers.count)
    for number in range(1, rounds + 1):
        crews = all_crews(problem, core)
        restricted = restricted_program(problem, core, problem.limits.capacity, crews, links)
        answer = solve(restricted.program, budget)
        if answer is None or answer.infeasible:
            return Sifted(problem, moved, best, core, np.empty(0), -np.inf, number, answer is not None)
        if not answer.optimal:
            raise SolverError(
                message("The linear program over the core was not solved."),
                message("Try another --seed or --gap, and please report this."),
            )
        found = bound_at(problem, *prices_of(problem, restricted, answer.price))
        best = found if found.value < best.value else best
        tell(best)
        point = answer.point[: len(core)]
        missing = _missing_links(problem, restricted, answer)
        met = best.value / SCALE - answer.objective <= tolerance * max(1.0, abs(answer.objective))
        linked = not len(missing.party) or (len(links.party) > 0 and not to_the_end)
        if number == rounds or (met and linked) or budget.over:
            return Sifted(problem, moved, best, core, point, answer.objective, number)
        missed = np.empty(0, np.int64)
        if not met:
            problem, shift = _with_dense_missed(problem, found, restricted, answer.price)
            moved, core = shift[moved], shift[core]
            missed = missed_columns(problem, found, restricted.parties, core, answer.price)
        if not len(missed) and not len(missing.party):
            return Sifted(problem, moved, best, core, point, answer.objective, number)
        core, links = np.union1d(core, missed), _joined(problem, links, missing)
    raise AssertionError("the last round returns")


def all_crews(problem: MatchingProblem, columns: Longs) -> Crews:
    """Every crew that the columns reach, none of them open yet."""
    reached = np.zeros(problem.offers.order_count, bool)
    reached[problem.offers.placements(columns)[1]] = True
    orders = problem.crew_orders[reached[problem.crew_orders]]
    register = problem.register
    least, most = register.min_crew[orders].astype(np.float64), register.headcount[orders].astype(np.float64)
    return Crews(orders, least, most, np.zeros(len(orders), bool))


def _missing_links(problem: MatchingProblem, restricted: Restricted, answer: LinearAnswer) -> Links:
    """Parties that take more of a half-open order than it is open."""
    offers, columns = problem.offers, restricted.columns
    opened = np.full(offers.order_count, 2.0)
    opened[restricted.crews.order] = answer.point[len(columns) :]
    taken = np.flatnonzero(answer.point[: len(columns)] > OPEN)
    lengths = offers.lengths(columns[taken])
    _, order = offers.placements(columns[taken])
    party = np.repeat(offers.party_of(columns[taken]), lengths)
    share = np.repeat(answer.point[taken], lengths)
    half = opened[order] < 1 - OPEN
    key, first, back = np.unique(party[half] * offers.order_count + order[half], return_index=True, return_inverse=True)
    total = np.bincount(back, share[half], len(key)) / np.maximum(_members(problem, party[half][first]), 1)
    too_much = total > opened[order[half][first]] + OPEN
    key = key[too_much]
    return Links(key // offers.order_count, key % offers.order_count)


def _members(problem: MatchingProblem, parties: Longs) -> Longs:
    """How many members each party has."""
    groups = problem.programme.workers.labels("travel_group_id")
    size = np.bincount(groups.codes[groups.codes >= 0], minlength=max(len(groups.names), 1))
    group = groups.codes[problem.lead[parties]]
    return np.where(group >= 0, size[np.maximum(group, 0)], 1)


def _joined(problem: MatchingProblem, one: Links, other: Links) -> Links:
    count = problem.offers.order_count
    keys = np.union1d(one.keys(count), other.keys(count))
    return Links(keys // count, keys % count)


def missed_columns(problem: MatchingProblem, at: Bound, parties: Longs, core: Longs, row_prices: Floats) -> Longs:
    """Columns outside the core that are worth more than their party gets, the best few of each party."""
    reduced = at_prices(problem, at.prices, at.crew).reduced()
    excess = reduced - _gets(problem, parties, row_prices)[problem.offers.party_of_each()]
    excess[core] = -1
    return _first_of_each(problem, np.flatnonzero(excess > ROUNDING * SCALE), excess, MISSED_EACH)


def _gets(problem: MatchingProblem, parties: Longs, row_prices: Floats) -> Floats:
    """What each party gets at the prices of its row, in billionths; below 0 only where it must take something."""
    gets = np.zeros(len(problem.offers.must))
    gets[parties] = row_prices[: len(parties)] * SCALE
    return np.where(problem.offers.must, gets, np.maximum(gets, 0))


def _with_dense_missed(
    problem: MatchingProblem, at: Bound, restricted: Restricted, row_prices: Floats
) -> tuple[MatchingProblem, Longs]:
    threshold = _gets(problem, restricted.parties, row_prices) + ROUNDING * SCALE
    table = at_prices(problem, at.prices, at.crew).table
    return problem.grown_above(table, np.ceil(threshold).astype(np.int64), MISSED_EACH)


def near_best(problem: MatchingProblem, at: Bound, width: float, most_each: int) -> Longs:
    """Columns within ``width`` (billionths) of their party's best and not below ``-width``, at most so many each."""
    reduced = at_prices(problem, at.prices, at.crew).reduced()
    party_of = problem.offers.party_of_each()
    wanted = (reduced >= -width) | problem.offers.must[party_of]
    near = np.flatnonzero((reduced >= at.surplus[party_of] - width) & wanted)
    return _first_of_each(problem, near, reduced, most_each)


def _first_of_each(problem: MatchingProblem, columns: Longs, worth: npt.NDArray[np.number], most: int) -> Longs:
    """The best ``most`` of the columns of each party, sorted."""
    party = problem.offers.party_of(columns)
    order = np.lexsort((-worth[columns], party))
    first = np.flatnonzero(np.r_[True, np.diff(party[order]) != 0]) if len(order) else np.empty(0, np.int64)
    rank = np.arange(len(order)) - np.repeat(first, np.diff(np.append(first, len(order))))
    return np.sort(columns[order[rank < most]])
