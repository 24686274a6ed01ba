"""A season of a real scheme, drawn from its file alone: its text as agreements, its `[season]` as tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import pandas as pd
import pycountry

from scenarios.columns import numbered
from scenarios.corridors import corridor_table
from scenarios.demand import Calendar, Demand, Scheme, draw_demand
from scenarios.preset import Draft
from scenarios.register import Origins, Profile, draw_register
from scenarios.scheme_season import Season, read_season
from scenarios.schemes import agreement, over_all, scheme_text
from scenarios.ties import Chooser, draw_exclusions, draw_past_stays, draw_preferences, draw_recalls
from scenarios.trades import Trades, draw_trades_of

WORKERS_PER_TRADE = 300
TRADE_SHARES = (0.3, 0.4, 0.3)
OBJECTIVE = {"fill": 1.0, "skill": 0.2, "income": 0.3, "recall": 0.5, "choice": 0.3, "score": 0.0}
OF_ONE = ("employer_id", "site_id", "household_id")
# What the draws give in US dollars.
IN_DOLLARS = {
    "orders": ("weekly_deductions", "worker_cost"),
    "workers": ("reservation_weekly_income",),
    "corridors": ("travel_cost_to_worker",),
}


@dataclass(frozen=True)
class SchemePreset:
    """The preset of one scheme, named after its file."""

    scheme: str
    SUMMARY: str
    LEAST_WORKERS: int = 100

    @property
    def NAME(self) -> str:
        """The name by which a planner asks for it."""
        return preset_name(self.scheme)

    def build(self, workers: int, seed: int, density: str = "sparse") -> Draft:
        """Draw a season of the scheme; "dense" has one trade an occupation."""
        rng = np.random.default_rng([seed, workers])
        season = read_season(self.scheme, scheme_text(self.scheme)["season"])
        trades = draw_trades_of(rng, _trade_count(season, workers, density), season.occupations)
        demand = _demand(rng, season, trades, season.positions_per_worker * workers)
        tables = _tables(rng, season, trades, demand, workers)
        scale = float(tables["orders"].headcount.sum()) / season.positions
        settings = _settings(self.scheme, season, workers, seed, density)
        settings["clause"] = [_scaled(entry, scale) for entry in over_all(self.scheme)]
        return Draft(settings, _agreements(self.scheme, season, scale), tables)


def preset_name(scheme: str) -> str:
    """The name of the preset of a scheme's file."""
    return scheme.replace("_", "-")


