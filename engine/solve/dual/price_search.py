"""Search good prices for one level: chunked dual steps, and of dense programmes the pairs that prices ask for.

Where too many pairs are admitted to be listed, a few drawn ones a party are; prices are searched over those, pairs that
are then worth more than what their party has listed join them, and again. The bound looks at all pairs, listed or not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.problem.problem import MatchingProblem
from engine.problem.values import SCALE
from engine.solve.budget import Budget
from engine.solve.dual.ascent import ascend
from engine.solve.dual.bound import Bound, CrewPrices, at_prices, bound_at
from engine.solve.dual.levels import Level
from engine.solve.dual.sweeps import Spread, Sweeper, make_sweeper
from engine.solve.dual.tightening import tightened

Longs = npt.NDArray[np.int64]
SAMPLED_EACH, MISSED_EACH = 12, 8


@dataclass(frozen=True)
class Searched:
    """The best ``bound``, and the passes made for it.

    ``problem`` has the columns that were listed on the way, ``sweeper`` is ready for it, and ``moved`` tells where the
    old columns are.
    """

    problem: MatchingProblem
    moved: Longs
    sweeper: Sweeper
    bound: Bound
    passes: int


def sampled(problem: MatchingProblem) -> tuple[MatchingProblem, Longs]:
    """The problem with a few drawn pairs of each party listed, where it is dense; and where the old columns are."""
    if problem.dense is None:
        return problem, np.arange(problem.offers.count)
    return problem.grown(problem.dense.sample(SAMPLED_EACH))


def search_prices(
    problem: MatchingProblem,
    sweeper: Sweeper,
    best: Bound,
    level: Level,
    budget: Budget,
    tell: Callable[[Bound], None],
    spread: Spread,
) -> Searched:
    """Search from the prices of the ``best`` bound, as hard as ``level`` says; ``tell`` hears of every better bound,
    and ``spread`` says where parties choose.
    """
    prices, made = best.prices / SCALE, 0
    moved = np.arange(problem.offers.count)
    for part in level.parts(1 if problem.dense is None else problem.tuning.dense_parts):
        typical = sweeper.typical_worth()
        steps = part.first_step * typical, part.last_step * typical
        prices, passes = ascend(sweeper, prices, part.passes, steps, budget)
        made, whole = made + passes, np.rint(prices * SCALE).astype(np.int64)
        if problem.dense is not None:
            problem, shift = _with_missed(problem, whole, best.crew, int(part.width * typical * SCALE))
            sweeper, moved, best = spread(make_sweeper(problem)), shift[moved], best.renumbered(shift)
        found = bound_at(problem, whole, best.crew)
        if found.value <= best.value:
            best = found
            tell(best)
        if budget.over:
            break
    tight = tightened(problem, best, budget)
    if tight.value < best.value:
        best = tight
        tell(best)
    return Searched(problem, moved, sweeper, best, made)


def _with_missed(
    problem: MatchingProblem, prices: Longs, crew: CrewPrices, width: int
) -> tuple[MatchingProblem, Longs]:
    """The problem with the dense pairs that are worth more than what their party has listed, less ``width``."""
    priced = at_prices(problem, prices, crew)
    listed = priced.best()[1]
    return problem.grown_above(priced.table, np.maximum(listed - width, -width), MISSED_EACH)
