"""HiGHS on the integer program; it is given no start, since HiGHS 1.16 has answered with a start and a better claim."""

from __future__ import annotations

import highspy
import numpy as np

from benchmarks.highs import highs_solver
from benchmarks.program import Question
from benchmarks.reports import Report

NAME = "highs-mip"
FEASIBLE = 2


def solve(question: Question, report: Report) -> None:
    """Branch, and report each better plan and each better bound as HiGHS tells them."""
    program = question.program
    solver = highs_solver(question, True, program.lower, np.ones(program.column_count))

    def improved(event: highspy.highs.HighsCallbackEvent) -> None:
        told = event.data_out
        report(told.objective_function_value, told.mip_dual_bound, np.array(told.mip_solution))

    def logged(event: highspy.highs.HighsCallbackEvent) -> None:
        report(None, event.data_out.mip_dual_bound, None)

    solver.cbMipImprovingSolution.subscribe(improved)
    solver.cbMipLogging.subscribe(logged)
    solver.run()
    info = solver.getInfo()
    point = np.array(solver.getSolution().col_value) if info.primal_solution_status == FEASIBLE else None
    report(info.objective_function_value if point is not None else None, info.mip_dual_bound, point)
