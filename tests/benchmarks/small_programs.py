"""Small programmes for the tests of the benchmarks, exported and judged in this process."""

from __future__ import annotations

import importlib
from pathlib import Path

from benchmarks.program import Program, Question, program_of
from benchmarks.registry import rivals
from benchmarks.reports import Reporter, read_events
from benchmarks.rival_runs import Run
from benchmarks.scoring import Judged, judge
from engine.problem import MatchingProblem, compile_problem
from engine.programme import read_programme


def compiled(folder: Path) -> MatchingProblem:
    """The problem of a programme folder."""
    return compile_problem(read_programme(folder))


def question_of(folder: Path, seconds: float = 30.0, gap: float = 0.0) -> Question:
    """What a rival is asked about a programme folder."""
    return Question(program_of(compiled(folder)), folder, seconds, 1, gap)


def judged_here(rival: str, question: Question, out: Path) -> Judged:
    """Let a rival solve in this process, and judge what it reported."""
    out.mkdir()
    module = importlib.import_module(rivals()[rival])
    reporter = Reporter(out)
    module.solve(question, reporter)
    return judge(question.program, run_of(out))


def run_of(out: Path) -> Run:
    """A run that ended by itself, with the reports in a folder."""
    return Run(0.1, 10.0, False, 0, tuple(read_events(out)), out, "")


def highs_optimum(program: Program) -> float:
    """The optimum of an exported program, by HiGHS to the last node."""
    from benchmarks.highs import highs_solver

    solver = highs_solver(Question(program, Path(), 60.0, 1, 0.0), True, program.lower, program.lower * 0 + 1)
    solver.run()
    return float(solver.getInfo().objective_function_value)