def _trade_count(season: Season, workers: int, density: str) -> int:
    least = len(season.occupations)
    return least if density == "dense" else max(least, workers // WORKERS_PER_TRADE)


def _demand(rng: np.random.Generator, season: Season, trades: Trades, positions: float) -> Demand:
    calendar = Calendar(
        np.datetime64(season.as_of, "D"), np.datetime64(season.begins, "D"), np.datetime64(season.horizon_end, "D")
    )
    demand = draw_demand(rng, _asking(season, positions), trades, calendar, (0.85, 1.3))
    mean, spread = season.weekly_hours
    hours = np.clip(np.rint(rng.normal(mean, spread, len(demand))), 20, 70)
    # Two orders in a hundred promise too little, as a guarantee should have something to bar.
    promised = np.where(rng.random(len(demand)) < 0.98, season.guaranteed, 0.8 * season.guaranteed)
    demand.orders["weekly_hours"] = hours
    demand.orders["guaranteed_weekly_hours"] = np.minimum(np.ceil(promised * hours), hours)
    return demand


def _asking(season: Season, positions: float) -> list[Scheme]:
    """Give the demand of each destination; mean headcounts give the numbers of orders."""
    total = sum(place.share for place in season.destinations.values())
    size = season.headcount
    asked = []
    for country, place in sorted(season.destinations.items()):
        own = positions * place.share / total
        asked.append(
            Scheme(
                country, list(place.regions), np.array(list(place.regions.values())),
                np.full(len(place.regions), place.wage), place.language,
                max(3, round(own / max(season.mean_headcount, season.least_crew))), own,
                headcount=size if isinstance(size, str) else (size[0], size[1]),
                least_crew=season.least_crew, most=max(season.least_crew, 15, round(0.05 * own)),
                speaking=place.asked, last_day=_last_day(season), campaigns=season.campaign_table,
            )
        )  # fmt: skip
    return asked


def _last_day(season: Season) -> np.datetime64 | None:
    return None if season.last_day is None else np.datetime64(season.last_day, "D")


def _tables(
    rng: np.random.Generator, season: Season, trades: Trades, demand: Demand, workers: int
) -> dict[str, pd.DataFrame]:
    as_of = np.datetime64(season.as_of, "D")
    profile = Profile(
        as_of, season.speaking, TRADE_SHARES, season.women,
        travelling_together=season.travelling_together, medical_days=(420, 900),
    )  # fmt: skip
    register = draw_register(rng, workers, _origins(season), trades, profile, list(season.destinations))
    chooser = Chooser.of(demand, trades, np.ones((len(season.origins), len(demand.countries)), bool))
    stays = draw_past_stays(rng, register, chooser, as_of, season.returning)
    pairs = [(origin, place) for origin in season.origins for place in season.destinations]
    if season.operators:
        of_employers = np.arange(len(demand.employers)) % season.operators
        demand.employers["operator"] = numbered("operator-", 1 + of_employers)
    tables = {
        "workers": register.table,
        "orders": demand.orders,
        "employers": demand.employers,
        "sites": demand.sites,
        "history": stays.table,
        "recalls": draw_recalls(rng, stays, demand, register, season.recalled),
        "preferences": draw_preferences(rng, register, chooser, 0.3),
        "exclusions": draw_exclusions(rng, register, chooser, 0.002),
        "corridors": corridor_table(
            pairs,
            dict.fromkeys(season.destinations, season.fare_share),
            dict.fromkeys(season.destinations, season.lead_time_days),
        ),
    }
    for name, columns in IN_DOLLARS.items():
        for column in columns:
            tables[name][column] = np.round(tables[name][column].astype(float) * season.usd)
    return tables


def _origins(season: Season) -> Origins:
    countries = list(season.origins)
    return Origins(
        countries,
        np.array([season.origins[country].share for country in countries]),
        [_regions(country) for country in countries],
        [season.origins[country].native for country in countries],
    )


def _regions(country: str) -> Sequence[str]:
    """The ISO 3166-2 regions of a country, in order."""
    return sorted(region.code for region in pycountry.subdivisions if region.country_code == country)


def _agreements(scheme: str, season: Season, scale: float) -> list[dict[str, Any]]:
    """Write an agreement for each pair of countries, its quotas scaled to the demand."""
    written = [
        agreement(scheme, origin, place, season.begins.year, (season.begins, season.ends), [])
        for origin in season.origins
        for place in season.destinations
    ]
    return [{**one, "clause": [_scaled(entry, scale) for entry in one["clause"]]} for one in written]


def _scaled(entry: dict[str, Any], scale: float) -> dict[str, Any]:
    """Scale the places of a quota; those of one employer, site or household stand as they are."""
    if entry["kind"] not in ("cap", "set_aside") or entry.get("per") in OF_ONE:
        return entry
    places: dict[str, Any] = {}
    if "count" in entry:
        places["count"] = ceil(entry["count"] * scale)
    if "counts" in entry:
        places["counts"] = [ceil(count * scale) for count in entry["counts"]]
    return {**entry, **places, "source": f"{entry['source']}; scaled to this season", "source_kind": "illustrative"}


def _settings(scheme: str, season: Season, workers: int, seed: int, density: str) -> dict[str, Any]:
    name = preset_name(scheme)
    return {
        "format": 1,
        "id": f"{name}-{season.begins.year}-{workers}-{seed}-{density}",
        "title": f"{scheme_text(scheme)['title']}: {workers} workers (synthetic)",
        "as_of": season.as_of,
        "horizon": {"start": season.begins, "end": season.horizon_end},
        "currency": season.currency,
        "max_placements_per_worker": season.placements_per_worker,
        "reference_weekly_income": season.reference_weekly_income,
        "objective": OBJECTIVE,
    }
