"""A preset: one valley that sends fruit pickers to one farm."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from engine.programme.schema import TABLES
from scenarios.preset import Draft

NAME = "one-valley"
SUMMARY = "One valley sends fruit pickers to one farm; the smallest season that there can be."
LEAST_WORKERS = 1
SEASON = {"start": date(2026, 1, 1), "end": date(2026, 12, 31)}


def build(workers: int, seed: int, density: str = "sparse") -> Draft:
    """Draw the months of experience; the farm has places for half of the valley."""
    months = np.random.default_rng(seed).integers(0, 60, workers)
    settings = {
        "format": 1,
        "id": f"{NAME}-{workers}-{seed}",
        "title": "One valley",
        "as_of": date(2026, 1, 5),
        "horizon": SEASON,
        "currency": "USD",
        "reference_weekly_income": 400,
        "objective": {"fill": 1.0, "skill": 0.2},
    }
    agreement = {
        "id": "GT-CA-2026",
        "version": "1",
        "title": "Between the valley's state and the farm's",
        "origins": ["GT"],
        "destination": "CA",
        "sectors": [],
        "effective_from": SEASON["start"],
        "effective_to": SEASON["end"],
        "source": "illustrative",
    }
    return Draft(settings, [agreement], {"workers": valley(list(months)), **_farm(max(1, workers // 2))})


def valley(months: Sequence[int]) -> pd.DataFrame:
    """The register of the valley, given how many months of picking each person has."""
    people = {
        "worker_id": [f"W{number:05d}" for number in range(len(months))],
        "origin_country": "GT",
        "origin_region": "GT-01",
        "occupations": [f"9211:{one}" for one in months],
    }
    return _whole("workers", pd.DataFrame(people))


def _whole(table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with every column of the format, empty where they say nothing."""
    return rows.reindex(columns=list(TABLES[table].column_names))


def _farm(places: int) -> dict[str, pd.DataFrame]:
    order = {
        "order_id": "O1",
        "employer_id": "E1",
        "site_id": "S1",
        "destination_country": "CA",
        "sector": "A01",
        "isco08": "9211",
        "start_date": "2026-06-01",
        "end_date": "2026-09-30",
        "headcount": places,
        "weekly_hours": 40,
        "hourly_wage": 15,
    }
    return {
        "orders": _whole("orders", pd.DataFrame([order])),
        "employers": _whole("employers", pd.DataFrame([{"employer_id": "E1", "name": "The farm", "country": "CA"}])),
        "sites": _whole("sites", pd.DataFrame([{"site_id": "S1", "employer_id": "E1"}])),
    }
