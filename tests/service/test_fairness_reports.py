"""Fairness over the service: what equity costs, asked by a form, and a score looked through."""

from __future__ import annotations

import csv
from typing import Any

import pytest
from browser import Browser, text_of
from world import World

from api.runs.worker import Worker
from engine.planning.fairness.frontier import every_measure

P, PAGE = "/v1/programmes/{p}", "/programmes/{p}"
ASKED = {"gap": "0.01", "time_limit": "60", "states": "certified"}


def _rows(world: World, who: str, run: str, name: str) -> list[dict[str, str]]:
    answer = world.call(who, "GET", f"{P}/runs/{run}/files/{name}")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(answer.text.splitlines()))


def _begun(world: World, who: str, page: str, typed: dict[str, Any]) -> str:
    """A run that a page begins, computed; its id."""
    sent = Browser(world, who).post(PAGE + page, typed)
    assert sent.status_code == 303, text_of(sent)
    assert Worker(world.engine).run_one()
    run = str(sent.headers["Location"].rpartition("/")[2])
    assert world.must(who, "GET", f"{P}/runs/{run}")["state"] == "done"
    return run


@pytest.mark.computes
def test_what_equity_costs_is_asked_by_a_form(generated_world: World) -> None:
    """A point's people are those of its plan, what it gives up is the difference to the best; groups are one's own."""
    world = generated_world
    typed = {**ASKED, "equity": ["households"], "steps": "2", "smallest": "3"}
    run = _begun(world, "gt", "/frontier", typed)
    points, plans = _rows(world, "gt", run, "frontier.csv"), _rows(world, "gt", run, "frontier_placements.csv")
    assert len(points) > 1 and {row["equity"] for row in points} == {"households"}
    for point in points:
        own = {row["worker_id"] for row in plans if row["step"] == point["step"]}
        assert int(float(point["workers"])) == len(own)
        given_up = float(points[0]["objective"]) - float(point["objective"])
        assert float(point["objective_given_up"]) == pytest.approx(given_up, abs=1e-6)
    groups = _rows(world, "gt", run, "group_rates.csv")
    regions = {row["group"] for row in groups if row["key"] == "origin_region"}
    assert regions and all(region.startswith("GT-") for region in regions)
    shown = Browser(world, "gt").get(f"{PAGE}/runs/{run}")
    assert str(every_measure()["households"].TITLE) in text_of(shown) and "frontier.svg" in shown.text
    again = Browser(world, "gt").post(f"{PAGE}/frontier", {**typed, "equity": ["luck"], "steps": "900"})
    assert again.status_code == 422 and "equity" in again.text and 'href="#steps"' in again.text


@pytest.mark.computes
def test_the_other_end_is_told_no_groups(world: World) -> None:
    """A ministry of destination sees what equity costs without rates of groups."""
    world.certified(headcount=2)
    run = world.run("ca", kind="frontier", equity=["households"], steps=1)
    assert run["state"] == "done", run["problem"]
    names = set(world.must("ca", "GET", f"{P}/runs/{run['id']}/files"))
    assert "frontier.csv" in names and "group_rates.csv" not in names
    assert len(run["manifest"]["told"]["tables"]) == 1


@pytest.mark.computes
def test_scores_are_looked_through(world: World) -> None:
    """The page tells the means of the file; a season without scores says so."""
    order = world.certified(headcount=3)
    bare = world.run("gt", kind="score", plan=world.run("gt", gap=0.0)["id"])
    assert bare["state"] == "failed" and "no scores" in bare["problem"]["detail"]
    names = [str(number) for number in range(1, 11)]
    content = "worker_id,order_id,score\n" + "".join(f"{name},{order['order_id']},0.25\n" for name in names)
    assert world.upload("gt", "scores", content).status_code in (200, 201)
    run = _begun(world, "gt", "/runs", {"kind": "score", "plan": world.run("gt", gap=0.0)["id"]})
    (women,) = [row for row in _rows(world, "gt", run, "score_groups.csv") if row["group"] == "F"]
    assert (int(women["people"]), float(women["score"])) == (len(names), 0.25)
    without, weighed = _rows(world, "gt", run, "score_plans.csv")
    assert float(weighed["mean_score"]) == 0.25 and float(without["value"]) >= float(weighed["value"])
    shown = text_of(Browser(world, "gt").get(f"{PAGE}/runs/{run}"))
    assert "women" in shown and "0.25" in shown
