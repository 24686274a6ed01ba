"""Anchors: pairs so generous that no rule bars them, which makes a commitment to them safe."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from scenarios.adversarial.season import ANCHOR, ORIGINS, Season
from scenarios.columns import DAY

OCCUPATION = "6111"


def anchor_pairs(
    season: Season, sites: pd.DataFrame, workers: pd.DataFrame, orders: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, list[tuple[str, str]]]:
    """Make pairs fit for commitments, one abroad and one at home; return the tables and the pairs that hold.

    An anchor is generous in everything that a clause may ask, so that keeping it clashes with no rule. A
    cap by origin region may have no place for a region of few workers: then only the pair at home is offered.
    """
    workers, orders = workers.copy(), orders.copy()
    _make_flexible(season, workers)
    _make_generous(orders, ANCHOR, season.day(7, 6))
    region = str(sites.region[ANCHOR])
    place = {"destination_country": region[:2], "destination_region": region}
    _set(orders, ANCHOR, {"employer_id": sites.employer_id[ANCHOR], "site_id": sites.site_id[ANCHOR], **place})
    crowded = workers.origin_region[workers.origin_country == workers.origin_country[ANCHOR]].value_counts()
    workers.loc[ANCHOR, "origin_region"] = crowded.index[0]
    pairs = [("W0", "O0")] if crowded.iloc[0] >= 4 else []
    home = orders.index[orders.destination_country.isin(list(ORIGINS))]
    if len(home):
        _make_generous(orders, int(home[0]), season.day(9, 20))
        country = str(orders.destination_country[home[0]])
        _set(workers, 1, {"origin_country": country, "origin_region": ORIGINS[country][0]})
        pairs.append(("W1", f"O{home[0]}"))
    return workers, orders, pairs


def _make_flexible(season: Season, workers: pd.DataFrame) -> None:
    """Turn the first two workers into ones whom no gate bars."""
    values: dict[str, Any] = {
        "occupations": f"{OCCUPATION}:30;9211:12",
        "languages": "es:C2;en:C2;fr:C2",
    }
    values |= {"available_from": np.datetime64("NaT"), "available_to": np.datetime64("NaT"), "refuses": ""}
    values |= {"passport_expires": season.day(6, 19, 3), "medical_valid_until": season.day(6, 19, 3)}
    values |= {
        "birth_date": season.day(5, 4, -30),
        "isced": 2.0,
        "sex": "F",
        "reservation_weekly_income": np.nan,
    }
    for row in (0, 1):
        _set(workers, row, values | {"household_id": f"H-anchor-{row}"})


def _make_generous(orders: pd.DataFrame, row: int, start: np.datetime64) -> None:
    """Turn an order into one that asks little and offers much, for sixty days from `start`."""
    values: dict[str, Any] = {
        "isco08": OCCUPATION,
        "sector": "A01",
        "required_skills": "",
        "languages": "",
    }
    values |= {"min_experience_months": 0.0, "headcount": 3, "min_crew": np.nan, "weekly_hours": 48.0}
    values |= {
        "guaranteed_weekly_hours": 48.0,
        "hourly_wage": 15.0,
        "weekly_deductions": 0.0,
        "worker_cost": 0.0,
    }
    values |= {"start_date": start, "end_date": start + 59 * DAY, "labour_market_test_until": start}
    _set(orders, row, values)


def _set(table: pd.DataFrame, row: int, values: Mapping[str, Any]) -> None:
    for column, value in values.items():
        table.loc[row, column] = value


def commitments(rng: np.random.Generator, season: Season, pairs: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Commit some of the anchor pairs: none, one of them, or both."""
    agreed = [np.datetime64(season.as_of - timedelta(days=40), "s"), np.datetime64("NaT", "s")]
    rows = [(*pair, agreed[int(rng.integers(2))]) for pair in pairs if rng.random() < 0.5]
    table = pd.DataFrame(rows, columns=["worker_id", "order_id", "agreed_on"])
    return table.astype({"agreed_on": "datetime64[s]"})
