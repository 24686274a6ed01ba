"""A season replayed week by week: every policy legal, none above the bound of hindsight, the same on any machine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from command_line import run_command
from hypothesis import given, settings
from hypothesis import strategies as st

import vaiven
from engine.planning.assumptions import Assumptions, read_assumptions
from engine.planning.season.comparison import SeasonsAsked, compare_policies, make_desk
from engine.planning.season.drawn_season import draw_season, with_places
from engine.planning.season.hindsight import best_in_hindsight
from engine.planning.season.policies import policies
from engine.planning.season.replay import Desk, replay, reserve_sizes


def _with(**changed: object) -> Assumptions:
    usual = read_assumptions()
    return replace(usual, values={**usual.values, **{f"season.{name}": value for name, value in changed.items()}})


@pytest.fixture(scope="module")
def desk() -> Desk:
    found = make_desk(vaiven.generate("palm", workers=120), read_assumptions())
    return replace(found, others=found.others[:3])


@settings(max_examples=6, deadline=None)
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


def test_hindsight_is_reached_where_the_future_is_known_and_nobody_gives_up() -> None:
    """A policy that learns from the very season that comes finds its best plan, within the gaps asked."""
    desk = make_desk(vaiven.generate("palm", workers=150), _with(drop_out=0.0, no_show=0.0))
    season = draw_season(desk.problem, desk.weeks, desk.assumptions, 5)
    knowing = replace(desk, others=(season,))
    found = replay(knowing, season, policies()["learned-prices"].policy_for(knowing))
    assert found.value >= 0.985 * best_in_hindsight(desk.problem, season, desk.weeks, 0.001).bound


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
