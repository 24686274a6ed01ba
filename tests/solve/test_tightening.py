"""Tightened prices prove no more than they did, leave nobody with more, and what orders cost is as low as bids are."""

from __future__ import annotations

from math import inf

import numpy as np
import numpy.typing as npt
import pytest
from scipy.optimize import linprog

from benchmarks.draft_edits import with_chains
from engine.problem import MatchingProblem, compile_problem
from engine.problem.column_rows import entries_of
from engine.problem.values import SCALE
from engine.programme import read_programme
from engine.solve.budget import Budget
from engine.solve.dual.bound import Bound, CrewPrices, at_prices, bound_at, no_crew_prices
from engine.solve.dual.tightening import common_rows, tightened
from engine.tuning import Tuning
from scenarios.preset import Draft
from scenarios.presets import adversarial, nation, northern_triangle, us_h2a

Longs = npt.NDArray[np.int64]
DRAFTS = {
    "beds by day": lambda: us_h2a.build(300, 3),
    "region caps": lambda: nation.build(300, 3),
    "chains": lambda: with_chains(nation.build(200, 3), 3),
    "calendars": lambda: northern_triangle.build(150, 3),
    "every clause": lambda: adversarial.build(40, 3),
}


@pytest.fixture(scope="module", params=list(DRAFTS))
def problem(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> MatchingProblem:
    """A programme with rows that all pay alike, with others, with calendars, at home and abroad."""
    folder = tmp_path_factory.mktemp("tightening") / "p"
    draft: Draft = DRAFTS[request.param]()
    draft.write(folder)
    return compile_problem(read_programme(folder))


def _drawn(problem: MatchingProblem, seed: int) -> Bound:
    """The bound at drawn prices, half of them 0."""
    draw = np.random.default_rng(seed)
    typical = float(problem.offers.value.max(initial=SCALE)) / 3
    prices = np.rint(np.maximum(draw.normal(0, typical, problem.limits.row_count), 0)).astype(np.int64)
    return bound_at(problem, prices, no_crew_prices(problem))


def _alike(problem: MatchingProblem, prices: Longs) -> Longs:
    """What all pay alike on each order, added up entry by entry."""
    common = common_rows(problem)
    cost = prices[: problem.offers.order_count].copy()
    for order, row, coefficient in zip(common.order, common.row, common.coefficient, strict=True):
        cost[order] += np.int64(np.floor(prices[row] * coefficient))
    return cost


@pytest.mark.parametrize("seed", range(3))
def test_the_bound_falls_and_nobody_gains(problem: MatchingProblem, seed: int) -> None:
    """Each party gains at most what it did, other rows keep their prices, and the bound is that of these prices."""
    before = _drawn(problem, seed)
    after = tightened(problem, before, Budget(inf))
    assert after.value <= before.value
    assert after.value == bound_at(problem, after.prices, after.crew).value and (after.prices >= 0).all()
    assert (after.surplus <= before.surplus).all()
    common = common_rows(problem)
    changed = np.flatnonzero(after.prices != before.prices)
    assert np.isin(changed, np.r_[np.arange(problem.offers.order_count), common.row]).all()


@pytest.mark.parametrize("seed", range(3))
def test_rows_that_count_alike_do(problem: MatchingProblem, seed: int) -> None:
    """A common row is in no column but by its orders, each time as often as the row says."""
    offers, common = problem.offers, common_rows(problem)
    draw = np.random.default_rng(seed)
    columns = np.unique(draw.integers(0, offers.count, 200))
    entries = entries_of(offers, problem.limits, columns)
    of_order: dict[int, dict[int, float]] = {}
    for order, row, coefficient in zip(common.order, common.row, common.coefficient, strict=True):
        of_order.setdefault(int(order), {})[int(row)] = coefficient
    for i, j in enumerate(columns):
        held = slice(entries.offsets[i], entries.offsets[i + 1])
        of_rows = np.isin(entries.row[held], common.row)
        counted = dict(
            zip(entries.row[held][of_rows].tolist(), entries.coefficient[held][of_rows].tolist(), strict=True)
        )
        wanted: dict[int, float] = {}
        for cell in offers.cell[offers.cells[j] : offers.cells[j + 1]]:
            for row, coefficient in of_order.get(int(cell) % offers.order_count, {}).items():
                wanted[row] = wanted.get(row, 0) + coefficient
        assert counted == wanted


@pytest.mark.parametrize("problem", ["beds by day", "region caps"], indirect=True)
@pytest.mark.parametrize("seed", range(3))
def test_costs_are_the_best_bids_and_bring_in_the_most(problem: MatchingProblem, seed: int) -> None:
    """Of single placements: the bound is that of the bids, by an independent linear program."""
    offers, before = problem.offers, _drawn(problem, seed)
    order = offers.cell % offers.order_count
    cost = _alike(problem, before.prices)
    bid = (
        cost[order] + at_prices(problem, before.prices, before.crew).reduced() - before.surplus[offers.party_of_each()]
    )
    best = np.zeros(len(cost))
    np.maximum.at(best, order, bid)
    common, capacity = common_rows(problem), problem.limits.capacity
    rows = np.zeros((problem.limits.row_count, len(cost)))
    rows[common.row, common.order] = common.coefficient
    limits = list(zip(np.zeros(len(cost)), capacity[: len(cost)], strict=True))
    found = linprog(-best / SCALE, A_ub=rows, b_ub=capacity, bounds=limits)
    others = np.ones(problem.limits.row_count, bool)
    others[: len(cost)], others[common.row] = False, False
    value = before.surplus.sum() / SCALE + (capacity * before.prices)[others].sum() / SCALE - found.fun
    after = tightened(problem, before, Budget(inf))
    assert after.value / SCALE == pytest.approx(min(value, before.value / SCALE), rel=1e-6)


def test_dense_pairs_bid_as_listed_ones_do(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The same prices are tightened to the same ones where no pair is listed."""
    folder = tmp_path_factory.mktemp("dense") / "p"
    us_h2a.build(300, 3).write(folder)
    programme = read_programme(folder)
    listed, dense = compile_problem(programme), compile_problem(programme, Tuning(dense_pairs=0))
    for seed in range(3):
        one, other = (tightened(problem, _drawn(listed, seed), Budget(inf)) for problem in (listed, dense))
        assert one.prices.tolist() == other.prices.tolist()
        assert one.value == bound_at(dense, other.prices, other.crew).value


def test_crews_that_have_prices_are_left_alone(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What opening their orders costs is no sum over rows; and none is tightened after the end of the time."""
    folder = tmp_path_factory.mktemp("crews") / "p"
    northern_triangle.build(150, 3).write(folder)
    problem = compile_problem(read_programme(folder))
    priced = no_crew_prices(problem)
    crew = CrewPrices(np.full_like(priced.least, SCALE), priced.party, priced.order, priced.link)
    bound = bound_at(problem, _drawn(problem, 0).prices, crew)
    assert len(crew.least) and tightened(problem, bound, Budget(inf)) is bound
    free = bound_at(problem, bound.prices, priced)
    assert tightened(problem, free, Budget(0.0)) is free and tightened(problem, free, Budget(inf)).value < free.value
