"""Every reason is recomputed by the independent reading: who is admitted, where they are, what is full, what is tied.

``VAIVEN_REASON_PROGRAMMES`` says on how many programmes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from adversarial_programmes import Draft, draft
from base_programme import ORDER, WORKERS, base
from oracle.calendar_rules import calendar_faults, legal_itineraries
from oracle.count_rules import Plan, faults, plan_faults, travel_groups
from oracle.income import value
from oracle.limit_rows import Column, LimitRow
from oracle.optimum import best_choice, columns_of, parties
from oracle.pair_rules import admitted, refusals
from oracle.programme_reader import Programme as Naive
from oracle.programme_reader import read as read_naively

from engine.plan.reason import Reason, reason, without_facts
from engine.plan.reasons import find_reasons
from engine.programme.reorder import drawn_order
from engine.run import Options, match_read
from engine.words import message

PROGRAMMES = int(os.environ.get("VAIVEN_REASON_PROGRAMMES", "10"))
MILLIONTH = Fraction(1, 10**6)


@dataclass(frozen=True)
class Explained:
    """A plan proved to be best, and its reasons by id."""

    naive: Naive
    plan: Plan
    objective: Fraction
    unplaced: dict[str, Reason]
    unfilled: dict[str, tuple[int, Reason]]

    def members(self, worker: str) -> tuple[str, ...]:
        """The worker and the rest of the travel group."""
        group = self.naive.workers[worker]["travel_group_id"]
        return tuple(travel_groups(self.naive)[group]) if group else (worker,)

    def pairs(self, worker: str, orders: str) -> Plan:
        """The placements of a worker's party on orders joined by +."""
        return [(member, order) for member in self.members(worker) for order in orders.split("+")]


def explained(made: Draft, folder: Path) -> Explained | None:
    """The draft matched to optimality, with its reasons; None where branching left a gap."""
    programme = made.programme(folder)
    matched = match_read(programme, Options(gap=0.0))
    if matched.files.certificate["status"] != "optimal":
        return None
    drawn, _, _ = drawn_order(programme, 0)
    reasons = find_reasons(matched.result)
    workers, orders = drawn.workers.id_text("worker_id"), drawn.orders.id_text("order_id")
    told = matched.files.placements
    plan = sorted(zip(told["worker_id"].to_pylist(), told["order_id"].to_pylist(), strict=True))
    naive = read_naively(folder)
    return Explained(
        naive,
        plan,
        sum((value(naive, *pair) for pair in plan), Fraction(0)),
        {str(workers[row]): found for row, found in reasons.unplaced.items()},
        {str(orders[row]): found for row, found in reasons.unfilled.items()},
    )


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[Explained]:
    """Adversarial programmes, matched; what isn't proved best is left out."""
    folder = tmp_path_factory.mktemp("reasons")
    found = (explained(draft(seed, 24), folder / str(seed)) for seed in range(PROGRAMMES))
    return [case for case in found if case is not None]


def of_code(cases: list[Explained], *named: str) -> Iterator[tuple[Explained, str, Any]]:
    """The unplaced workers with one of these cases of a reason, with its values."""
    for case in cases:
        for worker, found in case.unplaced.items():
            if found.case in named:
                yield case, worker, found.values


def with_worker(case: Explained, worker: str) -> Fraction | None:
    """What the best plan that places a worker is worth; None where there is none."""
    columns: list[Column] = [column for party in parties(case.naive) for column in columns_of(case.naive, party)]
    holds = [int(worker in column.members) for column in columns]
    if not any(holds):
        return None
    found = best_choice(case.naive, columns, [float(1000 * c.worth) for c in columns], [LimitRow(holds, low=1)])
    return None if found is None else sum((column.worth for column in found[1]), Fraction(0))


def breaks(limit: str, broken: set[str]) -> bool:
    """Whether a limit of prices.csv is among the rules that the independent reading finds broken."""
    first, *rest = limit.split("|")
    return first in broken or (rest[0] if rest else first) in broken or f"{first}|{rest[0] if rest else ''}" in broken


def keeps_promises(naive: Naive, column: Column) -> bool:
    """Whether a calendar holds what its people are promised."""
    return {order for worker, order in naive.commitments if worker in column.members} <= set(column.order_ids)


def test_everybody_and_every_open_order_has_a_reason(cases: list[Explained]) -> None:
    assert len(cases) >= PROGRAMMES // 2
    for case in cases:
        placed = {worker for worker, _ in case.plan}
        assert set(case.unplaced) == set(case.naive.workers) - placed
        filled = {order: sum(other == order for _, other in case.plan) for order in case.naive.orders}
        open_places = {o: int(row["headcount"]) - filled[o] for o, row in case.naive.orders.items()}
        assert {o: places for o, (places, _) in case.unfilled.items()} == {o: n for o, n in open_places.items() if n}


