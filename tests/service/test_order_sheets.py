"""Sheets of several states, priorities that aren't an employer's to set, steps of many orders."""

from __future__ import annotations

from typing import Any

from world import ORDER, World

P = "/v1/programmes/{p}"
TITLES = (
    "order_id,employer_id,site_id,destination_country,destination_region,sector,isco08,required_skills,desired_skills,"
    "languages,min_experience_months,start_date,end_date,headcount,min_crew,weekly_hours,guaranteed_weekly_hours,"
    "hourly_wage,weekly_deductions,worker_cost,labour_market_test_until,priority"
)


def _row(order_id: str, country: str = "CA", headcount: int = 3, priority: str = "1") -> str:
    employer, site = ("E1", "S1") if country == "CA" else ("E2", "S2")
    dates = f"2026-03-01,2026-08-31,{headcount}"
    return f"{order_id},{employer},{site},{country},,A01,9211,,,,,{dates},1,45,40,15,,,,{priority}"


def _sheet(*rows: str) -> str:
    return "\n".join([TITLES, *rows]) + "\n"


def _orders(world: World, who: str) -> dict[str, dict[str, Any]]:
    return {order["order_id"]: order for order in world.must(who, "GET", P + "/orders")["items"]}


def test_an_employers_priority_is_ignored_with_a_word(world: World) -> None:
    """Whatever stands there; what the ministry has said stays, in uploads and by hand alike."""
    done = world.upload("e1", "orders", _sheet(_row("A1", priority="3"), _row("A2"), _row("A3", priority="high")))
    assert done.status_code == 201, done.text
    (notice,) = done.json()["notices"]
    assert "rows 2, 4" in notice and "priority" in notice
    assert {order["priority"] for order in _orders(world, "e1").values()} == {1}
    by_ministry = world.upload("ca", "orders", _sheet(_row("A1", priority="2.5")))
    assert by_ministry.json()["changed"] == ["E1~A1"] and by_ministry.json()["notices"] == []
    again = world.upload("e1", "orders", _sheet(_row("A1", headcount=5)))
    assert again.json()["changed"] == ["E1~A1"]
    told = _orders(world, "e1")["E1~A1"]
    assert (told["headcount"], told["priority"]) == (5, 2.5)
    for priority in (1, 2.5):
        match = {"If-Match": "*"}
        put = {**ORDER, "headcount": 6, "priority": priority}
        assert world.must("e1", "PUT", P + "/orders/E1~A1", json=put, headers=match)["priority"] == 2.5
    assert world.call("e1", "PUT", P + "/orders/E1~A1", json={**ORDER, "priority": 9}, headers=match).status_code == 422


def test_a_ministry_files_its_own_states_orders_and_is_told_which_are_not(world: World) -> None:
    """All rows of another state are named at once, and nothing is filed; by hand it is the same."""
    sheet = _sheet(_row("A1"), _row("B1", "US"), _row("A2"), _row("B2", "US"))
    answer = world.upload("ca", "orders", sheet)
    assert answer.status_code == 422
    told = {(fault["row"], fault["column"], fault["value"]) for fault in answer.json()["faults"]}
    assert told == {(3, "destination_country", "US"), (5, "destination_country", "US")}
    assert _orders(world, "ca") == {}
    for who in ("hn", "planner"):
        assert world.upload(who, "orders", sheet).status_code == 403
    open_employer = "employer_id,name,country,accredited_until,debarred_from,debarred_until\nE7,X,,,,\n"
    assert world.upload("gt", "employers", open_employer).status_code == 201
    assert (
        world.upload("gt", "sites", "site_id,employer_id,region,beds,inspected_until\nS7,E7,,8,\n").status_code == 201
    )
    theirs = {**ORDER, "employer_id": "E7", "site_id": "S7", "destination_country": "US"}
    by_hand = world.call("ca", "POST", P + "/orders", json=theirs)
    assert by_hand.status_code == 422 and by_hand.json()["faults"][0]["column"] == "destination_country"


def test_who_owns_the_programme_puts_in_orders_of_all_states_as_drafts(world: World) -> None:
    """Whoever is asked to, they are drafts; again it changes nothing; what is another's is never changed."""
    sheet = _sheet(_row("A1"), _row("B1", "US"))
    done = world.upload("gt", "orders", sheet, data={"submit": "true"})
    assert done.status_code == 201, done.text
    assert done.json()["added"] == ["E1~A1", "E2~B1"] and "2 orders" in done.json()["notices"][0]
    assert {order["state"] for who in ("ca", "us") for order in _orders(world, who).values()} == {"draft"}
    assert world.upload("gt", "orders", sheet).json()["unchanged"] == 2
    assert _orders(world, "gt") == {}, "drafts are seen by those who file them"
    refused = world.upload("gt", "orders", _sheet(_row("A1", headcount=9), _row("A2")))
    assert refused.status_code == 422 and refused.json()["faults"][0]["row"] == 2
    assert _orders(world, "ca")["E1~A1"]["headcount"] == 3 and "E1~A2" not in _orders(world, "ca")
    taken = world.upload("gt", "orders", _sheet(_row("A1").replace("CA", "US")))
    assert taken.status_code == 422


def test_orders_are_certified_in_bulk_all_or_none(world: World) -> None:
    """One that can't is named, and none is certified; then all are, once, and each version is kept."""
    made = [world.order()["order_id"] for _ in range(3)]
    draft = world.order(submit=False)["order_id"]
    body = {"step": "certification", "ids": [*made, draft]}
    refused = world.call("ca", "POST", P + "/order-steps", json=body)
    assert refused.status_code == 409, refused.text
    assert [fault["value"] for fault in refused.json()["faults"]] == [draft]
    assert {_orders(world, "ca")[one]["state"] for one in made} == {"submitted"}
    body["ids"] = [*made, made[0]]
    headers = {"Idempotency-Key": "certify-0001"}
    for _ in range(2):
        assert world.must("ca", "POST", P + "/order-steps", json=body, headers=headers) == {"stepped": 3}
    assert {_orders(world, "ca")[one]["state"] for one in made} == {"certified"}
    history = world.must("ca", "GET", f"{P}/orders/{made[0]}/history")["items"]
    assert [version["state"] for version in history] == ["submitted", "certified"]
    assert world.call("e1", "POST", P + "/order-steps", json=body).status_code == 403
    assert world.call("us", "POST", P + "/order-steps", json=body).status_code == 404
    assert world.must("e1", "POST", P + "/order-steps", json={"step": "submission", "ids": [draft]}) == {"stepped": 1}


def test_a_generated_season_is_certified_and_filed_again_in_bulk(generated_world: World) -> None:
    """The owner's one sheet of all states is taken, for every row of it is there already."""
    states = {who: _orders(generated_world, who) for who in ("ca", "us", "es")}
    for who, mine in states.items():
        body = {"step": "return", "ids": list(mine)}
        assert generated_world.must(who, "POST", P + "/order-steps", json=body) == {"stepped": len(mine)}
        for step in ("submission", "certification"):
            generated_world.must(who, "POST", P + "/order-steps", json={**body, "step": step})
        assert {order["state"] for order in _orders(generated_world, who).values()} == {"certified"}
