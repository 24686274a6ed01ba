"""One season by every mechanism: what the table says is what the plans say, and the harmed are exactly those."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from statistics import median

import pandas as pd
import pytest
from base_programme import ORDER, WORKER, base
from command_line import run_command

import vaiven
from engine.planning.principles import compare_principles
from scenarios.presets import northern_triangle

CENT = 0.01


def _incomes(folder: Path, mechanism: str) -> tuple[dict[str, float], vaiven.Plan]:
    """What each worker earns after costs by a mechanism, from the files of the programme and the plan alone."""
    plan = vaiven.match(vaiven.read_programme(folder), vaiven.Options(mechanism=mechanism))
    days = {"orders": ["start_date", "end_date"]}
    orders, workers, ways = (
        pd.read_csv(folder / f"{name}.csv", parse_dates=days.get(name, []))
        for name in ("orders", "workers", "corridors")
    )
    orders, workers = (
        orders.set_index("order_id").fillna({"weekly_deductions": 0, "worker_cost": 0}),
        workers.set_index("worker_id"),
    )
    travel = ways.set_index(["origin_country", "destination_country"])["travel_cost_to_worker"].fillna(0)
    found = dict.fromkeys(workers.index, 0.0)
    for worker, order in zip(plan.placements["worker_id"], plan.placements["order_id"], strict=True):
        asked = orders.loc[order]
        weeks = ((asked["end_date"] - asked["start_date"]).days + 1) / 7
        way = (workers.loc[worker, "origin_country"], asked["destination_country"])
        weekly = asked["weekly_hours"] * asked["hourly_wage"] - asked["weekly_deductions"]
        found[worker] += weekly * weeks - travel.get(way, 0.0) - asked["worker_cost"]
    return found, plan


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A season of the preset, compared."""
    place = tmp_path_factory.mktemp("compare")
    northern_triangle.build(150, 2).write(place / "season")
    done = run_command("compare", place / "season", place / "out", "--json")
    assert done.returncode == 0, done.stderr
    (place / "told.json").write_text(done.stdout, "utf-8")
    return place


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_each_row_says_what_its_plan_says(compared: Path) -> None:
    """People, placements, income and objective, recomputed from the tables."""
    rows = {row["mechanism"]: row for row in _rows(compared / "out" / "mechanisms.csv")}
    assert (compared / "out" / "principles.png").stat().st_size and (compared / "out" / "principles.svg").stat().st_size
    assert set(rows) == {"first-come", "lottery", "optimal", "points", "priority", "proportional", "stable"}
    for name in ("first-come", "optimal"):
        income, plan = _incomes(compared / "season", name)
        assert int(float(rows[name]["workers"])) == plan.placements["worker_id"].nunique()
        assert int(float(rows[name]["placements"])) == len(plan.placements)
        assert float(rows[name]["net_income"]) == pytest.approx(sum(income.values()), abs=1)
        assert float(rows[name]["objective"]) == pytest.approx(plan.certificate.objective)
    assert all(float(row["objective"]) <= float(rows["optimal"]["objective"]) + 1e-6 for row in rows.values())
    assert set(json.loads((compared / "told.json").read_text("utf-8"))) == set(rows)


def test_the_harmed_are_exactly_those_who_earn_less(compared: Path) -> None:
    """Each with both incomes; whoever is held against himself is harmed by nothing."""
    (former, _), (best, _) = (_incomes(compared / "season", name) for name in ("first-come", "optimal"))
    rows = _rows(compared / "out" / "worse_off.csv")
    told = {row["worker_id"]: row for row in rows if row["mechanism"] == "optimal"}
    assert set(told) == {worker for worker in former if best[worker] < former[worker] - CENT} != set()
    for worker, row in told.items():
        assert float(row["income"]) == pytest.approx(best[worker], abs=0.02)
        assert float(row["income_before"]) == pytest.approx(former[worker], abs=0.02)
    assert not [row for row in rows if row["mechanism"] == "first-come"]
    counted = {row["mechanism"]: row for row in _rows(compared / "out" / "mechanisms.csv")}
    losses = sorted(former[worker] - best[worker] for worker in told)
    assert int(float(counted["optimal"]["worse_off"])) == len(told)
    assert float(counted["optimal"]["income_lost"]) == pytest.approx(sum(losses), abs=0.02)
    assert float(counted["optimal"]["median_loss"]) == pytest.approx(median(losses), abs=0.02)
    assert int(float(counted["first-come"]["worse_off"])) == 0


