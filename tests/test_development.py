"""The development report: people, months, skills and openings by an independent reading; few people are withheld."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import oracle
import pandas as pd
import pytest
from command_line import run_command
from oracle.matching import is_return
from oracle.programme_reader import first_day, last_day

import vaiven
from engine.accounts.development import LEAST_PEOPLE, MONEY
from engine.audit.placement_table import PlacementTable
from engine.audit.valuation import placement_values
from engine.planning.library import from_library
from engine.programme.edits import edited, read_edits
from scenarios.preset import load_preset

Region = tuple[str, str]


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A season, its plan and the report as the command writes it."""
    folder = tmp_path_factory.mktemp("development")
    load_preset("northern-triangle").build(300, 0).write(folder / "season")
    vaiven.match(vaiven.read_programme(folder / "season"), vaiven.Options(gap=0.0)).to_folder(folder / "plan")
    done = run_command("development", folder / "season", folder / "plan", "-o", folder / "told")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def read(season: Path) -> Any:
    """The programme as the oracle reads it."""
    return oracle.programme_reader.read(season / "season")


@pytest.fixture(scope="module")
def abroad(season: Path, read: Any) -> list[tuple[Any, Any]]:
    """Worker and order of each placement abroad."""
    pairs = [(read.workers[r["worker_id"]], read.orders[r["order_id"]]) for r in _rows(season / "plan/placements.csv")]
    return [pair for pair in pairs if not is_return(*pair)]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _region(worker: Any) -> Region:
    return worker["origin_country"], worker["origin_region"]


def test_people_and_months_of_each_region_are_counted_by_hand(season: Path, read: Any, abroad: Any) -> None:
    people: dict[Region, set[str]] = defaultdict(set)
    months: dict[Region, float] = defaultdict(float)
    registered: dict[Region, int] = defaultdict(int)
    for worker in read.workers.values():
        registered[_region(worker)] += 1
    for worker, order in abroad:
        people[_region(worker)].add(worker["worker_id"])
        for day in range((last_day(order) - first_day(order)).days + 1):
            on = first_day(order) + timedelta(day)
            length = ((on.replace(day=1) + timedelta(31)).replace(day=1) - on.replace(day=1)).days
            months[_region(worker)] += 1 / length
    told = {(row["origin_country"], row["origin_region"]): row for row in _rows(season / "told/regions.csv")}
    assert {region: int(row["registered"]) for region, row in told.items()} == dict(registered)
    assert {region: int(row["people"]) for region, row in told.items()} == {one: len(people[one]) for one in told}
    assert all(float(row["months_away"]) == pytest.approx(months[one], abs=0.06) for one, row in told.items())
    assert all(float(row["most_away"]) <= int(row["registered"]) for row in told.values())


def test_amounts_are_those_of_the_accounts(season: Path) -> None:
    programme = vaiven.read_programme(season / "season")
    plan = vaiven.read_plan(programme, season / "plan")
    totals = vaiven.accounts(plan).totals.set_index("line")["middle"]
    for table in ("regions", "countries"):
        rows = _rows(season / "told" / f"{table}.csv")
        for name in MONEY:
            assert sum(round(100 * float(row[name])) for row in rows) == round(100 * totals[name])


def test_records_hold_the_work_and_the_skills_of_each_stay(season: Path, read: Any, abroad: Any) -> None:
    found = _rows(season / "told/records.csv")
    expected = set()
    for worker, order in abroad:
        skills = {one for key in ("required_skills", "desired_skills") for one in order[key].split(";") if one}
        for kind, code in (("occupation", order["isco08"]), *(("skill", one) for one in skills)):
            expected.add((worker["worker_id"], order["order_id"], kind, code))
    assert {(row["worker_id"], row["order_id"], row["kind"], row["code"]) for row in found} == expected
    assert len(found) == len(expected)
    agreements = {agreement.id: agreement for agreement in read.agreements}
    for row in found:
        order = read.orders[row["order_id"]]
        days = (last_day(order) - first_day(order)).days + 1
        assert float(row["months"]) == pytest.approx(days * 12 / 365, abs=0.051)
        assert agreements[row["source"].split(" ")[0]].destination == order["destination_country"]


