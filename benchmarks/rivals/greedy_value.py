"""The most valuable itinerary first, wherever it still fits."""

from __future__ import annotations

import numpy as np

from benchmarks.filling import fill
from benchmarks.program import Question
from benchmarks.reports import Report

NAME = "greedy-value"


def prepare(question: Question) -> None:
    """Load the compiled kernel."""
    fill(question.program, np.empty(0, np.int64))


def solve(question: Question, report: Report) -> None:
    """Go once through all columns by falling value."""
    program = question.program
    chosen = fill(program, np.argsort(-program.value, kind="stable"))
    report(program.worth_of(chosen), None, program.point(chosen))
