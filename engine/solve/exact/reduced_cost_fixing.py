"""Which columns a better plan could hold: those whose loss at the prices is within what is in doubt.

A plan that holds a column loses, against the bound, at least what its party could have got beyond it; so a column whose
loss exceeds bound less plan is in no better plan (reduced cost fixing: Dantzig, Fulkerson and Johnson, 1954).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.problem.problem import MatchingProblem
from engine.solve.dual.bound import Bound, at_prices

Longs = npt.NDArray[np.int64]
EVERYTHING = 2**62


def survivors_of(problem: MatchingProblem, bound: Bound, doubt: int, most: int) -> tuple[Longs, bool]:
    """Columns whose loss is at most ``doubt`` (billionths), the ``most`` of least loss, and whether these are all."""
    reduced = at_prices(problem, bound.prices, bound.crew).reduced()
    loss = bound.surplus[problem.offers.party_of_each()] - reduced
    survivors = np.flatnonzero(loss <= doubt)
    whole = problem.dense is None and len(survivors) <= most
    if len(survivors) > most:
        survivors = survivors[np.argsort(loss[survivors], kind="stable")[:most]]
    return survivors, whole
