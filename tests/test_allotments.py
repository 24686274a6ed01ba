"""Places allotted within beds and filled by a network: as good as said, legal, and every cut holds."""

from __future__ import annotations

from math import inf
from pathlib import Path

import numpy as np
import pytest

import engine.solve.mechanisms.optimal as optimal
import engine.solve.search.levels as levels
from engine.problem import MatchingProblem, compile_problem
from engine.programme import read_programme
from engine.solve.budget import Budget
from engine.solve.dual.tightening import common_rows
from engine.solve.exact.allotments import Cut, shared_rows
from engine.solve.exact.network import columns_of, put_right, seated
from engine.solve.exact.rounding import is_feasible
from engine.solve.search.allotments import allot
from engine.solve.search.stages import Search
from engine.tuning import Tuning
from scenarios.preset import Draft
from scenarios.presets import nation, us_h2a

WORKERS, GAP = 400, 0.01  # so few workers feel the quotas of states, by less than a tenth of this


def _problem(folder: Path, draft: Draft, tuning: Tuning) -> MatchingProblem:
    if not folder.exists():
        draft.write(folder)
    return compile_problem(read_programme(folder), tuning)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the programmes of the module are."""
    return tmp_path_factory.mktemp("allotments")


@pytest.mark.parametrize("seed", range(3))
def test_a_season_under_beds_is_allotted(folder: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan is legal, and the whole program's optimum lies between it and the bound, which are near."""
    draft = us_h2a.build(WORKERS, seed)
    best = optimal.run(_problem(folder / f"{seed}", draft, Tuning()), 0.0, Budget(inf))
    problem = _problem(folder / f"{seed}", draft, Tuning(whole_program=0))
    allotted: list[Search] = []

    def noted(search: Search) -> bool:
        allotted.append(search)
        return allot(search)

    monkeypatch.setattr(levels, "allot", noted)
    found = optimal.run(problem, GAP, Budget(inf))
    assert allotted and is_feasible(found.problem, found.columns)
    assert found.objective <= best.objective <= found.bound
    assert found.bound - found.objective <= GAP * found.bound


@pytest.mark.parametrize("seed", range(3))
def test_prices_of_places_bound_every_other_allotment(folder: Path, seed: int) -> None:
    """``V(z) <= V(y) + p (z - y)``, both networks solved to the end."""
    problem = _problem(folder / "0", us_h2a.build(WORKERS, 0), Tuning())
    shared, draw = shared_rows(problem, common_rows(problem)), np.random.default_rng(seed)

    def filled(allotment: np.ndarray) -> tuple[float, np.ndarray]:
        places = seated(problem.offers, problem.offers.value, allotment, np.zeros_like(allotment))
        assert put_right(places, 1, Budget(inf))
        return float(places.value[columns_of(places)].sum()), places.price

    y, z = draw.integers(0, shared.headcount + 1, (2, len(shared.headcount)))
    (worth, price), (other, _) = filled(y), filled(z)
    assert other <= worth + float(price @ (z - y)) + 1e-3


@pytest.mark.parametrize("seed", range(3))
def test_the_next_allotment_keeps_the_rows_and_the_box(folder: Path, seed: int) -> None:
    """Whole, within reach but for the rest that still fits, within headcounts and beds; its promise is by the cuts."""
    problem = _problem(folder / "0", us_h2a.build(WORKERS, 0), Tuning())
    shared, draw = shared_rows(problem, common_rows(problem)), np.random.default_rng(seed)
    cuts = [Cut(draw.uniform(0, 5), draw.uniform(0, 9, len(shared.headcount))) for _ in range(3)]
    low = np.zeros_like(shared.headcount)
    found = shared.next(cuts, low, shared.headcount // 2, Budget(inf))
    assert found is not None
    allotted, promised = found
    assert (shared.matrix @ allotted <= shared.capacity + 1e-9).all() and (allotted <= shared.headcount).all()
    one_more = shared.matrix @ allotted + 1 > shared.capacity + 1e-9
    entries = shared.matrix.tocoo()
    tight = np.bincount(entries.col, one_more[entries.row], len(shared.headcount)) > 0
    assert (tight | (allotted == shared.headcount)).all()
    within = np.minimum(allotted, shared.headcount // 2)
    assert promised >= min(cut.worth + float(cut.price @ within) for cut in cuts) - 1e-6
    assert shared.next(cuts, low, shared.headcount, Budget(0.0)) is None


def test_rows_of_classes_hold_all_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where caps of home regions bind and places are allotted none the less, the plan is legal and the bound holds."""
    draft = nation.build(WORKERS, 3)
    best = optimal.run(_problem(folder / "nation", draft, Tuning()), 0.0, Budget(inf))
    problem = _problem(folder / "nation", draft, Tuning(whole_program=0, passes=3))
    monkeypatch.setattr(levels, "allots", lambda _: True)
    found = optimal.run(problem, 1e-3, Budget(inf))
    assert is_feasible(found.problem, found.columns) and found.objective <= best.objective <= found.bound


def test_a_run_that_is_cut_short_has_a_legal_plan(folder: Path) -> None:
    """After any number of steps of the budget."""
    for steps in (1, 20, 40, 60):
        problem = _problem(folder / "0", us_h2a.build(WORKERS, 0), Tuning(whole_program=0, passes=20))
        found = optimal.run(problem, 0.0, Budget(inf, steps))
        assert is_feasible(found.problem, found.columns) and found.objective <= found.bound


def test_where_no_network_is_solved_a_core_is_placed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan comes from the core: nothing is sifted here."""
    tuning = Tuning(whole_program=0, sifted_program=0, passes=20)
    problem = _problem(folder / "0", us_h2a.build(WORKERS, 0), tuning)
    monkeypatch.setattr("engine.solve.search.allotments.put_right", lambda *_: False)
    found = optimal.run(problem, GAP, Budget(inf))
    assert is_feasible(found.problem, found.columns) and found.bound - found.objective <= GAP * found.bound
