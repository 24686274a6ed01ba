"""A place and a person are promised once: closed orders, plans that fit no more, changes under open operations."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from world import ORDER, World, agreement, workers_csv

from api.storage.operation_states import STANDING
from api.storage.tables import operations, orders, programmes, registers

pytestmark = pytest.mark.locks

P = "/v1/programmes/{p}"


def _publish(world: World, who: str, run: dict[str, Any], **query: Any) -> Any:
    return world.call(who, "POST", f"{P}/runs/{run['id']}/publication", params=query)


def _published(world: World, who: str = "gt", state: str = "proposed", **options: Any) -> list[dict[str, Any]]:
    """Match and publish; everything that is new goes on to a state."""
    run = world.run(who, gap=0.0, **options)
    assert run["state"] == "done", run
    assert _publish(world, who, run).status_code == 201
    ids = [one["id"] for one in world.operations(who) if one["state"] == "proposed"]
    for step in {"proposed": (), "offered": ("offered",), "accepted": ("offered", "accepted")}[state]:
        assert world.move(who, step, ids).status_code == 200
    return world.operations(who)


def _now(world: World, order: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = world.must("ca", "GET", f"{P}/orders/{order['order_id']}")
    return found


def _step(world: World, who: str, order: dict[str, Any], step: str, **query: Any) -> Any:
    headers = {"If-Match": f'"{_now(world, order)["version"]}"'}
    return world.call(who, "POST", f"{P}/orders/{order['order_id']}/{step}", headers=headers, params=query)


def _quota(world: World, count: int) -> None:
    path = f"{P}/agreements/GT-CA"
    headers = {"If-Match": world.call("gt", "GET", path).headers["ETag"]}
    world.must("gt", "PUT", path, json={"toml": agreement("GT-CA", "GT", "CA", count)}, headers=headers)


def test_a_closed_order_keeps_who_accepted_and_takes_nobody_new(world: World) -> None:
    """Two of three places are accepted; after closure later plans leave it at that, and can be published."""
    first = world.certified(headcount=3)
    taken = _published(world, state="offered")
    assert world.move("gt", "accepted", [one["id"] for one in taken[:2]]).status_code == 200
    assert world.move("gt", "declined", [taken[2]["id"]]).status_code == 200
    assert _step(world, "e1", first, "closure").status_code == 200
    second = world.certified(headcount=2)
    run = world.run(gap=0.0)
    placed = world.must("gt", "GET", f"{P}/runs/{run['id']}/placements")["items"]
    on_first = {p["worker_id"] for p in placed if p["order_id"] == first["order_id"]}
    assert on_first == {one["worker_id"] for one in taken[:2]}
    assert sum(p["order_id"] == second["order_id"] for p in placed) == 2
    done = _publish(world, "gt", run)
    assert done.status_code == 201 and done.json()["proposed"] == 2 and done.json()["kept"] == 2


def test_offers_on_closed_orders_are_neither_made_nor_accepted(world: World) -> None:
    """Closure names what is offered, or withdraws it; who has accepted stays."""
    order = world.certified(headcount=3)
    taken = _published(world, state="offered")
    world.move("gt", "accepted", [taken[0]["id"]])
    refused = _step(world, "ca", order, "closure")
    assert refused.status_code == 409 and {f["value"] for f in refused.json()["faults"]} == {o["id"] for o in taken[1:]}
    assert _step(world, "ca", order, "closure", withdraw=True).status_code == 200
    assert sorted(one["state"] for one in world.operations()) == ["accepted", "withdrawn", "withdrawn"]
    assert world.move("gt", "accepted", [taken[1]["id"]]).status_code == 409
    with world.engine.begin() as connection:  # as rows of older versions may stand there
        connection.execute(operations.update().where(operations.c.id == taken[1]["id"]).values(state="offered"))
    late = world.move("gt", "accepted", [taken[1]["id"]])
    assert late.status_code == 409 and "nobody new" in late.json()["detail"]
    assert world.move("gt", "withdrawn", [taken[1]["id"]]).status_code == 200


def test_an_order_is_not_returned_or_changed_under_what_is_open(world: World) -> None:
    """The operations in the way are named to who sees them; accepted ones are never withdrawn by another's call."""
    order = world.order(headcount=3)
    taken = _published(world, states=["submitted"])
    path, headers = f"{P}/orders/{order['order_id']}", {"If-Match": f'"{order["version"]}"'}
    changed = {**ORDER, "start_date": "2026-04-01"}
    employer = world.call("e1", "PUT", path, json=changed, headers=headers)
    assert employer.status_code == 409 and "3 open operations" in employer.json()["detail"]
    assert employer.json()["faults"] == []  # an employer doesn't see what is only proposed
    assert world.call("e1", "PUT", path, json={**ORDER, "headcount": 2}, headers=headers).status_code == 409
    assert world.call("e1", "PUT", path, json={**ORDER, "headcount": 5}, headers=headers).status_code == 200
    returned = _step(world, "ca", order, "return")
    assert returned.status_code == 409 and len(returned.json()["faults"]) == 3
    world.move("gt", "offered", [taken[0]["id"]])
    world.move("gt", "accepted", [taken[0]["id"]])
    assert _step(world, "ca", order, "return", withdraw=True).status_code == 409
    assert {one["state"] for one in world.operations()} == {"proposed", "accepted"}
    world.move("gt", "dropped", [taken[0]["id"]])
    assert _step(world, "ca", order, "return", withdraw=True).status_code == 200
    assert {one["state"] for one in world.operations()} == {"withdrawn", "dropped"}


