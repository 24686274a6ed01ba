"""Week by week: what stands is legal, employers are left as the law allows, set-asides are released on their day."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
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
from engine.planning.season.leaving import HOME, MOVED, leaving_table
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


def _replayed(desk: Desk, seed: int) -> tuple[Replayed, np.ndarray, float]:
    """A season by the greedy policy, which columns hindsight may use, and its bound."""
    season = draw_season(desk.problem, desk.weeks, desk.assumptions, seed)
    found = replay(desk, season, policies()["greedy"].policy_for(desk))
    bound = best_in_hindsight(desk.problem, season, desk.weeks, 0.01).bound
    return found, possible(desk.problem, season, desk.weeks), bound


def test_who_leaves_an_employer_is_moved_within_the_stay_or_goes_home(desk: Desk) -> None:
    """Whoever is moved has the worked days as a past stay that the new placement continues, and hindsight knows it."""
    orders = desk.problem.programme.frame("orders").set_index("order_id")
    employer = desk.problem.programme.frame("orders")["employer_id"]
    left = []
    for seed in range(4):
        found, allowed, bound = _replayed(desk, seed)
        assert allowed[found.columns].all() and found.value <= bound + 1000
        table = leaving_table(found.programme, found.left)
        for one, row in zip(found.left, table.to_dict("records"), strict=True):
            order = orders.loc[row["order_id"]]
            left.append(one)
            if one.what == MOVED:
                assert employer[one.order] != employer[one.to]
                assert orders.loc[row["to_order_id"]]["destination_country"] == order["destination_country"]
                assert str(orders.loc[row["to_order_id"]]["start_date"])[:10] >= row["day"]
            if one.what == HOME:
                weeks = (order["end_date"] - np.datetime64(row["day"])).days / 7 + 1 / 7
                guaranteed = weeks * order["guaranteed_weekly_hours"] * order["hourly_wage"]
                assert row["owed"] == pytest.approx(max(guaranteed, 0), abs=0.01)
        past = found.programme.frame("history")
        assert len(past) - len(desk.problem.programme.frame("history")) == sum(o.what != "stays" for o in found.left)
    assert any(one.what == HOME for one in left) and any(one.what == "stays" for one in left)
    transfers = any(clause.rule.kind == "transfer" for clause in desk.problem.programme.all_clauses())
    assert transfers
    if desk.problem.programme.settings.id.startswith("sawp"):
        assert any(one.what == MOVED for one in left)


def test_a_debarred_employer_gets_nobody_any_more(desk: Desk) -> None:
    season = draw_season(desk.problem, desk.weeks, desk.assumptions, 2)
    barred = season.debarred < ALWAYS
    assert barred.any()

    def look(run: Replay, number: int) -> None:
        _, order = desk.problem.offers.placements(run.held)
        ends = desk.problem.programme.orders.values("end_date")[order]
        today = day_number(desk.problem.programme.settings.as_of) + 7 * number
        assert (ends[season.debarred[order] <= number] < today).all()

    replay(desk, season, policies()["greedy"].policy_for(desk), look)
