"""A stay that ended at home counts still: for its place, for quotas and shares, and for its worker's days."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from world import ORDER, World

from api.storage.operation_states import STANDING

P = "/v1/programmes/{p}"
ARRIVED = ("offered", "accepted", "travelling", "arrived")
TO_HOME = ("offered", "accepted", "travelling", "arrived", "home")
CLAUSES = (
    '[[clause]]\nid = "rest"\nkind = "cool_off"\nmin_days = 20\n'
    '[[clause]]\nid = "days"\nkind = "stay_window"\nmax_days = 270\nwindow_days = 365\n'
)


def _published(world: World, **options: Any) -> tuple[dict[str, Any], Any]:
    run = world.run(gap=0.0, **options)
    assert run["state"] == "done", run
    return run, world.call("gt", "POST", f"{P}/runs/{run['id']}/publication")


def _take(world: World, ids: list[str], states: tuple[str, ...]) -> None:
    for state in states:
        moved = world.move("ca" if state == "arrived" else "gt", state, ids)
        assert moved.status_code == 200, moved.text


def _home(world: World, headcount: int, **changes: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """An order, and the placements on it, whose workers have all come home."""
    order = world.certified(headcount=headcount, **changes)
    _, done = _published(world)
    assert done.status_code == 201, done.text
    taken = world.operations(state="proposed")
    _take(world, [one["id"] for one in taken], TO_HOME)
    return order, taken


def _write_agreement(world: World, count: int, more: str = "") -> None:
    text = world.must("gt", "GET", f"{P}/agreements/GT-CA")["toml"].replace("count = 50", f"count = {count}") + more
    world.must("gt", "PUT", f"{P}/agreements/GT-CA", json={"toml": text}, headers={"If-Match": "*"})


def _placed(world: World, run: dict[str, Any]) -> set[tuple[str, str]]:
    items = world.must("gt", "GET", f"{P}/runs/{run['id']}/placements", params={"limit": 1000})["items"]
    return {(one["worker_id"], one["order_id"]) for one in items}


@pytest.mark.parametrize("closed", [False, True])
def test_a_place_is_not_given_again_in_the_same_season(world: World, closed: bool) -> None:
    """Both places were used: nobody new comes, the order isn't returned, and closed it keeps them."""
    order, taken = _home(world, 2)
    if closed:
        assert world.step("ca", order, "closure").status_code == 200
    else:
        path = f"{P}/orders/{order['order_id']}"
        returned = world.call("ca", "POST", f"{path}/return", headers={"If-Match": "*"}, params={"withdraw": True})
        assert returned.status_code == 409 and "2 open" in returned.json()["detail"], returned.text
    run, done = _published(world)
    assert _placed(world, run) == {(one["worker_id"], one["order_id"]) for one in taken}
    assert done.status_code == 201 and done.json()["kept"] == 2 and done.json()["proposed"] == 0
    assert world.must("gt", "GET", f"{P}/soundness")["kept"]


def test_an_order_is_not_made_smaller_than_who_has_been_there(world: World) -> None:
    """Its places can grow, and no more people come than there are places left."""
    order = world.order(headcount=2)
    _published(world, states=["submitted"])
    _take(world, [one["id"] for one in world.operations()], TO_HOME)
    path, headers = f"{P}/orders/{order['order_id']}", {"If-Match": "*"}
    assert world.call("e1", "PUT", path, json={**ORDER, "headcount": 1}, headers=headers).status_code == 409
    assert world.call("e1", "PUT", path, json={**ORDER, "headcount": 3}, headers=headers).status_code == 200
    _, done = _published(world, states=["submitted"])
    assert done.json()["kept"] == 2 and done.json()["proposed"] == 1


def test_a_quota_counts_stays_that_have_ended(world: World) -> None:
    """Of three starts two are used up: of four new places one is filled."""
    _write_agreement(world, 3, CLAUSES)
    _home(world, 2)
    world.certified(headcount=4)
    _, done = _published(world)
    assert done.status_code == 201 and (done.json()["kept"], done.json()["proposed"]) == (2, 1)
    assert len(world.operations(state="proposed")) == 1