def test_ranks_claims_and_spread_are_those_of_the_tables(compared: Path) -> None:
    """Choices by rank, regions and households, recomputed from the tables."""
    season, plan = (
        compared / "season",
        vaiven.match(vaiven.read_programme(compared / "season"), vaiven.Options(mechanism="lottery")),
    )
    workers, orders, ranked = (pd.read_csv(season / f"{name}.csv") for name in ("workers", "orders", "preferences"))
    placed = plan.placements[["worker_id", "order_id"]].merge(orders[["order_id", "employer_id"]], on="order_id")
    by_order = placed.merge(ranked[["worker_id", "order_id", "rank"]], on=["worker_id", "order_id"])
    by_employer = placed.merge(ranked[["worker_id", "employer_id", "rank"]].dropna(), on=["worker_id", "employer_id"])
    best = pd.concat([by_order, by_employer]).groupby(["worker_id", "order_id"])["rank"].min()
    row = {row["mechanism"]: row for row in _rows(compared / "out" / "mechanisms.csv")}["lottery"]
    for name, rank in (("first_choices", 1), ("second_choices", 2), ("third_choices", 3)):
        assert float(row[name]) == (best == rank).sum(), name
    assert float(row["unranked"]) == len(placed) - len(best)
    at_work = workers.assign(placed=workers.worker_id.isin(placed.worker_id))
    shares = at_work.groupby("origin_region")["placed"].mean()
    assert float(row["least_region_share"]) == pytest.approx(shares.min())
    assert float(row["region_spread"]) == pytest.approx(shares.max() - shares.min())
    assert float(row["households_placed"]) == pytest.approx(at_work.groupby("household_id")["placed"].any().mean())


def test_harm_is_counted_against_the_rule_that_is_named(compared: Path) -> None:
    """By another rule others are worse off, and that rule harms nobody."""
    season = vaiven.read_programme(compared / "season")
    principles = vaiven.compare(season, "optimal", against="lottery")
    assert list(principles.table["mechanism"]) == ["optimal", "lottery"]
    (former, _), (best, _) = (_incomes(compared / "season", name) for name in ("lottery", "optimal"))
    expected = {worker for worker in former if best[worker] < former[worker] - CENT}
    assert set(principles.worse_off["worker_id"]) == expected
    assert principles.plot().to_dict()["description"].startswith("What each principle gives")
    with pytest.raises(vaiven.CallError, match="no mechanism"):
        vaiven.compare(season, "optimal", against="astrology")


def test_totals_of_origins_add_up_to_those_of_all() -> None:
    """Each state is told of its own people alone, and all of them together are everybody."""
    programme, options = vaiven.generate("northern-triangle", workers=120, seed=3), vaiven.Options(gap=0.01)
    countries = sorted(set(programme.workers.labels("origin_country").text()))
    whole = {one.mechanism: one.totals for one in compare_principles(programme, options, ["optimal"]).found}
    parts = [compare_principles(programme, options, ["optimal"], origin=country).found for country in countries]
    assert len(countries) > 2
    for name in ("workers", "placements", "net_income", "filled_share", "first_choices", "worse_off", "income_lost"):
        for one in whole:
            told = [part.totals[name] for found in parts for part in found if part.mechanism == one]
            assert sum(told) == pytest.approx(whole[one][name]), (one, name)


TRADES = ("6111", "6112", "7511", "9211", "9212")


@pytest.mark.parametrize("planted", [(), (2,), (0, 3), (0, 1, 2, 3, 4)])
def test_the_harm_check_finds_exactly_who_was_planted(planted: tuple[int, ...], tmp_path: Path) -> None:
    """In each trade two people and one place: who came first has it by the former rule, and loses it by the best plan
    where the other one was planted with more experience.
    """
    workers, orders = [], []
    for number, trade in enumerate(TRADES):
        months = (12, 24) if number in planted else (24, 12)
        orders.append({**ORDER, "order_id": f"O{number}", "isco08": trade, "hourly_wage": str(10 + number)})
        for place, (name, month) in enumerate(zip(("early", "late"), months, strict=True)):
            came = f"2025-1{place}-01T08:00:00"
            own = {"worker_id": f"{name}{number}", "occupations": f"{trade}:{month}", "registered_at": came}
            workers.append({**WORKER, **own})
    season = base(workers, orders).programme(tmp_path / "season")
    found = vaiven.compare(season, "optimal", options=vaiven.Options(gap=0.0))
    earned = {f"early{number}": 40 * (10 + number) * 92 / 7 for number in planted}
    told = found.worse_off.set_index("worker_id")
    assert set(told.index) == set(earned) and set(told["mechanism"]) <= {"optimal"}
    assert told["income_before"].to_dict() == pytest.approx(earned, abs=0.01) and (told["income"] == 0).all()
    (row,) = found.table[found.table["mechanism"] == "optimal"].to_dict("records")
    assert (row["worse_off"], row["better_off"]) == (len(planted), len(planted))
    assert row["income_lost"] == pytest.approx(sum(earned.values()), abs=0.01)
