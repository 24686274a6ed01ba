"""A plan changed by hand: held, kept from an order, swapped; judged at once, re-matched, and published as any plan."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from browser import Browser, text_of
from world import World

from api.runs.worker import Worker

P = "/v1/programmes/{p}"
RUNS = "/programmes/{p}/runs"


def _sent(answer: Any) -> str:
    found = re.search(r'name="changes" value="([^"]*)"', answer.text)
    assert found, answer.text
    return unescape(found[1])


def _pairs(world: World, who: str, run: str) -> set[tuple[str, str]]:
    items = world.must(who, "GET", f"{P}/runs/{run}/placements")["items"]
    return {(one["worker_id"], one["order_id"]) for one in items}


@pytest.mark.parametrize("who", ["gt", "ca"])
def test_a_plan_is_changed_by_hand_and_matched_again(who: str, world: World) -> None:
    """Two change places at no cost; somebody is kept from an order, which costs a place, and another is found."""
    first, second = world.certified(headcount=2), world.certified(headcount=2)
    plan = world.run(who, gap=0.0)["id"]
    pairs, browser, page = _pairs(world, who, plan), Browser(world, who), f"{RUNS}/{plan}/changes"
    one = min(pair for pair in pairs if pair[1] == first["order_id"])
    other = min(pair for pair in pairs if pair[1] == second["order_id"])
    assert f'value="{one[0]}|{one[1]}"' in browser.get(f"{RUNS}/{plan}/placements").text
    assert "None yet" in text_of(browser.get(page))
    swap = browser.post(page, {"do": "swap", "ids": ["|".join(one), "|".join(other)]})
    text = text_of(swap)
    assert f"{one[0]} is held on {other[1]}" in text and f"{other[0]} doesn't come to {other[1]}" in text
    assert "is legal" in text and "It costs nothing" in text
    gone = min(pair for pair in pairs if pair[1] == first["order_id"] and pair != one)
    typed = {"changes": _sent(swap), "do": "exclude", "worker": gone[0], "order": gone[1]}
    more = browser.post(page, typed)
    assert "With nobody else moved it costs" in text_of(more)
    begun = browser.post(page, {"changes": _sent(more), "do": "start"})
    assert begun.status_code == 303 and Worker(world.engine).run_one()
    again = begun.headers["Location"].rpartition("/")[2]
    after = _pairs(world, who, again)
    assert {(one[0], other[1]), (other[0], one[1])} <= after and gone not in after and len(after) == 4
    assert _pairs(world, who, plan) == pairs, "the plan that was changed stays as it was"
    assert world.must("gt", "GET", f"{P}/registers/commitments")["items"] == []
    assert browser.post(f"{RUNS}/{again}/publication").status_code == 303
    assert {(o["worker_id"], o["order_id"]) for o in world.operations(who)} == after


def test_what_is_not_legal_is_said_by_rule(world: World) -> None:
    """A third worker in two places; what is taken out again is judged no more. The route says what the page says."""
    order = world.certified(headcount=2)
    run = world.run("gt", gap=0.0)
    plan, browser = run["id"], Browser(world, "gt")
    page = f"{RUNS}/{plan}/changes"
    free = world.call("gt", "GET", f"{P}/runs/{plan}/files/unplaced.csv").text.splitlines()[1].split(",")[0]
    held = browser.post(page, {"do": "hold", "worker": free, "order": order["order_id"]})
    assert "alone isn't legal" in text_of(held) and "allowed 2" in text_of(held)
    pair = {"worker": free, "order": order["order_id"]}
    told = world.must("gt", "POST", f"{P}/runs/{plan}/changes", json={"hold": [pair]})
    assert (
        not told["legal"] and told["possible"] and "allowed 2" in told["breaches"][0] and told["after"] > told["before"]
    )
    assert told["before"] == pytest.approx(run["manifest"]["certificate"]["objective"], abs=1e-4)
    out = browser.post(page, {"changes": _sent(held), "do": "remove-hold-0"})
    assert "None yet" in text_of(out)
    matched = world.run("gt", kind="rematch", plan=plan, hold=[pair], gap=0.0)
    assert tuple(pair.values()) in _pairs(world, "gt", matched["id"])


def test_what_can_not_be_changed_is_refused(world: World) -> None:
    """Unknown ids, one placement to swap, a pair held and ruled out; planners and auditors change no plan."""
    order = world.certified(headcount=2)
    plan, browser = world.run("gt", gap=0.0)["id"], Browser(world, "gt")
    page = f"{RUNS}/{plan}/changes"
    for typed in ({"do": "hold", "worker": "W", "order": order["order_id"]}, {"do": "swap", "ids": "a|b"}):
        again = browser.post(page, typed)
        assert again.status_code == 422 and "There is a problem" in again.text, typed
    assert browser.post(page, {"do": "hold", "worker": "", "order": "O"}).status_code == 422
    assert browser.post(page, {"do": "start", "changes": "nonsense"}).status_code == 422
    pair = {"worker": "W", "order": "O"}
    both = {"kind": "rematch", "plan": plan, "hold": [pair], "exclude": [pair]}
    assert world.call("gt", "POST", f"{P}/runs", json=both).status_code == 422
    assert world.call("gt", "POST", f"{P}/runs/{plan}/changes", json={"hold": [pair]}).status_code == 422
    for who, status in (("auditor", 403), ("ca", 404), ("hn", 404), ("planner", 404), ("e1", 404)):
        assert Browser(world, who).get(page).status_code == status, who
    own = world.run("planner", gap=0.0)["id"]
    assert Browser(world, "planner").get(f"{RUNS}/{own}/changes").status_code == 403


def test_a_pair_that_a_rule_refuses_can_not_be_held(world: World) -> None:
    """It is said at once, and no re-match is offered for it."""
    world.certified(headcount=2)
    strict = world.certified(headcount=2, languages=["en:B2"])
    plan, browser = world.run("gt", gap=0.0)["id"], Browser(world, "gt")
    worker = world.must("gt", "GET", f"{P}/runs/{plan}/placements")["items"][0]["worker_id"]
    typed = {"do": "hold", "worker": worker, "order": strict["order_id"]}
    text = text_of(browser.post(f"{RUNS}/{plan}/changes", typed))
    assert "No plan can hold this" in text and "Re-match with these changes" not in text