def test_a_statistics_office_gets_no_figure_of_few_people(season: Path) -> None:
    few = {
        row["origin_region"] or row["origin_country"]
        for row in _rows(season / "told/regions.csv")
        if 0 < int(row["people"]) < LEAST_PEOPLE
    }
    assert few
    rows = _rows(season / "told/statistics.csv")
    assert {row["REF_AREA"] for row in rows if row["CONF_STATUS"] == "C"} == few
    assert all((row["OBS_VALUE"] == "") == (row["REF_AREA"] in few) for row in rows)
    assert len({(row["REF_AREA"], row["TIME_PERIOD"], row["INDICATOR"]) for row in rows}) == len(rows)


def test_openings_at_home_are_counted_by_hand(season: Path, read: Any) -> None:
    pairs = _rows(season / "plan/placements.csv")
    home = [row for row in pairs if is_return(read.workers[row["worker_id"]], read.orders[row["order_id"]])]
    both = {row["worker_id"] for row in home} & {row["worker_id"] for row in pairs if row not in home}
    openings = _rows(season / "told/openings.csv")
    assert home and sum(int(row["filled"]) for row in openings) == len(home)
    assert sum(int(row["returnees"]) for row in openings) == sum(row["worker_id"] in both for row in home)
    plan = vaiven.read_plan(vaiven.read_programme(season / "season"), season / "plan")
    abroad = {row["worker_id"] for row in pairs if row not in home}
    assert vaiven.development(plan).share_at_home == pytest.approx(len(both) / len(abroad))


def test_what_places_at_home_cost_the_season_abroad_is_bounded(season: Path) -> None:
    """Without them the season abroad is worth no less; with more of them, better paid, more are filled."""
    programme = vaiven.read_programme(season / "season")
    values, filled = [], []
    for name in ("without-home-openings", "", "home-openings-supported"):
        changed = edited(programme, read_edits(from_library(Path(name)))) if name else programme
        plan = vaiven.match(changed, vaiven.Options(gap=0.0))
        placements = PlacementTable(changed, plan.worker, plan.order)
        worth = placement_values(placements)
        values.append(float(worth[~placements.at_home()].sum()))
        filled.append(int(vaiven.development(plan).openings["filled"].sum()))
    assert filled[0] == 0 < filled[1] < filled[2]
    assert values[0] >= values[1] - 1e-6 and values[1] >= 0.99 * values[0]


def test_the_page_and_its_chart_are_written(season: Path) -> None:
    page = (season / "told/development.html").read_text("utf-8")
    assert "people_away" in page and "Guatemala" in page
    assert (season / "told/people_away.png").stat().st_size > 5000


@pytest.mark.parametrize("command", ["accounts", "development"])
def test_a_plan_without_placements_is_reported_too(season: Path, tmp_path: Path, command: str) -> None:
    (tmp_path / "placements.csv").write_text("worker_id,order_id\n", "utf-8")
    done = run_command(command, season / "season", tmp_path / "placements.csv", "-o", tmp_path / "told", "--lang", "es")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "told" / f"{command}.html").read_text("utf-8").count("<table>") > 0


def test_an_order_for_the_diaspora_is_filled_by_skill_without_travel() -> None:
    """A physician who lives elsewhere and takes no seasonal work fills what the home region lacks; nobody is away."""
    season = vaiven.generate("northern-triangle", workers=120)
    frames = {name: season.frame(name) for name in season.tables}
    home = frames["orders"][frames["orders"]["destination_country"] == "GT"].head(1)
    clinic = home.assign(order_id="CLINIC", isco08="2212", sector="Q86", headcount=1, min_experience_months=0)
    for column in ("required_skills", "desired_skills", "languages"):
        clinic[column] = ""
    member = (
        frames["workers"]
        .head(1)
        .assign(
            worker_id="MEMBER", origin_country="GT", origin_region="GT-13", occupations="2212:96", refuses="US;CA;ES"
        )
    )
    open_to_all = {"household_id": "", "travel_group_id": "", "reservation_weekly_income": 0}
    member = member.assign(
        **open_to_all, available_from=home["start_date"].iloc[0], available_to=home["end_date"].iloc[0]
    )
    frames["orders"] = pd.concat([frames["orders"], clinic])
    frames["workers"] = pd.concat([frames["workers"], member])
    texts = dict(season.texts)
    changed = vaiven.Programme.from_frames(texts.pop("programme.toml"), list(texts.values()), **frames)
    report = vaiven.development(vaiven.match(changed, vaiven.Options(gap=0.0)))
    opening = report.openings.set_index("order_id").loc["CLINIC"]
    assert (opening["filled"], opening["returnees"]) == (1, 0)
    assert "MEMBER" not in set(report.records["worker_id"])
