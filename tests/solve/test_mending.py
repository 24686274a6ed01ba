"""An earlier plan is mended among those who may change: everybody else keeps his or her place, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from pathlib import Path

import numpy as np
import pytest

from engine.problem import MatchingProblem, compile_problem
from engine.problem.column_rows import use_of
from engine.programme import read_programme
from engine.solve.budget import Budget
from engine.solve.dual.sweeps import on_this_machine
from engine.solve.exact.rounding import is_feasible
from engine.solve.match import match
from engine.solve.primal.warm import Warm
from engine.solve.result import Result
from engine.solve.search import mending, resume
from engine.solve.search.stages import Search
from engine.tuning import Tuning
from scenarios.presets import nation

GAP = 0.003
LARGE = Tuning(whole_program=0)


@pytest.fixture(scope="module")
def problem(tmp_path_factory: pytest.TempPathFactory) -> MatchingProblem:
    """A small nation, searched as a large one."""
    folder: Path = tmp_path_factory.mktemp("mending") / "p"
    nation.build(1500, 1).write(folder)
    return compile_problem(read_programme(folder), LARGE)


@pytest.fixture(scope="module")
def plan(problem: MatchingProblem) -> Result:
    """Its plan."""
    return match(problem, gap=GAP / 3)


def _after_drop_outs(problem: MatchingProblem, plan: Result, share: float) -> MatchingProblem:
    """The problem without a share of those who were placed."""
    offers = problem.offers
    gone = np.zeros(len(offers.must), bool)
    placed = offers.party_of(plan.columns)
    gone[np.random.default_rng(2).choice(placed, int(share * len(placed)), replace=False)] = True
    return replace(problem, offers=offers.without(np.flatnonzero(gone[offers.party_of_each()])))


def _resumed(problem: MatchingProblem, plan: Result) -> Search:
    warm = Warm(plan.prices, plan.crew, plan.worker, plan.order)
    search = Search(problem, GAP, Budget(inf), None, warm, on_this_machine)
    search.begin()
    resume.run(search)
    return search


def test_a_part_is_what_the_others_leave(problem: MatchingProblem, plan: Result) -> None:
    """Who is in it and who isn't use together what the plan uses, and its bound holds for whatever they may take."""
    search = _resumed(problem, plan)
    assert search.kept is not None
    some = np.flatnonzero(problem.offers.party_of_each() % 2 == 0)
    part = search.part(some, search.kept, search.bound, GAP)
    others = search.without(search.kept, some)
    whole = np.union1d(others, some[part.plan.columns])
    assert whole.tolist() == search.kept.tolist()
    taken = problem.limits.capacity - part.problem.limits.capacity
    assert np.allclose(taken, use_of(problem.offers, problem.limits, others))
    assert part.proved >= part.plan.objective


def test_a_mended_plan_is_legal_and_near_the_best(problem: MatchingProblem, plan: Result) -> None:
    """After drop-outs it is within the gap of what a match from nothing finds, and better than inserting whoever
    fits.
    """
    changed = _after_drop_outs(problem, plan, 0.08)
    search = _resumed(changed, plan)
    before = search.plan.objective
    assert mending.applies(search)
    mending.run(search)
    best = match(changed, gap=GAP / 4)
    assert is_feasible(changed, search.plan.columns)
    assert search.plan.objective > before
    assert search.plan.objective >= (1 - GAP) * best.objective
    assert search.proved >= best.objective


def test_nothing_is_mended_twice(problem: MatchingProblem, plan: Result) -> None:
    """A plan that is good enough at its old prices is left as it is."""
    assert not mending.applies(_resumed(problem, plan))