def test_who_is_not_admitted_has_no_legal_calendar_and_the_rule_refuses(cases: list[Explained]) -> None:
    checked = 0
    for case, worker, values in of_code(cases, "not_admitted.rule", "not_admitted.fact", "not_admitted.occupation"):
        assert not legal_itineraries(case.naive, worker)
        if "rule" in values:
            rule = values["rule"].partition(" (")[0].rpartition("|")[2]
            refusing = [
                order
                for order in case.naive.orders
                if rule in {name.rpartition("|")[2] for name in refusals(case.naive, worker, order)}
                or rule in {name.rpartition("|")[2] for name in calendar_faults(case.naive, worker, [order])}
            ]
            assert len(refusing) >= values["count"] > 0, (rule, worker)
        checked += 1
    assert checked


# Of facts, by how they begin: the cell of the worker or of the order that one tells, and the value that tells it; ""
# where it tells that the cell is empty.
FACTS = {
    "passport until": ("passport_expires", "until"),
    "medical examination until": ("medical_valid_until", "until"),
    "no date of a passport": ("passport_expires", ""),
    "no date of a medical": ("medical_valid_until", ""),
    "no birth date": ("birth_date", ""),
    "{n} years old": ("birth_date", "born"),
    "{n} year old": ("birth_date", "born"),
    "available from": ("available_from", "first"),
    "available until": ("available_to", "last"),
    "a net weekly income of {income:,.2f}, {asked:,.2f} asked for": ("reservation_weekly_income", "asked"),
    "no level of education": ("isced", ""),
    "education of": ("isced", "level"),
    "an hourly wage": ("hourly_wage", "wage"),
    "a cost to the worker": ("worker_cost", "cost"),
    "deductions of": ("weekly_deductions", "taken"),
    "starts on": ("start_date", "start"),
    "labour market test until": ("labour_market_test_until", "until"),
    "no date of a labour market test": ("labour_market_test_until", ""),
    "work from {start} to {end}": ("end_date", "end"),
    "{hours:amount} hours a week": ("guaranteed_weekly_hours", "hours"),
}


def _tells(cell: str, told: Any) -> bool:
    """Whether a cell is what a fact tells; numbers may be written in several ways."""
    return float(cell or 0) == float(told) if isinstance(told, int | float) else cell == str(told)


def test_a_fact_beside_a_demand_is_what_the_tables_say(cases: list[Explained]) -> None:
    """The date or the number that a document, a person or an order has, or that there is none, as the raw rows say."""
    checked: set[str] = set()
    for case, worker, values in of_code(cases, "not_admitted.fact"):
        fact, rows = values["fact"], case.naive.workers[worker] | case.naive.orders[values["order"]]
        for begin in filter(fact.key.startswith, FACTS):
            column, name = FACTS[begin]
            if "{asked" in begin and "reservation" not in values["rule"]:
                continue
            assert _tells(rows[column], fact.values[name] if name else ""), (worker, fact)
            checked.add(column)
    assert len(checked) > 3, checked


def test_tied_is_proved_by_another_plan_of_the_same_value(cases: list[Explained]) -> None:
    for case, worker, values in of_code(cases, "tied.worker"):
        assert with_worker(case, worker) == pytest.approx(case.objective, abs=1e-6), (worker, values)


def test_who_is_outpriced_would_lower_the_plan(cases: list[Explained]) -> None:
    checked = 0
    for case, worker, values in of_code(cases, "outpriced.worker"):
        best = with_worker(case, worker)
        assert best is None or best <= case.objective + MILLIONTH, (worker, values)
        worth = sum((value(case.naive, *pair) for pair in case.pairs(worker, values["order"])), Fraction(0))
        assert float(worth) == pytest.approx(values["value"], abs=1e-6) and values["cost"] > values["value"]
        checked += 1
    assert checked


def test_who_holds_the_limit_is_worth_as_much_as_is_said(cases: list[Explained]) -> None:
    """No single exchange gives as much: each placement that would make room is worth more."""
    for case, worker, values in of_code(cases, "outpriced.holders"):
        comes = case.pairs(worker, values["order"])
        worth = sum((value(case.naive, *pair) for pair in comes), Fraction(0))
        assert float(worth) == pytest.approx(values["value"], abs=1e-6)
        gone = []
        for party in parties(case.naive):
            goes = [pair for pair in case.plan if pair[0] in party]
            if goes and not faults(case.naive, [*(p for p in case.plan if p not in goes), *comes]):
                gone.append(sum((value(case.naive, *pair) for pair in goes), Fraction(0)))
        assert gone and values["least"] > values["value"]
        assert float(min(gone)) == pytest.approx(values["least"], abs=1e-6), (worker, values)


def test_the_limit_named_is_what_stands_in_the_way(cases: list[Explained]) -> None:
    checked = 0
    for case, worker, values in of_code(cases, "limit_full.worker", "limit_full.never"):
        comes = case.pairs(worker, values["order"])
        broken = plan_faults(case.naive, [*case.plan, *comes])
        assert breaks(values["limit"], broken), (worker, values, broken)
        checked += 1
    for case, worker, values in of_code(cases, "limit_full.min_crew"):
        assert any(not refusals(case.naive, worker, order) for order in values["order"].split("+"))
        crew = [order for order in values["order"].split("+") if int(case.naive.orders[order]["min_crew"] or 1) > 1]
        assert crew and not any(order in crew for _, order in case.plan)
        checked += 1
    assert checked


