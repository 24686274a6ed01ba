"""First come, first served: workers in the order of their registration, each on the best that is left."""

from __future__ import annotations

import numpy as np

from benchmarks.filling import fill
from benchmarks.program import Question
from benchmarks.reports import Report

NAME = "first-come"


def prepare(question: Question) -> None:
    """Load the compiled kernel."""
    fill(question.program, np.empty(0, np.int64))


def solve(question: Question, report: Report) -> None:
    """Serve the queue."""
    program = question.program
    chosen = fill(program, np.lexsort((-program.value, program.arrival)))
    report(program.worth_of(chosen), None, program.point(chosen))
