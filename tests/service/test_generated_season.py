"""A season of the northern-triangle preset through the service: its clauses, states and employers, not one quota."""

from __future__ import annotations

import tomllib
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from world import World

P = "/v1/programmes/{p}"


def _all(world: World, who: str, path: str) -> list[dict[str, Any]]:
    return list(world.must(who, "GET", f"{P}/{path}", params={"limit": 1000})["items"])


def _pairs(rows: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(row["worker_id"], row["order_id"]) for row in rows}


def _plan(world: World, who: str) -> tuple[str, list[dict[str, Any]]]:
    run = world.run(who, gap=0.01)
    assert run["state"] == "done", run
    return run["id"], _all(world, who, f"runs/{run['id']}/placements")


def test_plans_of_two_sides_become_operations(generated_world: World) -> None:
    """A ministry of origin publishes and goes on, one of destination plans around it, and what declined is repaired."""
    world = generated_world
    first, placed = _plan(world, "gt")
    done = world.must("gt", "POST", f"{P}/runs/{first}/publication")
    mine = world.operations("gt", limit=1000)
    assert done["proposed"] == len(mine) == len(placed) > 5 and _pairs(mine) == _pairs(placed)
    ids = [one["id"] for one in mine if one["destination_country"] == "CA"]
    assert world.move("gt", "offered", ids).json() == {"moved": len(ids)} and len(ids) > 1
    assert world.move("gt", "declined", ids[:1]).status_code == 200
    assert world.move("gt", "accepted", ids[1:]).status_code == 200
    kept = _pairs([one for one in mine if one["id"] in ids[1:]])
    second, around = _plan(world, "ca")
    assert kept <= _pairs(around)
    published = world.must("ca", "POST", f"{P}/runs/{second}/publication")
    assert published["kept"] >= len(kept) and published["left_out"] == []
    repaired = world.run("gt", kind="rematch", plan=first, gap=0.01)
    assert repaired["state"] == "done", repaired
    again = _pairs(_all(world, "gt", f"runs/{repaired['id']}/placements"))
    declined = next((one["worker_id"], one["order_id"]) for one in mine if one["id"] == ids[0])
    assert kept <= again and declined not in again
    _require_places(world)


def _require_places(world: World) -> None:
    places = {order["order_id"]: order["headcount"] for order in _all(world, "auditor", "orders")}
    known = [one for one in world.operations("auditor", limit=1000) if one["state"] not in ("declined", "withdrawn")]
    assert known and all(n <= places[order] for order, n in Counter(one["order_id"] for one in known).items())
    days = sorted((one["worker_id"], one["start_date"], one["end_date"]) for one in known)
    assert all(one[0] != other[0] or one[2] < other[1] for one, other in pairwise(days))


def test_a_plan_fits_no_more_after_a_clause_was_changed(generated_world: World) -> None:
    """An agreement of eighteen says less than before: what goes beyond it is named, and the rest published."""
    world = generated_world
    run, placed = _plan(world, "gt")
    agreements = Counter(row["agreement_id"] for row in placed if row["agreement_id"])
    chosen, count = agreements.most_common(1)[0]
    text = world.must("gt", "GET", f"{P}/agreements/{chosen}")["toml"]
    text += '\n[[clause]]\nid = "fewer"\nkind = "cap"\ncount = 1\n'
    world.must("gt", "PUT", f"{P}/agreements/{chosen}", json={"toml": text}, headers={"If-Match": "*"})
    refused = world.call("gt", "POST", f"{P}/runs/{run}/publication")
    assert refused.status_code == 409 and world.operations("gt") == []
    assert sum(f"{chosen}|fewer" in fault["problem"] for fault in refused.json()["faults"]) == count - 1
    done = world.must("gt", "POST", f"{P}/runs/{run}/publication", params={"what_fits": True})
    assert done["proposed"] == len(placed) - len(done["left_out"]) and len(done["left_out"]) >= count - 1


def _cap(world: World, who: str, agreements: set[str]) -> str:
    """The whole name of a cap of one of some agreements."""
    texts = {name: world.must(who, "GET", f"{P}/agreements/{name}")["toml"] for name in sorted(agreements)}
    clauses = ((name, clause) for name, text in texts.items() for clause in tomllib.loads(text)["clause"])
    return next(f"{name}|{clause['id']}" for name, clause in clauses if clause["kind"] == "cap")


@pytest.mark.parametrize("who", ["gt", "ca"])
@pytest.mark.computes
def test_what_a_plan_says_is_asked_of_it(generated_world: World, who: str) -> None:
    """Explanations of a placement, an order and a clause; the report; a what-if; each of the ministry's own."""
    world = generated_world
    plan, placed = _plan(world, who)
    one = next(row for row in placed if row["agreement_id"])
    questions: list[dict[str, Any]] = [
        {"worker": one["worker_id"], "order": one["order_id"]},
        {"order": one["order_id"]},
        {"clause": _cap(world, who, {row["agreement_id"] for row in placed if row["agreement_id"]})},
    ]
    for asked in questions:
        run = world.run(who, kind="explain", plan=plan, **asked)
        assert run["state"] == "done" and run["manifest"]["explanation"]["lines"], (asked, run["problem"])
    report = world.run(who, kind="report", plan=plan)
    assert report["state"] == "done", report
    names = world.must(who, "GET", f"{P}/runs/{report['id']}/files")
    assert any(name.endswith(".html") for name in names), names
    tried = world.run(who, kind="what_if", what_ifs=["hurricane-in-florida"], gap=0.01)
    assert tried["state"] == "done", tried
    base = tried["manifest"]["comparison"]["base"]["totals"]["placements"]
    assert abs(base - len(placed)) <= 0.05 * len(placed) + 1