def test_a_plan_is_held_against_what_stands_when_it_is_published(world: World) -> None:
    """A quota cut and a worker who is away meanwhile: each placement is named with its rule, or left out."""
    world.certified(headcount=5)
    run = world.run(gap=0.0)
    placed = world.must("gt", "GET", f"{P}/runs/{run['id']}/placements")["items"]
    away = placed[0]["worker_id"]
    world.change_worker("gt", away, profile={"available_to": "2026-05-01"})
    _quota(world, 2)
    refused = _publish(world, "gt", run)
    assert refused.status_code == 409 and world.operations() == []
    rules = {fault["value"]: fault["problem"] for fault in refused.json()["faults"]}
    assert len(rules) == 3 and "breaks availability" in rules[away]
    assert sum("breaks GT-CA|quota" in rule for rule in rules.values()) == 2
    done = _publish(world, "gt", run, what_fits=True)
    assert done.status_code == 201 and done.json()["proposed"] == 2
    assert {one["worker_id"] for one in done.json()["left_out"]} == set(rules)
    assert len(world.operations()) == 2


@pytest.mark.parametrize("what_fits", [False, True])
def test_plans_published_at_once_do_not_overbook(world: World, what_fits: bool) -> None:
    """Two ministries publish plans that were both made while all places were free."""
    world.must("gt", "PUT", f"{P}/agreements/HN-CA", json={"toml": agreement("HN-CA", "HN", "CA")})
    world.certified(headcount=4)
    runs = [(who, world.run(who, gap=0.0)) for who in ("gt", "hn")]
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda one: _publish(world, *one, what_fits=what_fits), runs))
    assert sorted(answer.status_code for answer in answers) == ([201, 201] if what_fits else [201, 409])
    _require_no_overbooking(world)
    with world.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(operations)) == 4


def test_a_plan_that_another_side_published_meanwhile_is_judged_again(world: World) -> None:
    """Both ministries' plans place the same people, and the second was judged before the first was published."""
    from api.placements import publication

    world.certified(headcount=3)
    first, second = world.run("gt", gap=0.0), world.run("ca", gap=0.0)
    before = publication.judged(second["id"])
    assert _publish(world, "gt", first).json()["proposed"] == 3
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publication, "judged", lambda _run_id: before)
        late = _publish(world, "ca", second)
    assert (late.status_code, late.json()["proposed"], late.json()["kept"]) == (201, 0, 3)
    _require_no_overbooking(world)


