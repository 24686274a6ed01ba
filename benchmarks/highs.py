"""The exported program as HiGHS takes it."""

from __future__ import annotations

import highspy
import numpy as np
import numpy.typing as npt

from benchmarks.program import Program, Question


def highs_solver(
    question: Question, integral: bool, lower: npt.NDArray[np.float64], upper: npt.NDArray[np.float64]
) -> highspy.Highs:
    """A solver that holds the program with these bounds of the columns, and the limits of the question."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # its constructor has no types
    for option, value in (
        ("output_flag", False),
        ("threads", question.threads),
        ("random_seed", 0),
        ("time_limit", question.left),
        ("mip_rel_gap", question.gap),
        ("mip_abs_gap", 1e-7),
        ("mip_feasibility_tolerance", 1e-7),
    ):
        solver.setOptionValue(option, value)
    solver.passModel(_model(question.program, integral, lower, upper))
    return solver


def _model(
    program: Program, integral: bool, lower: npt.NDArray[np.float64], upper: npt.NDArray[np.float64]
) -> highspy.HighsLp:
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = program.column_count, len(program.row_upper)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_, model.col_lower_, model.col_upper_ = program.worth, lower, upper
    model.row_lower_, model.row_upper_ = program.row_lower, program.row_upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = program.offsets.astype(np.int32)
    model.a_matrix_.index_, model.a_matrix_.value_ = program.row, program.coefficient
    if integral:
        model.integrality_ = [highspy.HighsVarType.kInteger] * program.column_count
    return model
