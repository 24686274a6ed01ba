"""Explanations as pages: asked by a button, followed, and told in the engine's sentences to those who may know."""

from __future__ import annotations

import re
from typing import Any

import pytest
from browser import Browser, text_of
from world import World

from api.runs.explanation_shown import RANKED, TITLES, paragraphs
from api.runs.worker import Worker
from engine.planning.explain import Explanation

P = "/v1/programmes/{p}"
RUNS = "/programmes/{p}/runs"


def _asked(world: World, who: str, plan: str, **asked: str) -> Any:
    """A button pressed, and the page of what came of it."""
    browser = Browser(world, who)
    sent = browser.post(RUNS, {"kind": "explain", "plan": plan, **asked})
    assert sent.status_code == 303, sent.text
    waiting = browser.get(sent.headers["Location"])  # it says of what, and the plan is one step away
    assert f'/runs/{plan}">Back to the plan' in waiting.text
    told = ", ".join(asked[name] for name in ("worker", "order", "clause") if name in asked)
    told = told.replace("GT-CA|quota", "quota of GT-CA")
    assert not told or f"Explanation: {told}" in text_of(waiting)
    assert Worker(world.engine).run_one()
    return browser.get(sent.headers["Location"])


def test_every_explanation_has_a_title() -> None:
    """Each that the engine gives, by its name; lines that are indented stand under the one before them."""
    names = {one.__name__.removesuffix("Explanation").lower() for one in Explanation.__args__}  # a union's
    assert names == set(TITLES) and set(RANKED) < names
    assert paragraphs(["a", "  b", "  c", "d"]) == [("a", ["b", "c"]), ("d", [])]


@pytest.mark.computes
def test_a_worker_and_an_order_are_looked_up_and_explained(world: World) -> None:
    """The page of each has its buttons; the answer has the fact beside the demand, and whom a change displaces."""
    order = world.certified(headcount=2)
    strict = world.certified(headcount=2, languages=["en:B2"])
    plan = world.run("gt", gap=0.0)["id"]
    placed = world.must("gt", "GET", f"{P}/runs/{plan}/placements")["items"][0]["worker_id"]
    free = world.call("gt", "GET", f"{P}/runs/{plan}/files/unplaced.csv").text.splitlines()[1].split(",")[0]
    browser = Browser(world, "gt")
    assert f"order?order_id={order['order_id']}" in browser.get(f"{RUNS}/{plan}/placements").text
    looked = browser.get(f"{RUNS}/{plan}/order?order_id={order['order_id']}")
    assert "2 of 2 places are filled" in text_of(looked) and "Who fits this order?" in looked.text
    assert browser.get(f"{RUNS}/{plan}/order?order_id=nothing").status_code == 404
    assert "What else could this worker do?" in browser.get(f"{RUNS}/{plan}/worker?worker_id={free}").text
    told = text_of(_asked(world, "gt", plan, worker=free))
    assert "Order by order" in told and "no English" in told and strict["order_id"] in told
    candidates = text_of(_asked(world, "gt", plan, order=order["order_id"], ranked="true"))
    assert "8 more workers are admitted" in candidates and f"has to go from {order['order_id']}" in candidates
    other = text_of(_asked(world, "gt", plan, worker=free, ranked="true"))
    assert "1 other order admits this worker" in other and "has to go from" in other
    assert "Without" in text_of(_asked(world, "gt", plan, worker=placed, order=order["order_id"]))
    rule = text_of(_asked(world, "gt", plan, clause="GT-CA|quota"))
    assert "quota of GT-CA: " in rule and "GT-CA|" not in rule and not re.search(r"\d\.\d{3,}", rule)
    assert "ask" not in text_of(Browser(world, "auditor").get(f"{RUNS}/{plan}/order?order_id={order['order_id']}"))


def test_a_ministry_of_destination_is_told_of_orders_and_not_of_profiles(world: World) -> None:
    """Who fits its order, by pseudonyms; what else a worker could do is for the ministry of the worker's own state."""
    order = world.certified(headcount=2)
    plan = world.run("ca", gap=0.0)["id"]
    placed = world.must("ca", "GET", f"{P}/runs/{plan}/placements")["items"][0]["worker_id"]
    told = _asked(world, "ca", plan, order=order["order_id"], ranked="true")
    assert "8 more workers are admitted" in text_of(told)
    looked = Browser(world, "ca").get(f"{RUNS}/{plan}/worker?worker_id={placed}").text
    assert "What else could this worker do?" not in looked and "What hangs on the placement" in looked
    for asked in ({"worker": placed, "ranked": "true"}, {"worker": placed}):
        sent = Browser(world, "ca").post(RUNS, {"kind": "explain", "plan": plan, **asked})
        assert sent.status_code == 403, asked
    wrong = {"kind": "explain", "plan": plan, "ranked": True, "commitments": True}
    assert world.call("ca", "POST", f"{P}/runs", json=wrong).status_code == 422


def test_candidates_are_the_own_people(world: World) -> None:
    """Of another state nobody is ranked, whoever is registered in the programme."""
    order = world.certified(headcount=2)
    told = world.run("gt", kind="explain", plan=world.run("gt", gap=0.0)["id"], order=order["order_id"], ranked=True)
    rows = world.must("gt", "GET", f"{P}/registers/workers", params={"limit": 1000})["items"]
    ranked = {one["worker"] for one in told["manifest"]["explanation"]["ranked"]}
    assert ranked and ranked <= {row["cells"]["worker_id"] for row in rows}
