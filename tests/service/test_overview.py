"""Register and demand at a glance: counted by hand; who can never be placed is told to its own state."""

from __future__ import annotations

from typing import Any

from browser import Browser, text_of
from world import World, workers_csv

from api.runs.worker import Worker

RUNS = "/programmes/{p}/runs"


def _overview(world: World, who: str) -> tuple[str, dict[str, Any]]:
    """The page of an overview, started by its button, and what the run tells."""
    browser = Browser(world, who)
    sent = browser.post(RUNS, {"kind": "overview"})
    assert sent.status_code == 303 and Worker(world.engine).run_one()
    place = sent.headers["Location"]
    run = world.must(who, "GET", f"/v1/programmes/{{p}}/runs/{place.rpartition('/')[2]}")
    assert run["state"] == "done", run["problem"]
    return text_of(browser.get(place)), run["manifest"]["overview"]


def test_where_people_and_places_miss_each_other(world: World) -> None:
    """By month, occupation and language; a worker without an occupation asked for can never be placed."""
    cook = workers_csv("GT", range(11, 12)).replace("9211:24", "5120:24")
    assert (
        world.upload("gt", "workers", workers_csv("GT", range(1, 11)) + cook.splitlines()[1] + "\n").status_code == 201
    )
    world.certified(headcount=12)
    world.certified(headcount=2, start_date="2026-05-01", languages=["en:A2"])
    for place in (RUNS, "/programmes/{p}/registers"):
        assert "Register and demand at a glance" in Browser(world, "gt").get(place).text
    assert "Register and demand at a glance" not in Browser(world, "e1").get("/programmes/{p}/registers").text
    text, told = _overview(world, "gt")
    assert (told["people"], told["places"], told["workers_count"]) == (11, 14, 1)
    months = {one["name"]: (one["people"], one["places"]) for one in told["months"]}
    assert months == {f"2026-{m:02}": (11, 12 if m < 5 else 14) for m in range(3, 9)}
    assert told["occupations"] == [{"name": "9211", "people": 10, "places": 14}]
    assert told["languages"] == [{"name": "English A2", "people": 0, "places": 2}]
    assert "9211 10 14 4 people too few" in text and "1 person is admitted by no order" in text
    assert "no order asks for their occupation" in text and told["orders_count"] == 1


def test_a_ministry_of_destination_is_told_how_many(world: World) -> None:
    """And of nobody's record; planners and auditors as runs are seen."""
    world.certified(headcount=2, languages=["en:A2"])
    text, told = _overview(world, "ca")
    assert told["workers"] == [] and told["missing"] == [] and told["workers_count"] == 10
    assert "10 people are admitted by no order" in text and "One by one" not in text
    assert Browser(world, "auditor").post(RUNS, {"kind": "overview"}).status_code == 403
    assert Browser(world, "e1").post(RUNS, {"kind": "overview"}).status_code == 403
