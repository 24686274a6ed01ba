"""Guatemala, Honduras, El Salvador, Jamaica, Mexico to the United States, Canada, Spain, and home."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from scenarios.calibration import table
from scenarios.columns import Bools, Floats
from scenarios.corridors import corridor_table
from scenarios.demand import Calendar, Scheme, draw_demand
from scenarios.northern_triangle_agreements import CORRIDORS, agreements, programme_wide
from scenarios.preset import Draft
from scenarios.register import Origins, Profile, draw_register
from scenarios.ties import Chooser, draw_exclusions, draw_past_stays, draw_preferences, draw_recalls
from scenarios.trades import Trades, combined, draw_trades
from scenarios.united_states import states, usual_wages

NAME = "northern-triangle"
SUMMARY = "Five origins under H-2A, H-2B, SAWP, the agricultural stream and GECCO, with chains and crews."
LEAST_WORKERS = 100

AS_OF = date(2025, 11, 3)
YEAR = 2026
# Shares of the register; illustrative.
ORIGINS = {"GT": 0.34, "HN": 0.2, "JM": 0.12, "MX": 0.18, "SV": 0.16}
SPEAKING_ENGLISH = (0.6, 0.2, 0.12, 0.05, 0.02, 0.01)
TRADE_SHARES = (0.2, 0.3, 0.3, 0.2)
FARM_SHARE = 0.83
WORKERS_PER_TRADE = 230
DENSE_TRADES = 20
POSITIONS_PER_WORKER = 0.85
# Share of the fare that a worker bears. H-2A repays the way out and SAWP recovers part of it; the shares
# are illustrative.
FARE_SHARES = {"US": 0.2, "CA": 0.3, "ES": 0.5}
LEAD_TIMES = {"US": 60, "CA": 42, "ES": 60}
# Illustrative hourly wages in USD: Canada's provinces near their minimum wages, Spain's near its farm
# minimum.
PROVINCE_WAGES = {"CA-BC": 13.0, "CA-ON": 12.5, "CA-QC": 11.7}
OTHER_PROVINCES = 11.4
SPANISH_WAGE = 10.2
# Huelva has 84 % of the workers hired at origin (Europa Press, 1 January 2026); the other shares are
# illustrative.
SPANISH_REGIONS = {"ES-H": 0.84, "ES-L": 0.1, "ES-AL": 0.03, "ES-MU": 0.03}
HOME_WAGE = 2.6


def build(workers: int, seed: int, density: str = "sparse") -> Draft:
    """Draw the season of 2026; "dense" keeps few trades: a worker fits a fixed share of the orders."""
    rng = np.random.default_rng([seed, workers])
    trades = _trades(rng, workers, density)
    as_of = np.datetime64(AS_OF, "D")
    calendar = Calendar(as_of, np.datetime64(f"{YEAR}-01-01"), np.datetime64(f"{YEAR + 1}-12-31"))
    demand = draw_demand(
        rng,
        _schemes(POSITIONS_PER_WORKER * workers, _two_skills(workers, trades, density)),
        trades,
        calendar,
        (0.75, 1.2),
    )
    regions = [_regions(country) for country in ORIGINS]
    native = ["en" if country == "JM" else "es" for country in ORIGINS]
    origins = Origins(list(ORIGINS), np.array(list(ORIGINS.values())), regions, native)
    profile = Profile(as_of, {"en": SPEAKING_ENGLISH}, TRADE_SHARES, women=0.22, travelling_together=0.03)
    register = draw_register(rng, workers, origins, trades, profile, ["CA", "ES", "US"])
    chooser = Chooser.of(demand, trades, _open(demand.countries))
    stays = draw_past_stays(rng, register, chooser, as_of, (0.5, 0.55, 0.5, 0.5))
    tables = {
        "workers": register.table,
        "orders": demand.orders,
        "employers": demand.employers,
        "sites": demand.sites,
        "history": stays.table,
        "recalls": draw_recalls(rng, stays, demand, register, 0.5),
        "preferences": draw_preferences(rng, register, chooser, 0.43),
        "exclusions": draw_exclusions(rng, register, chooser, 0.004),
        "corridors": corridor_table(list(CORRIDORS), FARE_SHARES, LEAD_TIMES),
    }
    written = agreements(rng, YEAR, register, demand, list(ORIGINS))
    return Draft(_settings(workers, seed, programme_wide(YEAR, demand)), written, tables)


def _trades(rng: np.random.Generator, workers: int, density: str) -> Trades:
    """Draw the trades of farms and of other sectors, in proportion to their shares of the demand."""
    count = _trade_count(workers, density)
    farms = draw_trades(rng, max(4, round(FARM_SHARE * count)), lambda sector: sector == "A01")
    others = draw_trades(rng, max(2, round((1 - FARM_SHARE) * count)), lambda sector: sector != "A01")
    return combined([(farms, FARM_SHARE), (others, 1 - FARM_SHARE)])


def _trade_count(workers: int, density: str) -> int:
    return DENSE_TRADES if density == "dense" else workers // WORKERS_PER_TRADE


def _two_skills(workers: int, trades: Trades, density: str) -> float:
    """Give the share of farm orders that ask for a second skill: some, where known trades are too few."""
    farms = sum(trades.sectors[occupation] == "A01" for occupation in trades.occupation)
    wanted = FARM_SHARE * _trade_count(workers, density)
    return max(0.0, 1 - 0.85 * farms / wanted) if farms < wanted else 0.0


def _regions(country: str) -> list[str]:
    rows = table("regions")
    return list(rows.region[rows.country == country])


def _open(countries: Any) -> Bools:
    return np.array([[(origin, country) in CORRIDORS for country in countries] for origin in ORIGINS])


def _schemes(positions: float, two_skills: float) -> list[Scheme]:
    """Share the positions out among the schemes; mean headcounts give the numbers of orders."""
    united_states, wages = states(), usual_wages(2025)
    us_share = united_states.positions.to_numpy(float)
    canada = table("regions")
    canada = canada[canada.country == "CA"]
    ca_wage = np.array([PROVINCE_WAGES.get(region, OTHER_PROVINCES) for region in canada.region])
    spain = list(SPANISH_REGIONS)
    last_day = np.datetime64(f"{YEAR}-12-15")
    other_sectors = ("A02", "A03", "B", "C", "E", "F", "G", "H", "I", "N", "T")
    us_regions, ca_regions = list(united_states.region), list(canada.region)
    ca_share, es_share = canada.positions.to_numpy(float), np.array(list(SPANISH_REGIONS.values()))
    schemes = [
        Scheme(
            "US", us_regions, us_share, wages, "en", *_size(positions, 0.48, 12),
            sectors=("A01",), speaking=0.08,
        ),
        Scheme(
            "US", us_regions, us_share, wages, "en", *_size(positions, 0.17, 12),
            season="H-2B", headcount="H-2B", sectors=other_sectors, speaking=0.25,
        ),
        Scheme(
            "CA", ca_regions, ca_share, ca_wage, "en", *_size(positions, 0.22, 8),
            season="SAWP", headcount="LMIA", sectors=("A01",), speaking=0.08, last_day=last_day,
        ),
        Scheme(
            "ES", spain, es_share, np.full(len(spain), SPANISH_WAGE), "es", *_size(positions, 0.1, 20),
            season="GECCO", sectors=("A01",), least_crew=10, speaking=0.3,
        ),
        *(_home(country, positions) for country in ("GT", "HN", "SV")),
    ]  # fmt: skip
    # A real headcount of hundreds would be most of the demand in a small programme.
    most = max(15, round(0.015 * positions))
    return [
        replace(scheme, most=most, two_skills=two_skills if scheme.sectors == ("A01",) else 0.0) for scheme in schemes
    ]


def _size(positions: float, share: float, headcount: float) -> tuple[int, float]:
    """Give the orders and the positions of a scheme."""
    return max(1, round(share * positions / headcount)), share * positions


def _home(country: str, positions: float) -> Scheme:
    """Describe reintegration: work at home for those who return, bound by no agreement."""
    regions = _regions(country)
    equal: Floats = np.ones(len(regions))
    return Scheme(
        country,
        regions,
        equal,
        HOME_WAGE * equal,
        "es",
        *_size(positions, 0.01, 6),
        season="home",
        headcount=(2.0, 0.9),
    )


def _settings(workers: int, seed: int, clauses: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "format": 1,
        "id": f"northern-triangle-{YEAR}-{workers}-{seed}",
        "title": f"Northern Triangle, Jamaica and Mexico: season {YEAR}, {workers} workers (synthetic)",
        "as_of": AS_OF,
        "horizon": {"start": date(YEAR, 1, 1), "end": date(YEAR + 1, 12, 31)},
        "currency": "USD",
        "max_placements_per_worker": 3,
        "reference_weekly_income": 600,
        "objective": {"fill": 1.0, "skill": 0.2, "income": 0.3, "recall": 0.5, "choice": 0.3, "score": 0.0},
        "clause": clauses,
    }
