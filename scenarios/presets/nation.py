"""A whole nation's season, at any size: many corridors with quotas, sector quotas, regional caps and beds."""

from datetime import date
from typing import Any

import numpy as np

from scenarios.calibration import table
from scenarios.columns import Floats
from scenarios.corridors import corridor_table
from scenarios.demand import Calendar, Demand, Scheme, draw_demand
from scenarios.preset import Draft
from scenarios.register import Origins, Profile, Register, draw_register
from scenarios.ties import Chooser, draw_exclusions, draw_past_stays, draw_preferences, draw_recalls
from scenarios.trades import Trades, draw_trades

NAME = "nation"
SUMMARY = "8 origins, 6 destinations, 48 agreements with quotas by sector, regional caps, beds, at any size."
LEAST_WORKERS = 100

AS_OF = date(2025, 11, 3)
ORIGINS = ("CO", "EC", "GT", "HN", "JM", "MX", "NI", "SV")
DESTINATIONS = ("AU", "CA", "DE", "ES", "IT", "US")
LANGUAGES = ("en", "en", "de", "es", "it", "en")
# Illustrative hourly wages in USD for seasonal work; each order's lies around it as H-2A wages lie around
# the state's.
WAGES = (17.0, 12.5, 14.0, 9.5, 9.5, 16.5)
SPEAKING = {
    "en": (0.5, 0.2, 0.18, 0.08, 0.03, 0.01),
    "it": (0.82, 0.1, 0.06, 0.02),
    "de": (0.84, 0.1, 0.05, 0.01),
}
TRADE_SHARES = (0.2, 0.3, 0.3, 0.2)
WORKERS_PER_TRADE = 340
MOST_TRADES = 2700
DENSE_TRADES = 25
LEAD_TIMES = {"AU": 60, "CA": 45, "DE": 60, "ES": 60, "IT": 60, "US": 45}
POSITIONS_PER_WORKER = 0.74
SOURCE = "Illustrative: drawn at random in the shape of a national programme; no published text"


def build(workers: int, seed: int, density: str = "sparse") -> Draft:
    """Draw the nation's programme; "dense" keeps few trades, so that about 5 % of all pairs are admitted."""
    rng = np.random.default_rng([seed, workers])
    trades = draw_trades(rng, _trade_count(workers, density))
    as_of = np.datetime64(AS_OF, "D")
    calendar = Calendar(as_of, np.datetime64("2026-01-01"), np.datetime64("2027-12-31"))
    demand = draw_demand(rng, _schemes(rng, workers, density), trades, calendar)
    origins = _origins(rng, workers)
    profile = Profile(as_of, SPEAKING, TRADE_SHARES)
    register = draw_register(rng, workers, origins, trades, profile, DESTINATIONS)
    chooser = Chooser.of(demand, trades, np.ones((len(ORIGINS), len(demand.countries)), bool))
    stays = draw_past_stays(rng, register, chooser, as_of, (0.15, 0.5))
    pairs = [(origin, destination) for origin in ORIGINS for destination in DESTINATIONS]
    tables = {
        "workers": register.table,
        "orders": demand.orders,
        "employers": demand.employers,
        "sites": demand.sites,
        "history": stays.table,
        "recalls": draw_recalls(rng, stays, demand, register, 0.2),
        "preferences": draw_preferences(rng, register, chooser, 0.2),
        "exclusions": draw_exclusions(rng, register, chooser, 0.002),
        "corridors": corridor_table(pairs, dict.fromkeys(DESTINATIONS, 0.5), LEAD_TIMES),
    }
    agreements = _agreements(rng, register, demand, trades)
    return Draft(_settings(rng, workers, seed, density), agreements, tables)


