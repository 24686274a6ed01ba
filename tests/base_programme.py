"""The programme of two workers and one order that reports from the field are told on, for a test to change."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from adversarial_programmes import Draft

from engine.programme.schema import TABLES

Rows = list[dict[str, str]]
WORKER = {"origin_country": "GT", "origin_region": "GT-01", "birth_date": "1990-01-01", "languages": "es:C2"}
WORKERS = [
    {"worker_id": "W00", **WORKER, "occupations": "9211:24"},
    {"worker_id": "W01", **WORKER, "occupations": "9211:12"},
]
ORDER = {
    "order_id": "O00",
    "employer_id": "E01",
    "site_id": "S1",
    "destination_country": "ES",
    "destination_region": "ES-H",
    "sector": "A01",
    "isco08": "9211",
    "start_date": "2026-03-01",
    "end_date": "2026-05-31",
    "headcount": "1",
    "weekly_hours": "40",
    "guaranteed_weekly_hours": "40",
    "hourly_wage": "10",
}


def base(workers: Rows = WORKERS, orders: Rows | None = None, **tables: Rows) -> Draft:
    """The programme with these workers and orders, and rows of other tables by their names."""
    settings: dict[str, Any] = {
        "format": 1,
        "id": "b",
        "title": "b",
        "as_of": date(2026, 1, 5),
        "horizon": {"start": date(2026, 1, 1), "end": date(2026, 12, 31)},
        "currency": "USD",
        "max_placements_per_worker": 3,
        "reference_weekly_income": 400,
        "objective": {"fill": 1.0, "skill": 0.2},
    }
    agreement: dict[str, Any] = {
        "id": "GT-ES",
        "version": "1",
        "title": "t",
        "origins": ["GT"],
        "destination": "ES",
        "sectors": [],
        "effective_from": date(2026, 1, 1),
        "effective_to": date(2026, 12, 31),
        "source": "s",
    }
    rows = {
        "workers": workers,
        "orders": [ORDER] if orders is None else orders,
        "employers": [{"employer_id": "E01", "name": "Farm", "country": "ES"}],
        "sites": [{"site_id": "S1", "employer_id": "E01", "region": "ES-H"}],
    } | tables
    frames = {
        name: pd.DataFrame(own, columns=list(TABLES[name].column_names), dtype=object).fillna("")
        for name, own in rows.items()
    }
    return Draft(settings, [agreement], frames)
