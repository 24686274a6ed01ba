"""Linear and integer programs, solved by HiGHS in a child process that can be stopped; its answer is whole or none."""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.errors import SolverError
from engine.solve.budget import Budget, Uncounted
from engine.solve.exact.solver_children import give_back, take_child
from engine.words import message

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
CLAIM = 1e-6
LARGE_PROGRAM = 200_000


@dataclass(frozen=True)
class LinearProgram:
    """Maximise ``value @ x`` with ``lower <= x <= upper`` and ``row_lower <= A x <= row_upper``.

    A is given by column: column j has entries ``offsets[j]:offsets[j + 1]`` of ``row`` and ``coefficient``;
    ``integral`` marks whole-numbered columns.
    """

    value: Floats
    lower: Floats
    upper: Floats
    offsets: Longs
    row: npt.NDArray[np.int32]
    coefficient: Floats
    row_lower: Floats
    row_upper: Floats
    integral: npt.NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class LinearAnswer:
    """``optimal`` only where the solver says so; ``point`` is empty where it found none; ``price`` is by row, for a
    linear program; ``bound`` is what it proved for an integer one.
    """

    optimal: bool
    infeasible: bool
    point: Floats
    price: Floats
    objective: float
    bound: float
    nodes: int
    iterations: int


def solve(
    program: LinearProgram,
    budget: Budget | Uncounted,
    nodes: int = 0,
    within: float = 0.0,
    enough: float = float("nan"),
) -> LinearAnswer | None:
    """Solve ``program`` within the budget; ``nodes`` above 0 limits the branching, which ends ``within`` (in value) of
    the best or at a point worth ``enough``.

    A program that the clock or an interrupt cuts short answers None, so that every answer can be had again. Raises
    `SolverError` where the process fails.
    """
    if budget.over:
        return None
    if not len(program.value):
        budget.step()
        return _without_columns(program)
    buffer = io.BytesIO()
    arrays = {name: value for name, value in vars(program).items() if value is not None}
    np.savez(buffer, **arrays)
    with tempfile.TemporaryDirectory(prefix="vaiven-") as folder:
        question, answer = Path(folder, "question.npz"), Path(folder, "answer.npz")
        question.write_bytes(buffer.getvalue())
        child = take_child()
        if not child.answers(f"{question}\t{answer}\t{nodes}\t{float(within)!r}\t{float(enough)!r}", budget):
            return None
        if len(program.value) < LARGE_PROGRAM:
            give_back(child)
        else:
            child.end()
        with np.load(answer) as read:
            optimal, infeasible, objective, bound, branched, iterations = read["numbers"]
            point = read["point"]
            if len(point) and abs(float(program.value @ point) - objective) > CLAIM * max(1.0, abs(objective)):
                worth = float(program.value @ point)
                raise SolverError(
                    message(
                        "The solver claims {objective} for a point that is worth {worth}; nothing was written.",
                        objective=objective,
                        worth=worth,
                    ),
                    message("Try another --seed or --gap, and please report this."),
                )
            budget.step()
            return LinearAnswer(
                bool(optimal),
                bool(infeasible),
                point,
                read["price"],
                float(objective),
                float(bound),
                int(branched),
                int(iterations),
            )


def _without_columns(program: LinearProgram) -> LinearAnswer:
    """The answer where nothing is left to choose: nothing is used, so that it is legal where every row allows 0.

    HiGHS itself calls such a model empty, and neither solved nor infeasible.
    """
    legal = bool((program.row_lower <= 0).all() and (program.row_upper >= 0).all())
    none, worth = np.zeros(0), 0.0 if legal else -np.inf
    return LinearAnswer(legal, not legal, none, np.zeros(len(program.row_upper)), worth, worth, 0, 0)