def test_a_plan_that_is_published_while_another_run_reads_overbooks_nothing(world: World) -> None:
    """A run is taken up before another ministry's publication is committed, and ends after it."""
    from api.placements import publication
    from api.runs.worker import Worker

    world.must("gt", "PUT", f"{P}/agreements/HN-CA", json={"toml": agreement("HN-CA", "HN", "CA")})
    world.certified(headcount=4)
    run = world.run("gt", gap=0.0)
    begun = world.must("hn", "POST", f"{P}/runs", json={})
    held = publication.take_programmes

    def read_meanwhile(connection: sa.Connection, ids: Any) -> None:
        with ThreadPoolExecutor(1) as thread:  # its input is read while the publication is under way
            if connection.dialect.name == "postgresql":
                assert thread.submit(Worker(world.engine).run_one).result()
        held(connection, ids)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publication, "take_programmes", read_meanwhile)
        assert _publish(world, "gt", run).status_code == 201
    late = world.must("hn", "GET", f"{P}/runs/{begun['id']}")
    if late["state"] == "queued":  # SQLite has one writer: the run waited
        assert Worker(world.engine).run_one()
        return
    answer = _publish(world, "hn", late)
    assert answer.status_code == 409 and all("headcount" in fault["problem"] for fault in answer.json()["faults"])
    _require_no_overbooking(world)


def test_runs_go_on_whatever_becomes_of_the_rules_for_people_under_way(world: World) -> None:
    """A quota below who has accepted, and a passport that ends: the run keeps to the rules and soundness says so."""
    world.certified(headcount=5)
    taken = _published(world, state="accepted")
    assert world.must("gt", "GET", f"{P}/soundness")["kept"]
    _quota(world, 3)
    world.change_worker("gt", taken[0]["worker_id"], profile={"available_to": "2026-05-01"})
    world.certified(headcount=2)
    told = world.must("gt", "GET", f"{P}/soundness")
    assert told["sound"] and not told["kept"]
    assert {clash["rule"]: clash["placements"] for clash in told["clashes"]} == {"availability": 1, "GT-CA|quota": 1}
    run = world.run(gap=0.0)
    assert run["state"] == "done", run
    placed = world.must("gt", "GET", f"{P}/runs/{run['id']}/placements")["items"]
    assert {p["worker_id"] for p in placed} < {one["worker_id"] for one in taken} and len(placed) == 3
    assert _publish(world, "gt", run).status_code == 201
    assert {one["state"] for one in world.operations()} == {"accepted"}


def test_a_travel_group_that_is_parted_stops_nobody(world: World) -> None:
    """One of two has accepted, the other declined; the next run still ends, and places both as they are."""
    rows = workers_csv("GT", range(1, 3)).replace(",,,,\n", ",,,G1,\n")
    away = workers_csv("GT", range(3, 11)).replace("2026-12-31", "2026-02-01")
    assert world.upload("gt", "workers", rows + away.partition("\n")[2]).status_code == 201
    world.certified(headcount=2, min_crew=2)
    world.must("gt", "PUT", f"{P}/agreements/HN-CA", json={"toml": agreement("HN-CA", "HN", "CA")})
    taken = _published(world, state="offered")
    assert len(taken) == 2
    world.move("gt", "accepted", [taken[0]["id"]])
    world.move("gt", "declined", [taken[1]["id"]])
    for who in ("gt", "ca", "planner"):
        run = world.run(who, gap=0.0)
        assert run["state"] == "done", run


def test_a_run_says_which_revision_it_read(world: World) -> None:
    """A change raises the programme's revision; the run has that of its input."""
    before = world.must("gt", "GET", P)["revision"]
    world.certified(headcount=1)
    run = world.run(gap=0.0)
    assert run["revision"] == world.must("gt", "GET", P)["revision"] > before


def _require_no_overbooking(world: World) -> None:
    open_ = sa.select(operations.c.order_id, sa.func.count().label("taken")).where(operations.c.state.in_(STANDING))
    taken = open_.group_by(operations.c.order_id).subquery()
    asked = sa.select(taken.c.taken, orders.c.headcount).join(orders, orders.c.order_id == taken.c.order_id)
    with world.engine.connect() as connection:
        assert all(int(row.taken) <= int(row.headcount) for row in connection.execute(asked))


