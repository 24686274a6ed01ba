"""The agreements of a programme of H-2B orders: text and quotas by origin, for every sector."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from scenarios.schemes import CAVEAT, agreement, clause

# Quotas sum to a tenth more than the positions, so that an origin's quota may bind while the whole does not.
QUOTA_FACTOR = 1.1


def h2b_agreements(
    origins: Mapping[str, float], orders: pd.DataFrame, fiscal_year: int, effective: tuple[date, date]
) -> list[dict[str, Any]]:
    """Write one agreement for each origin, for whatever sector was certified, with a quota by its share of visas."""
    positions = int(orders.headcount.sum())
    source = f"Visas issued FY2011 to FY2015 (US Department of State), scaled to the positions. {CAVEAT}"
    return [
        agreement("h2b", origin, "US", fiscal_year, effective, [
            clause("quota", "cap", source, count=int(np.ceil(QUOTA_FACTOR * share * positions))),
        ]) | {"sectors": []}
        for origin, share in origins.items()
    ]  # fmt: skip
