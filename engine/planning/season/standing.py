"""What may stand of a season's placements: who may be added to those that stand, and what has to go.

A share that held may be overrun when people leave. Then nobody is added who overruns it more, but whoever mends it is.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.problem.column_rows import entries_of, use_of
from engine.problem.problem import MatchingProblem
from engine.solve.exact.rounding import is_feasible
from engine.solve.primal.insertion import ROUNDING, insert

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def with_added(problem: MatchingProblem, held: Longs, ranking: Longs, most: int | None = None) -> Longs:
    """The columns that are ``held`` and after them those of ``ranking`` that fit beside, in its order, ``most`` of them
    at most. Who mends a row that is overrun comes before all others, and who is added to a share may make room for
    somebody who was refused before.
    """
    end = None if most is None else len(held) + most
    while True:
        mended = insert(_as_overrun(problem, held), held, _mending(problem, held, ranking), whole_crews=False)
        grown = insert(problem, mended, ranking, whole_crews=False)[:end]
        if len(grown) == len(held) or not problem.limits.ratio_rows.any():
            return grown
        held = grown


def _overrun(problem: MatchingProblem, held: Longs) -> Bools:
    return use_of(problem.offers, problem.limits, held) > problem.limits.capacity + ROUNDING


def _as_overrun(problem: MatchingProblem, held: Longs) -> MatchingProblem:
    """The problem whose rows hold what is held already, so that who uses less than nothing of one isn't refused."""
    capacity = np.maximum(problem.limits.capacity, use_of(problem.offers, problem.limits, held))
    return replace(problem, limits=replace(problem.limits, capacity=capacity))


def _mending(problem: MatchingProblem, held: Longs, ranking: Longs) -> Longs:
    """Those columns of a ranking that make an overrun row better and none worse."""
    over = _overrun(problem, held)
    if not over.any():
        return ranking[:0]
    entries = entries_of(problem.offers, problem.limits, ranking)
    owner = np.repeat(np.arange(len(ranking)), np.diff(entries.offsets))[over[entries.row]]
    amount = entries.coefficient[over[entries.row]]
    better = np.bincount(owner[amount < 0], minlength=len(ranking))
    worse = np.bincount(owner[amount > 0], minlength=len(ranking))
    return ranking[(better > 0) & (worse == 0)]


def on_orders(problem: MatchingProblem, columns: Longs, orders: Longs) -> Bools:
    """Which columns have a placement on one of some orders."""
    marked = np.zeros(problem.offers.order_count, np.int64)
    marked[orders] = 1
    _, order = problem.offers.placements(columns)
    owner = np.repeat(np.arange(len(columns)), problem.offers.lengths(columns))
    return np.bincount(owner, marked[order], minlength=len(columns)) > 0


def lawful(problem: MatchingProblem, columns: Longs) -> Longs:
    """The columns that may stand: crews that became too small go, and of a row that is overrun (a share whose other
    side left) the cheapest.
    """
    while not is_feasible(problem, np.sort(columns)):
        use = use_of(problem.offers, problem.limits, columns)
        crews = problem.crew_orders
        small = crews[(use[crews] > 0) & (use[crews] < problem.register.min_crew[crews])]
        if len(small):
            columns = columns[~on_orders(problem, columns, small)]
            continue
        over = _overrun(problem, columns)
        entries = entries_of(problem.offers, problem.limits, columns)
        owner = np.repeat(np.arange(len(columns)), np.diff(entries.offsets))
        guilty = np.unique(owner[over[entries.row] & (entries.coefficient > 0)])
        if not len(guilty):
            break
        columns = np.delete(columns, guilty[np.argmin(problem.offers.value[columns[guilty]])])
    return np.sort(columns)
