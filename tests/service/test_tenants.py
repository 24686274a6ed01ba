"""One programme, several states: nobody takes over, reads or blocks what is another's, whatever way it is tried."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from world import ORDER, World, agreement, workers_csv

from api.storage.tables import operations, persons, run_files, runs

pytestmark = pytest.mark.locks

P = "/v1/programmes/{p}"
EMPLOYERS = "employer_id,name,country,accredited_until,debarred_from,debarred_until\n"
SITES = "site_id,employer_id,region,beds,inspected_until\n"
STAYS = "worker_id,employer_id,isco08,destination_country,start_date,end_date,exit_reason\n"


def _pseudonym(world: World, country: str, number: str) -> str:
    with world.engine.connect() as connection:
        mine = sa.and_(persons.c.origin_country == country, persons.c.register_number == number)
        return str(connection.scalar(sa.select(persons.c.worker_id).where(mine)))


def _published(world: World, who: str = "gt") -> dict[str, Any]:
    run = world.run(who, gap=0.0)
    assert run["state"] == "done", run
    world.must(who, "POST", f"{P}/runs/{run['id']}/publication")
    return run


def _shared_order(world: World) -> dict[str, Any]:
    """An order that workers of Guatemala and of Honduras may take."""
    world.must("gt", "PUT", P + "/agreements/HN-CA", json={"toml": agreement("HN-CA", "HN", "CA")})
    return world.certified(headcount=3)


def _at_once(*calls: Callable[[], Any]) -> list[int]:
    """The statuses of calls made at the same time."""
    found: list[int] = []
    threads = [threading.Thread(target=lambda call=call: found.append(call().status_code)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)


def test_no_state_takes_over_rows_of_another(world: World) -> None:
    """Neither an employer nor a site, by an upload of the same id; the owner of the programme neither."""
    for who, table, content in (
        ("ca", "employers", EMPLOYERS + "E2,Taken,CA,,2020-01-01,2030-01-01\n"),
        ("ca", "sites", SITES + "S2,E1,CA-ON,1,\n"),
        ("gt", "employers", EMPLOYERS + "E2,Taken,GT,,2020-01-01,2030-01-01\n"),
    ):
        answer = world.upload(who, table, content)
        assert answer.status_code == 422 and "can't be written" in answer.text, (who, table, answer.text)
    row = world.must("us", "GET", P + "/registers/employers")["items"][0]["cells"]
    assert (row["country"], row["debarred_from"]) == ("US", "")
    assert [item["cells"]["site_id"] for item in world.must("us", "GET", P + "/registers/sites")["items"]] == ["S2"]


def test_no_state_grants_itself_a_corridor(world: World) -> None:
    """Which states take part is said by the owner; a party writes versions between the same states."""
    own = agreement("HN-CA", "HN", "CA")
    refused = world.call("hn", "PUT", P + "/agreements/HN-CA", json={"toml": own})
    assert refused.status_code == 403 and "owns the programme" in refused.json()["detail"]
    wider = agreement("GT-CA", "GT", "CA").replace('origins = ["GT"]', 'origins = ["GT", "HN"]')
    match = {"If-Match": '"1"'}
    assert world.call("ca", "PUT", P + "/agreements/GT-CA", json={"toml": wider}, headers=match).status_code == 403
    same = agreement("GT-CA", "GT", "CA", 7)
    assert world.call("ca", "PUT", P + "/agreements/GT-CA", json={"toml": same}, headers=match).status_code == 200


def test_a_ministry_of_destination_learns_who_comes_once_it_is_accepted(world: World) -> None:
    """Its own publication tells it no name and no profile."""
    world.certified(headcount=1)
    _published(world, "ca")
    operation = world.operations("ca")[0]
    world.change_worker("gt", operation["worker_id"], name="María")
    for state in ("offered", "accepted"):
        assert world.operations("ca")[0]["name"] is None
        assert world.call("ca", "GET", f"{P}/workers/{operation['worker_id']}").status_code == 404
        world.move("gt", state, [operation["id"]])
    assert world.operations("ca")[0]["name"] == "María"
    assert world.call("ca", "GET", f"{P}/workers/{operation['worker_id']}").status_code == 200


def test_a_run_tells_nothing_of_another_states_workers(world: World) -> None:
    """They hold their places, but are in no page, file or price of it."""
    order = _shared_order(world)
    foreign = world.certified("e2", site_id="S2", destination_country="US")
    _published(world, "hn")
    theirs = [o["id"] for o in world.operations("hn") if o["order_id"] == order["order_id"]]
    assert theirs
    world.move("hn", "offered", theirs[:2])
    world.move("hn", "accepted", theirs[:2])
    world.move("hn", "withdrawn", theirs[2:])
    run = world.run("gt", gap=0.0)
    placed = world.must("gt", "GET", f"{P}/runs/{run['id']}/placements")["items"]
    assert len(placed) == 3 - len(theirs[:2])
    with world.engine.connect() as connection:
        secret = list(connection.scalars(sa.select(persons.c.worker_id).where(persons.c.origin_country == "HN")))
    for name in world.must("gt", "GET", f"{P}/runs/{run['id']}/files"):
        text = world.call("gt", "GET", f"{P}/runs/{run['id']}/files/{name}").text
        for word in (*secret, "HN-CA", "HN-US", foreign["order_id"]):
            assert word not in text, (name, word)


def test_soundness_and_checks_tell_no_private_cells(world: World) -> None:
    """A fault in Honduras's register is told to Honduras by row; Canada and its employer learn no value."""
    _shared_order(world)
    order = world.order()
    odd = workers_csv("HN", range(1, 2)).replace(",,,,\n", ",,,,Nowhere-2027\n")
    assert world.upload("hn", "workers", odd).status_code == 201
    told = world.must("hn", "GET", P + "/soundness")
    assert not told["sound"] and any("2027" in fault["value"] for fault in told["faults"]), told
    theirs = world.must("ca", "GET", P + "/soundness")
    assert not theirs["sound"] and all(not f["value"] and not f["row"] for f in theirs["faults"])
    check = world.call("e1", "GET", f"{P}/orders/{order['order_id']}/check")
    assert check.status_code == 200 and "2027" not in check.text, "what stands for many holds no such cell"
    world.must("gt", "PUT", P + "/agreements/GT-CA-2", json={"toml": agreement("GT-CA-2", "GT", "CA")})
    check = world.call("e1", "GET", f"{P}/orders/{order['order_id']}/check")
    assert check.status_code == 409 and not check.json()["faults"] and "GT-CA-2" not in check.text