def test_a_share_that_is_broken_already_leaves_nobody_out(world: World) -> None:
    """A share asked of a plan after people have accepted: it stays as it is, and no plan makes it worse."""
    for row in world.must("gt", "GET", P + "/registers/workers")["items"][:3]:
        world.change_worker("gt", row["cells"]["worker_id"], profile={"sex": "M"})
    world.certified(headcount=4)
    taken = _published(world, state="accepted")
    men = sum(row["cells"]["sex"] == "M" for row in world.must("gt", "GET", P + "/registers/workers")["items"])
    text = agreement("GT-CA", "GT", "CA") + '[[clause]]\nid = "men"\nkind = "share"\nmin_share = 0.9\n'
    text += '[clause.where]\nsex = ["M"]\n'
    world.must("gt", "PUT", f"{P}/agreements/GT-CA", json={"toml": text}, headers={"If-Match": "*"})
    world.certified(headcount=4)
    assert men == 3 and world.must("gt", "GET", f"{P}/soundness")["kept"]
    run = world.run(gap=0.0)
    assert run["state"] == "done", run
    placed = world.must("gt", "GET", f"{P}/runs/{run['id']}/placements")["items"]
    assert {one["worker_id"] for one in taken} <= {one["worker_id"] for one in placed}
    assert _publish(world, "gt", run).status_code == 201


def test_a_share_of_who_is_registered_is_judged_by_the_whole_register(world: World) -> None:
    share = '[[clause]]\nid = "half"\nkind = "cap"\nper = "origin_country"\nshare_of_registered = 0.5\n'
    path = "/v1/programmes/{p}/agreements/GT-CA"
    headers = {"If-Match": world.call("gt", "GET", path).headers["ETag"]}
    world.must("gt", "PUT", path, json={"toml": agreement("GT-CA", "GT", "CA") + share}, headers=headers)
    world.certified(headcount=8)
    run = world.run("gt")
    published = world.must("gt", "POST", f"/v1/programmes/{{p}}/runs/{run['id']}/publication")
    assert published["proposed"] == 5  # half of the ten of the register
    assert published["left_out"] == []
    moved = [one["id"] for one in world.operations("ca")]
    assert world.move("gt", "offered", moved).status_code == 200
    assert world.move("gt", "declined", moved[:1]).status_code == 200
    operation = world.must("gt", "GET", f"/v1/programmes/{{p}}/operations/{moved[0]}")
    corrected = world.call(
        "gt",
        "POST",
        f"/v1/programmes/{{p}}/operations/{moved[0]}/correction",
        json={"state": "offered", "reason": "A wrong line"},
        headers={"If-Match": f'"{operation["version"]}"'},
    )
    assert corrected.status_code == 200, corrected.text


def test_names_and_contacts_contradict_no_plan(world: World) -> None:
    """They are changed beside a publication without having it judged again; a profile isn't."""

    def revisions() -> tuple[int, int]:
        with world.engine.connect() as connection:
            row = connection.execute(sa.select(programmes).where(programmes.c.id == world.programme)).one()
        return row.revision, row.binding_revision

    worker = world.must("gt", "GET", f"{P}/registers/workers")["items"][0]["cells"]["worker_id"]
    before = revisions()
    world.change_worker("gt", worker, contact="+502 5555 0101")
    assert revisions() == (before[0] + 1, before[1])
    world.change_worker("gt", worker, profile={"available_to": "2026-12-30"})
    assert revisions() == (before[0] + 2, before[0] + 2)


def test_a_row_of_another_that_is_wrong_keeps_nobody_from_publishing(world: World) -> None:
    """As rows of older versions may stand there; a share counts who is registered, and reads nothing else of them."""
    share = '[[clause]]\nid = "half"\nkind = "cap"\nper = "origin_country"\nshare_of_registered = 0.5\n'
    path = f"{P}/agreements/GT-CA"
    headers = {"If-Match": world.call("gt", "GET", path).headers["ETag"]}
    world.must("gt", "PUT", path, json={"toml": agreement("GT-CA", "GT", "CA") + share}, headers=headers)
    world.certified(headcount=8)
    run = world.run("gt", gap=0.0)
    placed = {p["worker_id"] for p in world.must("gt", "GET", f"{P}/runs/{run['id']}/placements")["items"]}
    workers = registers["workers"]
    wrong = {"available_from": "2026-12-01", "available_to": "2026-01-01", "birth_date": "soon", "sex": "?"}
    with world.engine.begin() as connection:
        others = workers.c.worker_id.not_in(placed)
        assert connection.execute(workers.update().where(others).values(wrong)).rowcount == 9
        abroad = workers.c.origin_country == "HN"
        connection.execute(workers.update().where(abroad).values(origin_region="nowhere!", household_id="=1"))
    assert _publish(world, "gt", run).json()["proposed"] == 5
