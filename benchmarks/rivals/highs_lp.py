"""HiGHS on the linear program; its whole part is kept and the rest is branched on, after a rounding by hand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from benchmarks.dual_bound import dual_bound
from benchmarks.filling import fill
from benchmarks.highs import highs_solver
from benchmarks.program import Question
from benchmarks.reports import Report
from benchmarks.rounding import rounded

NAME = "highs-lp"
WHOLE = 1e-6


def prepare(question: Question) -> None:
    """Load the compiled kernel."""
    fill(question.program, np.empty(0, np.int64))


def solve(question: Question, report: Report) -> None:
    """Report the bound of the linear program, then its rounding, then what branching makes of the residue."""
    program = question.program
    solver = highs_solver(question, False, program.lower, np.ones(program.column_count))
    solver.run()
    solution = solver.getSolution()
    if solution.dual_valid:
        report(None, dual_bound(program, np.array(solution.row_dual)), None)
    if not solution.value_valid:
        return
    point = np.array(solution.col_value)
    chosen = rounded(program, point)
    report(program.worth_of(chosen), None, program.point(chosen))
    if (np.minimum(point, 1 - point) > WHOLE).any():
        _branch_on_residue(question, point, report)


def _branch_on_residue(question: Question, point: npt.NDArray[np.float64], report: Report) -> None:
    """Fix parties that have a whole itinerary off the crews in doubt, and solve the rest as an integer program."""
    program = question.program
    parties = program.party[: program.first_crew]
    settled = np.zeros(int(parties.max(initial=-1)) + 1, bool)
    kept = point[: program.first_crew] > 1 - WHOLE
    kept &= ~_on_doubtful_crew(question, point)
    settled[parties[kept]] = True
    lower = program.lower
    lower[: program.first_crew] = kept
    upper = np.ones(program.column_count)
    upper[: program.first_crew] = kept | ~settled[parties]
    solver = highs_solver(question, True, lower, upper)
    solver.run()
    if solver.getInfo().primal_solution_status == 2:
        report(solver.getInfo().objective_function_value, None, np.array(solver.getSolution().col_value))


def _on_doubtful_crew(question: Question, point: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Which itineraries hold a place on a crew that the linear program opened in part."""
    program = question.program
    opened = point[program.first_crew :]
    doubtful = np.zeros(len(program.row_upper))
    rows = program.first_crew_row + np.arange(len(opened))
    doubtful[rows] = (opened > WHOLE) & (opened < 1 - WHOLE)
    hits: npt.NDArray[np.bool_] = (abs(program.matrix).T @ doubtful > 0)[: program.first_crew]
    return hits