def test_sizes_are_those_of_ones_own_corridors(world: World) -> None:
    """Soundness counts what a run of the same ministry would read."""
    assert world.must("gt", "GET", P + "/soundness")["tables"]["workers"] == 10
    assert world.must("hn", "GET", P + "/soundness")["tables"]["workers"] == 4
    assert world.must("us", "GET", P + "/soundness")["tables"]["workers"] == 4
    assert world.must("planner", "GET", P + "/soundness")["tables"]["workers"] == 14


def test_a_repeated_upload_of_stays_does_no_harm(world: World) -> None:
    """The same file twice is one stay; one that overlaps is refused at once; `replace` takes rows away."""
    stay = STAYS + "3,E9,9211,CA,2024-03-01,2024-08-31,completed\n"
    assert world.upload("gt", "history", stay).json()["added"] == 1
    assert world.upload("gt", "history", stay).json()["added"] == 0
    other = world.upload("gt", "history", STAYS + "3,E9,9211,CA,2024-08-01,2024-10-31,completed\n")
    assert other.status_code == 422 and "overlaps another stay" in other.text
    ends = world.upload("gt", "history", STAYS + "4,E9,9211,CA,2024-08-01,2024-07-31,completed\n")
    assert ends.status_code == 422
    assert world.upload("gt", "history", STAYS, data={"replace": "true"}).status_code == 201
    assert world.must("gt", "GET", P + "/registers/history")["items"] == []
    assert world.upload("gt", "workers", workers_csv("GT", range(3)), data={"replace": "true"}).status_code == 409


