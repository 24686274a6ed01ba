"""A rival that fails at once."""

from __future__ import annotations

from benchmarks.program import Question
from benchmarks.reports import Report

NAME = "failing"


def solve(_question: Question, _report: Report) -> None:
    """Fail with a reason."""
    raise ValueError("no licence")