def _trade_count(workers: int, density: str) -> int:
    if density == "dense":
        return DENSE_TRADES
    return int(np.clip(workers // WORKERS_PER_TRADE, 4, MOST_TRADES))


def _two_skills(workers: int, density: str) -> float:
    """Give the share of orders that ask for a second skill: some, where the known trades are too few.

    A worker has the second skill of an order about one time in four.
    """
    wanted = workers / WORKERS_PER_TRADE
    return 0.0 if density == "dense" else max(0.0, 1 - MOST_TRADES / wanted) / 0.75


def _region_names(country: str, most: int) -> list[str]:
    rows = table("regions")
    rows = rows[rows.country == country].sort_values(["positions", "region"], ascending=[False, True])
    return list(rows.region[:most])


def _region_count(workers: int) -> int:
    """Give the regions of a country: 12 up to ten thousand workers, 36 at a million."""
    return int(np.clip(12 * (workers / 10_000) ** 0.24, 12, 36))


def _origins(rng: np.random.Generator, workers: int) -> Origins:
    share = rng.dirichlet(np.full(len(ORIGINS), 3.0))
    regions = [_region_names(country, _region_count(workers)) for country in ORIGINS]
    return Origins(ORIGINS, share, regions, ["en" if country == "JM" else "es" for country in ORIGINS])


def _schemes(rng: np.random.Generator, workers: int, density: str) -> list[Scheme]:
    """Share the orders out at random; headcounts are spread as in the measured family."""
    orders = rng.multinomial(max(6, workers // 20), rng.dirichlet(np.full(len(DESTINATIONS), 3.0)))
    schemes = []
    for country, language, wage, count in zip(DESTINATIONS, LANGUAGES, WAGES, orders, strict=True):
        regions = _region_names(country, _region_count(workers))
        schemes.append(
            Scheme(
                country, regions, rng.gamma(2.0, 1.0, len(regions)), np.full(len(regions), wage), language,
                int(count), POSITIONS_PER_WORKER * workers * count / orders.sum(), headcount=(2.0, 0.9),
                two_skills=_two_skills(workers, density),
            )
        )  # fmt: skip
    return schemes


def _agreements(rng: np.random.Generator, register: Register, demand: Demand, trades: Trades) -> list[dict[str, Any]]:
    """Write one agreement a corridor, with its share of register and demand, times a factor, as quota."""
    sectors = sorted(set(trades.sectors))
    sector = np.array([sectors.index(name) for name in trades.sectors])[trades.occupation[demand.trade]]
    asked = np.zeros((len(demand.countries), len(sectors)))
    np.add.at(asked, (demand.destination, sector), demand.headcount)
    origin_share = np.bincount(register.origin, minlength=len(ORIGINS)) / len(register)
    quota = np.outer(origin_share, asked.sum(axis=1)) * rng.uniform(0.45, 1.5, (len(ORIGINS), len(asked)))
    return [
        _agreement(rng, origin, destination, float(quota[o, d]), asked[d] / max(asked[d].sum(), 1.0), sectors)
        for o, origin in enumerate(ORIGINS)
        for d, destination in enumerate(demand.countries)
    ]


def _agreement(
    rng: np.random.Generator, origin: str, destination: str, quota: float, mix: Floats, sectors: list[str]
) -> dict[str, Any]:
    clauses = [
        _clause("age", "age", min=18),
        _clause("documents", "documents", passport_days_beyond=0, medical=True),
        _clause("housing", "housing"),
        _clause("accreditation", "accreditation"),
        _clause("guarantee", "guarantee", min_weekly_hours=20),
        _clause("lead-time", "lead_time"),
        _clause("return", "prior_exit", bar=["overstay"], years=2),
        _clause("quota", "cap", count=int(np.ceil(quota))),
    ]
    for name, share, factor in zip(sectors, mix, rng.uniform(0.6, 2.2, len(sectors)), strict=True):
        if share > 0:
            places = int(np.ceil(quota * share * factor))
            clauses.append(_clause(f"quota-{name}", "cap", count=places, where={"sector": [name]}))
    return {
        "id": f"{origin}-{destination}-2026",
        "version": "2026.1",
        "title": f"Seasonal workers from {origin} to {destination} (illustrative)",
        "origins": [origin],
        "destination": destination,
        "sectors": [],
        "effective_from": date(2026, 1, 1),
        "effective_to": date(2026, 12, 31),
        "source": SOURCE,
        "clause": clauses,
    }


def _clause(clause_id: str, kind: str, **parameters: Any) -> dict[str, Any]:
    return {"id": clause_id, "kind": kind, "source": SOURCE, **parameters}


def _settings(rng: np.random.Generator, workers: int, seed: int, density: str) -> dict[str, Any]:
    """Write programme.toml, with a cap by home region for each origin: a share of its registered workers."""
    regional = [
        _clause(
            f"regions-{origin}", "cap", per="origin_region", where={"origin_country": [origin]},
            share_of_registered=round(float(share), 2),
        )
        for origin, share in zip(ORIGINS, rng.uniform(0.55, 0.95, len(ORIGINS)), strict=True)
    ]  # fmt: skip
    return {
        "format": 1,
        "id": f"nation-{workers}-{seed}-{density}",
        "title": f"A nation's season: {workers} workers, {density}",
        "as_of": AS_OF,
        "horizon": {"start": date(2026, 1, 1), "end": date(2027, 12, 31)},
        "currency": "USD",
        "max_placements_per_worker": 1,
        "reference_weekly_income": 700,
        "objective": {"fill": 1.0, "skill": 0.2, "income": 0.3, "recall": 0.5, "choice": 0.3, "score": 0.0},
        "clause": regional,
    }
