"""Where headcounts alone join the workers: the best plan proves itself, no other plan does."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from pathlib import Path

import numpy as np
import pytest

from benchmarks.draft_edits import with_headcounts_alone
from engine.problem.problem import MatchingProblem, compile_problem
from engine.problem.values import SCALE
from engine.programme import read_programme
from engine.programme.reorder import drawn_order
from engine.solve.budget import Budget
from engine.solve.dual.bound import bound_at, no_crew_prices
from engine.solve.exact.network import is_network, network_prices
from engine.solve.match import match
from engine.tuning import Tuning
from scenarios.presets import nation


def _problem(folder: Path, seed: int, severity: float = 2.0) -> MatchingProblem:
    with_headcounts_alone(nation.build(400, seed), severity).write(folder)
    return compile_problem(drawn_order(read_programme(folder), 0)[0])


@pytest.mark.parametrize("seed", range(4))
def test_the_best_plan_proves_itself(tmp_path: Path, seed: int) -> None:
    """Its prices bound every plan to a billionth; a plan without one of its placements has no such prices."""
    problem = _problem(tmp_path / "p", seed)
    assert is_network(problem)
    best = match(problem, "optimal", 0.0, Budget(inf))
    prices = network_prices(problem, best.columns)
    assert prices is not None
    bound = bound_at(problem, prices, no_crew_prices(problem)).value
    assert best.objective <= bound <= best.objective * (1 + 1e-8) + 1
    worst = best.columns[np.argmax(problem.offers.value[best.columns])]
    assert network_prices(problem, best.columns[best.columns != worst]) is None


def test_a_large_network_is_proved_by_its_own_prices(tmp_path: Path) -> None:
    """Sent through the levels it ends with the same plan's worth, proved, though a coarse gap was asked."""
    problem = _problem(tmp_path / "p", 7)
    exact = match(problem, "optimal", 0.0, Budget(inf))
    found = match(replace(problem, tuning=Tuning(whole_program=0)), "optimal", 1e-4, Budget(inf))
    assert found.objective == pytest.approx(exact.objective, abs=SCALE / 1e4)
    assert found.bound - found.objective <= 1e-8 * found.bound


def test_where_a_core_does_not_hold_the_best_plan_all_pairs_are_asked(tmp_path: Path) -> None:
    """Prices of a single pass and a core of no width are too rough; the flow over everything is proved all the same."""
    problem = _problem(tmp_path / "p", 5)
    exact = match(problem, "optimal", 0.0, Budget(inf))
    rough = replace(problem, tuning=Tuning(whole_program=0, network_level=(1, 0.05, 0.05, 0.0)))
    found = match(rough, "optimal", 1e-9, Budget(inf))
    assert found.objective == pytest.approx(exact.objective, abs=SCALE / 1e4)
    assert found.bound - found.objective <= 1e-8 * found.bound


def test_quotas_make_it_no_network(tmp_path: Path) -> None:
    """Nothing is claimed of programmes with other limits."""
    nation.build(400, 1).write(tmp_path / "p")
    assert not is_network(compile_problem(drawn_order(read_programme(tmp_path / "p"), 0)[0]))
