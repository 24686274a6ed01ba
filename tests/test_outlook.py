"""Several years: histories, recalls and people follow from placements, years are legal, futures are the same again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import vaiven
from engine.planning.assumptions import read_assumptions
from engine.planning.outlook.futures import MEASURES, Outlook, YearSeen, run_future
from engine.planning.outlook.many_futures import best_share, many_futures
from engine.planning.outlook.next_year import chances, next_year
from engine.planning.outlook.stay_prices import learned_stay_prices


@pytest.fixture(scope="module")
def first() -> vaiven.Programme:
    return vaiven.generate("gecco", workers=120)


@pytest.fixture(scope="module")
def outlook(first: vaiven.Programme) -> Outlook:
    return Outlook(first, read_assumptions(), 3, 0.01, 0)


def _rows(programme: vaiven.Programme, plan: vaiven.Plan) -> tuple[np.ndarray, np.ndarray]:
    workers = {name: row for row, name in enumerate(programme.workers.id_text("worker_id"))}
    orders = {name: row for row, name in enumerate(programme.orders.id_text("order_id"))}
    pairs = zip(plan.placements["worker_id"], plan.placements["order_id"], strict=True)
    return tuple(np.array(x) for x in zip(*((workers[w], orders[o]) for w, o in pairs), strict=True))  # type: ignore[return-value]


def test_the_next_year_is_a_programme_that_follows_from_the_plan(first: vaiven.Programme) -> None:
    """Written out as frames and read again; stays, recalls, ages and months are recomputed from frames."""
    plan = vaiven.match(first)
    worker, order = _rows(first, plan)
    known = read_assumptions()
    second, gone = next_year(first, first, worker, order, chances(first, known, 1, 0, 1), known, 1)
    texts = dict(second.texts)
    frames = {name: second.frame(name) for name in second.tables}
    read = vaiven.Programme.from_frames(texts.pop("programme.toml"), list(texts.values()), **frames)
    for name in frames:
        pd.testing.assert_frame_equal(read.frame(name), frames[name])
    before, after, past = first.frame("workers"), frames["workers"], frames["history"]
    stayed = before.index[~gone]
    assert (after["worker_id"][stayed] == before["worker_id"][stayed]).all()
    assert not set(after["worker_id"][gone]) & set(before["worker_id"])
    born = pd.to_datetime(before["birth_date"][stayed]) - pd.DateOffset(years=1)
    assert (pd.to_datetime(after["birth_date"][stayed]) == born).all()
    went = {str(before["worker_id"][w]) for w in worker if not gone[w]}
    earlier = first.frame("history")["worker_id"].isin(before["worker_id"][stayed]).sum()
    assert len(past) == earlier + sum(1 for w in worker if not gone[w])
    assert set(frames["recalls"]["worker_id"]) <= went
    w, o = next((w, o) for w, o in zip(worker, order, strict=True) if not gone[w])
    code = first.frame("orders")["isco08"][o]

    def months(frame: pd.DataFrame) -> int:
        return int(dict(entry.split(":") for entry in frame["occupations"][w].split(";"))[code])

    days = (first.frame("orders")["end_date"][o] - first.frame("orders")["start_date"][o]).days + 1
    assert months(after) == months(before) + round(days / 30.4)


def test_each_year_of_a_future_is_audited(outlook: Outlook, monkeypatch: pytest.MonkeyPatch) -> None:
    """An audit that refuses stops the future; with the audit each year has all measures."""
    from engine.planning.outlook import futures as module

    found, seen = run_future(outlook, 0)
    assert len(found) == len(seen) == 3 and all(set(year) == set(MEASURES) for year in found)
    looked_at = []
    real = module.audited_or_refused
    monkeypatch.setattr(module, "audited_or_refused", lambda *rows: (looked_at.append(len(rows[1])), real(*rows))[1])
    again, _ = run_future(outlook, 0)
    assert again == found and looked_at == [year["placements"] for year in found]


def test_futures_go_on_and_are_the_same_on_any_executor(outlook: Outlook, tmp_path: Path) -> None:
    alone = many_futures(outlook, 2, False, lambda _: ThreadPoolExecutor(1), tmp_path)
    kept = sorted(tmp_path.iterdir())
    assert len(kept) == 2
    kept[0].unlink()
    told: list[str] = []
    again = many_futures(outlook, 2, False, lambda _: ThreadPoolExecutor(2), tmp_path, told.append)
    pd.testing.assert_frame_equal(alone.years, again.years)
    assert len(told) == 1
    bands = again.bands
    assert (bands["p10"] <= bands["p50"]).all() and (bands["p50"] <= bands["p90"]).all()
    other = many_futures(replace(outlook, seed=1), 2, False, lambda _: ThreadPoolExecutor(2), tmp_path)
    assert not other.years.equals(alone.years)


def test_a_stay_has_a_price_where_it_bars_the_next() -> None:
    """Two classes: who is placed falls to class 1, which is worth nothing; who isn't stays in class 0, worth 5."""
    half = np.arange(200) % 2 == 0
    start = YearSeen(np.zeros(200, np.int64), half, np.where(half, 3.0, 0.0))
    end = YearSeen(half.astype(np.int64), ~half, np.where(half, 0.0, 5.0))
    prices = learned_stay_prices([[start, end]], 2)
    assert prices.tolist() == [[5.0, 0.0], [0.0, 0.0]]


def test_plans_are_compared_on_the_same_futures(outlook: Outlook) -> None:
    """Without prices the far-sighted plan is the short-sighted one, so that pairs differ by nothing else."""
    free = run_future(outlook, 1, np.zeros((3, 10_000)))[0]
    assert free == run_future(outlook, 1)[0]


def test_prices_are_charged_only_where_they_gain_beyond_chance() -> None:
    sure = {0.0: [10.0, 12.0, 11.0, 13.0], 0.3: [11.0, 13.1, 12.0, 14.0], 1.0: [9.0, 20.0, 9.0, 20.0]}
    assert best_share(sure) == 0.3
    assert best_share({0.0: sure[0.0], 1.0: sure[1.0]}) == 0.0
