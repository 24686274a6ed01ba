"""The accounts: every amount by an independent reading of the tables, sums to the cent, rates that change them."""

from __future__ import annotations

import csv
import json
import tomllib
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import oracle
import pytest
from adversarial_programmes import draft
from command_line import run_command
from oracle.income import corridor_number, net_weekly_income
from oracle.matching import is_return
from oracle.programme_reader import first_day, last_day, number

import vaiven
from engine.accounts import lines
from engine.accounts.ledger import every_line
from engine.accounts.rates import DEFAULT
from scenarios.preset import load_preset

RATES = Path(lines.__file__).parents[1] / DEFAULT
Line = dict[str, Fraction]


def _rounded(amount: Fraction | int) -> Fraction:
    """To the cent, halves to the even one."""
    exact = Decimal(Fraction(amount).numerator) / Decimal(Fraction(amount).denominator)
    return Fraction(exact.quantize(Decimal("0.01"), ROUND_HALF_EVEN))


def _rate(rates: list[dict[str, Any]], name: str, worker: Any, order: Any) -> Fraction:
    """The middle of the rate of a name that is narrowed most."""
    told = {"origin": worker["origin_country"], "destination": order["destination_country"], "sector": order["sector"]}
    fitting = [
        (sum(key in rate for key in told), len(rate.get("sector", "")), Fraction(str(rate["middle"])))
        for rate in rates
        if rate["name"] == name
        if all(value.startswith(rate.get(key, "")) for key, value in told.items())
    ]
    return max(fitting)[2]


def _by_hand(read: Any, rates: list[dict[str, Any]], worker_id: str, order_id: str) -> Line:
    worker, order = read.workers[worker_id], read.orders[order_id]
    weeks = Fraction((last_day(order) - first_day(order)).days + 1, 7)
    abroad = not is_return(worker, order)

    def rate(name: str) -> Fraction:
        return _rate(rates, name, worker, order)

    told: Line = {"wages": _rounded(weeks * number(order["weekly_hours"]) * number(order["hourly_wage"]))}
    told["deductions"] = _rounded(weeks * number(order["weekly_deductions"]))
    told["worker_costs"] = _rounded(
        corridor_number(read, worker, order, "travel_cost_to_worker") + number(order["worker_cost"])
    )
    told["net_income"] = told["wages"] - told["deductions"] - told["worker_costs"]
    for name in ("income_tax", "worker_contributions", "employer_contributions"):
        told[name] = _rounded(told["wages"] * rate(name))
    pay = told["wages"] - told["deductions"] - told["income_tax"] - told["worker_contributions"]
    told["take_home_pay"] = pay
    told["spending_abroad"] = abroad * _rounded(max(pay, 0) * rate("spent_abroad"))
    told["value_to_host"] = abroad * _rounded((told["wages"] + told["employer_contributions"]) * rate("value_over_pay"))
    sent = told["remittances_sent"] = abroad * _rounded(max(pay, 0) * rate("remitted"))
    cost = corridor_number(read, worker, order, "remittance_cost_share") or rate("transfer_cost")
    told["transfer_cost"] = _rounded(sent * cost)
    told["remittances_received"] = sent - told["transfer_cost"]
    told["cheaper_transfer"] = _rounded(sent * max(cost - rate("transfer_target"), 0))
    told["savings"] = pay - told["spending_abroad"] - sent - told["worker_costs"]
    told["income_at_home"] = told["remittances_received"] + told["savings"]
    asked = _rounded(number(worker["reservation_weekly_income"]) * weeks)
    told["income_given_up"] = abroad * _rounded(asked * rate("given_up"))
    return told


