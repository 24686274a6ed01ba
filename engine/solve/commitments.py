"""The least plan there is: what is promised, and nobody else."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.problem.problem import MatchingProblem
from engine.solve.budget import Budget
from engine.solve.clash import clash_error
from engine.solve.exact.rounding import branch


def promised_columns(problem: MatchingProblem, budget: Budget) -> npt.NDArray[np.int64]:
    """The best columns of parties that must take one, all limits kept; none where their crew needs others as well.

    Raises `ClashError` where the commitments can't all be kept.
    """
    offers, nothing = problem.offers, np.empty(0, np.int64)
    promised = np.flatnonzero(offers.must)
    if (np.diff(offers.of_party)[promised] == 0).any():
        raise clash_error(problem)
    if not len(promised):
        return nothing
    columns = np.flatnonzero(offers.must[offers.party_of_each()])
    chosen, answer = branch(problem, np.zeros(problem.limits.row_count), columns, budget)
    if chosen is not None:
        return chosen
    if answer is not None and answer.infeasible and not _others_may_help(problem):
        raise clash_error(problem)
    return nothing


def _others_may_help(problem: MatchingProblem) -> bool:
    """Whether a crew, a share or a least use may need people without a commitment."""
    return bool(len(problem.crew_orders)) or bool((problem.limits.capacity <= 0).any())
