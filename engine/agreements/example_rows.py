"""The rows of an example: the columns it gives, over neutral ones that no clause of the agreement refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import pandas as pd

from engine.agreements.examples import LawExample
from engine.programme.programme import Agreement
from engine.programme.schema import TABLES

LONG_AFTER, LONG_BEFORE = date(2190, 1, 1), date(1900, 1, 1)
LENGTHS, AGES, LEVELS = (92, 60, 150, 28, 200), (30, 45, 20, 60), (3, 1, 6)
OCCUPATION = "9211"
Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Neutral:
    """What a placement is where an example says nothing: its start and length, who the worker is."""

    start: date
    days: int = LENGTHS[0]
    age: int = AGES[0]
    isced: int = LEVELS[0]
    returning: bool = False


def usual(agreement: Agreement) -> Neutral:
    """The placement that is tried first: from 1 March where the agreement has one, else from its first day."""
    return Neutral(
        next((day for day in _starts(agreement) if (day.month, day.day) == (3, 1)), agreement.effective_from)
    )


def other_orders(agreement: Agreement, neutral: Neutral) -> list[Neutral]:
    """The same worker on orders of other days."""
    return [replace(neutral, start=start, days=days) for start in _starts(agreement) for days in LENGTHS]


def other_workers(neutral: Neutral) -> list[Neutral]:
    """Other workers on the same order."""
    asked = product(AGES, LEVELS, (False, True))
    return [replace(neutral, age=age, isced=isced, returning=returning) for age, isced, returning in asked]


def _starts(agreement: Agreement) -> list[date]:
    """The first day of the agreement and the firsts of its first twelve months."""
    first, last = agreement.effective_from, agreement.effective_to
    months = [(first.year * 12 + first.month - 1 + number) for number in range(1, 13)]
    firsts = [date(month // 12, month % 12 + 1, 1) for month in months]
    return [first, *(day for day in firsts if day <= last)]


def frames(
    agreement: Agreement, examples: Sequence[LawExample], neutral: Sequence[Neutral], spoken: str
) -> dict[str, pd.DataFrame]:
    """The tables in which row i of workers and row i of orders are an example with its neutral columns.

    ``spoken`` is what workers speak where an example doesn't say.
    """
    rows: Rows = {name: [] for name in ("workers", "orders", "employers", "sites", "history", "commitments", "recalls")}
    for number, (example, base) in enumerate(zip(examples, neutral, strict=True)):
        for name, own in _rows(agreement, example, base, number, spoken):
            rows[name].append(own)
    corridor = next((example.rows["corridor"] for example in examples if "corridor" in example.rows), {})
    ends = [{"origin_country": one, "destination_country": agreement.destination} for one in agreement.origins]
    tables = {**rows, "corridors": [{**end, **corridor} for end in ends]}
    return {name: _frame(name, own) for name, own in tables.items() if own}


def _rows(
    agreement: Agreement, example: LawExample, base: Neutral, number: int, spoken: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of one example, each with the name of its table."""
    given = {name: dict(row) for name, row in example.rows.items()}
    worker, order = given.get("worker", {}), given.get("order", {})
    start = _start(agreement, order.pop("start_date", base.start))
    length = order.pop("days", base.days)
    names = {"employer_id": f"E{number}", "site_id": f"S{number}"}
    yield (
        "workers",
        {
            "worker_id": f"W{number}",
            "origin_country": agreement.origins[0],
            "birth_date": _years_before(start, worker.pop("age", base.age)),
            "sex": "F",
            "occupations": f"{OCCUPATION}:600",
            "languages": spoken,
            "isced": base.isced,
            "passport_expires": LONG_AFTER,
            "medical_valid_until": LONG_AFTER,
            **worker,
        },
    )
    yield (
        "orders",
        {
            "order_id": f"O{number}",
            **names,
            "destination_country": agreement.destination,
            "sector": agreement.sectors[0] if agreement.sectors else "",
            "isco08": OCCUPATION,
            "start_date": start,
            "end_date": start + timedelta(length - 1),
            "headcount": 1,
            "weekly_hours": 60,
            "guaranteed_weekly_hours": 60,
            "hourly_wage": 1000,
            "labour_market_test_until": LONG_AFTER,
            **order,
        },
    )
    country = {"name": "", "country": agreement.destination, "accredited_until": LONG_AFTER}
    yield "employers", {"employer_id": names["employer_id"], **country, **given.get("employer", {})}
    yield "sites", {**names, "inspected_until": LONG_AFTER, **given.get("site", {})}
    yield (
        "commitments",
        {
            "worker_id": f"W{number}",
            "order_id": f"O{number}",
            "agreed_on": start - timedelta(example.days_ahead),
        },
    )
    if example.recalled:
        yield "recalls", {"worker_id": f"W{number}", "order_id": f"O{number}"}
    past = example.history or ({"days": 60, "days_before": 400},) * base.returning
    for stay in past:
        yield "history", _stay(agreement, dict(stay), start, number)


def _stay(agreement: Agreement, stay: dict[str, Any], start: date, number: int) -> dict[str, Any]:
    last = stay.get("end_date", start - timedelta(stay.pop("days_before", 400) + 1))
    first = stay.get("start_date", last - timedelta(stay.pop("days", 60) - 1))
    return {
        "worker_id": f"W{number}",
        "isco08": OCCUPATION,
        "destination_country": agreement.destination,
        "exit_reason": "completed",
        **stay,
        "start_date": first,
        "end_date": last,
    }


def _start(agreement: Agreement, day: Any) -> Any:
    """A day as it is given, or one without a year as the first such day in the agreement."""
    if not isinstance(day, str) or not re.fullmatch(r"\d\d-\d\d", day):
        return day
    for year in range(agreement.effective_from.year, agreement.effective_to.year + 1):
        found = date(year, int(day[:2]), int(day[3:]))
        if agreement.effective_from <= found <= agreement.effective_to:
            return found
    return date(agreement.effective_from.year, int(day[:2]), int(day[3:]))


def _years_before(day: date, years: int) -> date:
    """The day on which somebody is born who turns so many years on a day."""
    return date(day.year - years, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


def _frame(name: str, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    columns = TABLES[name].column_names
    return pd.DataFrame([{column: _cell(row.get(column, "")) for column in columns} for row in rows], columns=columns)


def _cell(value: Any) -> str:
    return ";".join(map(str, value)) if isinstance(value, list) else str(value)
