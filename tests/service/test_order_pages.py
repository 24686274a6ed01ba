"""Pages of orders: who sees which, what each says, and the steps that are taken from them."""

from __future__ import annotations

import pytest
from browser import Browser, text_of
from world import ORDER, World

P = "/programmes/{p}"


def _path(order: dict[str, object]) -> str:
    return f"{P}/orders/{order['order_id']}"


@pytest.mark.parametrize(
    ("who", "seen"),
    [("e1", 2), ("e2", 0), ("ca", 2), ("us", 0), ("gt", 1), ("hn", 0), ("planner", 1), ("auditor", 1)],
)
def test_each_sees_the_orders_that_are_its_own_to_see(world: World, who: str, seen: int) -> None:
    """Drafts by those who file them alone; in the list, in its files, and one by one."""
    filed, draft = world.order(), world.order(submit=False)
    told = Browser(world, who).get(f"{P}/orders")
    assert told.status_code == 200
    assert sum(order["order_id"] in told.text for order in (filed, draft)) == seen
    rows = Browser(world, who).get(f"{P}/orders?form=json").json()
    assert len(rows) == seen
    for order, least in ((filed, 1), (draft, 2)):
        assert Browser(world, who).get(_path(order)).status_code == (200 if seen >= least else 404)


def test_an_administrator_is_told_why_not(world: World) -> None:
    """With the reason of the table."""
    refused = Browser(world, "administrator").get(f"{P}/orders")
    assert refused.status_code == 403 and "not orders" in text_of(refused)


def test_an_order_says_what_it_asks_for_and_what_has_happened(world: World) -> None:
    """In sentences and facts, with what each version changed."""
    asked = {"languages": ["en:A2"], "required_skills": ["pruning"]}
    order = world.order(**asked)
    changed = {**ORDER, **asked, "headcount": 4}
    world.must("e1", "PUT", f"/v1{_path(order)}", json=changed, headers={"If-Match": '"1"'})
    told = text_of(Browser(world, "e1").get(_path(order)))
    assert "4 places in occupation 9211 at site S1, from 1 March 2026 to 31 August 2026." in told
    assert "45 hours a week at 15.00 USD an hour make 675.00 USD before deductions." in told
    assert "that is 17,742.86 USD for each place, and 70,971.43 USD for all." in told  # 184 days
    assert "English A2" in told and "pruning" in told and "0 of 4 places are filled." in told
    assert "submitted – employer Changed: Places" in told


def test_the_places_filled_are_those_that_one_sees(world: World) -> None:
    """A proposed placement is the ministries' alone; planners are told of none."""
    order = world.certified()
    run = world.run("gt")
    world.must("gt", "POST", f"/v1{P}/runs/{run['id']}/publication")
    for who, filled in (("gt", 3), ("ca", 3), ("e1", 0), ("auditor", 3)):
        assert f"{filled} of 3 places are filled." in text_of(Browser(world, who).get(_path(order))), who
    assert "places are filled" not in text_of(Browser(world, "planner").get(_path(order)))


def test_steps_are_offered_to_who_takes_them(world: World) -> None:
    """And refused to the others, whatever their forms say."""
    order = world.order()
    offered = {"ca": "Certify it", "e1": "Close it"}
    for who in ("ca", "e1", "gt", "planner", "auditor"):
        told = text_of(Browser(world, who).get(_path(order)))
        assert ("Certify it" in told) == (who == "ca") and ("Close it" in told) == (who in offered)
    for who in ("e1", "gt", "planner"):
        refused = Browser(world, who).post(f"{_path(order)}/steps", {"step": "certification", "version": "1"})
        assert refused.status_code == 403
    done = Browser(world, "ca").post(f"{_path(order)}/steps", {"step": "certification", "version": "1"})
    assert done.status_code == 303 and done.headers["Location"].endswith("?done=certification")
    assert "The order is certified" in text_of(Browser(world, "ca").get(done.headers["Location"]))
    assert world.must("e1", "GET", f"/v1{_path(order)}")["state"] == "certified"


def test_a_step_from_a_page_that_is_old_is_not_taken(world: World) -> None:
    """The order has changed since."""
    order = world.order()
    browser = Browser(world, "ca")
    assert browser.post(f"{_path(order)}/steps", {"step": "certification", "version": "0"}).status_code == 412
    assert browser.post(f"{_path(order)}/steps", {"step": "burning", "version": "1"}).status_code == 422
    assert world.must("e1", "GET", f"/v1{_path(order)}")["state"] == "submitted"


