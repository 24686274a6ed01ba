"""Principles side by side and what states could harmonise: begun by forms, told on pages, nothing of others in any."""

from __future__ import annotations

import csv
from typing import Any

import pytest
from browser import Browser, text_of
from world import World, agreement

from api.runs.worker import Worker

P, PAGE = "/v1/programmes/{p}", "/programmes/{p}"
ASKED = {"gap": "0.001", "time_limit": "60", "states": "certified"}


def _rows(world: World, who: str, run: str, name: str) -> list[dict[str, str]]:
    answer = world.call(who, "GET", f"{P}/runs/{run}/files/{name}")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(answer.text.splitlines()))


def _computed(world: World, who: str, page: str, typed: dict[str, Any]) -> str:
    """A run that a form begins, computed; its id."""
    sent = Browser(world, who).post(PAGE + page, typed)
    assert sent.status_code == 303, text_of(sent)
    assert Worker(world.engine).run_one()
    return str(sent.headers["Location"].rpartition("/")[2])


@pytest.mark.computes
def test_principles_are_compared_by_a_form(world: World) -> None:
    """What each row says is what a match by that mechanism gives; whoever is worse off is in the file."""
    world.certified(headcount=3)
    world.certified(headcount=2, start_date="2026-06-01", end_date="2026-09-30")
    typed = {**ASKED, "mechanisms": ["optimal", "stable"], "against": "lottery"}
    run = _computed(world, "gt", "/principles", typed)
    told = world.must("gt", "GET", f"{P}/runs/{run}")["manifest"]["principles"]
    assert [one["mechanism"] for one in told["mechanisms"]] == ["optimal", "stable", "lottery"]
    worse = _rows(world, "gt", run, "worse_off.csv")
    for one in told["mechanisms"]:
        plan = world.run("gt", mechanism=one["mechanism"])
        placed = world.must("gt", "GET", f"{P}/runs/{plan['id']}/placements?limit=1000")["items"]
        assert (one["workers"], one["placements"]) == (len({row["worker_id"] for row in placed}), len(placed))
        assert one["worse_off"] == sum(row["mechanism"] == one["mechanism"] for row in worse)
    shown = text_of(Browser(world, "gt").get(f"{PAGE}/runs/{run}"))
    assert "Last year's rule: A lottery with a public seed" in shown
    assert "Stable: nobody has a claim to another's place" in shown


def test_what_is_wrong_in_a_form_of_principles_is_told(world: World) -> None:
    """With what was typed; nothing is begun."""
    browser = Browser(world, "planner")
    again = browser.post(f"{PAGE}/principles", {**ASKED, "mechanisms": ["dice"], "against": "first-come"})
    assert again.status_code == 422 and "is no mechanism" in text_of(again)
    assert world.must("planner", "GET", P + "/runs")["items"] == []
    assert Browser(world, "auditor").get(f"{PAGE}/principles").status_code == 403


def _two_agreements(world: World) -> None:
    """Guatemala, five of whose people may go, and Honduras in Canada; Honduras asks for an age that its people lack."""
    few = agreement("GT-CA", "GT", "CA", 5)
    world.must("gt", "PUT", f"{P}/agreements/GT-CA", json={"toml": few}, headers={"If-Match": '"1"'})
    old = '[[clause]]\nid = "old"\nkind = "age"\nmin = 60\nsource = "Art. 1"\n'
    text = agreement("HN-CA", "HN", "CA") + old
    world.must("gt", "PUT", f"{P}/agreements/HN-CA", json={"toml": text})


@pytest.mark.computes
def test_states_are_told_what_they_could_harmonise(world: World) -> None:
    """The clause that one state asks more is found with what it brings, and is a what-if that brings the same."""
    world.certified(headcount=8)
    _two_agreements(world)
    assert "HN-CA" in Browser(world, "ca").get(f"{PAGE}/harmonisation").text
    typed = {**ASKED, "agreements": ["GT-CA", "HN-CA"], "most": "3", "gap": "0"}
    run = _computed(world, "ca", "/harmonisation", typed)
    told = world.must("ca", "GET", f"{P}/runs/{run}")["manifest"]["harmonisation"]
    every = [*told["proposed"], *told["lowering"]]
    found = next(one for one in every if one["clause"] == "old")
    assert found["agreement"] == "HN-CA" and found["placements"] == 3
    rows = {row["clause"]: row for row in _rows(world, "ca", run, "relaxations.csv")}
    assert float(rows["old"]["placements"]) == 3 and rows["old"]["article"] == "Art. 1"
    shown = text_of(Browser(world, "ca").get(f"{PAGE}/runs/{run}"))
    assert "HN-CA" in shown and "old" in shown and "+3" in shown


def test_only_own_agreements_are_harmonised(world: World) -> None:
    """One of others, or one alone, is refused with the field."""
    _two_agreements(world)
    for names, why in ((["GT-CA", "HN-US"], "you have a part in"), (["GT-CA"], "are too few")):
        body = {"kind": "harmonise", "agreements": names}
        refused = world.call("ca", "POST", P + "/runs", json=body)
        assert refused.status_code == 422 and why in refused.text, refused.text
        again = Browser(world, "ca").post(f"{PAGE}/harmonisation", {**ASKED, "most": "3", "agreements": names})
        assert again.status_code == 422 and 'href="#agreements"' in again.text
