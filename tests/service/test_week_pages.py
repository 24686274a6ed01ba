"""The week's work list and the returnees, as each role sees them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from browser import Browser, text_of
from world import World

from api.placements import week_pages

P = "/programmes/{p}"
TITLES = "origin_country,destination_country,travel_cost_to_worker,travel_days,remittance_cost_share,lead_time_days"


def _published(world: World) -> list[dict[str, str]]:
    assert world.upload("gt", "corridors", f"{TITLES}\nGT,CA,0,1,0,30\n").status_code == 201
    world.certified(headcount=2)
    plan = world.run("gt", gap=0.0)["id"]
    world.must("gt", "POST", f"/v1{P}/runs/{plan}/publication")
    return world.operations("gt")


def test_the_week_tells_what_is_next_and_until_when(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An offer by 30 January, papers and departure after the acceptance, a place that came free; each by its case."""
    monkeypatch.setattr(week_pages, "now", lambda: datetime(2026, 1, 26, 12, tzinfo=UTC))
    first, second = _published(world)
    page = Browser(world, "gt").get(f"{P}/placement-week")
    assert "Offer made" in text_of(page) and "2026-01-30" in text_of(page) and "overdue" not in text_of(page)
    assert f"/placements/{first['id']}" in page.text and first["order_id"] in page.text
    world.move("gt", "offered", [first["id"], second["id"]])
    world.move("gt", "accepted", [first["id"]])
    world.move("gt", "declined", [second["id"]])
    later = text_of(Browser(world, "gt").get(f"{P}/placement-week?day=2026-02-25"))
    assert "Departure" in later and "Papers applied for" in later and "Offer answered" not in later
    assert "Places that came free" in later and second["worker_id"] not in later
    assert "Nothing is to do in this week." in text_of(Browser(world, "gt").get(f"{P}/placement-week?day=2026-01-01"))
    for who in ("hn", "us", "e2"):
        told = Browser(world, who).get(f"{P}/placement-week?day=2026-02-25")
        assert told.status_code in (200, 404) and first["worker_id"] not in told.text
    assert Browser(world, "planner").get(f"{P}/placement-week").status_code == 403


@pytest.mark.parametrize("day", ["soon", "0001-01-01", "9999-12-31"])
def test_a_day_of_no_week_is_no_error(world: World, day: str) -> None:
    assert Browser(world, "gt").get(f"{P}/placement-week?day={day}").status_code == 200


def test_who_comes_home_is_told_to_its_own_ministry(world: World) -> None:
    first, _ = _published(world)
    page = Browser(world, "gt").get(f"{P}/returnees")
    assert first["worker_id"] in page.text and "2026-08-31" in text_of(page) and "9211" in text_of(page)
    assert "none" in text_of(page)
    for who in ("hn", "us", "e2"):
        told = Browser(world, who).get(f"{P}/returnees")
        assert told.status_code in (200, 404) and first["worker_id"] not in told.text
