"""The week's work list of a plan, held against days counted from the frames."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from command_line import run_command

import vaiven
from engine.audit.placement_table import PlacementTable
from engine.days import day_number
from engine.planning.work_list import work_list


@pytest.fixture(scope="module")
def placed() -> tuple[vaiven.Programme, pd.DataFrame, PlacementTable]:
    programme = vaiven.generate("palm", workers=120)
    plan = vaiven.match(programme)
    rows = {name: {one: n for n, one in enumerate(ids)} for name, ids in _ids(programme).items()}
    worker = np.array([rows["worker_id"][one] for one in plan.placements["worker_id"]])
    order = np.array([rows["order_id"][one] for one in plan.placements["order_id"]])
    return programme, plan.placements, PlacementTable(programme, worker, order)


def _ids(programme: vaiven.Programme) -> dict[str, np.ndarray]:
    return {
        "worker_id": programme.workers.id_text("worker_id"),
        "order_id": programme.orders.id_text("order_id"),
    }


def test_every_step_stands_in_exactly_one_week(placed: tuple[vaiven.Programme, pd.DataFrame, PlacementTable]) -> None:
    """Over all weeks each placement is answered, papered, arrives and returns once, on the days of its order."""
    programme, placements, table = placed
    orders, workers = programme.frame("orders").set_index("order_id"), programme.frame("workers").set_index("worker_id")
    lead = programme.frame("corridors").set_index(["origin_country", "destination_country"])["lead_time_days"]
    wanted = set()
    for worker, order in zip(placements["worker_id"], placements["order_id"], strict=True):
        asked = orders.loc[order]
        days = lead.get((workers.loc[worker]["origin_country"], asked["destination_country"]), 0)
        start, end = asked["start_date"].date(), asked["end_date"].date()
        answered = start - timedelta(days=int(days))
        wanted |= {(str(answered), step, worker, order) for step in ("accepted", "papers")}
        wanted |= {(str(start), "arrived", worker, order), (str(end), "home", worker, order)}
    first = day_number(min(date.fromisoformat(day) for day, *_ in wanted))
    last = day_number(max(date.fromisoformat(day) for day, *_ in wanted))
    found = pd.concat([work_list(table, day) for day in range(first, last + 1, 7)])
    rows = list(found[["until", "step", "worker_id", "order_id"]].itertuples(index=False, name=None))
    assert len(rows) == len(set(rows)) and set(rows) == wanted


def test_the_first_in_reserve_stands_beside_what_is_due(
    placed: tuple[vaiven.Programme, pd.DataFrame, PlacementTable],
) -> None:
    _, placements, table = placed
    order = str(placements["order_id"].iloc[0])
    start = int(table.date("orders", "start_date").astype(np.int64)[0])
    reserves = pd.DataFrame({"order_id": [order, order], "rank": [1, 2], "worker_id": ["first", "second"]})
    found = work_list(table, start, reserves)
    assert list(found[found["step"] == "reserve"]["worker_id"]) == ["first"]
    assert found["until"].is_monotonic_increasing


def test_the_command_writes_the_list(tmp_path: Path) -> None:
    assert run_command("generate", "palm", tmp_path / "p", "--workers", "100").returncode == 0
    assert run_command("match", tmp_path / "p", tmp_path / "plan").returncode == 0
    start = vaiven.read_programme(tmp_path / "p").frame("orders")["start_date"].min().date()
    arguments = ("worklist", tmp_path / "p", tmp_path / "plan", "--day", str(start), "--out", tmp_path / "week.csv")
    done = run_command(*arguments)
    assert done.returncode == 0, done.stderr
    assert (pd.read_csv(tmp_path / "week.csv")["until"] >= str(start)).all()
    lost = run_command(*arguments[:-1], tmp_path / "week.csv" / "week.csv")
    assert lost.returncode == 2 and "can't be written" in lost.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p", "plan", "week.csv"]
