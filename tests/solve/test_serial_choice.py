"""Mechanisms that ration by turns: each takes the best that is left, by a reading that knows the audit alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from adversarial_programmes import draft

from engine.audit.audit import audit
from engine.audit.placement_table import PlacementTable
from engine.errors import CallError, ClashError
from engine.problem import compile_problem
from engine.programme import Programme, read_programme
from engine.programme.reorder import drawn_order
from engine.run import Matched, Options, match_programme
from engine.solve.budget import Budget
from engine.solve.mechanisms import mechanisms
from engine.tuning import Tuning
from scenarios.presets import nation, northern_triangle

TURNS = ("first-come", "lottery", "points")


def _matched(folder: Path, mechanism: str, seed: int = 0) -> Matched:
    return match_programme(folder, Options(mechanism, 0.001, 60, seed))


def _pairs(matched: Matched) -> set[tuple[int, int]]:
    return set(zip(matched.worker.tolist(), matched.order.tolist(), strict=True))


def _turns(programme: Programme, mechanism: str, seed: int) -> list[int]:
    """The workers in the order in which they choose: by what the mechanism says, then as the seed draws them."""
    drawn = np.empty(programme.workers.size, np.int64)
    drawn[drawn_order(programme, seed)[1]] = np.arange(programme.workers.size)
    columns = {"first-come": "registered_at", "points": "points"}
    key = np.zeros(len(drawn))
    if mechanism in columns:
        cells = programme.workers.values(columns[mechanism]).astype(float)
        known = np.isfinite(cells) & (cells > np.iinfo(np.int64).min / 2)
        key = np.where(known, -cells if mechanism == "points" else cells, np.inf)
    return sorted(range(len(drawn)), key=lambda worker: (key[worker], drawn[worker]))


def _chosen_one_by_one(programme: Programme, turns: list[int]) -> set[tuple[int, int]]:
    """Each takes, of the orders that the audit allows beside those before, the best by rank, then by income."""
    worker: list[int] = []
    order: list[int] = []
    ranked = programme["preferences"]
    rank: dict[tuple[int, int], float] = {}
    for who, what, place in zip(
        *(ranked.values(name).tolist() for name in ("worker_id", "order_id", "rank")), strict=True
    ):
        rank[who, what] = max(rank.get((who, what), 0.0), 1 / place)
    who_ranked = set(ranked.values("worker_id").tolist())
    for one in turns:
        every = np.arange(programme.orders.size)
        table = PlacementTable(programme, np.full(len(every), one), every)
        weeks = table.days / 7
        wish = np.array([rank.get((one, int(o)), 0.0 if one in who_ranked else 0.5) for o in every]) * weeks
        for choice in np.lexsort((every, -table.net_weekly_income() * weeks, -wish)).tolist():
            if audit(programme, [*worker, one], [*order, choice]).legal:
                worker.append(one)
                order.append(choice)
                break
    return set(zip(worker, order, strict=True))


@pytest.mark.parametrize("mechanism", TURNS)
def test_everybody_takes_the_best_that_is_left(mechanism: str, tmp_path: Path) -> None:
    """Worker by worker, order by order."""
    nation.build(40, 5).write(tmp_path / "p")
    matched = _matched(tmp_path / "p", mechanism)
    programme = matched.programme
    assert _pairs(matched) == _chosen_one_by_one(programme, _turns(programme, mechanism, 0))


@pytest.mark.parametrize("mechanism", TURNS)
@pytest.mark.parametrize("seed", range(6))
def test_plans_by_turns_are_legal_and_within_the_bound(mechanism: str, seed: int, tmp_path: Path) -> None:
    """Crews, groups, shares and commitments included; the bound is that of the best plan."""
    draft(seed).programme(tmp_path / "p")
    try:
        best = _matched(tmp_path / "p", "optimal")
    except ClashError:
        with pytest.raises(ClashError):
            _matched(tmp_path / "p", mechanism)
        return
    matched = _matched(tmp_path / "p", mechanism)
    assert audit(matched.programme, matched.worker, matched.order).legal
    certificate = matched.files.certificate
    assert certificate["objective"] <= best.files.certificate["bound"] + 1e-6
    assert certificate["bound"] == pytest.approx(best.files.certificate["bound"], abs=1e-6)


@pytest.mark.parametrize("mechanism", TURNS)
def test_whoever_has_no_place_is_told_what_is_full(mechanism: str, tmp_path: Path) -> None:
    """Nobody is told of prices, by which nobody chose; with the order that is named, the plan would not be legal."""
    northern_triangle.build(200, 3).write(tmp_path / "p")
    matched = _matched(tmp_path / "p", mechanism)
    programme, told = matched.programme, dict(matched.files.unplaced.select([0, 1]).to_pandas().to_numpy().tolist())
    workers, orders = programme.workers.id_text("worker_id").tolist(), programme.orders.id_text("order_id").tolist()
    assert {reason.partition(":")[0] for reason in told.values()} <= {"not_admitted", "limit_full"}
    assert not [why for why in matched.files.unfilled["reason"].to_pylist() if why.startswith("outpriced")]
    full = {one: reason for one, reason in told.items() if reason.startswith("limit_full") and "crew" not in reason}
    assert full
    for one, reason in full.items():
        wanted = [orders.index(name) for name in reason.rpartition("for ")[2].split("+")]
        added = audit(programme, [*matched.worker, *[workers.index(one)] * len(wanted)], [*matched.order, *wanted])
        assert not added.legal, (one, reason)


def test_the_lottery_is_drawn_by_its_seed(tmp_path: Path) -> None:
    """The same seed gives the same plan, another one another."""
    nation.build(120, 5).write(tmp_path / "p")
    plans = [_pairs(_matched(tmp_path / "p", "lottery", seed)) for seed in (0, 0, 1)]
    assert plans[0] == plans[1] != plans[2]


def test_pairs_that_are_not_listed_are_refused(tmp_path: Path) -> None:
    """A dense programme says what would do."""
    nation.build(200, 5).write(tmp_path / "p")
    problem = compile_problem(read_programme(tmp_path / "p"), Tuning(dense_pairs=1))
    assert problem.dense is not None
    with pytest.raises(CallError, match="can't match"):
        mechanisms()["lottery"](problem, 0.01, Budget(60.0))