def test_a_plan_that_is_proved_leaves_no_gain(cases: list[Explained]) -> None:
    for case in cases:
        left = [found for found in case.unplaced.values() if found.code == "left_within_gap"]
        assert not [one for one in left if one.values["gain"] > 1e-6], left


def test_open_orders_count_who_is_admitted_and_where_they_are(cases: list[Explained]) -> None:
    seen: set[str] = set()
    for case in cases:
        columns = [column for party in parties(case.naive) for column in columns_of(case.naive, party)]
        columns = [column for column in columns if keeps_promises(case.naive, column)]
        pairs = admitted(case.naive)
        for order, (_, found) in case.unfilled.items():
            able = {worker for column in columns if order in column.order_ids for worker in column.members}
            here = {worker for worker, other in case.plan if other == order}
            told = found.values
            seen.add(found.case)
            if found.case.startswith("limit_full.crew"):
                assert not here
                if told.get("admitted") != len(able):  # a crew that can't be had is left out before calendars are made
                    able = {worker for worker, other in pairs if other == order}
            if found.case == "not_admitted.nobody":
                assert not [worker for worker, other in pairs if other == order]
            if found.case == "not_admitted.calendar":
                assert not able and told["pairs"] == len([one for one, other in pairs if other == order])
            if "admitted" in told:
                assert told["admitted"] == len(able), (order, found)
            if found.case == "outpriced.order":
                assert told["here"] == len(here) and told["elsewhere"] == len(able - here)
                assert able - here <= {worker for worker, _ in case.plan}
            if found.case == "not_admitted.nobody_else":
                assert able <= here and told["here"] == len(here)
            if found.case == "limit_full.crew":
                assert told["admitted"] < told["least"]
            if found.case == "limit_full.crew_never":
                broken = plan_faults(case.naive, [(worker, order) for worker in sorted(able)])
                assert told["admitted"] >= told["least"] and breaks(told["limit"].partition(" (")[0], broken), found
    assert {"not_admitted.nobody", "outpriced.order"} <= seen


FIELD = {
    "ties: one is worth less": (base(), "W01", "outpriced"),
    "beds of none": (
        base(sites=[{"site_id": "S1", "employer_id": "E01", "region": "ES-H", "beds": "0"}]),
        "W01",
        "limit_full",
    ),
    "a group larger than the order": (
        base(
            [{**WORKERS[0], "worker_id": f"W0{i}", "travel_group_id": "G"} for i in range(4)],
            [{**ORDER, "headcount": "3"}],
        ),
        "W01",
        "limit_full",
    ),
    "a crew that can't be had": (base(orders=[{**ORDER, "headcount": "3", "min_crew": "3"}]), "W00", "limit_full"),
}


@pytest.mark.parametrize("name", FIELD)
def test_reports_from_the_field(name: str, tmp_path: Path) -> None:
    made, worker, code = FIELD[name]
    case = explained(made, tmp_path / "p")
    assert case is not None and case.unplaced[worker].code == code, case and case.unplaced
    if name.startswith("a crew"):
        assert str(case.unplaced[worker]) == "limit_full: O00 does not reach the least crew that it asks for"
    if name.startswith("beds"):
        assert case.unplaced[worker].values["limit"].startswith("beds|S1|")


def test_a_cap_of_none_is_full(tmp_path: Path) -> None:
    made = base()
    made.agreements[0]["clause"] = [{"id": "closed", "kind": "cap", "count": 0}]
    case = explained(made, tmp_path / "p")
    assert case is not None
    assert str(case.unplaced["W00"]) == "limit_full: GT-ES|closed is too small for O00"


def test_equals_are_tied(tmp_path: Path) -> None:
    made = base([WORKERS[0], {**WORKERS[0], "worker_id": "W01"}])
    case = explained(made, tmp_path / "p")
    assert case is not None and [found.code for found in case.unplaced.values()] == ["tied"]
    assert Decimal(str(round(float(case.objective), 6))) > 0


def test_a_table_of_reasons_can_be_told_without_anybodys_data() -> None:
    """The rule and how often it refuses stay; the date of a passport, a birth or an income goes, quotes or none."""
    values = {"rule": "GT-CA|papers (Art. 4)", "count": 5, "looked_at": 5}
    fact = message("passport until {until}, needed until {needed}", until=date(2026, 1, 5), needed=date(2026, 10, 31))
    told, untold = reason("not_admitted.fact", **values, order="O1", fact=fact), reason("not_admitted.rule", **values)
    assert without_facts(f'W1,"{told}"\r\nW2,x\r\n') == f'W1,"{untold}"\r\nW2,x\r\n'
    assert "2026" not in without_facts(f"W1,{told}\n")
