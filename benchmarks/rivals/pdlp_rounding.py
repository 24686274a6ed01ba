"""PDLP of OR-Tools to a relative 1e-4, and rounding by falling fractions."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from benchmarks.dual_bound import dual_bound
from benchmarks.filling import fill
from benchmarks.program import Program, Question
from benchmarks.reports import Report
from benchmarks.rounding import rounded

NAME = "pdlp-rounding"
SOLVER, PARAMETERS = "ortools.pdlp.python.pdlp", "ortools.pdlp.solvers_pb2"
RELATIVE = 1e-4


def prepare(question: Question) -> None:
    """Load the solver and the compiled kernel."""
    import_module(SOLVER)
    import_module(PARAMETERS)
    fill(question.program, np.empty(0, np.int64))


def solve(question: Question, report: Report) -> None:
    """Solve the linear program, prove a bound by its prices, and round."""
    program = question.program
    parameters = import_module(PARAMETERS).PrimalDualHybridGradientParams()
    parameters.num_threads = question.threads
    parameters.termination_criteria.simple_optimality_criteria.eps_optimal_relative = RELATIVE
    parameters.termination_criteria.simple_optimality_criteria.eps_optimal_absolute = RELATIVE
    parameters.termination_criteria.time_sec_limit = question.left
    answer = import_module(SOLVER).primal_dual_hybrid_gradient(_linear_program(program), parameters)
    report(None, dual_bound(program, -np.asarray(answer.dual_solution)), None)
    chosen = rounded(program, np.asarray(answer.primal_solution))
    report(program.worth_of(chosen), None, program.point(chosen))


def _linear_program(program: Program) -> Any:
    """The linear program, to be minimised."""
    model = import_module(SOLVER).QuadraticProgram()
    model.resize_and_initialize(program.column_count, len(program.row_upper))
    model.objective_vector = -program.worth
    model.constraint_matrix = program.matrix
    model.constraint_lower_bounds, model.constraint_upper_bounds = program.row_lower, program.row_upper
    model.variable_lower_bounds, model.variable_upper_bounds = program.lower, np.ones(program.column_count)
    return model
