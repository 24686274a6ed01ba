"""United States farms under H-2A alone: synthetic orders with the distributions of FY2016."""

from datetime import date
from typing import Any

import numpy as np

from scenarios.calibration import table
from scenarios.corridors import corridor_table
from scenarios.demand import Calendar, Scheme, draw_demand
from scenarios.disclosure.importer import ENGLISH, described
from scenarios.h2a import WOMEN
from scenarios.h2a.agreements import beds_by_state, h2a_agreements
from scenarios.preset import Draft
from scenarios.register import Profile, draw_register
from scenarios.ties import Chooser, draw_exclusions, draw_past_stays, draw_preferences, draw_recalls
from scenarios.trades import Trades, draw_trades_of
from scenarios.united_states import h2a_origins, states, usual_wages

NAME = "us-h2a"
SUMMARY = "H-2A farm orders: headcounts, seasons, hours, wages, occupations as in FY2016, origins by visas."
LEAST_WORKERS = 100

AS_OF = date(2025, 11, 3)
YEAR = 2026
POSITIONS_PER_WORKER = 0.68
# The mean headcount of an order in FY2016: with that many positions an order, real headcounts are kept.
MEAN_HEADCOUNT = 20
TRADE_SHARES = (0.25, 0.4, 0.35)
WORKERS_PER_TRADE = 420
MOST_TRADES = 55
FARM_OCCUPATIONS = ("61", "8341", "9211", "9212", "9213", "9214")


def build(workers: int, seed: int, density: str = "sparse") -> Draft:
    """Draw the season of 2026; "dense" has one trade an occupation, as real orders ask for no skill."""
    rng = np.random.default_rng([seed, workers])
    trades = _trades(rng, workers, density)
    as_of = np.datetime64(AS_OF, "D")
    calendar = Calendar(as_of, np.datetime64(f"{YEAR}-01-01"), np.datetime64(f"{YEAR + 1}-12-31"))
    demand = draw_demand(rng, [_scheme(workers, density)], trades, calendar, (0.85, 1.3))
    profile = Profile(as_of, {"en": ENGLISH}, TRADE_SHARES, WOMEN, medical_days=(420, 900))
    origins = h2a_origins()
    register = draw_register(rng, workers, described(origins), trades, profile, list(demand.employers.employer_id))
    chooser = Chooser.of(demand, trades, np.ones((len(origins), 1), bool))
    stays = draw_past_stays(rng, register, chooser, as_of, (0.45, 0.5, 0.5))
    tables = {
        "workers": register.table,
        "orders": demand.orders,
        "employers": demand.employers,
        "sites": demand.sites,
        "history": stays.table,
        "recalls": draw_recalls(rng, stays, demand, register, 0.25),
        "preferences": draw_preferences(rng, register, chooser, 0.3),
        "exclusions": draw_exclusions(rng, register, chooser, 0.002),
        "corridors": corridor_table([(origin, "US") for origin in origins], {"US": 0.2}, {"US": 45}),
    }
    effective = (date(YEAR, 1, 1), date(YEAR, 12, 31))
    agreements = h2a_agreements(origins, demand.orders, YEAR, effective)
    return Draft(_settings(workers, seed, density, beds_by_state(demand.orders)), agreements, tables)


def _trades(rng: np.random.Generator, workers: int, density: str) -> Trades:
    """Draw the trades in proportion to the orders of each farm occupation in FY2016."""
    mix = table("occupations")
    mix = mix[(mix.visa == "H-2A") & mix.isco08.str.startswith(FARM_OCCUPATIONS)]
    count = 1 if density == "dense" else min(MOST_TRADES, workers // WORKERS_PER_TRADE)
    return draw_trades_of(rng, count, dict(zip(mix.isco08, mix.orders.astype(float), strict=True)))


def _scheme(workers: int, density: str) -> Scheme:
    """Describe the demand; where the known special skills are too few to split by, orders ask for two."""
    rows, positions = states(), POSITIONS_PER_WORKER * workers
    wanted = workers / WORKERS_PER_TRADE
    two = max(0.0, 1 - MOST_TRADES / wanted) if density == "sparse" else 0.0
    return Scheme(
        "US", list(rows.region), rows.positions.to_numpy(float), usual_wages(YEAR), "en",
        max(3, round(positions / MEAN_HEADCOUNT)), positions, most=max(15, round(0.05 * positions)),
        speaking=0.06, two_skills=two,
    )  # fmt: skip


def _settings(workers: int, seed: int, density: str, clauses: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "format": 1,
        "id": f"us-h2a-{YEAR}-{workers}-{seed}-{density}",
        "title": f"H-2A season {YEAR}: {workers} workers (synthetic)",
        "as_of": AS_OF,
        "horizon": {"start": date(YEAR, 1, 1), "end": date(YEAR + 1, 12, 31)},
        "currency": "USD",
        "max_placements_per_worker": 1,
        "reference_weekly_income": 800,
        "objective": {"fill": 1.0, "skill": 0.2, "income": 0.3, "recall": 0.5, "choice": 0.3, "score": 0.0},
        "clause": clauses,
    }
