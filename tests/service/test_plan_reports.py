"""What is told of a plan by a run of its own: rights, accounts, development, fairness; to whom which of it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from browser import Browser, text_of
from generated_season import drawn_tables
from world import World

from api.runs.worker import Worker
from engine.rights.report import every_line

P, PAGE = "/v1/programmes/{p}", "/programmes/{p}"


def _rows(world: World, who: str, run: str, name: str) -> list[dict[str, str]]:
    answer = world.call(who, "GET", f"{P}/runs/{run}/files/{name}")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(answer.text.splitlines()))


def _by_button(world: World, who: str, plan: str, kind: str) -> str:
    """A run that is begun by a button on the page of a plan, computed; its id."""
    assert f'value="{kind}"' in Browser(world, who).get(f"{PAGE}/runs/{plan}").text
    sent = Browser(world, who).post(f"{PAGE}/runs", {"kind": kind, "plan": plan})
    assert sent.status_code == 303, text_of(sent)
    assert Worker(world.engine).run_one()
    return str(sent.headers["Location"].rpartition("/")[2])


def _told(world: World, who: str, run: str) -> str:
    """Everything of a run that is served to somebody."""
    here = f"{P}/runs/{run}"
    names = [name for name in world.must(who, "GET", here + "/files") if not name.endswith(".png")]
    texts = [world.call(who, "GET", f"{here}/files/{name}").text for name in names]
    return "\n".join([*texts, world.call(who, "GET", here).text, Browser(world, who).get(f"{PAGE}/runs/{run}").text])


def _placed(world: World, who: str, plan: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.must(who, "GET", f"{P}/runs/{plan}/placements?limit=1000")["items"]
    return found


@pytest.mark.computes
def test_rights_of_a_plan(world: World) -> None:
    """Every line stands on the page with its counts; the plan's page leads there."""
    world.certified(headcount=3)
    plan = world.run("gt", gap=0.0)["id"]
    run = _by_button(world, "gt", plan, "rights")
    told = world.must("gt", "GET", f"{P}/runs/{run}")["manifest"]["rights"]
    assert told["placements"] == len(_placed(world, "gt", plan)) == 3
    assert {line["line"] for line in told["lines"]} == set(every_line())
    assert {row["line"]: int(row["counted"]) for row in _rows(world, "gt", run, "lines.csv")} == {
        line["line"]: line["counted"] for line in told["lines"]
    }
    marked = _rows(world, "gt", run, "marked.csv")
    assert {row["worker_id"] for row in marked} <= {row["worker_id"] for row in _placed(world, "gt", plan)} and marked
    shown = Browser(world, "gt").get(f"{PAGE}/runs/{run}", **{"Accept-Language": "es"})
    assert "Informe de derechos" in text_of(shown) and all(f'id="{name}"' in shown.text for name in every_line())
    assert run in Browser(world, "gt").get(f"{PAGE}/runs/{plan}").text
    assert Browser(world, "ca").get(f"{PAGE}/runs/{run}").status_code == 404


@pytest.mark.computes
def test_rights_name_no_worker_to_the_other_end(world: World) -> None:
    """A ministry of destination is told how many, by line; who it is stands in nothing."""
    world.certified(headcount=3)
    plan = world.run("ca", gap=0.0)["id"]
    run = _by_button(world, "ca", plan, "rights")
    told, workers = _told(world, "ca", run), {row["worker_id"] for row in _placed(world, "ca", plan)}
    assert workers and not any(worker in told for worker in workers)
    assert "marked.csv" not in told and "lines.csv" in told


@pytest.mark.computes
def test_accounts_of_a_plan(world: World) -> None:
    """What the page tells of a line is the sum over placements, to the cent, in the file."""
    world.certified(headcount=3)
    plan = world.run("gt", gap=0.0)["id"]
    run = _by_button(world, "gt", plan, "accounts")
    told = world.must("gt", "GET", f"{P}/runs/{run}")["manifest"]["accounts"]
    placed = _rows(world, "gt", run, "placement_accounts.csv")
    assert told["placements"] == len(placed) == len(_placed(world, "gt", plan)) == 3
    money = [line for line in told["lines"] if line["unit"] == "money"]
    for line in money:
        assert line["middle"] == pytest.approx(sum(float(row[line["line"]]) for row in placed), abs=0.02), line
    shown = text_of(Browser(world, "gt").get(f"{PAGE}/runs/{run}"))
    assert len(money) > 5 and all(line["title"] in shown and f"{line['middle']:,.0f}" in shown for line in money)
    spanish = text_of(Browser(world, "gt").get(f"{PAGE}/runs/{run}", **{"Accept-Language": "es"}))
    assert not any(one["measures"] in spanish or one["explains"] in spanish for one in told["evaluations"])


