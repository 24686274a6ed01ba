"""Seasons replayed and years looked ahead by runs: what pages say is what files say, of one's own people alone."""

from __future__ import annotations

import csv
import io
import tarfile
from typing import Any

import pytest
from browser import Browser, text_of
from world import World

from api.runs.queue import kept_files
from api.runs.worker import Worker
from engine.planning.season.policies import policies

P, PAGE = "/v1/programmes/{p}", "/programmes/{p}"


def _rows(world: World, who: str, run: str, name: str) -> list[dict[str, str]]:
    answer = world.call(who, "GET", f"{P}/runs/{run}/files/{name}")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(answer.text.splitlines()))


def _computed(world: World, who: str, page: str, typed: dict[str, Any]) -> str:
    """A run that a form begins, computed; its id."""
    assert Browser(world, who).get(PAGE + page).status_code == 200
    sent = Browser(world, who).post(PAGE + page, {"states": "certified", **typed})
    assert sent.status_code == 303, text_of(sent)
    assert Worker(world.engine).run_one()
    run = str(sent.headers["Location"].rpartition("/")[2])
    assert world.must(who, "GET", f"{P}/runs/{run}")["state"] == "done"
    return run


@pytest.mark.computes
def test_a_season_is_replayed_by_a_form(world: World) -> None:
    """Each policy with its share of the bound, none above it; the page tells what the file tells."""
    world.certified(headcount=3)
    run = _computed(
        world, "gt", "/season-replay", {"seasons": "2", "demand": "1", "policies": ["greedy", "first-come"]}
    )
    seasons = _rows(world, "gt", run, "seasons.csv")
    assert {row["policy"] for row in seasons} == {"greedy", "first-come", "hindsight"}
    assert {row["season"] for row in seasons} == {"0", "1"}
    assert all(float(row["value"]) <= float(row["bound"]) + 1e-6 for row in seasons)
    shown = text_of(Browser(world, "gt").get(f"{PAGE}/runs/{run}"))
    assert str(policies()["greedy"].TITLE) in shown and "The best in hindsight" in shown
    for row in _rows(world, "gt", run, "policies.csv"):
        mine = [float(one["share"]) for one in seasons if one["policy"] == row["policy"]]
        assert float(row["share"]) == pytest.approx(sum(mine) / 2)
        assert f"{float(row['share']):.1%}" in shown


@pytest.mark.computes
def test_years_are_looked_ahead_by_a_form(world: World) -> None:
    """A band for each year, in order; the page has a table for each measure."""
    world.certified(headcount=3)
    run = _computed(world, "gt", "/outlook", {"years": "2", "futures": "2"})
    bands = _rows(world, "gt", run, "bands.csv")
    assert {row["year"] for row in bands} == {"1", "2"} and {row["plan"] for row in bands} == {"short-sighted"}
    assert all(float(row["p10"]) <= float(row["p50"]) <= float(row["p90"]) for row in bands)
    first = next(row for row in bands if (row["year"], row["measure"]) == ("1", "people"))
    shown = text_of(Browser(world, "gt").get(f"{PAGE}/runs/{run}"))
    assert f"{float(first['p50']):,.0f}" in shown and "People placed" in shown and "Newcomers" in shown


def test_what_is_wrong_in_the_forms_is_told(world: World) -> None:
    """With its field; nothing is begun."""
    browser = Browser(world, "gt")
    for page, typed, field in (
        ("/season-replay", {"seasons": "0", "demand": "1"}, "seasons"),
        ("/season-replay", {"seasons": "2", "demand": "1", "policies": ["dice"]}, "policies"),
        ("/outlook", {"years": "50", "futures": "2"}, "years"),
    ):
        again = browser.post(PAGE + page, {"states": "certified", **typed})
        assert again.status_code == 422 and f'href="#{field}"' in again.text, text_of(again)
    assert world.must("gt", "GET", P + "/runs")["items"] == []


@pytest.mark.computes
def test_what_may_happen_is_drawn_of_own_people_alone(generated_world: World) -> None:
    """Whoever of another state holds a place isn't in what the run reads, and the place is taken from the order."""
    world = generated_world
    plan = world.run("hn", gap=0.05)["id"]
    world.must("hn", "POST", f"{P}/runs/{plan}/publication")
    held = {row["worker_id"] for row in world.operations("hn", limit=1000)}
    run = world.run("gt", kind="season", seasons=1, policies=["first-come"])
    match = world.run("gt", gap=0.05)
    assert run["state"] == "done", run["problem"]
    own, theirs = _input(world, run["id"]), _input(world, match["id"])
    others = held & {row["worker_id"] for row in theirs["workers"]}
    assert others and not others & {row["worker_id"] for row in own["workers"]}
    assert {row["origin_country"] for row in own["workers"]} == {"GT"} and own["commitments"] == []
    taken = sum(row["worker_id"] in others for row in theirs["commitments"])
    assert _places(own) == _places(theirs) - taken < _places(theirs)


def _places(read: dict[str, list[dict[str, str]]]) -> int:
    return sum(int(float(row["headcount"])) for row in read["orders"])


def _input(world: World, run: str) -> dict[str, list[dict[str, str]]]:
    """The tables of what a run read."""
    (content,) = kept_files(world.engine, run, "input").values()
    with tarfile.open(fileobj=io.BytesIO(content)) as packed:
        found = {}
        for name in ("workers", "orders", "commitments"):
            file = packed.extractfile(f"programme/{name}.csv")
            assert file is not None
            found[name] = list(csv.DictReader(io.TextIOWrapper(file, "utf-8")))
    return found
