"""CP-SAT of OR-Tools, with whole numbers throughout and the greedy plan as its hint."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.filling import fill
from benchmarks.program import SCALE, Program, Question
from benchmarks.reports import Report

NAME = "cp-sat"
# Values are rounded up to millionths, so that its bound is a bound of the true values too.
UNITS = 10**6
MOST_SCALE = 10**9


def prepare(question: Question) -> None:
    """Load the solver and the compiled kernel."""
    import ortools.sat.python.cp_model  # noqa: F401  an import that no clock should count

    fill(question.program, np.empty(0, np.int64))


def solve(question: Question, report: Report) -> None:
    """Build the model, hint the greedy plan, and report each plan and each bound as they come."""
    from ortools.sat.python import cp_model

    program = question.program
    greedy = program.point(fill(program, np.argsort(-program.value, kind="stable")))
    report(float(program.worth @ greedy), None, greedy)
    model = _model(program, greedy)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = question.threads
    # With one worker this proved the nation of 1,000 workers in 1.8 s where the default took 3.0 s.
    solver.parameters.linearization_level = 2
    solver.parameters.max_time_in_seconds = question.left
    solver.parameters.relative_gap_limit = question.gap
    solver.best_bound_callback = lambda bound: report(None, bound / UNITS, None)

    class Told(cp_model.CpSolverSolutionCallback):
        """Hands each plan on."""

        def on_solution_callback(self) -> None:
            """Report the plan with what the solver says of it."""
            point = np.array(self.response_proto.solution)
            report(self.objective_value / UNITS, self.best_objective_bound / UNITS, point)

    status = solver.solve(model, Told())
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    report(None, solver.best_objective_bound / UNITS if found else None, None)


def _model(program: Program, hint: npt.NDArray[np.float64]) -> Any:
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    columns = [model.new_bool_var("") for _ in range(program.column_count)]
    proto = model.proto
    rows = program.by_row
    for number in range(len(program.row_upper)):
        part = slice(rows.indptr[number], rows.indptr[number + 1])
        factor, coefficients = whole(rows.data[part])
        linear = proto.constraints.add().linear
        linear.vars.extend(rows.indices[part].tolist())
        linear.coeffs.extend(coefficients.tolist())
        low, high = program.row_lower[number] * factor, program.row_upper[number] * factor
        linear.domain.extend([_limit(np.ceil(low - 1e-9)), _limit(np.floor(high + 1e-9))])
    for column, value in zip(columns, hint.astype(int).tolist(), strict=True):
        model.add_hint(column, value)
    model.maximize(cp_model.LinearExpr.weighted_sum(columns, (-(-program.value // (SCALE // UNITS))).tolist()))
    return model


def whole(coefficients: npt.NDArray[np.float64]) -> tuple[int, npt.NDArray[np.int64]]:
    """The least power of ten that makes all coefficients whole, and them times it."""
    factor = 1
    while factor < MOST_SCALE and (np.abs(np.rint(coefficients * factor) - coefficients * factor) > 1e-7).any():
        factor *= 10
    return factor, np.rint(coefficients * factor).astype(np.int64)


def _limit(value: float) -> int:
    return int(value) if np.isfinite(value) else int(np.sign(value)) * 2**62
