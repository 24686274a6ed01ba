"""What an ended stay leaves in histories, steps taken back, and the history of a placement."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa
from world import World

from api.placements.operations import STEPS
from api.storage.account_tables import audit_log
from api.storage.operation_states import STANDING
from api.storage.tables import operation_history

P = "/v1/programmes/{p}"
WHY = "Recorded for another worker."
HISTORY = "worker_id,employer_id,isco08,destination_country,start_date,end_date,exit_reason\n"


def _placed(world: World, headcount: int = 1, *states: str, **changes: Any) -> dict[str, Any]:
    """A placement of a plan, taken through states."""
    world.certified(headcount=headcount, **changes)
    run = world.run(gap=0.0)
    world.must("gt", "POST", f"{P}/runs/{run['id']}/publication")
    operation = world.operations(state="proposed")[0]
    _take(world, operation["id"], *states)
    return operation


def _take(world: World, operation: str, *states: str) -> None:
    for state in states:
        moved = world.move("ca" if state == "arrived" else "gt", state, [operation])
        assert moved.status_code == 200, moved.text


def _correct(world: World, who: str, operation: str, state: str, **headers: str) -> Any:
    body = {"state": state, "reason": WHY}
    return world.call(
        who, "POST", f"{P}/operations/{operation}/correction", json=body, headers=headers or {"If-Match": "*"}
    )


def _stays(world: World) -> list[dict[str, str]]:
    return [row["cells"] for row in world.must("gt", "GET", P + "/registers/history")["items"]]


ARRIVED = ("offered", "accepted", "travelling", "arrived")


@pytest.mark.parametrize(("end", "reason"), [("home", "completed"), ("dropped", "early_return")])
def test_an_ended_stay_enters_the_histories_once(world: World, end: str, reason: str) -> None:
    """With employer, occupation, state and days; taken back it is gone, and the worker's later runs stay sound."""
    operation = _placed(world, 1, *ARRIVED)
    assert _stays(world) == []
    _take(world, operation["id"], end)
    stay = {
        "worker_id": operation["worker_id"],
        "employer_id": "E1",
        "isco08": "9211",
        "destination_country": "CA",
        "start_date": "2026-03-01",
        "end_date": "2026-08-31",
        "exit_reason": reason,
    }
    assert _stays(world) == [stay]
    assert world.move("gt", end, [operation["id"]]).status_code == 409
    assert _stays(world) == [stay]
    assert world.must("gt", "GET", P + "/soundness")["sound"] and world.run(gap=0.0)["state"] == "done"
    assert _correct(world, "gt", operation["id"], "arrived").status_code == 200
    assert _stays(world) == []
    assert world.must("gt", "GET", P + "/soundness")["sound"]
    _take(world, operation["id"], end)
    assert _stays(world) == [stay]


def test_who_drops_out_before_the_arrival_was_never_there(world: World) -> None:
    """No stay is kept of it."""
    operation = _placed(world, 1, "offered", "accepted", "travelling")
    _take(world, operation["id"], "dropped")
    assert _stays(world) == []


def test_a_stay_that_the_ministry_wrote_itself_is_left(world: World) -> None:
    """No second row of the same days; and what was kept can be corrected in the register."""
    one, other = _placed(world, 2, *ARRIVED), None
    other = next(o for o in world.operations() if o["id"] != one["id"])
    _take(world, other["id"], *ARRIVED)
    row = f"{one['worker_id']},,9211,CA,2026-03-05,2026-08-20,transferred\n"
    assert world.upload("gt", "history", HISTORY + row).status_code == 201
    assert world.move("gt", "home", [one["id"], other["id"]]).status_code == 200
    stays = {stay["worker_id"]: stay for stay in _stays(world)}
    assert len(_stays(world)) == 2 and stays[one["worker_id"]]["exit_reason"] == "transferred"
    mended = f"{other['worker_id']},E1,9211,CA,2026-03-01,2026-08-10,early_return\n"
    assert world.upload("gt", "history", HISTORY + mended).json()["changed"] == 1
    assert {stay["end_date"] for stay in _stays(world)} == {"2026-08-20", "2026-08-10"}


