"""Week by week: what stands is legal, employers are left as the law allows, set-asides are released on their day."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from base_programme import ORDER, WORKERS, base
from hypothesis import given, settings
from hypothesis import strategies as st

import vaiven
from engine.audit.audit import audit
from engine.days import day_number
from engine.planning.assumptions import Assumptions, read_assumptions
from engine.planning.season.comparison import make_desk
from engine.planning.season.drawn_season import ALWAYS, draw_season
from engine.planning.season.employers_left import standing_programme
from engine.planning.season.hindsight import best_in_hindsight, possible
from engine.planning.season.leaving import HOME, MOVED, STAYS, leaving_table
from engine.planning.season.policies import policies
from engine.planning.season.replay import Desk, Replay, Replayed, replay


def _troubled(**changed: object) -> Assumptions:
    odds: dict[str, object] = {"debarment": 0.15, "ask_to_leave": 0.3, "no_show": 0.05}
    usual = read_assumptions()
    return replace(usual, values=usual.values | {f"season.{name}": value for name, value in (odds | changed).items()})


@pytest.fixture(scope="module", params=["northern-triangle", "sawp"])
def desk(request: pytest.FixtureRequest) -> Desk:
    found = make_desk(vaiven.generate(request.param, workers=120), _troubled())
    return replace(found, others=found.others[:2])


@settings(max_examples=2)
@given(seed=st.integers(0, 10_000), name=st.sampled_from(["greedy", "first-come"]))
def test_what_stands_is_legal_every_week(desk: Desk, seed: int, name: str) -> None:
    """But for crews that are still being filled, and for shares that people who left have overrun."""
    season = draw_season(desk.problem, desk.weeks, desk.assumptions, seed)
    allowed = {clause.id for clause in desk.problem.programme.all_clauses() if clause.rule.kind == "share"}
    allowed.add("min_crew")

    def look(run: Replay, number: int) -> None:
        found = audit(standing_programme(run, number), *desk.problem.offers.placements(run.held))
        assert {breach.clause_id for breach in found.breaches} <= allowed, found.breaches[:3]

    replay(desk, season, policies()[name].policy_for(desk), look)


def _one_worker(folder: Path, gap_days: int | None, debarred: bool) -> tuple[Desk, Replayed]:
    """Somebody on an order of one employer from 1 March, and two weeks later a free place from 23 March with another:
    the first employer is debarred on 9 March, or the worker asks to leave it on that day.
    """
    other = {"order_id": "O01", "employer_id": "E02", "site_id": "S2", "start_date": "2026-03-23"}
    employers = [{"employer_id": name, "name": "Farm", "country": "ES"} for name in ("E01", "E02")]
    sites = [{"site_id": f"S{n}", "employer_id": f"E0{n}", "region": "ES-H"} for n in (1, 2)]
    draft = base(WORKERS[:1], [ORDER, ORDER | other], employers=employers, sites=sites)
    if gap_days is not None:
        clause = {"id": "move", "kind": "transfer", "max_gap_days": gap_days, "max_transfers": 1, "source": "article 1"}
        draft.agreements[0]["clause"] = [clause]
    desk = make_desk(draft.programme(folder), read_assumptions())
    season = draw_season(desk.problem, desk.weeks, desk.assumptions, 0)
    calm = {name: np.zeros_like(getattr(season, name)) for name in ("arrives", "drops", "missing")}
    first = desk.problem.programme.orders.id_text("order_id") == "O00"
    calm |= {"comes": season.comes | True, "filed": np.where(first, 0, 8), "places": np.ones(2, np.int64)}
    calm |= {"waits": np.full_like(season.waits, 50), "asks": np.full_like(season.asks, ALWAYS if debarred else 2)}
    calm["debarred"] = np.where(first & debarred, 9, ALWAYS)
    return desk, replay(desk, replace(season, **calm), policies()["greedy"].policy_for(desk))


@pytest.mark.parametrize(
    ("gap_days", "debarred", "what"),
    [(14, True, MOVED), (14, False, MOVED), (13, True, HOME), (13, False, STAYS), (None, True, HOME)],
)
def test_who_leaves_an_employer_is_moved_within_the_stay(
    tmp_path: Path, gap_days: int | None, debarred: bool, what: str
) -> None:
    """By hand: 14 days lie between 8 and 23 March; from 9 March to 31 May twelve weeks of 40 hours at 10 are left."""
    desk, found = _one_worker(tmp_path / "p", gap_days, debarred)
    row = leaving_table(found.programme, found.left).to_dict("records")
    told = {"day": "2026-03-09", "worker_id": "W00", "order_id": "O00", "what": what}
    told |= {"to_order_id": "O01" if what == MOVED else "", "owed": 4800.0 if what == HOME else 0.0}
    assert row == [told]
    past = found.programme.frame("history")
    assert len(past) == (what != STAYS)
    if len(past):
        assert str(past["end_date"][0])[:10] == "2026-03-08" and past["exit_reason"][0] == "transferred"
    assert len(found.columns) == (what != HOME)
    assert audit(found.programme, *desk.problem.offers.placements(found.columns)).legal


@settings(max_examples=2)
@given(seed=st.integers(0, 10_000))
def test_hindsight_knows_whoever_is_moved(desk: Desk, seed: int) -> None:
    season = draw_season(desk.problem, desk.weeks, desk.assumptions, seed)
    found = replay(desk, season, policies()["greedy"].policy_for(desk))
    assert possible(desk.problem, season, desk.weeks)[found.columns].all()
    assert found.value <= best_in_hindsight(desk.problem, season, desk.weeks, 0.01).bound + 1000


def test_a_debarred_employer_gets_nobody_any_more(desk: Desk) -> None:
    season = draw_season(desk.problem, desk.weeks, desk.assumptions, 2)
    employer = desk.problem.programme.orders.values("employer_id")
    one = np.bincount(employer, season.places).argmax()
    week = desk.weeks.starts[employer == one].min() + 3
    season = replace(season, debarred=np.where(employer == one, week, ALWAYS))

    def look(run: Replay, number: int) -> None:
        _, order = desk.problem.offers.placements(run.held)
        ends = desk.problem.programme.orders.values("end_date")[order]
        today = day_number(desk.problem.programme.settings.as_of) + 7 * number
        assert (ends[season.debarred[order] <= number] < today).all()

    replay(desk, season, policies()["greedy"].policy_for(desk), look)
