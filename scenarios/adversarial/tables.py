"""The adversarial register and demand: tens of rows, whose dates and skills collide often."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from scenarios.adversarial.clause_variants import pick
from scenarios.adversarial.season import ANCHOR, DESTINATIONS, OCCUPATIONS, ORIGINS, PLACES, Season, seconds
from scenarios.columns import DAY, NO_DATE, Dates, Ints, dates_where

SECTORS = ("A01", "A01", "A01", "A03", "I55")
SKILLS = ("operate tractor", "prune trees", "use harvest equipment", "grade foods", "milk animals")
LANGUAGES = ("es:C2", "es:C2;en:A2", "en:C2", "es:B1;en:A1", "en:B2;fr:A2", "")


def employers_and_sites(rng: np.random.Generator, season: Season) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw two employers a destination and one at home an origin, with a site or two each."""
    countries = [country for country in DESTINATIONS for _ in range(2)] + list(ORIGINS)
    return _employers(rng, season, countries), _sites(rng, season, countries)


def _employers(rng: np.random.Generator, season: Season, countries: Sequence[str]) -> pd.DataFrame:
    """Draw accreditations, and debarments that begin in March and end in August or stay open."""
    count = len(countries)
    far, near = season.day(6, 19, 2), season.day(7, 20)
    debarred = (rng.random(count) < 0.2) & np.isin(np.arange(count), [1, 2, 3, 4, 5])
    closed = debarred & (rng.random(count) < 0.7)
    employers = pd.DataFrame(
        {
            "employer_id": [f"E{number}" for number in range(count)],
            "name": [f"Employer {number}" for number in range(count)],
            "country": list(countries),
            "accredited_until": _one_of(rng, [far, far, near, NO_DATE], count),
            "debarred_from": seconds(dates_where(debarred, np.full(count, season.day(3, 1)))),
            "debarred_until": seconds(dates_where(closed, np.full(count, season.day(8, 31)))),
            "operator": [("", "North", "South")[number % 3] for number in range(count)],
        }
    )
    employers.loc[ANCHOR, "accredited_until"] = far
    return employers


def _sites(rng: np.random.Generator, season: Season, countries: Sequence[str]) -> pd.DataFrame:
    owner = np.repeat(np.arange(len(countries)), 1 + (rng.random(len(countries)) < 0.5))
    far = season.day(6, 19, 2)
    sites = pd.DataFrame(
        {
            "site_id": [f"S{number}" for number in range(len(owner))],
            "employer_id": [f"E{i}" for i in owner],
            "region": [pick(rng, PLACES[countries[int(i)]]) for i in owner],
            "beds": rng.choice([2.0, 3.0, 4.0, 8.0, np.nan], len(owner)),
            "inspected_until": _one_of(rng, [far, season.day(12, 31), season.day(5, 31)], len(owner)),
        }
    )
    sites.loc[ANCHOR, "inspected_until"] = far
    return sites


def draw_orders(rng: np.random.Generator, season: Season, sites: pd.DataFrame, count: int) -> pd.DataFrame:
    """Draw the orders, two in five of them starting days after another ends at the same destination."""
    at = rng.integers(len(sites), size=count)
    start, end = _campaigns(rng, season, sites.region.to_numpy()[at], count)
    headcount = rng.integers(1, 7, count)
    crew = np.where((rng.random(count) < 0.25) & (headcount > 1), np.minimum(headcount, rng.integers(2, 4, count)), 1)
    region = sites.region.to_numpy()[at]
    return pd.DataFrame(
        {
            "order_id": [f"O{number}" for number in range(count)],
            "employer_id": sites.employer_id.to_numpy()[at],
            "site_id": sites.site_id.to_numpy()[at],
            "destination_country": [code[:2] for code in region],
            "destination_region": region,
            "sector": rng.choice(SECTORS, count),
            "isco08": rng.choice(OCCUPATIONS, count),
            "required_skills": _labels(rng, SKILLS, count, 0.3, 1),
            "desired_skills": _labels(rng, SKILLS, count, 0.6, 2),
            "languages": rng.choice(["", "", "", "en:A1", "es:B1"], count),
            "min_experience_months": rng.choice([np.nan, 0, 3, 6, 12], count),
            "start_date": seconds(start),
            "end_date": seconds(end),
            "headcount": headcount,
            "min_crew": np.where(crew > 1, crew, np.nan),
            "weekly_hours": rng.choice([36.0, 40.0, 48.0], count),
            "guaranteed_weekly_hours": rng.choice([28.0, 30.0, 35.0, 40.0], count, p=[0.1, 0.3, 0.3, 0.3]),
            "hourly_wage": rng.choice([9.5, 11.0, 12.25, 15.0], count),
            "weekly_deductions": rng.choice([0.0, np.nan, 20.0, 40.0], count),
            "worker_cost": rng.choice([0.0, 0.0, np.nan, 150.0], count),
            "labour_market_test_until": seconds(np.where(rng.random(count) < 0.15, start - DAY, start)),
            "priority": rng.choice([np.nan, 1.0, 1.5, 2.0], count),
            "filed_at": _moments(rng, season, count),
        }
    )


