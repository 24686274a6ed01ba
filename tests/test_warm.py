"""A run that begins from an earlier plan: what still holds is kept, what doesn't leaves, and the proof is as good."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from pathlib import Path

import numpy as np
import pytest
from adversarial_programmes import draft
from hypothesis import given, settings
from hypothesis import strategies as st

import engine.solve.mechanisms.optimal as optimal
from engine.errors import CallError, ClashError
from engine.plan.earlier_plan import named_prices, read_warm, warm_from
from engine.problem import MatchingProblem, compile_problem
from engine.programme import read_programme
from engine.programme.edits import Edits, edited
from engine.run import Options, match_to_folder
from engine.solve.budget import Budget
from engine.solve.dual.bound import bound_at
from engine.solve.exact.rounding import is_feasible
from engine.solve.primal.warm import Warm, kept_columns
from engine.solve.result import Result
from engine.tuning import Tuning
from scenarios.presets import nation

NOBODY = np.empty(0, np.int64)


def _warm(result: Result) -> Warm:
    return Warm(result.prices, result.crew, result.worker, result.order)


def _with_less(problem: MatchingProblem, share: float) -> MatchingProblem:
    """Every limit of people cut to a share of what it was."""
    limits = problem.limits
    cut = np.where(limits.capacity > 0, np.floor(limits.capacity * share), limits.capacity)
    return replace(problem, limits=replace(limits, capacity=cut))


@settings(max_examples=25, derandomize=True)
@given(seed=st.integers(0, 400))
def test_an_earlier_plan_is_found_again_in_its_columns(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Chains, travel groups and commitments included."""
    problem = compile_problem(draft(seed).programme(tmp_path_factory.mktemp("warm") / "p"))
    try:
        result = optimal.run(problem, 0.0, Budget(inf))
    except ClashError:
        return
    kept = kept_columns(problem, _warm(result), NOBODY, lambda: problem.offers.value)
    assert kept.tolist() == result.columns.tolist()
    assert is_feasible(problem, kept)


@pytest.fixture(scope="module")
def nation_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A nation of a few hundred, and a plan for it."""
    place = tmp_path_factory.mktemp("warm")
    nation.build(600, 3).write(place / "p")
    match_to_folder(place / "p", place / "plan", Options(gap=0.0))
    return place


@pytest.mark.parametrize("share", [0.9, 0.5, 0.0])
def test_what_smaller_limits_have_no_room_for_leaves(share: float, nation_folder: Path) -> None:
    """The kept part is legal, and most of it stays."""
    problem = compile_problem(read_programme(nation_folder / "p"))
    warm = read_warm(problem, nation_folder / "plan")
    cut = _with_less(problem, share)
    kept = kept_columns(cut, warm, NOBODY, lambda: cut.offers.value)
    assert is_feasible(cut, kept)
    assert len(kept) >= 0.8 * share * len(warm.worker)


@pytest.mark.parametrize("dense", [False, True])
def test_a_warm_run_proves_what_a_cold_one_proves(dense: bool, nation_folder: Path) -> None:
    """Large programmes, listed or dense, are sent by levels from the earlier plan."""
    tuning = Tuning(whole_program=0, dense_pairs=0) if dense else Tuning(whole_program=0)
    problem = compile_problem(read_programme(nation_folder / "p"), tuning)
    warm = read_warm(problem, nation_folder / "plan")
    again = optimal.run(problem, 0.001, Budget(inf), None, warm)
    cut = _with_less(problem, 0.95)
    cold, resumed = optimal.run(cut, 0.001, Budget(inf)), optimal.run(cut, 0.001, Budget(inf), None, warm)
    assert again.statistics.get("sweeps", 0) == 0
    assert len(again.worker) == len(warm.worker)
    assert resumed.bound - resumed.objective <= 0.001 * resumed.bound
    assert cold.objective <= resumed.bound and resumed.objective <= cold.bound


def test_workers_and_orders_that_are_gone_are_left_out(nation_folder: Path, tmp_path: Path) -> None:
    """A plan of a larger register starts a run over a smaller one."""
    made = nation.build(600, 3)
    made.tables["workers"] = made.tables["workers"].iloc[:500]
    ids = set(made.tables["workers"]["worker_id"])
    for name, table in made.tables.items():
        if "worker_id" in table:
            made.tables[name] = table[table["worker_id"].isin(ids)]
    made.write(tmp_path / "p")
    problem = compile_problem(read_programme(tmp_path / "p"))
    warm = read_warm(problem, nation_folder / "plan")
    assert 0 < len(warm.worker) < 500
    assert is_feasible(problem, kept_columns(problem, warm, NOBODY, lambda: problem.offers.value))


def test_beds_keep_their_price_where_another_day_is_the_busiest(nation_folder: Path) -> None:
    """Each order of a site with priced beds cancelled in turn: nobody gains by it at the prices that there were."""
    programme = read_programme(nation_folder / "p")
    problem = compile_problem(programme)
    result = optimal.run(problem, 0.001, Budget(inf))
    named = named_prices(problem, result.prices, result.crew)
    before = bound_at(problem, result.prices, result.crew)
    site, gone_rows = programme.orders.values("site_id"), 0
    priced = {name.split("|")[1] for name, price in named.items() if price and name.startswith("beds|")}
    rows = np.flatnonzero(np.isin(programme["sites"].id_text("site_id")[site], sorted(priced)))
    for row in rows[:8].tolist():
        where = {"order_id": str(programme.orders.id_text("order_id")[row])}
        less = compile_problem(
            edited(programme, Edits("x", "", ({"table": "orders", "where": where, "cancel": True},)))
        )
        warm = warm_from(less, named, NOBODY, NOBODY)
        known = {name for name, _, _ in less.limits.names}
        gone_rows += sum(bool(price) for name, price in named.items() if name not in known)
        assert (bound_at(less, warm.prices, warm.crew).surplus <= before.surplus).all()
    assert gone_rows


def test_after_events_the_prices_that_there_are_are_kept(nation_folder: Path) -> None:
    """No search for others: what they prove and a wide core at them are within the gap."""
    tuning = Tuning(whole_program=0, sifted_program=0)
    programme = read_programme(nation_folder / "p")
    result = optimal.run(compile_problem(programme, tuning), 0.001, Budget(inf))
    named = named_prices(result.problem, result.prices, result.crew)
    names = programme.orders.id_text("order_id")[np.unique(result.order)[::20]].tolist()
    entry = {"table": "orders", "where": {"order_id": names}, "cancel": True}
    less = compile_problem(edited(programme, Edits("x", "", (entry,))), tuning)
    found = optimal.run(less, 0.01, Budget(inf), warm=warm_from(less, named, result.worker, result.order))
    best = optimal.run(less, 0.0005, Budget(inf))
    assert "sweeps" not in found.statistics
    assert found.objective >= 0.99 * found.bound
    assert found.bound >= best.objective
    assert is_feasible(less, found.columns)


def test_a_folder_without_a_plan_is_named(nation_folder: Path, tmp_path: Path) -> None:
    """Prices and placements are both needed."""
    problem = compile_problem(read_programme(nation_folder / "p"))
    with pytest.raises(CallError, match=r"no prices\.csv"):
        read_warm(problem, tmp_path)
    (tmp_path / "prices.csv").write_text("limit,cost\nx,1\n")
    with pytest.raises(CallError, match="can't be read"):
        read_warm(problem, tmp_path)
