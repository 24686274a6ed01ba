"""What came in between has things judged again: an order on its way in, a placement that is to be offered."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from world import ORDER, World

from api.storage.revisions import raise_revision
from api.storage.tables import registers

pytestmark = pytest.mark.locks

P = "/v1/programmes/{p}"


def _published(world: World) -> list[dict[str, Any]]:
    """Match and publish; what is proposed."""
    run = world.run("gt", gap=0.0)
    world.must("gt", "POST", f"{P}/runs/{run['id']}/publication")
    return world.operations("gt")


def test_an_order_that_a_change_overtakes_is_judged_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its site is gone between the look at it and the end, where the programme is taken: it isn't filed.

    SQLite has one writer: nothing comes in between.
    """
    from api.orders import orders as filing

    sites, written = registers["sites"], filing.insert_order
    came: list[str] = []

    def overtaken(*asked: Any) -> Any:
        if not came and world.engine.dialect.name == "postgresql":
            with world.engine.begin() as connection:
                connection.execute(sites.delete().where(sites.c.site_id == ORDER["site_id"]))
                raise_revision(connection, world.programme)
        came.append("an order")
        return written(*asked)

    monkeypatch.setattr(filing, "insert_order", overtaken)
    answer = world.call("e1", "POST", f"{P}/orders", json={**ORDER, "submit": True})
    if world.engine.dialect.name == "sqlite":
        assert answer.status_code == 201
        return
    assert answer.status_code == 422 and [fault["column"] for fault in answer.json()["faults"]] == ["site_id"]
    assert len(came) == 1 and world.must("e1", "GET", f"{P}/orders")["items"] == []


def test_orders_are_filed_while_another_is_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new order takes the programme at the end alone: one that is written meanwhile waits for nothing (SQLite: it
    has one writer); both stand there, and the revision counts both.
    """
    from api.orders import orders as filing

    written, revision = filing.insert_order, world.must("gt", "GET", P)["revision"]
    filed: list[str] = []

    def beside(*asked: Any) -> Any:
        found = written(*asked)
        if not filed and world.engine.dialect.name == "postgresql":
            filed.append("the second")
            with ThreadPoolExecutor(1) as thread:
                filed.append(thread.submit(world.order).result()["order_id"])
        return found

    monkeypatch.setattr(filing, "insert_order", beside)
    first = world.order()
    wanted = {first["order_id"], *filed[1:]}
    assert {one["order_id"] for one in world.must("e1", "GET", f"{P}/orders")["items"]} == wanted
    assert world.must("gt", "GET", P)["revision"] == revision + len(wanted)


def test_nothing_is_offered_that_breaks_a_rule_by_then(world: World) -> None:
    """An employer is debarred after a plan was published: no offer, alone or among others, until it is lifted; the rule
    and the placement are named. What is withdrawn needs no judgement.
    """
    world.certified(headcount=3)
    first, second, third = _published(world)
    employers = registers["employers"]

    def debarred(day: str) -> None:
        with world.engine.begin() as connection:
            connection.execute(employers.update().values(debarred_from=day, debarred_until=day and "2030-01-01"))
            raise_revision(connection, world.programme)

    debarred("2020-01-01")
    alone = world.move("gt", "offered", [first["id"]])
    among = world.move("gt", "offered", [first["id"], second["id"]])
    told = {answer.status_code: [fault["value"] for fault in answer.json()["faults"]] for answer in (alone, among)}
    assert alone.status_code == among.status_code == 409 and set(told[409]) == {first["id"], second["id"]}
    assert all(fault["problem"].endswith("breaks debarred") for fault in among.json()["faults"]), among.text
    assert {one["state"] for one in world.operations("gt")} == {"proposed"}
    path = f"{P}/operations/{third['id']}/state"
    refused = world.call("gt", "POST", path, json={"state": "offered"}, headers={"If-Match": '"1"'})
    assert refused.status_code == 409 and refused.json()["faults"][0]["value"] == third["id"]
    assert world.move("gt", "withdrawn", [third["id"]]).status_code == 200
    debarred("")
    assert world.move("gt", "offered", [first["id"], second["id"]]).status_code == 200


def test_a_worker_who_cannot_go_any_more_is_offered_nothing(world: World) -> None:
    """Of two, one is away by then: the other is offered the place."""
    world.certified(headcount=2)
    away, free = _published(world)
    world.change_worker("gt", away["worker_id"], profile={"available_to": "2026-05-01"})
    answer = world.move("gt", "offered", [away["id"]])
    assert answer.status_code == 409 and "availability" in answer.json()["faults"][0]["problem"]
    assert world.move("gt", "offered", [free["id"]]).status_code == 200
