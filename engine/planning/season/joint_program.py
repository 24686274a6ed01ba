"""What to take now, by one program over several futures: what is taken now is the same in each, what comes later not.

With columns ``now`` taken this week (x, the same in every future), those that may be taken later (y, future by future),
values v, uses a and what is left of each row c:

    maximise   sum_now v_j x_j + 1/K sum_k sum_later v_j y_kj
    subject to sum_now a_rj x_j + sum_later a_rj y_kj <= c_kr    for every row r and future k
               sum_now of p x_j + sum_later of p y_kj <= 1       for every party p and future k
               the crews of each future, 0 <= x, y <= 1

(sample average approximation of a two-stage program: Birge and Louveaux, Introduction to Stochastic Programming, 2011,
chapter 9; for placing people as they come, Ahani, Gölz, Procaccia, Teytelboym and Trapp, 2021, whose two-stage
matchings take one future after another).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import scipy.sparse as sparse

from engine.errors import SolverError
from engine.problem.problem import MatchingProblem
from engine.problem.values import SCALE
from engine.solve.budget import Budget
from engine.solve.exact.linear_program import LinearProgram, solve
from engine.solve.exact.restricted_master import restricted_program
from engine.solve.exact.sifting import all_crews
from engine.words import message

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
SECONDS = 600.0


def taken_now(value: Longs, now: Longs, futures: Sequence[tuple[MatchingProblem, Longs]]) -> Floats:
    """How much of each of the columns ``now`` the program takes, from 0 to 1.

    ``value`` (billionths) is by column of the whole; a future is a problem and the numbers that its columns have in the
    whole. Raises `SolverError` where the program isn't solved.
    """
    place = np.full(len(value), -1, np.int64)
    place[now] = np.arange(len(now))
    pieces, size = [], len(now)
    for problem, numbers in futures:
        program = _program(problem)
        at = np.full(len(program.value), -1, np.int64)
        at[: len(numbers)] = place[numbers]
        later = at < 0
        at[later] = size + np.arange(later.sum())
        size += int(later.sum())
        pieces.append((program, at))
    answer = solve(_joined(value[now] / SCALE, pieces, size), Budget(SECONDS))
    if answer is None or not answer.optimal:
        raise SolverError(
            message("The program over a week's futures was not solved in {seconds:,.0f} seconds.", seconds=SECONDS),
            message("Leave out the policy {name}, or take part of the register.", name="sampled-futures"),
        )
    return answer.point[: len(now)]


def _program(problem: MatchingProblem) -> LinearProgram:
    columns = np.arange(problem.offers.count)
    return restricted_program(problem, columns, problem.limits.capacity, all_crews(problem, columns)).program


def _joined(now: Floats, pieces: Sequence[tuple[LinearProgram, Longs]], size: int) -> LinearProgram:
    """One program of several, the columns of each at the places given; those before ``len(now)`` are shared."""
    value, lower, upper = np.zeros(size), np.zeros(size), np.ones(size)
    rows = np.cumsum([0, *(len(program.row_upper) for program, _ in pieces)])
    row, column, entry = [], [], []
    for (program, at), first in zip(pieces, rows, strict=False):
        value[at], lower[at], upper[at] = program.value / len(pieces), program.lower, program.upper
        row.append(program.row + first)
        column.append(np.repeat(at, np.diff(program.offsets)))
        entry.append(program.coefficient)
    value[: len(now)] = now
    places = np.concatenate(row), np.concatenate(column)
    matrix = sparse.csc_matrix((np.concatenate(entry), places), shape=(int(rows[-1]), size))
    return LinearProgram(
        value,
        lower,
        upper,
        matrix.indptr.astype(np.int64),
        matrix.indices.astype(np.int32),
        matrix.data,
        np.concatenate([program.row_lower for program, _ in pieces]),
        np.concatenate([program.row_upper for program, _ in pieces]),
    )
