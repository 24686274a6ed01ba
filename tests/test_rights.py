"""The rights report: planted breaches are found, each by its line, and nothing but them; every mark is recomputed."""

from __future__ import annotations

import csv
import json
import random
from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import oracle
import pandas as pd
import pytest
from adversarial_programmes import Draft, draft
from base_programme import ORDER, WORKER, base
from command_line import run_command
from oracle.calendar_rules import calendar_faults
from oracle.income import corridor_number, net_weekly_income
from oracle.matching import clauses_on, is_return
from oracle.pair_rules import refusals
from oracle.programme_reader import first_day, last_day, number

import vaiven
from engine.programme import Programme
from engine.rights.line import Mark
from engine.rights.report import Rights, every_line, rights

KINDS = {
    "fees": {"worker_cost"},
    "wage_floor": {"wage_floor"},
    "guaranteed_hours": {"guarantee"},
    "deductions": {"deductions"},
    "housing": {"housing"},
    "papers": {"documents"},
    "income": {"net_income"},
}
Marks = dict[str, set[tuple[str, str, str]]]


def _found(programme: Programme, pairs: list[tuple[str, str]]) -> Rights:
    rows = [
        {name: row for row, name in enumerate(programme[table].id_text(f"{table[:-1]}_id").tolist())}
        for table in ("workers", "orders")
    ]
    return rights(programme, [rows[0][worker] for worker, _ in pairs], [rows[1][order] for _, order in pairs])


def _marks(found: Rights, pairs: list[tuple[str, str]], mark: Mark) -> Marks:
    """By line, who is marked on what, and by which rule (by no name where nothing asks for it)."""
    told: Marks = defaultdict(set)
    for line in found.lines:
        for one in line.judgement.findings:
            name = one.rule if isinstance(one.rule, str) else one.rule.name if one.rule else ""
            told[line.name] |= {(*pairs[row], name) for row in one.rows.tolist() if one.mark == mark}
    return told


def _season() -> Draft:
    """One worker for each order, and in each order one thing that isn't right, but in the first."""
    orders: list[dict[str, str]] = [
        {"weekly_deductions": "80"},
        {"worker_cost": "50.5"},
        {"hourly_wage": "9.99"},
        {"guaranteed_weekly_hours": "29"},
        {"weekly_deductions": "101"},
        {"site_id": "S2"},
        {"hourly_wage": "9.96", "weekly_deductions": "99.5", "worker_cost": "20"},
    ]
    rows = [{**ORDER, "order_id": f"O{n}", "guaranteed_weekly_hours": "40", **row} for n, row in enumerate(orders)]
    people = [{"worker_id": f"W{n}", **WORKER, "occupations": "9211:24"} for n in range(8)]
    people[6]["reservation_weekly_income"] = "400"
    people[7]["refuses"] = "ES"
    made = base(
        people,
        rows,
        sites=[
            {"site_id": "S1", "employer_id": "E01", "region": "ES-H", "beds": "9", "inspected_until": "2026-12-31"},
            {"site_id": "S2", "employer_id": "E01", "region": "ES-H", "beds": "1", "inspected_until": "2026-05-30"},
        ],
    )
    made.agreements[0]["clause"] = [
        {"id": "fees", "kind": "worker_cost", "max": 50, "source": "Art. 1"},
        {"id": "floor", "kind": "wage_floor", "hourly": 10, "source": "Art. 2"},
        {"id": "hours", "kind": "guarantee", "min_weekly_hours": 30, "source": "Art. 3"},
        {"id": "taken", "kind": "deductions", "max_share": 0.25, "source": "Art. 4"},
        {"id": "inspected", "kind": "housing", "source": "Art. 5"},
        {"id": "season", "kind": "stay_window", "max_days": 92, "window_days": 365, "source": "Art. 6"},
    ]
    return made