def test_a_person_who_has_come_home_is_not_placed_on_the_same_days(world: World) -> None:
    """Nine of ten can't come at all; the tenth has been away in those days, and is free for the autumn."""
    settings = world.must("gt", "GET", P)["settings"]
    settings = settings.replace("max_placements_per_worker = 1", "max_placements_per_worker = 2")
    world.must("gt", "PATCH", P, json={"settings": settings}, headers={"If-Match": "*"})
    only = {"required_skills": ["pruning"]}
    worker = world.must("gt", "GET", P + "/registers/workers")["items"][0]["cells"]["worker_id"]
    world.change_worker("gt", worker, profile={"skills": "pruning"})
    order, _ = _home(world, 1, **only)
    same = world.certified(headcount=1, **only, start_date="2026-08-15", end_date="2026-11-30")
    later = world.certified(headcount=1, **only, start_date="2026-10-01", end_date="2026-11-30")
    run, done = _published(world)
    assert done.status_code == 201
    assert _placed(world, run) == {(worker, order["order_id"]), (worker, later["order_id"])}
    assert same["order_id"] not in {one["order_id"] for one in world.operations()}


@pytest.mark.parametrize("autumn", [False, True])
def test_a_stay_that_the_rules_no_longer_admit_holds_its_place(world: World, autumn: bool) -> None:
    """The register says the worker is there from September: nobody is left out, the place stays taken, and the worker
    goes to an order of the autumn alone.
    """
    _write_agreement(world, 50, CLAUSES)
    order, taken = _home(world, 2)
    for one in taken:
        available = "2026-09-25" if autumn else "2026-03-02"
        world.change_worker("gt", one["worker_id"], profile={"available_from": available})
    later = world.certified(headcount=10, start_date="2026-10-01", end_date="2026-10-30")
    world.certified(headcount=10, start_date="2026-03-03", end_date="2026-05-30")
    assert world.must("gt", "GET", f"{P}/soundness")["kept"]
    run, done = _published(world)
    assert done.status_code == 201, done.text
    placed = _placed(world, run)
    assert all(one != order["order_id"] for _, one in placed)
    gone = {one["worker_id"] for one in taken}
    assert {one for worker, one in placed if worker in gone} == {later["order_id"]}


@pytest.mark.parametrize("erased", [False, True])
def test_a_place_stays_taken_where_its_worker_is_known_no_more(world: World, erased: bool) -> None:
    """Whoever left the programme or was erased has used the place."""
    order, taken = _home(world, 2)
    path = f"{P}/workers/{taken[0]['worker_id']}"
    world.must("gt", "DELETE", path if erased else f"{path}/registration")
    run, done = _published(world)
    assert done.status_code == 201 and done.json()["proposed"] == 0
    assert _placed(world, run) == {(taken[1]["worker_id"], order["order_id"])}
    other = world.run(gap=0.0, kind="rematch", plan=run["id"])
    assert other["state"] == "done" and _placed(world, other) == _placed(world, run)
    back = {"state": "arrived", "reason": "Recorded by mistake."}
    corrected = world.call(
        "gt", "POST", f"{P}/operations/{taken[1]['id']}/correction", json=back, headers={"If-Match": "*"}
    )
    assert corrected.status_code == 200, corrected.text


def test_a_promise_of_the_register_ends_with_the_placement(world: World) -> None:
    """Who declined what the register promises takes part in later runs, and isn't held to it."""
    order = world.certified(headcount=1)
    worker = world.must("gt", "GET", P + "/registers/workers")["items"][0]["cells"]["worker_id"]
    rows = f"worker_id,order_id,agreed_on\n{worker},{order['order_id']},\n"
    assert world.upload("gt", "commitments", rows).status_code == 201
    _published(world)
    (one,) = world.operations()
    assert one["worker_id"] == worker
    _take(world, [one["id"]], ("offered", "declined"))
    world.change_worker("gt", worker, profile={"skills": "pruning"})
    other = world.certified(headcount=1, required_skills=["pruning"])
    run, done = _published(world)
    assert done.status_code == 201, done.text
    placed = _placed(world, run)
    assert (worker, other["order_id"]) in placed and (worker, order["order_id"]) not in placed and len(placed) == 2
    assert world.must("gt", "GET", f"{P}/soundness")["kept"]