def _rates(path: Path = RATES) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(path.read_text("utf-8"))["rate"]
    return found


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A season with chains and returns home, its plan, and the accounts as the command writes them."""
    folder = tmp_path_factory.mktemp("accounts")
    load_preset("northern-triangle").build(250, 0).write(folder / "season")
    vaiven.match(vaiven.read_programme(folder / "season")).to_folder(folder / "plan")
    done = run_command("accounts", folder / "season", folder / "plan", "-o", folder / "kept", "--json")
    assert done.returncode == 0, done.stderr
    (folder / "told.json").write_text(done.stdout, "utf-8")
    return folder


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_amount_is_what_an_independent_reading_finds(season: Path) -> None:
    read = oracle.programme_reader.read(season / "season")
    placements = _rows(season / "kept" / "placements.csv")
    rates = _rates()
    assert {(row["worker_id"], row["order_id"]) for row in placements} == {
        (row["worker_id"], row["order_id"]) for row in _rows(season / "plan" / "placements.csv")
    }
    totals: Line = defaultdict(Fraction)
    groups: dict[tuple[str, ...], Fraction] = defaultdict(Fraction)
    for row in placements:
        by_hand = _by_hand(read, rates, row["worker_id"], row["order_id"])
        assert {name: Fraction(row[name]) for name in by_hand} == by_hand
        worker, order = read.workers[row["worker_id"]], read.orders[row["order_id"]]
        net = net_weekly_income(read, worker, order) * ((last_day(order) - first_day(order)).days + 1) / 7
        assert abs(by_hand["net_income"] - net) <= Fraction(3, 200)
        for name, amount in by_hand.items():
            totals[name] += amount
            key = (worker["origin_country"], worker["origin_region"], order["destination_country"], order["sector"])
            groups[(*key, order["start_date"][:4], name)] += amount
    told = {row["line"]: Fraction(row["middle"]) for row in _rows(season / "kept" / "totals.csv")}
    assert {name: told[name] for name in totals} == dict(totals)
    kept = {
        (
            *(row[key] for key in ("origin_country", "origin_region", "destination_country", "sector", "year")),
            row["line"],
        ): row
        for row in _rows(season / "kept" / "accounts.csv")
        if row["unit"] == "money"
    }
    assert {key: Fraction(row["middle"]) for key, row in kept.items()} == dict(groups)
    assert any(is_return(read.workers[row["worker_id"]], read.orders[row["order_id"]]) for row in placements)


def test_every_way_of_adding_up_reconciles_to_the_cent(season: Path) -> None:
    told = json.loads((season / "told.json").read_text("utf-8"))
    assert told == json.loads((season / "kept" / "accounts.json").read_text("utf-8"))
    money = {line["line"]: line for line in told["lines"] if line["unit"] == "money"}
    for name in ("accounts", "corridors", "regions", "sectors", "years"):
        for reading in ("low", "middle", "high"):
            summed: Line = defaultdict(Fraction)
            for row in _rows(season / "kept" / f"{name}.csv"):
                summed[row["line"]] += Fraction(row[reading])
            assert {line: float(summed[line]) for line in money} == {line: one[reading] for line, one in money.items()}
    for one in money.values():
        assert one["low"] <= one["middle"] <= one["high"]


def test_days_to_break_even_are_the_first_on_which_pay_covers_costs(season: Path) -> None:
    read = oracle.programme_reader.read(season / "season")
    for row in _rows(season / "kept" / "placements.csv"):
        order = read.orders[row["order_id"]]
        days = (last_day(order) - first_day(order)).days + 1
        a_day, needed = Fraction(row["take_home_pay"]) / days, int(Fraction(row["days_to_break_even"]))
        assert needed * a_day >= Fraction(row["worker_costs"]) or needed == days + 1
        assert needed == 0 or (needed - 1) * a_day < Fraction(row["worker_costs"])


def test_changed_rates_change_totals_as_by_hand(season: Path, tmp_path: Path) -> None:
    """Twice the share remitted and no tax at all: recomputed from the file that says so."""
    lines_of = RATES.read_text("utf-8").split("\n")
    own = [one for one in lines_of if not one.startswith(("[[watched", "isco08"))]
    text = "\n".join(own[: next(n for n, one in enumerate(own) if one.startswith('name = "care"')) - 2])
    text = text.replace("low = 0.3\nmiddle = 0.4\nhigh = 0.5", "low = 0.4\nmiddle = 0.6\nhigh = 0.6")
    text += '\n[[rate]]\nname = "income_tax"\norigin = "GT"\ndestination = "CA"\nlow = 0\nmiddle = 0.5\nhigh = 1\n'
    text += 'as_of = 2026-01-01\nsource = "ours"\n'
    (tmp_path / "rates.toml").write_text(text, "utf-8")
    changed = _rates(tmp_path / "rates.toml")
    assert len(changed) == len(_rates()) + 1 and changed != [*_rates(), changed[-1]]
    done = run_command("accounts", season / "season", season / "plan", "--rates", tmp_path / "rates.toml", "--json")
    told = {line["line"]: line["middle"] for line in json.loads(done.stdout)["lines"]}
    read = oracle.programme_reader.read(season / "season")
    totals: Line = defaultdict(Fraction)
    for row in _rows(season / "plan" / "placements.csv"):
        for name, amount in _by_hand(read, changed, row["worker_id"], row["order_id"]).items():
            totals[name] += amount
    assert {name: told[name] for name in totals} == {name: float(amount) for name, amount in totals.items()}
    before = {line["line"]: line["middle"] for line in json.loads((season / "told.json").read_text("utf-8"))["lines"]}
    assert told["income_tax"] > before["income_tax"] and told["wages"] == before["wages"]


@pytest.mark.parametrize("seed", range(3))
def test_seasons_of_every_shape_are_read_alike(tmp_path: Path, seed: int) -> None:
    programme = draft(seed, 16).programme(tmp_path / "season")
    read = oracle.programme_reader.read(tmp_path / "season")
    kept = vaiven.accounts(vaiven.match(programme)).placements
    for row in kept.to_dict("records"):
        by_hand = _by_hand(read, _rates(), row["worker_id"], row["order_id"])
        assert {name: round(row[name], 2) for name in by_hand} == {name: float(one) for name, one in by_hand.items()}


def test_who_is_away_is_counted_day_by_day(season: Path) -> None:
    read = oracle.programme_reader.read(season / "season")
    days: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in _rows(season / "plan" / "placements.csv"):
        worker, order = read.workers[row["worker_id"]], read.orders[row["order_id"]]
        for day in range((last_day(order) - first_day(order)).days + 1):
            if not is_return(worker, order):
                month = f"{first_day(order) + timedelta(day):%Y-%m}"
                days[worker["origin_country"], worker["origin_region"], month] += 1
    told: dict[tuple[str, str, str], float] = defaultdict(float)
    for row in _rows(season / "kept" / "away.csv"):
        first = date.fromisoformat(f"{row['month']}-01")
        length = ((first + timedelta(31)).replace(day=1) - first).days
        told[row["origin_country"], row["origin_region"], row["month"]] += float(row["away"]) * length
        assert float(row["away"]) <= int(row["registered"])
    assert told.keys() == days.keys()
    assert all(told[key] == pytest.approx(days[key], abs=0.5) for key in days)


def test_care_that_leaves_is_marked() -> None:
    season = vaiven.generate("northern-triangle", workers=150)
    frames = {name: season.frame(name) for name in season.tables}
    old = frames["orders"]["isco08"].mode()[0]
    frames["orders"]["isco08"] = frames["orders"]["isco08"].replace(old, "5322")
    frames["workers"]["occupations"] = frames["workers"]["occupations"].str.replace(old, "5322")
    texts = dict(season.texts)
    changed = vaiven.Programme.from_frames(texts.pop("programme.toml"), list(texts.values()), **frames)
    away = vaiven.accounts(vaiven.match(changed)).away
    assert set(away.loc[away["isco08"] == "5322", "watched"]) == {"care"}
    assert (away["watched"] == "care").equals(away["isco08"].str.startswith(("22", "32", "53")))


def test_faults_of_rates_are_named_all_at_once(season: Path, tmp_path: Path) -> None:
    text = '[[rate]]\nname = "remitted"\nlow = 0.5\nmiddle = 0.4\nhigh = 0.6\nas_of = 2026-01-01\nsource = "ours"\n'
    text += '[[rate]]\nname = "spent"\nlow = 0.5\n[[watched]]\nname = "care"\n'
    (tmp_path / "rates.toml").write_text(text, "utf-8")
    done = run_command("accounts", season / "season", season / "plan", "--rates", tmp_path / "rates.toml")
    assert done.returncode == 2 and "rate 1" in done.stderr and "rate 2" in done.stderr and "watched 1" in done.stderr
    sound = text.split('[[rate]]\nname = "spent"')[0].replace("low = 0.5", "low = 0.3")
    (tmp_path / "rates.toml").write_text(sound, "utf-8")
    done = run_command("accounts", season / "season", season / "plan", "--rates", tmp_path / "rates.toml")
    assert done.returncode == 2 and "income_tax" in done.stderr


def test_a_line_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = Path(str(lines.__path__[0]), "deductions.py").read_text("utf-8")
    (tmp_path / "meals_alone.py").write_text(text.replace("* ledger.weeks", "* ledger.weeks / 2"), "utf-8")
    monkeypatch.setattr(lines, "__path__", [*lines.__path__, str(tmp_path)])
    every_line.cache_clear()
    try:
        totals = vaiven.accounts(vaiven.match(vaiven.generate("northern-triangle", workers=100))).totals
    finally:
        every_line.cache_clear()
    told = totals.set_index("line")["middle"]
    assert told["meals_alone"] == pytest.approx(told["deductions"] / 2, abs=1) and told["deductions"] > 0


def test_the_page_and_evaluations_are_written(season: Path) -> None:
    page = (season / "kept" / "accounts.html").read_text("utf-8")
    assert "<script" not in page and "Gibson and McKenzie" in page
    told = {row["name"]: row["plan"] for row in _rows(season / "kept" / "evaluations.csv")}
    placements = _rows(season / "kept" / "placements.csv")
    read = oracle.programme_reader.read(season / "season")
    abroad = [
        (row, read.orders[row["order_id"]])
        for row in placements
        if not is_return(read.workers[row["worker_id"]], read.orders[row["order_id"]])
    ]
    months = sum((last_day(order) - first_day(order)).days + 1 for _, order in abroad) / (365 / 12)
    sent = sum(float(row["remittances_sent"]) for row, _ in abroad)
    assert float(told["sent_a_month"]) == pytest.approx(sent / months, abs=0.06)
    assert told["more_savings"] == "" and np.isfinite(float(told["times_earnings"]))
