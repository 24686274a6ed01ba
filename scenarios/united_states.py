"""What every programme with United States orders shares: states, their wage rates, and floors by state."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from scenarios.calibration import table
from scenarios.columns import Floats
from scenarios.schemes import clause

CENT = 0.01
JAMAICANS_A_YEAR = 4306


def states() -> pd.DataFrame:
    """List the states that had certified H-2A positions in FY2016: region (ISO 3166-2) and positions."""
    rows = table("regions")
    return rows[rows.country == "US"].reset_index(drop=True)


def state_rates(fiscal_year: int) -> pd.Series:
    """Give the usual hourly rate of each state (`US-FL`) in a fiscal year, the nearest one known."""
    rows = table("state_wages")
    years = sorted(rows.fiscal_year.unique())
    nearest = min(years, key=lambda year: abs(int(year) - fiscal_year))
    rows = rows[rows.fiscal_year == nearest]
    return pd.Series(rows.modal_rate.to_numpy(float), "US-" + rows.state)


def usual_wages(fiscal_year: int) -> Floats:
    """Give the usual wage in each of `states()`; a state without a rate has the median one."""
    rates = state_rates(fiscal_year)
    return states().region.map(rates).fillna(float(rates.median())).to_numpy(float)


def wage_floors(fiscal_year: int, narrower: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Write one wage floor for each rate, naming its states: a cent below, so that the rate itself passes.

    narrower: keys that every floor's `where` has besides its states.
    """
    rates = state_rates(fiscal_year)
    source = (
        "Modal certified H-2A hourly rate by state (US Department of Labor disclosure data), near the year's"
        " adverse effect wage rate; a cent below it, illustrative"
    )
    cents = (rates * 100).round().astype(int)
    return [
        clause(
            f"floor-{value}", "wage_floor", source, hourly=round(value / 100 - CENT, 2),
            where={"destination_region": sorted(cents.index[cents == value]), **(narrower or {})},
        )
        for value in sorted(cents.unique().tolist())
    ]  # fmt: skip


def h2a_origins(least_visas: int = 200) -> dict[str, float]:
    """Give the share of each origin in the H-2A visas of FY2011 to FY2015, where corridor costs are known.

    Jamaicans needed no visa then; the 4,306 of one recent year (Gleaner) stand for five.
    """
    return visa_shares("h2a", least_visas, {"JM": 5 * JAMAICANS_A_YEAR})


def visa_shares(visa: str, least_visas: int = 200, known_otherwise: Mapping[str, int] = {}) -> dict[str, float]:
    """Give the share of each origin in the visas ("h2a", "h2b") of FY2011 to FY2015, where corridor costs are known;
    ``known_otherwise`` counts those of origins that the visas don't.
    """
    rows = table("visa_origins").set_index("origin_country")[visa].astype(float)
    for origin, visas in known_otherwise.items():
        rows[origin] = visas
    known = set(table("corridor_costs").origin_country)
    rows = rows[rows.index.isin(known) & (rows >= least_visas)]
    return {str(origin): float(visas / rows.sum()) for origin, visas in rows.sort_index().items()}
