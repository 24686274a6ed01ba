"""Who is promised outside of what a ministry sees: its run leaves them where they are, so that it can be published."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest
from world import SETTINGS, World, agreement, workers_csv

pytestmark = pytest.mark.locks

P = "/v1/programmes/{p}"
MINISTRIES = ("us", "ca", "gt", "mx", "jm", "es", "hn", "sv")
FIRST = [int(one) for one in os.environ.get("VAIVEN_FIRST_MINISTRIES", "3").split(",")]  # who begins, by place


def _publish_whole(world: World, who: str) -> int:
    run = world.run(who, gap=0.01)
    assert run["state"] == "done", (who, run)
    done = world.call(who, "POST", f"{P}/runs/{run['id']}/publication")
    assert done.status_code == 201, (who, done.text)
    return int(done.json()["proposed"])


@pytest.mark.parametrize("first", FIRST)
@pytest.mark.computes
def test_each_ministry_in_turn_publishes_its_plan_whole(generated_world: World, first: int) -> None:
    """Whatever others have published before, what a run comes to on a quiet state is published without leaving out."""
    turns = [*MINISTRIES[first:], *MINISTRIES[:first]]
    proposed = [_publish_whole(generated_world, who) for who in [*turns, *turns]]
    assert sum(proposed) > 20


def _with_two_destinations(world: World, most: int = 1) -> None:
    """Ten workers of Guatemala, and nobody else who can do the work, may go to two states, a day's travel each.
    There is a bed for everybody.
    """
    tailors = workers_csv("HN", range(1, 5)).replace("9211:24", "7531:24")
    assert world.upload("hn", "workers", tailors).status_code == 201
    sites = "site_id,employer_id,region,beds,inspected_until\n"
    for who, site in (("ca", "S1,E1,CA-ON,20,"), ("us", "S2,E2,US-FL,20,")):
        assert world.upload(who, "sites", f"{sites}{site}\n").status_code == 201
    world.must("gt", "PUT", f"{P}/agreements/GT-US", json={"toml": agreement("GT-US", "GT", "US")})
    columns = (
        "origin_country,destination_country,travel_cost_to_worker,travel_days,remittance_cost_share,lead_time_days"
    )
    for who, state in (("ca", "CA"), ("us", "US")):
        assert world.upload(who, "corridors", f"{columns}\nGT,{state},0,1,0,0\n").status_code == 201
    settings = SETTINGS.replace("worker = 1", f"worker = {most}")
    headers = {"If-Match": world.call("gt", "GET", P).headers["ETag"]}
    world.must("gt", "PATCH", P, json={"settings": settings}, headers=headers)


def _us_order(world: World, **changes: Any) -> dict[str, Any]:
    return world.certified("e2", site_id="S2", destination_country="US", **changes)


def _placed(world: World, who: str) -> tuple[dict[str, Any], list[str]]:
    run = world.run(who, gap=0.0)
    assert run["state"] == "done", run
    rows = world.must(who, "GET", f"{P}/runs/{run['id']}/placements")["items"]
    return run, [row["worker_id"] for row in rows]


def test_a_destination_takes_who_is_not_promised_to_another(world: World) -> None:
    """Six of ten are proposed in the United States: Canada gets the four others, and isn't told where the six are."""
    _with_two_destinations(world)
    there = _us_order(world, headcount=6)
    assert _publish_whole(world, "us") == 6
    here = world.certified(headcount=8)
    run, placed = _placed(world, "ca")
    gone = {one["worker_id"] for one in world.operations("us")}
    assert len(placed) == 4 and gone.isdisjoint(placed)
    for name in world.must("ca", "GET", f"{P}/runs/{run['id']}/files"):
        told = world.call("ca", "GET", f"{P}/runs/{run['id']}/files/{name}").text
        assert {there["order_id"], "S2", "US"}.isdisjoint(re.findall(r"[\w~]+", told))
    reasons = world.call("ca", "GET", f"{P}/runs/{run['id']}/files/unplaced.csv").text.splitlines()[1:]
    assert {row.partition(",")[2] for row in reasons} == {"not_admitted"} and len(reasons) == 6
    assert world.call("ca", "POST", f"{P}/runs/{run['id']}/publication").status_code == 201
    check = world.must("ca", "GET", f"{P}/orders/{here['order_id']}/check")
    assert check["registered"] == "10" and check["admitted"] == "4" and check["funnel"]["excluded"] == "4"


@pytest.mark.parametrize(("start", "end", "free"), [("2026-09-03", "2026-10-31", 10), ("2026-09-02", "2026-10-31", 4)])
def test_days_of_travel_through_home_count(world: World, start: str, end: str, free: int) -> None:
    """From the end of August to the third of September two days of travel fit, to the second they don't."""
    _with_two_destinations(world, most=2)
    _us_order(world, headcount=6)
    assert _publish_whole(world, "us") == 6
    world.certified(headcount=10, start_date=start, end_date=end)
    assert _publish_whole(world, "ca") == free


def test_placements_elsewhere_count_among_how_many_one_may_have(world: World) -> None:
    """Two at most, one of them elsewhere: of two orders one after the other each of the ten has a place on one."""
    _with_two_destinations(world, most=2)
    _us_order(world, headcount=10, start_date="2026-02-02", end_date="2026-02-20")
    assert _publish_whole(world, "us") == 10
    for start, end in (("2026-03-01", "2026-05-31"), ("2026-07-01", "2026-09-30")):
        world.certified(headcount=10, start_date=start, end_date=end)
    assert _publish_whole(world, "ca") == 10
    assert _publish_whole(world, "us") == 0


def test_a_limit_over_several_destinations_is_planned_as_far_as_it_is_left(world: World) -> None:
    """Of five places of all states four are proposed elsewhere: a run that doesn't read them plans one, which fits."""
    settings = world.must("gt", "GET", P)["settings"] + '\n[[clause]]\nid = "all"\nkind = "cap"\ncount = 5\n'
    world.must("gt", "PATCH", P, json={"settings": settings}, headers={"If-Match": "*"})
    world.certified(headcount=4)
    _us_order(world, headcount=4)
    assert _publish_whole(world, "gt") == 4
    assert _publish_whole(world, "hn") == 1
    assert _publish_whole(world, "hn") == 0
    assert _publish_whole(world, "gt") == 0


def test_what_came_in_meanwhile_under_a_limit_over_states_is_named(world: World) -> None:
    """A plan made before others filled the limit is refused with what is too many; the rest may be published."""
    settings = world.must("gt", "GET", P)["settings"] + '\n[[clause]]\nid = "all"\nkind = "cap"\ncount = 5\n'
    world.must("gt", "PATCH", P, json={"settings": settings}, headers={"If-Match": "*"})
    world.certified(headcount=4)
    _us_order(world, headcount=4)
    run = world.run("hn", gap=0.0)
    assert _publish_whole(world, "gt") == 4
    path = f"{P}/runs/{run['id']}/publication"
    refused = world.call("hn", "POST", path)
    assert refused.status_code == 409 and len(refused.json()["faults"]) == 3
    done = world.must("hn", "POST", path, params={"what_fits": True})
    assert done["proposed"] == 1 and {one["rule"] for one in done["left_out"]} == {"all"}