def test_a_plan_that_no_longer_fits_is_not_published(world: World) -> None:
    """Where another was published since, or an order was closed."""
    order = _shared_order(world)
    mine, theirs = world.run("gt", gap=0.0), world.run("hn", gap=0.0)
    world.must("gt", "POST", f"{P}/runs/{mine['id']}/publication")
    late = world.call("hn", "POST", f"{P}/runs/{theirs['id']}/publication")
    assert late.status_code == 409 and all("breaks headcount" in fault["problem"] for fault in late.json()["faults"])
    again = world.run("hn", gap=0.0)
    placed = world.must("hn", "GET", f"{P}/runs/{again['id']}/placements")["items"]
    assert [p for p in placed if p["order_id"] == order["order_id"]] == []  # Guatemala has proposed for all places
    for operation in world.operations("gt"):
        world.move("gt", "withdrawn", [operation["id"]])
    fresh = world.run("gt", gap=0.0)
    world.step("e1", world.must("e1", "GET", f"{P}/orders/{order['order_id']}"), "closure")
    closed = world.call("gt", "POST", f"{P}/runs/{fresh['id']}/publication")
    assert closed.status_code == 409 and all("order state" in fault["problem"] for fault in closed.json()["faults"])


def test_who_declined_is_not_asked_again(world: World) -> None:
    """A later match leaves the pair out."""
    world.certified(headcount=8)
    _published(world)
    operation = world.operations()[0]
    world.move("gt", "offered", [operation["id"]])
    world.move("gt", "declined", [operation["id"]])
    _published(world)
    states = {(o["worker_id"], o["order_id"]): o["state"] for o in world.operations()}
    assert states[operation["worker_id"], operation["order_id"]] == "declined"


def test_erasing_reaches_runs_under_way_and_nobody_elses(world: World) -> None:
    """What a run has read is deleted when it ends; another state's runs stay replayable; what is open is dropped."""
    from api.runs.queue import claim, finish
    from api.runs.worker import Worker

    world.certified(headcount=2)
    _published(world)
    foreign = world.run("hn", gap=0.0)
    operation = world.operations()[0]
    begun = world.must("gt", "POST", P + "/runs", json={})
    held = claim(world.engine, "test")
    assert held is not None and held.run_id == begun["id"]
    world.must("gt", "DELETE", f"{P}/workers/{operation['worker_id']}")
    finish(world.engine, held, {}, {"input.tar.gz": b"profiles", "checkpoint/x": b"more", "placements.csv": b""}, [])
    with world.engine.connect() as connection:
        kept = connection.scalars(sa.select(run_files.c.name).where(run_files.c.run_id == begun["id"])).all()
        assert list(kept) == ["placements.csv"]
        assert connection.scalar(sa.select(runs.c.replayable).where(runs.c.id == foreign["id"])) is True
        state = connection.scalar(sa.select(operations.c.state).where(operations.c.id == operation["id"]))
    assert state == "dropped"
    later = world.must("gt", "POST", P + "/runs", json={})
    assert Worker(world.engine).run_one()
    world.must("gt", "POST", f"{P}/runs/{later['id']}/publication")


def test_changes_at_the_same_time_are_told(world: World) -> None:
    """Of two with the same If-Match one is done; a plan is published once; nobody meets a 500."""
    world.certified(headcount=2)
    run = world.run(gap=0.0)
    match = {"If-Match": '"1"'}

    def patch(body: dict[str, str]) -> Callable[[], Any]:
        return lambda: world.call("gt", "PATCH", P, json=body, headers=match)

    assert _at_once(patch({"title": "A"}), patch({"title": "B"})) == [200, 412]

    def put(count: int) -> Callable[[], Any]:
        body = {"toml": agreement("GT-CA", "GT", "CA", count)}
        return lambda: world.call("gt", "PUT", P + "/agreements/GT-CA", json=body, headers=match)

    assert _at_once(put(60), put(70)) == [200, 412]
    publish = [lambda: world.call("gt", "POST", f"{P}/runs/{run['id']}/publication") for _ in range(2)]
    assert _at_once(*publish) == [201, 409]
    rows = workers_csv("GT", range(50, 80))
    assert _at_once(*[lambda: world.upload("gt", "workers", rows) for _ in range(3)]) == [201, 201, 201]


