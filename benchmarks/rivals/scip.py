"""SCIP as OR-Tools brings it, with the greedy plan as its start; it tells of its plan and bound at the end."""

from __future__ import annotations

from importlib import import_module

import numpy as np

from benchmarks.filling import fill
from benchmarks.program import Question
from benchmarks.reports import Report

NAME = "scip"
BUILDER = "ortools.linear_solver.python.model_builder_helper"


def prepare(question: Question) -> None:
    """Load the solver and the compiled kernel."""
    import_module(BUILDER)
    fill(question.program, np.empty(0, np.int64))


def solve(question: Question, report: Report) -> None:
    """Pass the matrix, start from the greedy plan, and report the end."""
    program, builder = question.program, import_module(BUILDER)
    model = builder.ModelBuilderHelper()
    limits = (program.row_lower, program.row_upper, program.by_row)
    model.fill_model_from_sparse_data(program.lower, np.ones(program.column_count), program.worth, *limits)
    model.set_maximize(True)
    greedy = program.point(fill(program, np.argsort(-program.value, kind="stable")))
    report(float(program.worth @ greedy), None, greedy)
    for column in range(program.column_count):
        model.set_var_integrality(column, True)
        model.add_hint(column, greedy[column])
    solver = builder.ModelSolverHelper("scip")
    solver.set_time_limit_in_seconds(question.left)
    solver.set_solver_specific_parameters(f"limits/gap = {question.gap}")
    solver.solve(model)
    point = np.array(solver.variable_values()) if solver.has_solution() else None
    objective = solver.objective_value() if point is not None else None
    report(objective, solver.best_objective_bound() if solver.has_response() else None, point)
