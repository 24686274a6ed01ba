"""Prices are true: where the linear program over itineraries is solved to its end, the gain of one more unit is at most
the price, and the price at most the loss of one less.
"""

from __future__ import annotations

import os
from math import inf
from pathlib import Path

import numpy as np
import pytest

from engine.planning.branches import make_base, run_branch
from engine.problem import MatchingProblem, compile_problem
from engine.problem.values import SCALE
from engine.programme import read_programme
from engine.programme.edits import Edits
from engine.solve.budget import Budget
from engine.solve.dual.bound import bound_at
from engine.solve.exact.linear_program import solve
from engine.solve.exact.restricted_master import Crews, restricted_program
from engine.solve.match import match
from engine.tuning import USUAL
from scenarios.presets import nation

NOTHING = np.empty(0, np.int64)
NO_CREWS = Crews(NOTHING, np.empty(0), np.empty(0), np.empty(0, bool))
PROGRAMMES, LIMITS = int(os.environ.get("VAIVEN_PRICE_PROGRAMMES", "4")), 20


def _linear_value(problem: MatchingProblem, capacity: np.ndarray) -> float:  # type: ignore[type-arg]  # by row
    """The linear program's optimum at the given capacities."""
    columns = np.arange(problem.offers.count)
    answer = solve(restricted_program(problem, columns, capacity, NO_CREWS).program, Budget(inf))
    assert answer is not None and answer.optimal
    return answer.objective


@pytest.mark.parametrize("seed", range(PROGRAMMES))
def test_a_price_lies_between_gain_and_loss(seed: int, tmp_path: Path) -> None:
    """Twenty limits of each programme, those with prices first."""
    nation.build(80, seed).write(tmp_path / "p")
    problem = compile_problem(read_programme(tmp_path / "p"))
    assert not len(problem.crew_orders)
    result = match(problem, gap=0.0)
    capacity = problem.limits.capacity
    base = _linear_value(problem, capacity)
    assert result.price_bound / SCALE == pytest.approx(base, rel=1e-6), "the prices are those of the program's end"
    rows = np.argsort(-result.prices, kind="stable")
    for row in rows[:LIMITS]:
        price, unit = result.prices[row] / SCALE, np.zeros(len(capacity))
        unit[row] = 1.0
        more = _linear_value(problem, capacity + unit)
        assert more - base <= price + 1e-6 * max(1, base)
        if capacity[row] >= 1:
            less = _linear_value(problem, capacity - unit)
            assert price <= base - less + 1e-6 * max(1, base)


def test_the_ceiling_holds_on_a_large_run(tmp_path: Path) -> None:
    """With k more places under a quota no plan is worth more than ``price_bound + k * price``; by warm runs."""
    nation.build(2_000, 5).write(tmp_path / "p")
    base = make_base(read_programme(tmp_path / "p"), 0.001, 60.0, 0)
    assert base.problem.offers.count > USUAL.whole_program
    bound = bound_at(base.problem, base.warm.prices, base.warm.crew).value / SCALE
    price = dict(zip((name for name, _, _ in base.problem.limits.names), base.warm.prices / SCALE, strict=True))
    quotas = sorted((a.id for a in base.programme.agreements), key=lambda name: -price.get(f"{name}|quota", 0.0))
    for agreement in quotas[:3]:
        for more in (1, 5, 20):
            edit = {"agreement": agreement, "clause": "quota", "add": {"count": more}}
            outcome = run_branch(base, Edits("more", "", (edit,)))
            assert not outcome.failure
            assert outcome.totals["objective"] <= bound + more * price[f"{agreement}|quota"] + 1e-6