def test_what_is_in_the_way_of_a_return_is_shown_and_may_be_withdrawn(world: World) -> None:
    """Nothing is withdrawn unless that was ticked; who has accepted stays."""
    order = world.certified()
    run = world.run("gt")
    world.must("gt", "POST", f"/v1{P}/runs/{run['id']}/publication")
    browser, typed = Browser(world, "ca"), {"step": "return", "version": str(order["version"])}
    refused = browser.post(f"{_path(order)}/steps", typed)
    told = text_of(refused)
    assert refused.status_code == 409 and "3 open operations stand in the way" in told
    assert 'name="withdraw"' in refused.text and "is proposed on" in told
    assert {one["state"] for one in world.operations("gt")} == {"proposed"}
    assert browser.post(f"{_path(order)}/steps", {**typed, "withdraw": "1"}).status_code == 303
    assert {one["state"] for one in world.operations("gt")} == {"withdrawn"}
    assert world.must("e1", "GET", f"/v1{_path(order)}")["state"] == "draft"


def test_who_has_accepted_is_not_to_be_withdrawn(world: World) -> None:
    """The page says what to do instead."""
    order = world.certified()
    run = world.run("gt")
    world.must("gt", "POST", f"/v1{P}/runs/{run['id']}/publication")
    ids = [one["id"] for one in world.operations("gt")]
    for state in ("offered", "accepted"):
        assert world.move("gt", state, ids).status_code == 200
    typed = {"step": "return", "version": str(order["version"]), "withdraw": "1"}
    refused = Browser(world, "ca").post(f"{_path(order)}/steps", typed)
    assert refused.status_code == 409 and 'name="withdraw"' not in refused.text
    assert "Somebody has accepted" in text_of(refused)


def test_many_orders_are_certified_with_one_button(world: World) -> None:
    """All that were ticked, or none: then it is said which and why."""
    orders = [world.order() for _ in range(3)]
    ids = [order["order_id"] for order in orders]
    ministry = Browser(world, "ca")
    assert "3 orders to certify" in text_of(ministry.get("/home"))
    shown = ministry.get(f"{P}/orders?state=submitted")
    assert shown.text.count('type="checkbox" name="ids"') == 3 and "Certify the ticked orders" in text_of(shown)
    assert 'name="ids"' not in Browser(world, "e1").get(f"{P}/orders?state=submitted").text
    typed = {"step": "certification"}
    none = ministry.post(f"{P}/order-steps?state=submitted", typed)
    assert none.status_code == 422 and "There is a problem" in text_of(none)
    done = ministry.post(f"{P}/order-steps?state=submitted", {**typed, "ids": ids[:2]})
    assert "2 orders are certified." in text_of(ministry.get(done.headers["Location"]))
    again = ministry.post(f"{P}/order-steps?state=submitted", {**typed, "ids": ids})
    assert again.status_code == 409 and "The order is certified; it can't take this step." in text_of(again)
    states = [world.must("ca", "GET", f"/v1{P}/orders/{one}")["state"] for one in ids]
    assert states == ["certified", "certified", "submitted"]
    assert Browser(world, "e1").post(f"{P}/order-steps", {**typed, "ids": ids[2:]}).status_code == 403
    assert Browser(world, "us").post(f"{P}/order-steps", {**typed, "ids": ids[2:]}).status_code == 404


def test_drafts_wait_for_those_who_file_them(world: World) -> None:
    """For their employer and the ministry of their state, nobody else."""
    world.order(submit=False)
    for who, waits in (("e1", True), ("ca", True), ("e2", False), ("us", False), ("gt", False), ("auditor", False)):
        assert ("1 draft of an order" in text_of(Browser(world, who).get("/home"))) == waits, who


def test_the_list_is_filtered_by_its_address(world: World) -> None:
    """By state, employer, country and occupation, in tables and files alike."""
    world.order(isco08="9212")
    certified = world.certified()
    for query, count in (("state=certified", 1), ("isco08=9212", 1), ("employer_id=E2", 0), ("sort=-headcount", 2)):
        assert len(Browser(world, "ca").get(f"{P}/orders?form=json&{query}").json()) == count
    shown = Browser(world, "ca").get(f"{P}/orders?state=certified")
    assert certified["order_id"] in shown.text and "1 to 1 of 1" in text_of(shown)