def test_a_generated_season_that_came_home_is_not_placed_again(generated_world: World) -> None:
    """All of a ministry's placements come home; the next plans of both sides fit beside them: no order has more people
    than places, and nobody is placed on the same days.
    """
    run = generated_world.run("gt", gap=0.01)
    generated_world.must("gt", "POST", f"{P}/runs/{run['id']}/publication")
    mine = [one for one in generated_world.operations("gt", limit=1000) if one["destination_country"] in ("CA", "US")]
    ids = [one["id"] for one in mine]
    assert len(ids) > 5
    for state in ("offered", "accepted", "travelling"):
        assert generated_world.move("gt", state, ids).status_code == 200
    for country in ("CA", "US"):
        theirs = [one["id"] for one in mine if one["destination_country"] == country]
        assert not theirs or generated_world.move(country.lower(), "arrived", theirs).status_code == 200
    assert generated_world.move("gt", "home", ids).status_code == 200
    for who in ("gt", "ca"):
        assert generated_world.must(who, "GET", f"{P}/soundness")["kept"]
        again = generated_world.run(who, gap=0.01)
        assert again["state"] == "done", again
        published = generated_world.call(who, "POST", f"{P}/runs/{again['id']}/publication")
        assert published.status_code == 201, published.text
    places = {
        o["order_id"]: o["headcount"]
        for o in generated_world.must("auditor", "GET", f"{P}/orders", params={"limit": 1000})["items"]
    }
    held = [one for one in generated_world.operations("auditor", limit=1000) if one["state"] in STANDING]
    assert all(count <= places[order] for order, count in Counter(one["order_id"] for one in held).items())
    assert {one["id"] for one in held} >= set(ids)
    by_worker = sorted((one["worker_id"], one["start_date"], one["end_date"]) for one in held)
    for one, other in pairwise(by_worker):
        assert one[0] != other[0] or one[2] < other[1]


def _unfit_for_ever(world: World, worker_id: str) -> None:
    world.change_worker("gt", worker_id, profile={"available_from": "2026-09-25"})


def _erased(world: World, worker_id: str) -> None:
    world.must("gt", "DELETE", f"{P}/workers/{worker_id}")


def _gone_home(world: World, worker_id: str) -> None:
    world.must("gt", "DELETE", f"{P}/workers/{worker_id}/registration")


GOING = (_unfit_for_ever, _erased, _gone_home)


@pytest.mark.parametrize("goes", GOING)
def test_a_start_stays_used_up_where_its_worker_is_known_or_admitted_no_more(world: World, goes: Any) -> None:
    """Of three starts two were used by people whom no rule admits any more: one is planned, published, and no other."""
    _write_agreement(world, 3)
    _, taken = _home(world, 2)
    for one in taken:
        goes(world, one["worker_id"])
    world.certified(headcount=4)
    for proposed in (1, 0):
        run, done = _published(world)
        assert done.status_code == 201, done.text
        assert done.json()["proposed"] == proposed and len(_placed(world, run)) == 1
    assert world.must("gt", "GET", f"{P}/soundness")["kept"]


@pytest.mark.computes
def test_a_quota_of_a_region_and_class_knows_who_was_erased(world: World) -> None:
    """Two newcomers of one region used up both places that it has for newcomers; another region's are free."""
    workers = [one["cells"]["worker_id"] for one in world.must("gt", "GET", P + "/registers/workers")["items"]]
    for worker in workers:
        world.change_worker("gt", worker, profile={"origin_region": "GT-13"})
    cap = 'kind = "cap"\ncount = 2\nper = "origin_region"\nwhere = { worker_class = ["new"] }'
    _write_agreement(world, 50, f'[[clause]]\nid = "more"\n{cap}\n')
    _, taken = _home(world, 2)
    for one in taken:
        _erased(world, one["worker_id"])
    (other,) = [one for one in workers if one not in {gone["worker_id"] for gone in taken}][:1]
    world.change_worker("gt", other, profile={"origin_region": "GT-01"})
    world.certified(headcount=4)
    run, done = _published(world)
    assert done.status_code == 201, done.text
    assert {worker for worker, _ in _placed(world, run)} == {other}
