"""Builds the tiny programme of a rule's example: sensible defaults, with the rows that the example changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from engine.clauses.base import Example
from engine.programme import Programme, read_programme, write_programme
from engine.programme.schema import TABLES

WORKER = {
    "origin_country": "GT",
    "origin_region": "GT-01",
    "birth_date": "1990-01-01",
    "occupations": "9211:24",
    "languages": "es:C2;en:A2",
    "passport_expires": "2030-01-01",
    "medical_valid_until": "2030-01-01",
    "isced": "3",
}
ORDER = {
    "employer_id": "E1",
    "site_id": "S1",
    "destination_country": "CA",
    "destination_region": "CA-ON",
    "sector": "A01",
    "isco08": "9211",
    "start_date": "2026-03-01",
    "end_date": "2026-08-31",
    "headcount": "9",
    "weekly_hours": "45",
    "guaranteed_weekly_hours": "40",
    "hourly_wage": "15",
    "weekly_deductions": "20",
    "labour_market_test_until": "2027-12-31",
}
EMPLOYER = {"employer_id": "E1", "name": "Farm", "country": "CA", "accredited_until": "2030-01-01"}
SITE = {"site_id": "S1", "employer_id": "E1", "region": "CA-ON", "inspected_until": "2030-01-01"}
STAY = {
    "worker_id": "W0",
    "employer_id": "E9",
    "isco08": "9211",
    "destination_country": "CA",
    "exit_reason": "completed",
}
CORRIDOR = {"origin_country": "GT", "destination_country": "CA"}


def build(folder: Path, kind: str, example: Example) -> Programme:
    """Write and read the programme of an example whose clause under test is ``kind``."""
    tested = {"id": "tested", "kind": kind, **example.parameters}
    further = [dict(clause) for clause in example.clauses]
    agreement = {
        "id": "GT-CA",
        "version": "1",
        "title": "GT to CA",
        "origins": ["GT"],
        "destination": "CA",
        "sectors": [],
        "effective_from": date(2026, 1, 1),
        "effective_to": date(2027, 12, 31),
        "clause": [*further, tested],
    }
    settings = {
        "format": 1,
        "id": "example",
        "title": "example",
        "as_of": date.fromisoformat(example.as_of),
        "horizon": {"start": date(2026, 1, 1), "end": date(2027, 12, 31)},
        "currency": "USD",
        "max_placements_per_worker": 3,
        "reference_weekly_income": 400,
        "objective": {"fill": 1.0, "skill": 0.2, "income": 0.3},
    }
    rows = {
        "workers": [{**WORKER, "worker_id": f"W{i}", **row} for i, row in enumerate(example.workers)],
        "orders": [{**ORDER, "order_id": f"O{i}", **row} for i, row in enumerate(example.orders)],
        "employers": [{**EMPLOYER, **example.employer}],
        "sites": [{**SITE, **example.site}],
        "history": [{**STAY, **row} for row in example.history],
        "corridors": [{**CORRIDOR, **example.corridor}],
    }
    tables = {name: _frame(name, table) for name, table in rows.items()}
    write_programme(folder, settings, [_plain(agreement)], tables)
    return read_programme(folder)


def _frame(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    names = TABLES[name].column_names
    return pd.DataFrame([{column: str(row.get(column, "")) for column in names} for row in rows], columns=list(names))


def _plain(value: Any) -> Any:
    """Decimals as floats, which is what a TOML writer takes."""
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return float(value) if type(value).__name__ == "Decimal" else value
