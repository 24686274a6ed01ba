"""Sifting ends at the linear program over all columns; what reduced costs fix away is in no better plan."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from engine.problem import MatchingProblem, compile_problem
from engine.problem.values import SCALE
from engine.programme import read_programme
from engine.solve.budget import Budget
from engine.solve.dual.bound import bound_at, no_crew_prices
from engine.solve.exact.linear_program import solve
from engine.solve.exact.reduced_cost_fixing import survivors_of
from engine.solve.exact.restricted_master import restricted_program
from engine.solve.exact.sifting import all_crews, sift
from engine.solve.match import match
from scenarios.presets import nation


@pytest.fixture(scope="module")
def problem(tmp_path_factory: pytest.TempPathFactory) -> MatchingProblem:
    folder = tmp_path_factory.mktemp("sifting") / "p"
    nation.build(300, 4).write(folder)
    return compile_problem(read_programme(folder))


def test_a_small_core_grows_to_the_whole_linear_program(problem: MatchingProblem) -> None:
    begin = bound_at(problem, np.zeros(problem.limits.row_count, np.int64), no_crew_prices(problem))
    every = np.arange(problem.offers.count)
    whole = solve(
        restricted_program(problem, every, problem.limits.capacity, all_crews(problem, every)).program, Budget(inf)
    )
    assert whole is not None and whole.optimal
    best = begin.chosen[begin.chosen >= 0]
    sifted = sift(problem, begin, np.unique(best), 50, 1e-9, Budget(inf), lambda _: None)
    assert len(np.unique(best)) < len(sifted.core) < problem.offers.count
    assert sifted.bound.value / SCALE == pytest.approx(whole.objective, rel=1e-6)


def test_columns_that_are_fixed_away_are_in_no_best_plan(problem: MatchingProblem) -> None:
    best = match(problem, "optimal", 0.0, Budget(inf))
    at = bound_at(problem, best.prices, best.crew)
    for slack in (0, SCALE):
        survivors, whole = survivors_of(problem, at, at.value - best.objective + slack, problem.offers.count)
        assert whole and len(survivors) < problem.offers.count
        assert set(best.columns.tolist()) <= set(survivors.tolist())
