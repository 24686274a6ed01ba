"""The calendar of deadlines: every open step of what somebody sees, by day and order, without anybody's id."""

from __future__ import annotations

from datetime import UTC, datetime

import icalendar
import pytest
from browser import Browser, text_of
from world import World

from api.placements import pages

P, PAGE = "/v1/programmes/{p}/operation-deadlines", "/programmes/{p}/placement-deadlines"
TITLES = "origin_country,destination_country,travel_cost_to_worker,travel_days,remittance_cost_share,lead_time_days"
CORRIDORS = f"{TITLES}\nGT,CA,0,1,0,30\n"


def _entries(content: bytes) -> dict[str, str]:
    """The entries of a calendar: what, and when."""
    events = icalendar.Calendar.from_ical(content).walk("VEVENT")
    return {str(one["SUMMARY"]): one["DTSTART"].dt.isoformat() for one in events}


def test_deadlines_follow_from_states_and_lead_times(world: World) -> None:
    """What is done is there no more; each sees its own; the page and the route give the same."""
    assert world.upload("gt", "corridors", CORRIDORS).status_code == 201
    order = world.certified(headcount=2)["order_id"]
    plan = world.run("gt", gap=0.0)["id"]
    world.must("gt", "POST", f"/v1/programmes/{{p}}/runs/{plan}/publication")
    first, second = world.operations("gt")
    world.move("gt", "offered", [first["id"], second["id"]])
    world.move("gt", "accepted", [first["id"]])
    answer = world.call("gt", "GET", P)
    assert _entries(answer.content) == {
        f"Offer answered: 1 placement on {order}": "2026-01-30",
        f"Papers applied for: 2 placements on {order}": "2026-01-30",
        f"Departure: 2 placements on {order}": "2026-03-01",
        f"Arrival: 2 placements on {order}": "2026-03-01",
        f"Return: 2 placements on {order}": "2026-08-31",
    }
    assert first["worker_id"] not in answer.text
    assert Browser(world, "gt").get(PAGE).content == answer.content
    spanish = world.call("gt", "GET", P, headers={"Accept-Language": "es"})
    assert any("colocaciones" in one for one in _entries(spanish.content))
    assert _entries(world.call("e1", "GET", P).content).keys() == _entries(answer.content).keys()
    for who in ("hn", "us", "e2"):
        assert _entries(world.call(who, "GET", P).content) == {}
    assert Browser(world, "planner").get(PAGE).status_code == 403


@pytest.mark.parametrize(
    ("day", "overdue"),
    [("2026-01-30", 0), ("2026-01-31", 1), ("2026-03-01", 1), ("2026-03-02", 2)],
)
def test_what_is_overdue_is_found_and_counted(
    day: str, overdue: int, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the latest days of the steps: an offer that isn't answered 30 days before the start, then every departure."""
    monkeypatch.setattr(pages, "now", lambda: datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=UTC))
    assert world.upload("gt", "corridors", CORRIDORS).status_code == 201
    world.certified(headcount=2)
    plan = world.run("gt", gap=0.0)["id"]
    world.must("gt", "POST", f"/v1/programmes/{{p}}/runs/{plan}/publication")
    ids = [one["id"] for one in world.operations("gt")]
    world.move("gt", "offered", ids)
    world.move("gt", "accepted", ids[:1])
    browser = Browser(world, "gt")
    home, address = browser.get("/home"), f"/programmes/{world.programme}/placements?deadline=overdue"
    told = {0: "overdue", 1: "1 placement is overdue", 2: "2 placements are overdue"}[overdue]
    assert (told in text_of(home), f'href="{address}"' in home.text) == (bool(overdue), bool(overdue))
    shown = browser.get(f"{address}&form=json").json()
    assert {one["state"] for one in shown} <= {"offered", "accepted"} and len(shown) == overdue
    case = text_of(browser.get(f"/programmes/{{p}}/placements/{ids[1]}"))
    assert ("overdue" in case) == bool(overdue) and "Papers applied for 30 January 2026" in case
    assert "overdue" not in text_of(Browser(world, "e1").get("/home"))
