"""A season replayed week by week: every policy legal, none above the bound of hindsight, the same on any machine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from base_programme import ORDER, WORKERS, base
from command_line import run_command
from hypothesis import given, settings
from hypothesis import strategies as st

import vaiven
from engine.planning.assumptions import Assumptions, read_assumptions
from engine.planning.season.comparison import SeasonsAsked, compare_policies, make_desk, shares_of
from engine.planning.season.drawn_season import draw_season, latest_weeks, with_places
from engine.planning.season.futures_ahead import futures_ahead
from engine.planning.season.hindsight import best_in_hindsight
from engine.planning.season.policies import policies, sampled_futures
from engine.planning.season.replay import Desk, Week, replay, reserve_sizes


def _with(**changed: object) -> Assumptions:
    usual = read_assumptions()
    return replace(usual, values={**usual.values, **{f"season.{name}": value for name, value in changed.items()}})


@pytest.fixture(scope="module")
def desk() -> Desk:
    found = make_desk(vaiven.generate("palm", workers=120), read_assumptions())
    return replace(found, others=found.others[:3])


@settings(max_examples=6)
@given(seed=st.integers(0, 10_000), demand=st.sampled_from([0.6, 1.0, 1.6]), name=st.sampled_from(sorted(policies())))
def test_what_stands_in_the_end_is_legal_and_within_the_bound(desk: Desk, seed: int, demand: float, name: str) -> None:
    """By the audit of the programme with the season's places; who never came or gave up holds no place."""
    season = draw_season(desk.problem, desk.weeks, desk.assumptions, seed, demand)
    found = replay(desk, season, policies()[name].policy_for(desk))
    worker, order = desk.problem.offers.placements(found.columns)
    programme = with_places(desk.problem.programme, season.places)
    plan = pd.DataFrame(
        {
            "worker_id": programme.workers.id_text("worker_id")[worker],
            "order_id": programme.orders.id_text("order_id")[order],
        }
    )
    verdict = vaiven.audit(programme, plan)
    assert verdict.legal
    best = best_in_hindsight(desk.problem, season, desk.weeks, 0.01)
    assert round(verdict.objective * 1e9) <= best.bound + 1000
    party = desk.problem.offers.party_of(found.columns)
    assert season.comes[party].all() and not (season.drops | season.missing)[found.columns].any()
    assert (season.filed[order] <= season.waits[party].max()).all()


def test_hindsight_is_reached_where_the_future_is_known_and_nobody_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """An office whose only future is the very season that comes finds its best plan, within the gap asked."""
    desk = make_desk(vaiven.generate("palm", workers=150), _with(drop_out=0.0, no_show=0.0))
    season = draw_season(desk.problem, desk.weeks, desk.assumptions, 5)
    monkeypatch.setattr(sampled_futures, "futures_ahead", lambda *_: [season])
    found = replay(desk, season, sampled_futures.policy_for(desk))
    assert found.value >= 0.99 * best_in_hindsight(desk.problem, season, desk.weeks, 0.001).bound


