"""Vaivén's own solve stage on the compiled problem; reading and compiling are counted in the whole command alone."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.program import SCALE, Question
from benchmarks.reports import Report
from engine.errors import ClashError
from engine.problem import MatchingProblem, compile_problem
from engine.programme import read_programme
from engine.solve.budget import Budget
from engine.solve.match import match
from engine.solve.result import Progress

NAME = "vaiven"


@cache
def _problem(folder: Path) -> MatchingProblem:
    return compile_problem(read_programme(folder))


def prepare(question: Question) -> None:
    """Compile the problem, which the other rivals got as arrays, and load the kernels by a run without time."""
    with suppress(ClashError):
        match(_problem(question.folder), "optimal", 1.0, Budget(0.0))


def solve(question: Question, report: Report) -> None:
    """Match with a listener; its claims on the way are checked against the plan that it hands in at the end."""

    def listen(progress: Progress) -> None:
        report(progress.objective, progress.bound, None)

    result = match(_problem(question.folder), "optimal", question.gap, Budget(question.seconds), listen)
    program = question.program
    point = program.point(program.with_crews(np.asarray(result.columns)))
    report(result.objective / SCALE, result.bound / SCALE, point)