def test_a_step_is_taken_back_by_who_recorded_it(world: World) -> None:
    """One step, in the version that is meant, with its reason in the history and a trace of it in the audit log."""
    operation = _placed(world, 1, *ARRIVED)
    identifier = operation["id"]
    path = f"{P}/operations/{identifier}"
    assert (
        world.call("ca", "POST", path + "/correction", json={"state": "travelling", "reason": WHY}).status_code == 428
    )
    assert _correct(world, "ca", identifier, "travelling", **{"If-Match": '"1"'}).status_code == 412
    other = _correct(world, "gt", identifier, "travelling")
    assert other.status_code == 403 and "recorded it" in other.json()["detail"]
    far = _correct(world, "ca", identifier, "accepted")
    assert far.status_code == 409 and "travelling" in far.json()["hint"]
    short = world.call("ca", "POST", path + "/correction", json={"state": "travelling", "reason": ""})
    assert short.status_code == 422
    for who, state in (("ca", "travelling"), ("gt", "accepted"), ("gt", "offered"), ("gt", "proposed")):
        done = _correct(world, who, identifier, state)
        assert done.status_code == 200 and done.json()["state"] == state, done.text
        assert world.call("gt", "GET", path).headers["ETag"] == done.headers["ETag"]
    last = _correct(world, "gt", identifier, "proposed")
    assert last.status_code == 409 and "no step" in last.json()["detail"]
    _take(world, identifier, *ARRIVED)
    with world.engine.connect() as connection:
        entries = connection.execute(sa.select(audit_log).where(audit_log.c.action == "operation.corrected")).all()
    assert len(entries) == 4 and WHY not in str(entries)
    assert json.loads(entries[0].details) == {"version": 6, "before": "arrived", "state": "travelling"}


def test_the_history_of_a_placement_is_told_by_role(world: World) -> None:
    """Accounts and reasons to the own side and auditors, roles alone to others, nothing to who takes no part."""
    operation = _placed(world, 1, *ARRIVED)
    assert _correct(world, "ca", operation["id"], "travelling").status_code == 200
    path = f"{P}/operations/{operation['id']}/history"
    told = {who: world.must(who, "GET", path)["items"] for who in ("gt", "ca", "e1", "auditor")}
    states = ["proposed", *ARRIVED, "travelling"]
    for who, items in told.items():
        assert [one["state"] for one in items] == states, who
        assert [one["corrects"] for one in items] == [False] * 5 + [True]
        assert {one["role"] for one in items} == {"origin_ministry", "destination_ministry"}
    by_account = {who: [one["account_id"] for one in items] for who, items in told.items()}
    gt, ca = world.accounts["gt"], world.accounts["ca"]
    assert by_account["auditor"] == [gt] * 4 + [ca] * 2 and by_account["e1"] == [None] * 6
    assert by_account["gt"] == [gt] * 4 + [None] * 2 and by_account["ca"] == [None] * 4 + [ca] * 2
    reasons = {who: items[-1]["reason"] for who, items in told.items()}
    assert reasons == {"gt": None, "ca": WHY, "e1": None, "auditor": WHY}
    for who in ("hn", "us", "e2", "planner", "administrator"):
        assert world.call(who, "GET", path).status_code in (403, 404), who


def test_a_place_that_was_given_away_is_not_promised_twice(world: World) -> None:
    """Whoever declined by mistake isn't opened again beside who took the place; once that is free, yes."""
    operation = _placed(world, 1, "offered")
    _take(world, operation["id"], "declined")
    run = world.run(gap=0.0)
    world.must("gt", "POST", f"{P}/runs/{run['id']}/publication")
    (second,) = world.operations(state="proposed")
    refused = _correct(world, "gt", operation["id"], "offered")
    assert refused.status_code == 409, refused.text
    assert refused.json()["faults"][0]["value"] == operation["id"]
    assert {o["state"] for o in world.operations()} == {"declined", "proposed"}
    assert len(world.must("gt", "GET", f"{P}/operations/{operation['id']}/history")["items"]) == 3
    _take(world, second["id"], "withdrawn")
    assert _correct(world, "gt", operation["id"], "offered").status_code == 200
    both = _correct(world, "gt", second["id"], "proposed")
    assert both.status_code == 409, both.text
    again = world.run(gap=0.0)
    assert again["state"] == "done", again


def test_a_person_is_not_promised_twice_by_a_correction(world: World) -> None:
    """Who was dropped by mistake and is placed elsewhere on the same days stays there."""
    only = {"required_skills": ["pruning"]}
    rows = world.must("gt", "GET", P + "/registers/workers")["items"]
    world.change_worker("gt", rows[0]["cells"]["worker_id"], profile={"skills": "pruning"})
    first = _placed(world, 1, "offered", "accepted", "dropped", **only)
    world.certified(headcount=1, **only)
    run = world.run(gap=0.0)
    world.must("gt", "POST", f"{P}/runs/{run['id']}/publication")
    (second,) = world.operations(state="proposed")
    assert second["worker_id"] == first["worker_id"]
    refused = _correct(world, "gt", first["id"], "accepted")
    assert refused.status_code == 409 and refused.json()["faults"], refused.text
    assert [o["state"] for o in world.operations() if o["id"] == first["id"]] == ["dropped"]