@pytest.fixture
def tables(tmp_path: Path) -> dict[str, pd.DataFrame]:
    """What the ministries and employers of the season handed in."""
    return drawn_tables(tmp_path / "season")


@pytest.mark.computes
def test_reports_on_records_are_of_ones_own_people(generated_world: World, tables: dict[str, pd.DataFrame]) -> None:
    """Development, who is selected, who is asked back: of a ministry of origin's people alone, though others hold
    places on the same orders; the other end has none.
    """
    world = generated_world
    theirs = world.run("hn", gap=0.05)["id"]
    world.must("hn", "POST", f"{P}/runs/{theirs}/publication")
    others = {row["worker_id"] for row in world.operations("hn", limit=1000)}
    plan = world.run("gt", gap=0.05)["id"]
    runs = {kind: _by_button(world, "gt", plan, kind) for kind in ("development", "impact", "recalls")}
    _developed_as_in(world, runs["development"])
    _selected_as_in(tables, _rows(world, "gt", runs["impact"], "impact.csv"), _placed(world, "gt", plan))
    _asked_back_as_in(tables, _rows(world, "gt", runs["recalls"], "recalls.csv"))
    for run in runs.values():
        told = _told(world, "gt", run)
        assert others and not any(worker in told for worker in others) and "Honduras" not in told
    spanish = text_of(Browser(world, "gt").get(f"{PAGE}/runs/{runs['impact']}", **{"Accept-Language": "es"}))
    assert "mujeres" in spanish and "People" not in spanish
    other_end = world.run("ca", gap=0.05)["id"]
    for kind in (*runs, "score"):
        refused = world.call("ca", "POST", P + "/runs", json={"kind": kind, "plan": other_end})
        assert refused.status_code == 403 and "own state" in refused.json()["detail"]
        assert f'value="{kind}"' not in Browser(world, "ca").get(f"{PAGE}/runs/{other_end}").text


def _developed_as_in(world: World, run: str) -> None:
    """The regions are the ministry's own, and as many people stand there as have records."""
    assert [row["origin_country"] for row in _rows(world, "gt", run, "countries.csv")] == ["GT"]
    regions = _rows(world, "gt", run, "regions.csv")
    assert {row["origin_country"] for row in regions} == {"GT"}
    assert sum(int(row["people"]) for row in regions) == len(
        {row["worker_id"] for row in _rows(world, "gt", run, "records.csv") if row["kind"] == "occupation"}
    )


def _selected_as_in(tables: dict[str, pd.DataFrame], rows: list[dict[str, str]], placed: list[dict[str, Any]]) -> None:
    """As many are looked at as are registered, as many chosen as are placed, in the regions that the register has."""
    own = tables["workers"][tables["workers"]["origin_country"] == "GT"]
    by_sex = [row for row in rows if row["key"] == "sex"]
    assert sum(int(row["looked_at"]) for row in by_sex if row["stage"] == "admitted") == len(own)
    people = len({row["worker_id"] for row in placed})
    assert sum(int(row["chosen"]) for row in by_sex if row["stage"] == "placed") == people
    assert {row["group"] for row in rows if row["key"] == "origin_region"} == {*own["origin_region"]} - {""}


def _asked_back_as_in(tables: dict[str, pd.DataFrame], rows: list[dict[str, str]]) -> None:
    """Who moved away from each employer in the year before the season's day, counted from what was handed in."""
    own = tables["workers"][tables["workers"]["origin_country"] == "GT"]["worker_id"]
    history, last_day = tables["history"], "2025-12-31"
    moved = history[history["worker_id"].isin(own) & (history["exit_reason"] == "transferred")]
    moved = moved[(moved["end_date"] >= "2025-01-01") & (moved["end_date"] <= last_day)]
    asking = moved[moved["employer_id"].isin(set(tables["orders"]["employer_id"]))]
    count = asking.groupby("employer_id")["worker_id"].nunique()
    assert {row["employer_id"]: int(row["transferred"]) for row in rows} == count.to_dict()
