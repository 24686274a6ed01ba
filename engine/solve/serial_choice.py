"""Serial choice: one party after another takes the best that is left for it; what a rule of turns gives, and no more.

Sources: Svensson, "Strategy-proof allocation of indivisible goods" (1999), on serial dictatorships; Abdulkadiroglu and
Sönmez, "Random serial dictatorship and the core" (1998), on turns that are drawn.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.errors import CallError
from engine.problem.problem import MatchingProblem
from engine.problem.values import Values
from engine.solve.budget import Budget
from engine.solve.commitments import promised_columns
from engine.solve.insertion import insert
from engine.solve.mechanisms import optimal
from engine.solve.prices import bound_at
from engine.solve.result import Listener, Result
from engine.solve.rounding import choice_of
from engine.solve.search_state import SearchState
from engine.solve.sweeps import Spread
from engine.solve.warm import Warm
from engine.words import message

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def choose_in_turn(
    problem: MatchingProblem,
    key: Floats,
    gap: float,
    budget: Budget,
    listener: Listener | None,
    warm: Warm | None,
    spread: Spread,
) -> Result:
    """Parties choose in ascending order of ``key`` (by worker), ties as the seed drew them; a travel group chooses when
    its first member does.

    The bound is that of `optimal`, so that the certificate says what the turns cost. Whoever came before a share had
    room for him asks again, in the same order, until nobody more fits. An order whose crew isn't reached takes nobody:
    the one that lacks most of its crew is taken away, and all choose anew (``withdrawn`` of the result).
    Raises `CallError` where there are more pairs than are listed, `ClashError` where the commitments can't be kept.
    """
    if problem.dense is not None:
        raise CallError(
            message("This mechanism can't match {pairs:,} admitted pairs.", pairs=problem.eligible_pairs),
            message("Use optimal, or divide the programme by destination."),
        )
    best = optimal.run(problem, gap, budget, listener, warm, spread)
    state = SearchState(best.problem, gap, budget, listener)
    state.bound = bound_at(best.problem, best.prices, best.crew)
    state.proved = best.bound
    columns, withdrawn = _chosen(best, own_ranking(best.problem, key), _promised(best, budget))
    state.plan = choice_of(best.problem, columns)
    state.statistics |= best.statistics
    return replace(state.result(), withdrawn=tuple(withdrawn.tolist()))


def own_ranking(problem: MatchingProblem, key: Floats) -> Longs:
    """All columns, by the turn of their party, then as the party ranks them: by what its workers ranked, then by what
    they earn in all after costs.
    """
    offers, register = problem.offers, problem.register
    columns = np.arange(offers.count)
    worker, order = offers.placements(columns)
    income = register.net_weekly_income[register.origin[worker], order] * register.weeks[order]
    ranked = Values(register).choice_of_pairs(register.pair_key(worker, order)) * register.weeks[order]
    begin = offers.cells[:-1]
    wanted, earned = (np.add.reduceat(worth, begin) if len(worth) else worth for worth in (ranked, income))
    turn = np.empty(len(problem.lead), np.int64)
    turn[np.lexsort((problem.lead, key[problem.lead]))] = np.arange(len(problem.lead))
    return np.lexsort((columns, -earned, -wanted, turn[offers.party_of_each()]))


def _promised(best: Result, budget: Budget) -> Longs:
    """What is promised; as the best plan keeps it where a crew needs others as well."""
    found, must = promised_columns(best.problem, budget), best.problem.offers.must
    return found if len(found) else best.columns[must[best.problem.offers.party_of(best.columns)]]


def _chosen(best: Result, ranking: Longs, promised: Longs) -> tuple[Longs, Longs]:
    """The columns chosen in turn beside what is promised, and the orders that were taken away for want of a crew.

    An order on which somebody is promised isn't taken away: the best plan's crew comes to it before anybody chooses.
    """
    problem = best.problem
    withdrawn = np.zeros(problem.offers.order_count, np.bool_)
    while True:
        columns = _passes(problem, _without(problem, ranking, withdrawn), promised)
        short = _lacking(problem, columns)
        if not len(short):
            return columns, np.flatnonzero(withdrawn)
        if not withdrawn[short[0]]:
            withdrawn[short[0]] = True
            continue
        crew = _others_on(best, int(short[0]), promised)
        if not len(crew):
            return columns, np.flatnonzero(withdrawn)  # it isn't legal, which is said where it is looked at
        promised, withdrawn[short[0]] = np.concatenate([promised, crew]), False


def _others_on(best: Result, order: int, promised: Longs) -> Longs:
    """The best plan's columns with a placement on an order, of parties that nothing is promised to yet."""
    offers = best.problem.offers
    held = np.add.reduceat(offers.cell % offers.order_count == order, offers.cells[:-1]) > 0
    there = best.columns[held[best.columns]]
    return there[~np.isin(offers.party_of(there), offers.party_of(promised))]


def _passes(problem: MatchingProblem, ranking: Longs, columns: Longs) -> Longs:
    """Pass after pass in the same order, until one adds nobody; a second is of use where a share has got room."""
    while True:
        grown = insert(problem, columns, ranking, whole_crews=False)
        if len(grown) == len(columns) or not problem.limits.ratio_rows.any():
            return grown
        columns = grown


def _without(problem: MatchingProblem, ranking: Longs, withdrawn: Bools) -> Longs:
    """The ranking without the columns that go to an order that was taken away."""
    offers = problem.offers
    if not withdrawn.any():
        return ranking
    gone = np.add.reduceat(withdrawn[offers.cell % offers.order_count], offers.cells[:-1]) > 0
    return ranking[~gone[ranking]]


def _lacking(problem: MatchingProblem, columns: Longs) -> Longs:
    """Orders whose crew is begun and not reached, those that lack the largest share of it first."""
    order = problem.offers.placements(columns)[1]
    placed, crew = np.bincount(order, minlength=problem.offers.order_count), problem.register.min_crew
    short = np.flatnonzero((placed > 0) & (placed < crew))
    return short[np.lexsort((short, placed[short] / crew[short]))]
