"""Branch over every column that a better plan could hold: those whose loss is within what is in doubt."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.problem.values import SCALE
from engine.solve.clash import clash_error
from engine.solve.exact.reduced_cost_fixing import EVERYTHING, survivors_of
from engine.solve.exact.rounding import branch
from engine.solve.search.stages import Search


def applies(search: Search) -> bool:
    """Whether the problem is one that is sifted."""
    return search.sifted


def run(search: Search) -> None:
    """Close, each time over more columns and nodes, until the gap is reached or closing gains nothing any more."""
    whole, nodes, columns = search.whole, search.tuning.nodes, search.tuning.closing_columns
    while not search.budget.over and not (search.closed() if whole else search.good_enough()):
        before = search.proved, search.plan.objective
        _close(search, nodes, columns)
        nodes, columns = 4 * nodes, 2 * columns
        stuck = before == (search.proved, search.plan.objective) and columns > search.tuning.most_closing_columns
        if whole or stuck:
            break


def _close(search: Search, nodes: int, most_columns: int) -> None:
    problem, whole = search.problem, search.whole
    feasible = search.legal
    survivors, all_of_them = _survivors(search, feasible, problem.offers.count if whole else most_columns)
    within = 0.0 if whole else search.worth(search.gap / 2)
    held = np.zeros(problem.limits.row_count)
    found, answer = branch(problem, held, survivors, search.budget, 0 if whole else nodes, within)
    if answer is None:
        return
    search.statistics |= {"closing_columns": len(survivors), "closing_nodes": answer.nodes}
    if answer.infeasible and not feasible:
        raise clash_error(problem)
    if found is not None:
        search.offer(found)
        search.fill()
    if all_of_them and np.isfinite(answer.bound) and search.legal:
        proved = int(np.ceil((answer.bound + 1e-9) * SCALE))
        search.proved = max(search.plan.objective, min(search.proved, proved))
    search.tell("closing")


def _survivors(search: Search, feasible: bool, most: int) -> tuple[npt.NDArray[np.int64], bool]:
    """(columns that a better plan could hold with those of the plan, whether these are all of them)."""
    doubt = search.bound.value - search.plan.objective if feasible else EVERYTHING
    survivors, all_of_them = survivors_of(search.problem, search.bound, doubt, most)
    return np.union1d(survivors, search.plan.columns), all_of_them