PAIRS = [(f"W{n}", f"O{n}") for n in range(7)] + [("W7", "O5"), ("W7", "O0")]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The season on disk, with the plan of `PAIRS` beside it."""
    place = tmp_path_factory.mktemp("rights")
    _season().programme(place / "season")
    (place / "plan").mkdir()
    text = "worker_id,order_id\n" + "".join(f"{worker},{order}\n" for worker, order in PAIRS)
    (place / "plan" / "placements.csv").write_text(text, "utf-8")
    return place


def test_each_planted_breach_is_found_by_its_line(planted: Path) -> None:
    """With the clause that is broken, in nobody else; the line of the whole agreement has them all."""
    found = _found(vaiven.read_programme(planted / "season"), PAIRS)
    told = _marks(found, PAIRS, Mark.BREACH)
    assert told["fees"] == {("W1", "O1", "GT-ES|fees")}
    assert told["wage_floor"] == {("W2", "O2", "GT-ES|floor"), ("W6", "O6", "GT-ES|floor")}
    assert told["guaranteed_hours"] == {("W3", "O3", "GT-ES|hours")}
    assert told["deductions"] == {("W4", "O4", "GT-ES|taken")}
    housed = {(worker, "O5", rule) for worker in ("W5", "W7") for rule in ("GT-ES|inspected", "beds")}
    assert told["housing"] == housed
    assert told["free_choice"] == {("W7", "O0", "refused"), ("W7", "O5", "refused")}
    assert told["income"] == {("W6", "O6", "reservation")}
    assert told["papers"] == told["cost_of_going"] == set()
    every = set().union(*(told[line] for line in told if line != "agreement"))
    assert told["agreement"] >= {one for one in every if one[2] != "beds"}
    assert not found.clean


def test_what_no_clause_asks_is_a_remark_and_what_just_holds_is_at_the_edge(planted: Path) -> None:
    """A fee below the ceiling is a remark; a wage at the floor and a full stay are at the edge, with no breach."""
    found = _found(vaiven.read_programme(planted / "season"), PAIRS)
    remarks, edges = _marks(found, PAIRS, Mark.REMARK), _marks(found, PAIRS, Mark.EDGE)
    lines = {line.name: line for line in found.lines}
    assert remarks["fees"] == {("W1", "O1", ""), ("W6", "O6", "")}
    assert [PAIRS[row] for row in lines["fees"].rows(Mark.REMARK)] == [("W6", "O6")]  # the other is a breach
    at_floor = {(worker, order, "GT-ES|floor") for worker, order in PAIRS if order not in ("O2", "O6")}
    assert edges["wage_floor"] == at_floor
    assert edges["time_at_home"] == {(worker, order, "GT-ES|season") for worker, order in PAIRS}
    assert {pair[:2] for pair in remarks["papers"]} == set(PAIRS)


def test_the_command_writes_the_report_and_says_no(planted: Path) -> None:
    """Tables, JSON and page say the same; a folder that holds something is left alone; two languages."""
    for language in ("en", "es"):
        out = planted / language
        done = run_command(
            "rights", planted / "season", planted / "plan", out, "--json", "--lang", language, folder=planted
        )
        assert done.returncode == 1, done.stderr
        told = json.loads(done.stdout)
        assert json.loads((out / "rights.json").read_text("utf-8")) == told
        rows = _rows(out / "lines.csv")
        assert [row["line"] for row in rows] == [line["line"] for line in told["lines"]] == sorted(every_line())
        marked = _rows(out / "marked.csv")
        for row, line in zip(rows, told["lines"], strict=True):
            breaches = [one for one in marked if (one["line"], one["mark"]) == (row["line"], "breach")]
            assert (
                len({(one["worker_id"], one["order_id"]) for one in breaches}) == int(row["breach"]) == line["breach"]
            )
        page = (out / "rights.html").read_text("utf-8")
        assert "Art. 1" in page and "<script" not in page and all(line["title"] in page for line in told["lines"])
    assert {row["article"] for row in marked if row["rule"] == "GT-ES|floor"} == {"Art. 2"}
    again = run_command("rights", planted / "season", planted / "plan", planted / "en")
    assert again.returncode == 2 and "not empty" in again.stderr


def test_a_repaired_plan_is_held_against_what_its_events_left(planted: Path, tmp_path: Path) -> None:
    """Who dropped out is no longer available: a breach that the plan without events doesn't have."""
    (tmp_path / "plan").mkdir()
    placements = (planted / "plan" / "placements.csv").read_text("utf-8")
    (tmp_path / "plan" / "placements.csv").write_text(placements, "utf-8")
    done = [run_command("rights", planted / "season", tmp_path / "plan", "--json")]
    events = "event,worker_id,order_id,employer_id,days,reason\ndrop_out,W0,,,,\n"
    (tmp_path / "plan" / "events.csv").write_text(events, "utf-8")
    done.append(run_command("rights", planted / "season", tmp_path / "plan", "--json"))
    found = [
        {one["rule"]: one["some"] for line in json.loads(told.stdout)["lines"] for one in line["found"]}
        for told in done
    ]
    assert "availability" not in found[0]
    assert found[1]["availability"] == [{"worker_id": "W0", "order_id": "O0"}]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("seed", range(4))
