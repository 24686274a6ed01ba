"""Where headcounts alone join the workers: the best plan proves itself, no other plan does."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from math import inf
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.draft_edits import with_headcounts_alone
from engine.problem.problem import MatchingProblem, compile_problem
from engine.problem.values import SCALE
from engine.programme import read_programme
from engine.programme.reorder import drawn_order
from engine.solve.budget import Budget
from engine.solve.dual.bound import bound_at, no_crew_prices
from engine.solve.exact.network import is_network
from engine.solve.match import match
from engine.tuning import Tuning
from scenarios.presets import nation

Problems = Callable[[int, float], MatchingProblem]
EXAMPLES = int(os.environ.get("VAIVEN_NETWORKS", "30"))


@pytest.fixture(scope="module")
def problems(tmp_path_factory: pytest.TempPathFactory) -> Problems:
    """Networks of 250 workers by seed and by how scarce places are; each is made once."""

    @cache
    def made(seed: int, severity: float) -> MatchingProblem:
        folder = tmp_path_factory.mktemp("network") / "p"
        with_headcounts_alone(nation.build(250, seed), severity).write(folder)
        return compile_problem(drawn_order(read_programme(folder), 0)[0])

    return made


def _flow_worth(problem: MatchingProblem) -> int:
    """What a min-cost flow over all pairs is worth in whole billionths (OR-Tools), which shares nothing with ours."""
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    offers, flow = problem.offers, SimpleMinCostFlow()
    parties = len(offers.must)
    sink = parties + offers.order_count
    for p in range(parties):
        for j in range(offers.of_party[p], offers.of_party[p + 1]):
            order = parties + int(offers.cell[j]) % offers.order_count
            flow.add_arc_with_capacity_and_unit_cost(p, order, 1, -int(offers.value[j]))
        flow.add_arc_with_capacity_and_unit_cost(p, sink, 1, 0)
        flow.set_node_supply(p, 1)
    for order, places in enumerate(problem.limits.capacity):
        flow.add_arc_with_capacity_and_unit_cost(parties + order, sink, int(places), 0)
    flow.set_node_supply(sink, -parties)
    assert flow.solve() == flow.OPTIMAL
    return -int(flow.optimal_cost())


def _rounded(problem: MatchingProblem, ties: int) -> MatchingProblem:
    """The problem with values that are few, so that much is worth alike."""
    value = problem.offers.value // ties * ties
    return replace(problem, offers=replace(problem.offers, value=value))


@settings(max_examples=EXAMPLES)
@given(
    st.integers(0, 3),
    st.sampled_from([0.3, 1.0, 2.0, 4.0]),
    st.sampled_from([1, SCALE, 200 * SCALE]),
    st.sampled_from([(1, 0.05, 0.05, 0.0), (10, 0.05, 1e-3, 0.1), Tuning().network_level]),
)
def test_plan_and_prices_prove_each_other(
    problems: Problems, seed: int, severity: float, ties: int, level: tuple[int, float, float, float]
) -> None:
    """Worth what an independent flow is worth, and bounded by its prices to the billionth: few places or many, values
    all different or mostly alike, prices rough or good.
    """
    problem = replace(_rounded(problems(seed, severity), ties), tuning=Tuning(whole_program=0, network_level=level))
    assert is_network(problem)
    found = match(problem, "optimal", 0.0, Budget(inf))
    assert found.objective == _flow_worth(problem)
    assert bound_at(problem, found.prices, no_crew_prices(problem)).value == found.objective == found.bound


def test_the_plan_and_its_prices_fit(problems: Problems) -> None:
    """Complementary slackness in whole numbers: everybody has the best at the prices, priced places are full."""
    problem = replace(problems(5, 2.0), tuning=Tuning(whole_program=0))
    offers, found = problem.offers, match(problem, "optimal", 0.0, Budget(inf))
    order = offers.cell % offers.order_count
    gain = offers.value - found.prices[order]
    taken = np.zeros(len(offers.must), np.int64)
    taken[offers.party_of(found.columns)] = gain[found.columns]
    for p, own in enumerate(taken):
        assert own == max(gain[offers.of_party[p] : offers.of_party[p + 1]].max(initial=0), 0)
    held = np.bincount(order[found.columns], minlength=offers.order_count)
    assert (held <= problem.limits.capacity).all() and not found.prices[held < problem.limits.capacity].any()


def test_a_network_that_is_cut_short_proves_nothing_false(problems: Problems) -> None:
    """After any number of steps the plan is legal and its bound holds."""
    problem = replace(problems(2, 2.0), tuning=Tuning(whole_program=0))
    best = match(problem, "optimal", 0.0, Budget(inf)).objective
    for steps in range(1, 60, 7):
        found = match(problem, "optimal", 0.0, Budget(inf, steps))
        assert found.objective <= best <= found.bound


def test_quotas_make_it_no_network(tmp_path: Path) -> None:
    """Nothing is claimed of programmes with other limits."""
    nation.build(400, 1).write(tmp_path / "p")
    assert not is_network(compile_problem(drawn_order(read_programme(tmp_path / "p"), 0)[0]))
