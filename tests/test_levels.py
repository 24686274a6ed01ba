"""Large programmes go by levels: here small ones are sent that way and held against the brute force and the audit."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import pairwise
from math import inf
from pathlib import Path

import numpy as np
import pytest
from adversarial_programmes import draft
from hypothesis import given
from hypothesis import strategies as st
from oracle.optimum import optimum
from oracle.programme_reader import read as read_naively

import engine.solve.mechanisms.optimal as optimal
from engine.problem import MatchingProblem, compile_problem
from engine.problem.column_rows import use_of
from engine.problem.offers import NOTHING
from engine.problem.values import SCALE
from engine.programme import Programme, read_programme
from engine.run import Matched, Options, match_read
from engine.solve.budget import Budget
from engine.solve.dual.ascent import ascend
from engine.solve.dual.bound import at_prices, bound_at, no_crew_prices
from engine.solve.dual.levels import levels
from engine.solve.dual.sweeps import make_sweeper
from engine.solve.exact.rounding import is_feasible
from engine.solve.primal.core import find_core, settle
from engine.solve.primal.ejection_chains import fill_by_paths
from engine.solve.primal.replacement import shares_of
from engine.tuning import Tuning
from scenarios.preset import Draft
from scenarios.presets import nation, northern_triangle

NOBODY = np.empty(0, np.int64)
CUT_WORKERS = int(os.environ.get("VAIVEN_CUT_WORKERS", "300"))  # of a run that is cut
LARGE = Tuning(whole_program=-1)  # every programme goes through the levels


def _compiled(made: Draft, folder: Path) -> MatchingProblem:
    made.write(folder)
    return compile_problem(read_programme(folder))


@pytest.fixture(scope="module")
def nation_problem(tmp_path_factory: pytest.TempPathFactory) -> MatchingProblem:
    """A nation of single placements."""
    return _compiled(nation.build(600, 3), tmp_path_factory.mktemp("levels") / "p")


@pytest.fixture(scope="module")
def chained_problem(tmp_path_factory: pytest.TempPathFactory) -> MatchingProblem:
    """A programme with calendars of several placements."""
    return _compiled(northern_triangle.build(300, 3), tmp_path_factory.mktemp("levels") / "p")


@pytest.mark.parametrize("kind", ["nation_problem", "chained_problem"])
def test_a_sweep_chooses_what_the_exact_bound_chooses(kind: str, request: pytest.FixtureRequest) -> None:
    """Search prices in single precision find columns as good as those in whole numbers, and count the same use."""
    problem: MatchingProblem = request.getfixturevalue(kind)
    sweeper = make_sweeper(problem)
    prices = np.random.default_rng(1).integers(0, 4, sweeper.limits.row_count) * 1.5
    chosen = np.full(sweeper.party_count, -1)
    use = sweeper.choose(prices, 0, sweeper.party_count, chosen)
    exact = bound_at(problem, np.rint(prices * SCALE).astype(np.int64), no_crew_prices(problem))
    reduced = at_prices(problem, exact.prices, exact.crew).reduced()
    got = np.where(chosen >= 0, reduced[chosen], 0)
    assert np.abs(got - exact.surplus).max() <= 1e-4 * SCALE
    assert np.allclose(use, use_of(problem.offers, problem.limits, chosen[chosen >= 0]), atol=1e-3)


def test_halves_on_two_threads_choose_the_same(nation_problem: MatchingProblem) -> None:
    """Prices after an ascent are the same to the last bit on one core or two."""
    results = []
    for each in (10**9, 1):
        tuning = Tuning(columns_per_thread=each, cells_per_thread=each)
        sweeper = make_sweeper(replace(nation_problem, tuning=tuning))
        begin = np.zeros(sweeper.limits.row_count)
        results.append(ascend(sweeper, begin, 20, (3.0, 0.01), Budget(inf))[0])
    assert np.array_equal(results[0], results[1])


def test_chains_of_moves_keep_every_limit_and_never_lose(nation_problem: MatchingProblem) -> None:
    """From the settled plan they gain, and the use they keep is the plan's."""
    problem, sweeper = nation_problem, make_sweeper(nation_problem)
    prices, _ = ascend(sweeper, np.zeros(sweeper.limits.row_count), 60, (3.0, 0.01), Budget(inf))
    bound = bound_at(problem, np.rint(prices * SCALE).astype(np.int64), no_crew_prices(problem))
    plan, found = settle(problem, NOBODY, find_core(problem, bound, SCALE // 2))
    use = use_of(problem.offers, problem.limits, plan)
    moved = fill_by_paths(problem, sweeper, plan, use, found)
    assert is_feasible(problem, plan)
    assert is_feasible(problem, moved)
    assert np.array_equal(use, use_of(problem.offers, problem.limits, moved))
    assert problem.offers.value[moved].sum() > problem.offers.value[plan].sum()


@given(st.lists(st.floats(-1e-9, 50), min_size=1))
def test_two_windows_share_no_more_than_is_free(free: list[float]) -> None:
    """Neither gives up what it may not: a share of 0.3 is one window's, not one less for the other."""
    one, other = shares_of(np.array(free), 2)
    assert (one >= 0).all() and (other >= 0).all()
    assert (one + other <= np.maximum(free, 0) + 1e-12).all()


@pytest.mark.parametrize("seed", range(12))
def test_levels_are_legal_and_bounded_under_every_clause(seed: int, tmp_path: Path) -> None:
    """Chains, crews, groups, shares and commitments sent through the levels: audited, and optimum within the bound."""
    programme = draft(seed, 30).programme(tmp_path / "p")
    naive = optimum(read_naively(tmp_path / "p"))
    assert naive is not None
    certificate = match_read(programme, Options(gap=1e-6, tuning=LARGE)).files.certificate
    assert certificate["objective"] <= float(naive[0]) + 1e-6
    assert certificate["bound"] >= float(naive[0]) - 1e-6
    assert certificate["status"] in ("optimal", "within_gap", "exhausted")


def test_crews_are_sifted_however_large_the_programme(tmp_path: Path) -> None:
    """Levels only price a programme with crews; its plan comes from sifting at any size."""
    northern_triangle.build(400, 2).write(tmp_path / "p")
    tuning = replace(LARGE, sifted_program=-1)
    certificate = match_read(read_programme(tmp_path / "p"), Options(gap=1e-2, tuning=tuning)).files.certificate
    assert certificate["gap"] <= 1e-2


@pytest.mark.parametrize("columns", [400, 10**9])
def test_windows_reach_what_is_asked(columns: int, tmp_path: Path) -> None:
    """A large core is cut into windows by origin and destination, two at a time; the gap is met and proved."""
    tuning = replace(LARGE, window_columns=columns, whole_core=columns)
    nation.build(1500, 1).write(tmp_path / "p")
    matched = match_read(read_programme(tmp_path / "p"), Options(gap=1e-3, tuning=tuning))
    assert matched.verdict.legal
    assert matched.files.certificate["gap"] <= 1e-3


def test_what_is_told_of_a_plan_never_falls(nation_problem: MatchingProblem) -> None:
    """Who fills a place for now is left out of the next windows, but not of the plan that the user hears of."""
    told: list[float] = []
    cut = replace(nation_problem, tuning=replace(LARGE, window_columns=400, whole_core=400))
    found = optimal.run(cut, 1e-4, Budget(inf), lambda progress: told.append(progress.objective))
    assert told == sorted(told)
    assert found.objective == round(told[-1] * SCALE)


def test_levels_sharpen_with_the_gap() -> None:
    """A smaller gap gets more passes and smaller steps; so does each level after the first."""
    coarse, fine = list(levels(1e-3, 20)), list(levels(1e-5, 20))
    assert [level.passes for level in coarse] == sorted(level.passes for level in coarse)
    assert fine[0].passes > coarse[0].passes
    assert fine[0].last_step < coarse[0].last_step
    assert next(levels(1e-3, 20, 1e-3)).passes < coarse[0].passes


def test_crowded_parties_get_more_passes_and_a_wider_core() -> None:
    """Parties with 16 times the usual columns get 4 times the passes and twice the width."""
    usual, crowded = next(levels(1e-3, 20)), next(levels(1e-3, 320))
    assert (crowded.passes, crowded.width) == (4 * usual.passes, pytest.approx(2 * usual.width))


def test_parts_of_a_level_end_with_the_level() -> None:
    """Each part of a dense level ends sharper than the one before, and the last is the level itself."""
    level = next(levels(1e-3, 20))
    parts = list(level.parts(5))
    assert (parts[-1].passes, parts[-1].last_step) == (level.passes, level.last_step)
    assert all(one.last_step > other.last_step for one, other in pairwise(parts))


def test_dense_pairs_are_found_by_their_prices(tmp_path: Path) -> None:
    """A programme whose pairs are not listed ends as near to its bound, and neither bound is below the other's plan."""
    nation.build(700, 1).write(tmp_path / "p")
    programme = read_programme(tmp_path / "p")
    listed = match_read(programme, Options(gap=2e-3)).files.certificate
    dense = match_read(programme, Options(gap=2e-3, tuning=Tuning(dense_pairs=0))).files.certificate
    assert dense["gap"] <= 2e-3
    assert dense["bound"] >= listed["objective"]
    assert listed["bound"] >= dense["objective"]


def test_a_bound_follows_its_columns(nation_problem: MatchingProblem) -> None:
    """Choices get their new numbers, parties without one keep none, and nothing listed yet is no hindrance."""
    bound = bound_at(
        nation_problem, np.zeros(nation_problem.limits.row_count, np.int64), no_crew_prices(nation_problem)
    )
    moved = np.arange(nation_problem.offers.count) + 7
    held = bound.chosen != NOTHING
    assert (bound.renumbered(moved).chosen == np.where(held, bound.chosen + 7, NOTHING)).all()
    nobody = replace(bound, chosen=np.full(3, NOTHING))
    assert (nobody.renumbered(np.empty(0, np.int64)).chosen == NOTHING).all()


def test_a_blur_is_drawn_by_party_alone(nation_problem: MatchingProblem) -> None:
    """Blurred choices are the same whether parties are swept together or apart, and no blur chooses the best."""
    sweeper = make_sweeper(nation_problem)
    prices = np.full(nation_problem.limits.row_count, 0.1)
    together, apart, plain = (np.full(sweeper.party_count, -1) for _ in range(3))
    blur = 0.2 * sweeper.typical_worth()
    sweeper.choose(prices, 0, sweeper.party_count, together, blur)
    for low in range(0, sweeper.party_count, 100):
        sweeper.choose(prices, low, min(low + 100, sweeper.party_count), apart, blur)
    sweeper.choose(prices, 0, sweeper.party_count, plain)
    assert (together == apart).all()
    assert (together != plain).any()


def test_a_run_cut_at_any_step_repeats_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock may end a run while any piece of work is under way: what it left is what so many whole steps leave."""
    nation.build(CUT_WORKERS, 1).write(tmp_path / "p")
    programme = read_programme(tmp_path / "p")
    whole = match_read(programme, Options(gap=1e-5, tuning=LARGE)).files.certificate["steps"]
    offers = compile_problem(programme).offers
    priced = next(levels(1e-5, offers.count / len(offers.must))).passes
    for cut in (priced + 1, whole - 1):
        ended = _ended_by_the_clock_after(programme, cut, monkeypatch)
        steps = ended.files.certificate["steps"]
        again = match_read(programme, Options(gap=1e-5, most_steps=steps, tuning=LARGE))
        assert again.files.placements.equals(ended.files.placements)
        assert again.files.prices.equals(ended.files.prices)


def _ended_by_the_clock_after(programme: Programme, steps: int, monkeypatch: pytest.MonkeyPatch) -> Matched:
    """A run whose clock runs out right after it asked, with ``steps`` done, whether it may go on."""
    asked = []

    def over(budget: Budget) -> bool:
        asked.append(budget.steps)
        return asked.count(steps) > 1 or budget.steps > steps

    with monkeypatch.context() as patch:
        patch.setattr(Budget, "over", property(over))
        patch.setattr(Budget, "left", property(lambda _: -1.0 if asked.count(steps) > 1 else 60.0))
        return match_read(programme, Options(gap=1e-5, tuning=LARGE))