def test_every_mark_is_what_an_independent_reading_finds(tmp_path: Path, seed: int) -> None:
    """Placements drawn at random, most of them not legal: breaches by rule, remarks by the cells of the tables."""
    programme = draft(seed, 12).programme(tmp_path / "season")
    read = oracle.programme_reader.read(tmp_path / "season")
    pairs = _drawn(read, seed)
    found = _found(programme, pairs)
    breaches, remarks = _marks(found, pairs, Mark.BREACH), _marks(found, pairs, Mark.REMARK)
    broken = {(worker, order, rule.split("|")[-1]) for worker, order, rule in breaches["agreement"]}
    refused = {(*pair, rule) for pair in pairs for rule in refusals(read, *pair)}
    calendars = {worker: calendar_faults(read, worker, [o for w, o in pairs if w == worker]) for worker, _ in pairs}
    of_calendars = {(worker, rule) for worker, rules in calendars.items() for rule in rules}
    assert refused <= broken
    assert {(worker, rule) for worker, _, rule in broken - refused} == of_calendars
    for line, kinds in KINDS.items():
        of_clauses = {one for one in breaches[line] if one[2] not in ("beds", "reservation")}
        assert {one[2].split("|")[-1] for one in of_clauses} <= _ids(read, kinds)
        assert {(*one[:2], one[2].split("|")[-1]) for one in of_clauses} == {
            one for one in refused if one[2] in _ids(read, kinds)
        }
    abroad = [pair for pair in pairs if not is_return(read.workers[pair[0]], read.orders[pair[1]])]
    cells: dict[str, Any] = {
        "fees": lambda _, order: number(order["worker_cost"]) > 0,
        "cost_of_going": lambda worker, order: corridor_number(read, worker, order, "travel_cost_to_worker") > 0,
        "guaranteed_hours": lambda _, order: number(order["guaranteed_weekly_hours"]) == 0,
        "deductions": lambda worker, order: (
            number(order["weekly_deductions"]) > 0 and not _asked(read, worker, order, "deductions")
        ),
    }
    for line, holds in cells.items():
        asked = {pair for pair in abroad if holds(read.workers[pair[0]], read.orders[pair[1]])}
        assert {one[:2] for one in remarks[line]} == asked
    nearly = {
        (*pair, clause["id"])
        for pair in pairs
        for clause in clauses_on(read, read.workers[pair[0]], read.orders[pair[1]])
        if clause["kind"] == "wage_floor" and (*pair, clause["id"]) not in refused
        if number(read.orders[pair[1]]["hourly_wage"]) < Fraction(clause["hourly"]) * Fraction(101, 100)
        if clause.get("from_season", 1) == 1
    }
    edges = _marks(found, pairs, Mark.EDGE)
    assert nearly <= {(*one[:2], one[2].split("|")[-1]) for one in edges["wage_floor"]}
    assert {one for one in breaches["housing"] | edges["housing"] if one[2] == "beds"} == _fullest(read, pairs)
    poor = {pair for pair in pairs if net_weekly_income(read, read.workers[pair[0]], read.orders[pair[1]]) <= 0}
    assert {one[:2] for one in remarks["income"]} == poor


def _fullest(read: Any, pairs: list[tuple[str, str]]) -> set[tuple[str, str, str]]:
    """Who is at a site on its first fullest day, where there are at least as many people as beds."""
    present: dict[tuple[str, date], list[tuple[str, str]]] = defaultdict(list)
    for worker, order in pairs:
        first, last = first_day(read.orders[order]), last_day(read.orders[order])
        for day in range((last - first).days + 1):
            present[read.orders[order]["site_id"], first + timedelta(day)].append((worker, order))
    told = set()
    for site, row in read.sites.items():
        days = {day: who for (where, day), who in present.items() if where == site}
        fullest = min(days, key=lambda day: (-len(days[day]), day), default=None)
        if fullest and row["beds"] and len(days[fullest]) >= int(row["beds"]):
            told |= {(*pair, "beds") for pair in days[fullest]}
    return told


def _ids(read: Any, kinds: set[str]) -> set[str]:
    every = [*read.clauses, *(clause for agreement in read.agreements for clause in agreement.clauses)]
    return {clause["id"] for clause in every if clause["kind"] in kinds}


def _drawn(read: Any, seed: int) -> list[tuple[str, str]]:
    every = [(worker, order) for worker in read.workers for order in read.orders]
    return sorted(random.Random(seed).sample(every, min(30, len(every))))


def _asked(read: Any, worker: Any, order: Any, kind: str) -> bool:
    return any(clause["kind"] == kind for clause in clauses_on(read, worker, order))


@pytest.mark.parametrize("seed", range(3))
def test_no_plan_of_ours_is_marked_as_a_breach(tmp_path: Path, seed: int) -> None:
    """Whatever the report would mark, no plan proposes: each of its breaches is a breach of the audit."""
    season = draft(seed, 16).programme(tmp_path / "season")
    report = vaiven.rights(vaiven.match(season))
    assert report.clean and not report.table["breach"].any()
    assert set(report.marked["mark"]) <= {"remark", "edge"}
    drawn = _drawn(oracle.programme_reader.read(tmp_path / "season"), seed)
    audit = vaiven.audit(season, pd.DataFrame(drawn, columns=["worker_id", "order_id"]))
    blamed = {(w, breach.rule) for breach in audit.breaches for w in breach.workers}
    marks = _marks(_found(season, drawn), drawn, Mark.BREACH)
    assert {(worker, rule) for own in marks.values() for worker, _, rule in own} <= blamed