def test_futures_keep_what_was_seen_and_bring_as_many_as_are_left(desk: Desk) -> None:
    """Half-way, who comes later is drawn by Bayes: over many futures as many as over seasons that agree so far."""
    season = draw_season(desk.problem, desk.weeks, desk.assumptions, 11)
    looked: list[Week] = []
    replay(desk, season, lambda week: (looked.append(week), np.empty(0, np.int64))[1])
    week = looked[len(looked) // 2]
    futures = futures_ahead(desk, week, 40)
    latest, come = latest_weeks(desk.problem, desk.weeks), desk.assumptions.number("season.come")
    unseen = ~week.seen & (latest > week.number)
    left = (latest - week.number)[unseen] / (latest + 1)[unseen]
    expected = (come * left / (1 - come * (1 - left))).sum()
    came = [int((future.comes & ~week.seen).sum()) for future in futures]
    assert abs(np.mean(came) - expected) < 1
    for future in futures:
        assert (future.arrives[week.seen] == season.arrives[week.seen]).all()
        assert (future.arrives[future.comes & ~week.seen] > week.number).all()
        assert (future.filed[week.filed] == season.filed[week.filed]).all()
        assert (future.filed[~week.filed] > week.number).all()
        assert (future.places[week.filed] == season.places[week.filed]).all()


def test_demand_is_told_by_the_orders_that_are_filed(desk: Desk) -> None:
    """Where employers ask half as much again, futures late in the season ask more of the orders not filed yet too."""
    season = draw_season(desk.problem, desk.weeks, desk.assumptions, 3, 1.5)
    looked: list[Week] = []
    replay(desk, season, lambda week: (looked.append(week), np.empty(0, np.int64))[1])
    weeks = [week for week in looked if 0 < (~week.filed).sum() <= len(week.filed) / 3]
    filed = weeks[0].filed
    ahead = np.array([future.places[~filed] for future in futures_ahead(desk, weeks[0], 40)])
    ratio = ahead.sum(1).mean() / desk.forecast[~filed].sum()
    asked = season.places[filed & (desk.forecast > 0)] / desk.forecast[filed & (desk.forecast > 0)]
    assert 1.15 < ratio < asked.mean() + 0.05


def _arrivals(people: int, folder: Path) -> vaiven.Programme:
    """Refugees who may come, and localities that all take people in from one day on. All do best where work is easiest
    to find, but each of four kinds of people has one other locality where it does almost as well.
    """
    rng = np.random.default_rng(1)
    workers = [WORKERS[0] | {"worker_id": f"W{number:03}"} for number in range(people)]
    dates = {"start_date": "2026-05-04", "end_date": "2026-08-31"}
    orders = [ORDER | dates | {"order_id": f"O{place}", "headcount": str(people // 16)} for place in range(8)]
    likely = np.linspace(0.75, 0.1, 8) + 0.1 * rng.standard_normal((people, 8))
    kind = rng.integers(0, 4, people)
    likely[np.arange(people), 4 + kind] += rng.uniform(0.0, 0.5, people)
    scores = [
        {"worker_id": worker["worker_id"], "order_id": order["order_id"], "score": f"{score:.3f}"}
        for worker, own in zip(workers, np.clip(likely, 0.02, 0.98), strict=True)
        for order, score in zip(orders, own, strict=True)
    ]
    draft = base(workers, orders, scores=scores)
    settings = draft.settings | {"objective": {"score": 1.0}, "max_placements_per_worker": 1}
    return replace(draft, settings=settings).programme(folder)


def test_prices_of_other_years_place_refugees_as_they_arrive(tmp_path: Path) -> None:
    """Nobody waits and nobody comes twice: half of the people of a year are of no year that was learned from."""
    once = _with(
        come=0.5,
        patience_weeks=[0, 0],
        notice_weeks=[60, 60],
        late_share=0.0,
        lead_weeks=0,
        demand_spread=0.0,
        drop_out=0.0,
        no_show=0.0,
    )
    desk = make_desk(_arrivals(320, tmp_path / "year"), once)
    rows = compare_policies(desk, SeasonsAsked(1, ("greedy", "fixed-prices", "sampled-futures"), seed=4))
    share = rows.groupby("policy")["share"].mean()
    assert share["greedy"] < 0.93
    assert share["fixed-prices"] > share["greedy"] + 0.02
    assert share["sampled-futures"] > 0.97


def test_seasons_are_the_same_on_any_executor(desk: Desk) -> None:
    asked = SeasonsAsked(2, ("greedy", "first-come"), 1.2, 3)
    alone = compare_policies(desk, asked)
    beside = compare_policies(desk, asked, ThreadPoolExecutor)
    pd.testing.assert_frame_equal(alone, beside)
    assert set(alone["policy"]) == {"greedy", "first-come", "hindsight"} and len(alone) == 6


def test_lists_are_longer_where_more_give_up(desk: Desk) -> None:
    places = np.full(desk.problem.offers.order_count, 20)
    few = reserve_sizes(replace(desk, assumptions=_with(drop_out=0.02)), places)
    many = reserve_sizes(replace(desk, assumptions=_with(drop_out=0.3)), places)
    assert (few <= many).all() and few.sum() < many.sum()


def test_reserves_are_called_where_people_are_missing() -> None:
    desk = make_desk(vaiven.generate("palm", workers=150), _with(no_show=0.2))
    season = draw_season(desk.problem, desk.weeks, desk.assumptions, 1)
    found = replay(desk, season, policies()["greedy"].policy_for(desk))
    assert 0 < found.called <= found.lost


def test_the_command_writes_tables_with_sources(tmp_path: Path) -> None:
    vaiven_season = tmp_path / "season"
    assert run_command("generate", "palm", vaiven_season, "--workers", "100").returncode == 0
    done = run_command("season", vaiven_season, tmp_path / "out", "--seasons", "2", "--policy", "greedy")
    assert done.returncode == 0, done.stderr
    table = pd.read_csv(tmp_path / "out" / "policies.csv").set_index("policy")
    assert table.loc["greedy", "share"] <= table.loc["hindsight", "share"] <= 1
    assert pd.read_csv(tmp_path / "out" / "assumptions.csv")["source"].notna().all()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[season.come]\nvalue = 0.5\n", "source"),
        ('[season.come]\nvalue = "many"\nsource = "x"\n', "kind"),
        ('[season.cone]\nvalue = 1\nsource = "x"\n', "cone"),
        ("[season", "TOML"),
    ],
)
def test_faulty_assumptions_are_named(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "own.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(vaiven.InputError, match=told):
        read_assumptions(file)


def test_an_own_assumption_replaces_one(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('[season.drop_out]\nvalue = 0.11\nsource = "our records, 2025"\n', "utf-8")
    found = read_assumptions(file)
    assert found.number("season.drop_out") == 0.11 and found.number("season.come") == 0.85
    assert found.sources["season.drop_out"] == "our records, 2025"


def test_an_office_that_is_forewarned_stands_beside_the_policies(desk: Desk) -> None:
    """It can't pass the bound either; shares of what it reached are those of the values."""
    rows = compare_policies(desk, SeasonsAsked(1, ("greedy",), forewarned=True))
    value, bound = rows.set_index("policy")["value"], rows["bound"].iloc[0]
    assert value["greedy"] <= value["forewarned"] <= bound + 1e-6
    found = shares_of(rows, "forewarned").set_index("policy")["share"]
    assert list(found.index) == ["greedy"]
    assert found["greedy"] == pytest.approx(value["greedy"] / value["forewarned"])
    assert shares_of(rows).set_index("policy")["share"]["greedy"] == pytest.approx(value["greedy"] / bound)