def test_an_offer_is_not_opened_again_on_a_closed_order(world: World) -> None:
    """The order takes nobody new, by a correction neither."""
    operation = _placed(world, 1, "offered", "declined")
    order = world.must("ca", "GET", f"{P}/orders/{operation['order_id']}")
    assert world.step("ca", order, "closure").status_code == 200
    refused = _correct(world, "gt", operation["id"], "offered")
    assert refused.status_code == 409 and "nobody new" in refused.json()["detail"]


def test_reasons_go_with_the_person(world: World) -> None:
    """They are handed out with all that is kept, and erased with it."""
    operation = _placed(world, 1, "offered")
    assert _correct(world, "gt", operation["id"], "proposed").status_code == 200
    worker = operation["worker_id"]
    told = world.must("gt", "POST", f"{P}/workers/{worker}/export")
    assert [row["reason"] for row in told["rows"]["corrections"]] == [WHY]
    world.must("gt", "DELETE", f"{P}/workers/{worker}")
    with world.engine.connect() as connection:
        assert WHY not in connection.scalars(sa.select(operation_history.c.reason)).all()


def test_a_generated_season_comes_home_and_back(generated_world: World) -> None:
    """All placements of a ministry: every stay is kept once, and each return can be taken back."""
    run = generated_world.run("gt", gap=0.01)
    assert run["state"] == "done", run
    generated_world.must("gt", "POST", f"{P}/runs/{run['id']}/publication")
    mine = [o for o in generated_world.operations("gt", limit=1000) if o["destination_country"] in ("CA", "US")]
    ids = [one["id"] for one in mine]
    assert len(ids) > 5
    for state in ("offered", "accepted", "travelling"):
        assert generated_world.move("gt", state, ids).status_code == 200
    for country in ("CA", "US"):
        theirs = [one["id"] for one in mine if one["destination_country"] == country]
        assert not theirs or generated_world.move(country.lower(), "arrived", theirs).status_code == 200
    before = _pages(generated_world)
    assert generated_world.move("gt", "home", ids).status_code == 200
    after = _pages(generated_world)
    kept = {(one["worker_id"], one["start_date"]) for one in mine}
    assert before < after and after - before <= kept
    assert generated_world.must("gt", "GET", P + "/soundness")["sound"]
    back = _correct(generated_world, "gt", ids[0], "arrived")
    assert back.status_code == 200, back.text
    gone = (mine[0]["worker_id"], mine[0]["start_date"])
    assert _pages(generated_world) == after - {gone}
    assert generated_world.must("gt", "GET", P + "/soundness")["sound"]


def _pages(world: World) -> set[tuple[str, str]]:
    rows = world.must("gt", "GET", P + "/registers/history", params={"limit": 1000})["items"]
    return {(row["cells"]["worker_id"], row["cells"]["start_date"]) for row in rows}


@pytest.mark.parametrize("seed", [1, 2])
def test_no_sequence_of_steps_and_corrections_overbooks(world: World, seed: int) -> None:
    """After each of many drawn steps, corrections and publications: no order beyond its places, the quota beyond its
    count, nobody twice; and at the end the programme is sound and can be matched.
    """
    draw = random.Random(seed)
    quota = world.must("gt", "GET", P + "/agreements/GT-CA")["toml"].replace("count = 50", "count = 3")
    world.must("gt", "PUT", P + "/agreements/GT-CA", json={"toml": quota}, headers={"If-Match": "*"})
    places = {world.certified(headcount=2)["order_id"]: 2, world.certified(headcount=2)["order_id"]: 2}
    done: Counter[str] = Counter()
    for turn in range(60):
        known = world.operations(limit=1000)
        if not known or turn % 12 == 0:
            run = world.run(gap=0.0)
            assert run["state"] == "done", run
            done["published"] += world.call("gt", "POST", f"{P}/runs/{run['id']}/publication").status_code == 201
            continue
        one = draw.choice(known)
        if draw.random() < 0.5:
            steps = world.must("gt", "GET", f"{P}/operations/{one['id']}/history")["items"]
            back = _correct(world, draw.choice(["gt", "ca"]), one["id"], draw.choice(steps)["state"])
            assert back.status_code in (200, 403, 409), back.text
            done[f"corrected {back.status_code}"] += 1
        else:
            state = draw.choice([*STEPS.get(one["state"], {"offered": ()}), "home"])
            moved = world.move(draw.choice(["gt", "ca"]), state, [one["id"]])
            assert moved.status_code in (200, 403, 409), moved.text
        held = [o for o in world.operations(limit=1000) if o["state"] in STANDING]
        assert all(count <= places[order] for order, count in Counter(o["order_id"] for o in held).items())
        assert len(held) <= 3 and len({o["worker_id"] for o in held}) == len(held)
    assert done["corrected 200"] and done["corrected 409"] and done["published"] > 1, done
    assert world.must("gt", "GET", P + "/soundness")["sound"]
    assert world.run(gap=0.0)["state"] == "done"
