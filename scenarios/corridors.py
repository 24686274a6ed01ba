"""The corridors table: travel cost, days, remittance cost and lead time between countries."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from scenarios.calibration import table
from scenarios.columns import frame

FARE = 100.0
FARE_PER_KM = 0.06
LONG_HAUL_KM = 6000


def corridor_table(
    pairs: Sequence[tuple[str, str]], worker_share: Mapping[str, float], lead_time_days: Mapping[str, int]
) -> pd.DataFrame:
    """Give the corridors of the pairs (origin, destination) that are known.

    The fare is illustrative, 100 USD and 0.06 USD a kilometre between the countries' centres; the worker
    bears the destination's share of it. The remittance cost is the World Bank's (see calibration/README.md).
    """
    rows = table("corridor_costs").set_index(["origin_country", "destination_country"])
    rows = rows.loc[[pair for pair in sorted(pairs) if pair in rows.index]].reset_index()
    km = rows.km.to_numpy(float)
    share = rows.destination_country.map(worker_share).to_numpy(float)
    return frame(
        origin_country=rows.origin_country.to_numpy(),
        destination_country=rows.destination_country.to_numpy(),
        travel_cost_to_worker=np.round(share * (FARE + FARE_PER_KM * km)),
        travel_days=np.where(km > LONG_HAUL_KM, 2, 1),
        remittance_cost_share=rows.remittance_cost_share.to_numpy(float),
        lead_time_days=rows.destination_country.map(lead_time_days).to_numpy(np.int64),
    )
