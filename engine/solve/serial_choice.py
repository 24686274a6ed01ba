"""Serial choice: one party after another takes the best that is left for it; what a rule of turns gives, and no more.

Sources: Svensson, "Strategy-proof allocation of indivisible goods" (1999), on serial dictatorships; Abdulkadiroglu and
Sönmez, "Random serial dictatorship and the core" (1998), on turns that are drawn.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.problem.problem import MatchingProblem
from engine.solve.beside_optimal import beside_optimal, on_orders
from engine.solve.budget import Budget
from engine.solve.dual.sweeps import Spread
from engine.solve.primal.insertion import insert
from engine.solve.primal.warm import Warm
from engine.solve.result import Listener, Result
from engine.solve.wishes import wishes_of

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
    beside = beside_optimal(problem, gap, budget, listener, warm, spread)
    problem = beside.problem
    ranking = own_ranking(problem, key)
    return beside.result(
        *beside.with_whole_crews(lambda held, gone: insert_in_passes(problem, _without(problem, ranking, gone), held))
    )


def own_ranking(problem: MatchingProblem, key: Floats) -> Longs:
    """All columns, by the turn of their party, then as the party ranks them: by what its workers ranked, then by what
    they earn in all after costs.
    """
    wishes, offers = wishes_of(problem), problem.offers
    turn = np.empty(len(problem.lead), np.int64)
    turn[np.lexsort((problem.lead, key[problem.lead]))] = np.arange(len(problem.lead))
    columns = np.arange(offers.count)
    return np.lexsort((columns, -wishes.earned, -wishes.wanted, turn[offers.party_of_each()]))


def insert_in_passes(problem: MatchingProblem, ranking: Longs, columns: Longs, whole_crews: bool = False) -> Longs:
    """Pass after pass in the same order, until one adds nobody; a second is of use where a share has got room."""
    while True:
        grown = insert(problem, columns, ranking, whole_crews)
        if len(grown) == len(columns) or not problem.limits.ratio_rows.any():
            return grown
        columns = grown


def _without(problem: MatchingProblem, ranking: Longs, withdrawn: Bools) -> Longs:
    """The ranking without the columns that go to an order that was taken away."""
    return ranking[~on_orders(problem, withdrawn)[ranking]] if withdrawn.any() else ranking
