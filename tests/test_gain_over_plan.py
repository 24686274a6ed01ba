"""What one more unit could gain over a plan, against re-solves of programmes that were closed to optimality."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.errors import ClashError
from engine.plan.metrics import most_gain
from engine.problem import MatchingProblem, compile_problem
from engine.problem.values import SCALE
from engine.programme import read_programme
from engine.solve.match import match
from engine.solve.result import Result
from scenarios.presets import adversarial, nation, northern_triangle

LIMITS = int(os.environ.get("VAIVEN_GAIN_LIMITS", "24"))
BUILDERS: tuple[tuple[Callable[[int, int], Any], int], ...] = (
    (nation.build, 60),
    (northern_triangle.build, 60),
    (adversarial.build, 24),
)


def _certificate(result: Result) -> dict[str, float]:
    return {"price_bound": result.price_bound / SCALE, "objective": result.objective / SCALE}


def _rows(problem: MatchingProblem, result: Result, rng: np.random.Generator) -> list[int]:
    """Twelve limits that allow one unit more, those with prices first; what orders ask of crews is left out."""
    of_limit = [name.startswith(("min_crew", "headcount")) for name, _, _ in problem.limits.names]
    crewed = np.array(of_limit, bool) if len(problem.crew_orders) else np.zeros(len(of_limit), bool)
    able = np.flatnonzero(~crewed & (problem.limits.capacity < np.iinfo(np.int32).max))
    drawn = able[np.lexsort((rng.random(len(able)), -result.prices[able]))]
    return [int(row) for row in drawn[:12]]


def _after(problem: MatchingProblem, row: int) -> int:
    capacity = problem.limits.capacity.copy()
    capacity[row] += 1
    more = replace(problem, limits=replace(problem.limits, capacity=capacity))
    found = match(more, gap=0.0)
    assert found.bound - found.objective <= 1e-6 * max(SCALE, found.objective)
    return int(found.objective)


def test_no_unit_more_gains_more_than_is_said(tmp_path: Path) -> None:
    """By exact re-solves; some gain more than their price alone, which is why that is not said."""
    tried = beyond_price = 0
    seed = 0
    while tried < LIMITS:
        build, workers = BUILDERS[seed % len(BUILDERS)]
        build(workers, seed).write(tmp_path / str(seed))
        problem = compile_problem(read_programme(tmp_path / str(seed)))
        seed += 1
        try:
            result = match(problem, gap=0.0)
        except ClashError:
            continue
        if result.bound - result.objective > 1e-6 * max(SCALE, result.objective):
            continue
        for row in _rows(problem, result, np.random.default_rng(seed)):
            price = float(result.prices[row]) / SCALE
            gain = (_after(problem, row) - result.objective) / SCALE
            assert gain <= most_gain(_certificate(result), price) + 2e-6 * max(1.0, gain), (seed, row)
            beyond_price += gain > price + 1e-5
            tried += 1
    print(f"{tried} limits, {beyond_price} gain more than their price")


def test_the_ceiling_is_over_the_plan() -> None:
    """The distance between bound and plan comes on top of the price."""
    certificate = {"price_bound": 101.5, "objective": 100.0}
    assert most_gain(certificate, 2.0) == pytest.approx(3.5)
    assert most_gain(certificate, 2.0, 3) == pytest.approx(7.5)
    assert most_gain({"price_bound": 99.999999, "objective": 100.0}) == 0.0