def test_orders_stay_in_the_state_of_their_employer(world: World) -> None:
    """An employer of Canada files no order in the United States; drafts stay with those who file."""
    abroad = world.call("e1", "POST", P + "/orders", json={**ORDER, "destination_country": "US"})
    assert abroad.status_code == 422 and abroad.json()["faults"][0]["column"] == "destination_country"
    order = world.step("e1", world.order(submit=False, hourly_wage=99), "submission").json()
    seen = world.must("gt", "GET", f"{P}/orders/{order['order_id']}/history")["items"]
    assert [version["state"] for version in seen] == ["submitted"]
    assert len(world.must("e1", "GET", f"{P}/orders/{order['order_id']}/history")["items"]) == 2


def test_odd_ids_break_no_list(world: World) -> None:
    """What the engine's format allows is told as it is."""
    assert world.upload("ca", "sites", SITES + "Farm#1,E1,CA-ON,4,\n").status_code == 201
    assert world.order(site_id="Farm#1")["site_id"] == "Farm#1"
    assert world.call("ca", "GET", P + "/orders").status_code == 200
    formula = world.upload("ca", "sites", SITES + "=1+1,E1,CA-ON,4,\n")
    assert formula.status_code == 422 and "no safe id" in formula.text


def test_requests_that_would_fill_the_memory_are_refused(world: World) -> None:
    """A sweep of a thousand million points; maps that aren't, or that blow a sheet up."""
    edit = 'edit = { agreement = "GT-CA", clause = "quota", count = "VALUE" }\n'
    vast = f"[[vary]]\n{edit}from = 1\nto = 2\nsteps = 1000000000\n"
    assert world.call("planner", "POST", P + "/runs", json={"kind": "sweep", "sweep": vast}).status_code == 422
    for text in (
        "a = " + "[" * 5000,
        'table = ["x"]',
        'table = "sites"\n[columns]\nsite_id = { from = "A", dates = ["x"] }',
        'table = "sites"\n[columns]\nsite_id = { from = "A", prefix = "' + "x" * 9000 + '" }',
        'table = "sites"\nheader_row = 99999\n[columns]\nsite_id = "A"',
    ):
        answer = world.upload("ca", "sites", "A,B\n1,2\n", data={"map": text})
        assert answer.status_code == 422 and "/tmp" not in answer.text, (text[:60], answer.text[:200])


@pytest.mark.usefixtures("json_logs")
def test_an_unforeseen_fault_tells_nobodys_data(world: World, capfd: Any, monkeypatch: Any) -> None:
    """Neither the answer nor the log holds what was sent."""

    def fail(*_: Any) -> None:
        raise ValueError("María López, DPI-123")

    monkeypatch.setattr("api.workers.routes.change_worker", fail)
    path = f"{P}/workers/{_pseudonym(world, 'GT', '1')}"
    answer = world.call("gt", "PATCH", path, json={"name": "x"}, headers={"If-Match": "*"})
    told = capfd.readouterr().err
    assert answer.status_code == 500 and answer.json()["title"] == "A fault of ours"
    assert '"error": "ValueError"' in told and "López" not in answer.text + told


def test_a_placement_proposed_again_is_told_once_it_is_offered_again(world: World) -> None:
    """It belongs to the newer plan, and the employer sees it from the offer on."""
    world.certified(headcount=1)
    first = _published(world)
    operation = world.operations()[0]
    world.move("gt", "offered", [operation["id"]])
    assert len(world.operations("e1")) == 1
    world.move("gt", "withdrawn", [operation["id"]])
    again = _published(world)
    with world.engine.connect() as connection:
        mine = operations.c.id == operation["id"]
        found = connection.execute(sa.select(operations.c.run_id, operations.c.state).where(mine)).one()
    assert again["id"] != first["id"] and tuple(found) == (again["id"], "proposed")
    assert world.operations("e1") == []


def test_planners_learn_nothing_by_which_somebody_is_known(world: World) -> None:
    """In lists and one by one."""
    rows = world.must("planner", "GET", P + "/registers/workers")["items"]
    one = world.must("planner", "GET", f"{P}/workers/{_pseudonym(world, 'GT', '1')}")["profile"]
    for cells in (*(row["cells"] for row in rows), one):
        assert not {"household_id", "travel_group_id"} & set(cells)
        assert cells["birth_date"] == "1989-01-01", "a band of ages: the day of birth is 1990-01-01"
    assert "household_id" in world.must("gt", "GET", P + "/registers/workers")["items"][0]["cells"]