def _campaigns(rng: np.random.Generator, season: Season, region: Any, count: int) -> tuple[Dates, Dates]:
    """Draw first and last days; a chained campaign follows the last order drawn at its destination."""
    edge = np.array([season.day(2, 28), season.day(3, 1) - DAY, season.day(3, 1)])
    start = season.day(1, 5) + rng.integers(0, 300, count) * DAY
    start = np.where(rng.random(count) < 0.12, rng.choice(edge, count), start)
    length = rng.choice([20, 30, 45, 60, 60, 90, 120], count)
    for i in range(1, count):
        before = [j for j in range(i) if region[j][:2] == region[i][:2]]
        if before and rng.random() < 0.4:
            start[i] = start[before[-1]] + (length[before[-1]] + rng.integers(1, 8)) * DAY
    start = np.where(start > season.day(12, 1), season.day(1, 10), start)
    return start, np.minimum(start + length * DAY, season.day(12, 31))


def draw_workers(rng: np.random.Generator, season: Season, count: int) -> pd.DataFrame:
    """Draw the register; the members of a travel group share what an order asks for."""
    origin = rng.choice(list(ORIGINS), count)
    like, group = _groups(rng, count)
    origin = origin[like]
    occupations = np.array([_occupations(rng) for _ in range(count)])[like]
    far, near = season.day(6, 19, 2), season.day(9, 1)
    nowhere = NO_DATE
    return pd.DataFrame(
        {
            "worker_id": [f"W{number}" for number in range(count)],
            "origin_country": origin,
            "origin_region": [ORIGINS[code][int(rng.integers(2))] for code in origin],
            "birth_date": seconds(_births(rng, season, count)),
            "sex": rng.choice(["F", "M", "M", "X"], count, p=[0.4, 0.3, 0.25, 0.05]),
            "occupations": occupations,
            "skills": _labels(rng, SKILLS, count, 0.85, 4)[like],
            "languages": rng.choice(LANGUAGES, count)[like],
            "available_from": _open(rng, season.day(1, 1) + rng.integers(-20, 120, count) * DAY, 0.6),
            "available_to": _open(rng, season.day(8, 15) + rng.integers(0, 160, count) * DAY, 0.65),
            "reservation_weekly_income": rng.choice([np.nan, 100.0, 350.0], count, p=[0.5, 0.3, 0.2]),
            "passport_expires": _one_of(rng, [far, far, near, nowhere], count),
            "medical_valid_until": _one_of(rng, [far, near, season.day(4, 1), nowhere], count),
            "household_id": [f"H{number}" for number in rng.integers(max(2, count // 3), size=count)],
            "travel_group_id": [f"G{number}" if number >= 0 else "" for number in group],
            "refuses": rng.choice(["", "", "", "", "US", "E1", "ES;E2"], count),
            "isced": rng.choice([0.0, 1.0, 2.0, 3.0, 6.0, np.nan], count),
            "registered_at": _moments(rng, season, count),
            "points": rng.integers(0, 100, count),
        }
    )


def _groups(rng: np.random.Generator, count: int) -> tuple[Ints, Ints]:
    """Say whom each worker resembles and its group (-1: none): up to three groups of two or three."""
    like, group = np.arange(count), np.full(count, -1)
    for number in range(min(3, (count - 4) // 4)):
        first = 4 + 4 * number
        size = int(rng.integers(2, 4))
        like[first : first + size] = first
        group[first : first + size] = number
    return like, group


def _occupations(rng: np.random.Generator) -> str:
    codes = rng.choice(OCCUPATIONS, int(rng.integers(2, 6)), replace=False)
    return ";".join(f"{code}:{rng.choice([0, 3, 6, 12, 30], p=[0.08, 0.12, 0.2, 0.3, 0.3])}" for code in codes)


def _births(rng: np.random.Generator, season: Season, count: int) -> Dates:
    """Draw birth dates between 17 and 62 years; a tenth of the workers was born on 29 February."""
    births = season.day(1, 1, -17) - rng.integers(0, 45 * 365, count) * DAY
    leap = np.array([np.datetime64(f"{year}-02-29") for year in (1968, 1988, 2004, 2008)])
    return np.where(rng.random(count) < 0.1, rng.choice(leap, count), births)


def _labels(rng: np.random.Generator, labels: Sequence[str], count: int, share: float, most: int) -> Any:
    """Draw up to `most` labels a cell, as text; a cell is filled with chance `share`."""
    cells = [
        ";".join(rng.choice(labels, int(rng.integers(1, most + 1)), replace=False)) if rng.random() < share else ""
        for _ in range(count)
    ]
    return np.array(cells, dtype=object)


def _one_of(rng: np.random.Generator, dates: Sequence[np.datetime64], count: int) -> Dates:
    return seconds(np.array(dates, "datetime64[D]")[rng.integers(len(dates), size=count)])


def _open(rng: np.random.Generator, dates: Dates, share: float) -> Dates:
    """Empty a share of the dates, which leaves that side open."""
    return seconds(dates_where(rng.random(len(dates)) >= share, dates))


def _moments(rng: np.random.Generator, season: Season, count: int) -> Dates:
    """Draw arrival times in the year before the run, to the hour."""
    hours = rng.integers(0, 300 * 24, count) * np.timedelta64(1, "h")
    return np.asarray(season.day(1, 15, -1).astype("datetime64[s]") + hours)
