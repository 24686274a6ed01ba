"""Equal workers priced and placed as one: as each alone, legal, and as good as the whole program says."""

from __future__ import annotations

from math import inf
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import coo_array

import engine.solve.mechanisms.optimal as optimal
import engine.solve.search.equal_workers as equal_workers
from engine.arrays import row_of_each
from engine.audit.audit import audit
from engine.problem import MatchingProblem, compile_problem
from engine.problem.dense_classes import DenseClasses, dense_classes
from engine.problem.priced_columns import price_table
from engine.programme import read_programme
from engine.solve.budget import Budget
from engine.solve.dual.bound import bound_at, no_crew_prices
from engine.solve.dual.tightening import common_rows
from engine.solve.exact.allotments import shared_rows
from engine.solve.exact.class_flow import Around, Box, ClassNetwork, Undecided, laminar_rows
from engine.solve.exact.rounding import is_feasible
from engine.solve.search.stages import Search
from engine.tuning import Tuning
from scenarios.presets import us_h2a

WORKERS, KINDS, GAP = 400, 30, 0.005
DENSE = Tuning(dense_pairs=0)


def _season(folder: Path, seed: int) -> Path:
    """A season of farm orders under beds, for whose workers there are few profiles; some are asked back by name."""
    if not folder.exists():
        draft = us_h2a.build(WORKERS, seed)
        workers = draft.tables["workers"]
        for column in workers.columns.drop("worker_id"):
            workers[column] = workers[column].to_numpy()[np.arange(WORKERS) % KINDS]
        workers["travel_group_id"] = ""
        for table in ("preferences", "exclusions"):
            del draft.tables[table]
        draft.write(folder)
    return folder


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> MatchingProblem:
    """Such a season with its pairs kept as bits."""
    return compile_problem(read_programme(_season(tmp_path_factory.mktemp("equal") / "p", 1)), DENSE)


@pytest.fixture(scope="module")
def classes(season: MatchingProblem) -> DenseClasses:
    """Its classes."""
    assert season.dense is not None
    return dense_classes(season.dense, len(season.offers.must))


