"""How time and memory grow with the workers: the exponent of a fitted power law."""

from __future__ import annotations

import numpy as np
import pandas as pd

DONE = ("proved", "ended")
BEFORE_LIMIT = 0.95


def fitted_exponent(sizes: pd.Series[float], amounts: pd.Series[float]) -> float | None:
    """The exponent of ``amount = c * size ** exponent`` by least squares of the logarithms; none below two sizes."""
    size, amount = sizes.to_numpy(float), amounts.to_numpy(float)
    usable = (size > 0) & (amount > 0)
    if len(np.unique(size[usable])) < 2:
        return None
    return float(np.polyfit(np.log(size[usable]), np.log(amount[usable]), 1)[0])


def exponents(results: pd.DataFrame, amount: str) -> dict[str, float]:
    """The exponent of each method that ended by itself, before the limit stopped it, at two sizes or more."""
    before = results["solve_s"] < BEFORE_LIMIT * results["limit"]
    ended = results[results["status"].isin(DONE) & before]
    found = {
        str(method): fitted_exponent(rows["workers"], rows[amount])
        for method, rows in ended.groupby("method", sort=False)
    }
    return {method: exponent for method, exponent in found.items() if exponent is not None}
