"""The agreements of a programme of H-2A orders: text by origin, quotas, floors and beds by state."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from scenarios.demand import busiest_day
from scenarios.schemes import CAVEAT, agreement, clause
from scenarios.united_states import wage_floors

LIVESTOCK = "9212"
# Quotas sum to a tenth more than the positions, so that a corridor's quota may bind while the whole does not.
QUOTA_FACTOR = 1.1
BEDS_FACTOR = 0.95


def h2a_agreements(
    origins: Mapping[str, float], orders: pd.DataFrame, fiscal_year: int, effective: tuple[date, date]
) -> list[dict[str, Any]]:
    """Write one agreement for each origin, with a national quota in proportion to its share.

    The floors bind orders that start in the fiscal year's calendar year, livestock aside: range herders are
    paid by the month under rates of their own.
    """
    positions = int(orders.headcount.sum())
    codes = sorted(set(orders.isco08) - {LIVESTOCK})
    year = [date(fiscal_year, 1, 1), date(fiscal_year, 12, 31)]
    floors = wage_floors(fiscal_year, {"isco08": codes, "start_between": year}) if codes else []
    source = f"Visas issued FY2011 to FY2015 (US Department of State), scaled to the positions. {CAVEAT}"
    return [
        agreement("h2a", origin, "US", fiscal_year, effective, [
            *floors,
            clause("quota", "cap", source, count=int(np.ceil(QUOTA_FACTOR * share * positions))),
        ])
        for origin, share in origins.items()
    ]  # fmt: skip


def beds_by_state(orders: pd.DataFrame) -> list[dict[str, Any]]:
    """Cap the workers present in each state to a little less than its busiest day asks for."""
    regions, region = np.unique(orders.destination_region.to_numpy(str), return_inverse=True)
    start, end = (orders[column].to_numpy("datetime64[D]") for column in ("start_date", "end_date"))
    busiest = busiest_day(region, start, end, orders.headcount.to_numpy(np.int64), len(regions))
    source = f"Beds in farm housing, {BEDS_FACTOR:.0%} of the positions open on the state's busiest day. {CAVEAT}"
    return [
        clause(
            f"beds-{name}", "cap", source, basis="present", count=int(np.ceil(BEDS_FACTOR * beds)),
            where={"destination_region": [name]},
        )
        for name, beds in zip(regions.tolist(), busiest, strict=True)
    ]  # fmt: skip