def _every_pair(problem: MatchingProblem) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(party, order, class of limits, value) of all dense pairs, read from the groups themselves."""
    assert problem.dense is not None
    found = []
    for group in problem.dense.groups:
        row, column = np.nonzero(np.unpackbits(group.bits, axis=1, count=len(group.orders)))
        weekly = group.weekly[row, group.which[column]]
        value = np.rint((group.part[column] + group.weeks[column] * weekly) * 1e9).astype(np.int64)
        found.append((group.party[row], group.orders[column], np.full(len(row), group.base_class), value))
    party, order, base, value = (np.concatenate(part) for part in zip(*found, strict=True))
    return party, order, base, value


def test_members_of_a_class_are_admitted_to_the_same_at_the_same_worth(
    season: MatchingProblem, classes: DenseClasses
) -> None:
    party, order, _, value = _every_pair(season)
    each: dict[int, set[tuple[int, int]]] = {p: set() for p in range(len(season.offers.must))}
    for p, o, v in zip(party.tolist(), order.tolist(), value.tolist(), strict=True):
        each[p].add((o, v))
    members: dict[int, list[set[tuple[int, int]]]] = {}
    for p, k in enumerate(classes.class_of.tolist()):
        members.setdefault(k, []).append(each[p])
    assert all(one == every[0] for every in members.values() for one in every)
    assert len({frozenset(every[0]) for every in members.values()}) == len(members) <= KINDS + 1


@pytest.mark.parametrize("height", [0.0, 3.0, 12.0])
def test_a_class_gets_what_each_of_its_members_gets(
    season: MatchingProblem, classes: DenseClasses, height: float
) -> None:
    assert season.dense is not None
    prices = np.rint(np.random.default_rng(2).random(season.limits.row_count) * height * 1e9).astype(np.int64)
    least = season.dense.class_table(price_table(season.limits, prices))
    party, order, base, value = _every_pair(season)
    worth = np.zeros(len(season.offers.must), np.int64)
    np.maximum.at(worth, party, value - least[base, order])
    assert classes.priced(least).surplus[classes.class_of].tolist() == worth.tolist()


@pytest.mark.parametrize("draw", range(3))
def test_bids_and_lists_are_those_of_all_pairs(season: MatchingProblem, classes: DenseClasses, draw: int) -> None:
    """The highest bid for each order, a bidder for each that is near its cost, and the best pair of each class."""
    assert season.dense is not None
    count, width = season.offers.order_count, 10**8
    cost = np.rint(np.random.default_rng(draw).random(count) * 8e9).astype(np.int64)
    table = np.broadcast_to(cost, (season.limits.class_count, count))
    priced = classes.priced(season.dense.class_table(np.ascontiguousarray(table)))
    party, order, _, value = _every_pair(season)
    bids = np.zeros(count, np.int64)
    np.maximum.at(bids, order, value - priced.surplus[classes.class_of[party]])
    assert priced.highest_bids(cost).tolist() == bids.tolist()

    bidden_for = classes.arrays.order[priced.highest_bidders(cost, width).entry]
    assert set(bidden_for.tolist()) == set(np.flatnonzero((bids >= cost - width) & (cost > 0)).tolist())

    some, none = np.full(classes.count, 2), np.zeros(classes.count, np.int64)
    near = priced.near(some, none, width)
    owner = row_of_each(np.diff(near.offsets))
    lost = priced.surplus[owner] - priced.worth[near.entry]
    assert (lost <= width).all()
    assert set(owner[lost == 0].tolist()) == set(np.flatnonzero(priced.surplus > 0).tolist())


def test_the_flow_is_the_best_plan_of_what_is_listed(season: MatchingProblem, classes: DenseClasses) -> None:
    """Its worth equals that of a linear program over the same pairs, and its costs prove it."""
    assert season.dense is not None
    shared = shared_rows(season, common_rows(season))
    count = season.offers.order_count
    network = ClassNetwork(
        classes,
        season.offers,
        classes.arrays.value,
        season.offers.value,
        shared.headcount,
        shared.matrix,
        shared.capacity,
    )
    free = classes.priced(np.zeros((season.limits.class_count, count), np.int64))
    pairs = free.near(np.full(classes.count, 4), np.zeros(classes.count, np.int64), 2**60)
    laminar = laminar_rows(shared.matrix, np.ones(len(shared.capacity)))
    nowhere = Undecided(np.empty(0, np.int64), np.empty(0, np.int64))
    wide = Box(np.zeros(count, np.int64), np.full(count, 2**50))
    flow = network.solved(pairs, nowhere, Around(laminar, np.zeros(count, np.int64)), wide)

    owner, order = row_of_each(np.diff(pairs.offsets)), classes.arrays.order[pairs.entry]
    value = classes.arrays.value[pairs.entry]
    on = np.arange(len(value))
    rows = shared.matrix.tocsr()[laminar.row]
    demand = np.concatenate([classes.members, shared.headcount, shared.capacity[laminar.row]])
    of_members = coo_array((np.ones(len(on)), (owner, on)), shape=(classes.count, len(on))).toarray()
    of_orders = coo_array((np.ones(len(on)), (order, on)), shape=(count, len(on))).toarray()
    matrix = np.vstack([of_members, of_orders, rows @ of_orders])
    best = linprog(-value / 1e9, A_ub=matrix, b_ub=demand)
    taken = classes.arrays.value[flow.pairs.entry] @ flow.units / 1e9
    assert taken == pytest.approx(-best.fun, abs=1e-6)
    placed = np.bincount(network.placed(flow)[1], minlength=count)
    assert (placed <= shared.headcount).all() and (rows @ placed <= shared.capacity[laminar.row]).all()


@pytest.mark.parametrize("seed", range(3))
def test_a_season_of_equal_workers_is_placed_by_classes(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan is legal, and the whole program's optimum lies between it and the bound, which are near."""
    programme = read_programme(_season(tmp_path / "p", seed))
    best = optimal.run(compile_problem(programme), 0.0, Budget(inf))
    went: list[bool] = []
    begun = equal_workers._begun

    def noted(search: Search) -> equal_workers._Steps | None:
        steps = begun(search)
        went.append(steps is not None)
        return steps

    monkeypatch.setattr(equal_workers, "_begun", noted)
    found = optimal.run(compile_problem(programme, DENSE), GAP, Budget(inf))
    assert went == [True] and is_feasible(found.problem, found.columns)
    assert found.objective <= best.objective <= found.bound
    assert found.bound - found.objective <= GAP * found.bound
    proved = bound_at(compile_problem(programme, DENSE), found.prices, no_crew_prices(found.problem)).value
    assert proved == found.price_bound and found.bound <= proved
    assert audit(programme, found.worker, found.order).legal
