"""Draws from the calibration tables: quantiles and season profiles of real job orders."""

import numpy as np
import pandas as pd

from scenarios.calibration import table
from scenarios.columns import Floats, Ints


def from_quantiles(rng: np.random.Generator, scheme: str, measure: str, count: int) -> Floats:
    """Draw `count` values by inverting the quantiles of one measure, straight lines between them."""
    rows = table("quantiles")
    rows = rows[(rows.scheme == scheme) & (rows.measure == measure)]
    levels, values = rows.level.to_numpy(float), rows.value.to_numpy(float)
    return np.asarray(np.interp(rng.random(count), levels, values), np.float64)


def headcounts(drawn: Floats, total: float, least: int, most: int) -> Ints:
    """Scale drawn headcounts to sum to about `total`, whole and from `least` to `most`."""
    low, high = 0.0, 1.0 + total / max(float(drawn.min()), 1.0)
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if _rounded(drawn * middle, least, most).sum() > total else (middle, high)
    return _rounded(drawn * low, least, most)


def _rounded(values: Floats, least: int, most: int) -> Ints:
    return np.asarray(np.clip(np.rint(values), least, most), np.int64)


def seasons(rng: np.random.Generator, profile: str, count: int) -> tuple[Ints, Ints]:
    """Draw the week of the year (from 0) on which an order starts, and its length in weeks, jointly.

    H-2A and H-2B are drawn as certified; the other profiles are illustrative campaigns with a spread around
    them.
    """
    rows = table("season_profiles")
    rows = rows[rows.visa == profile]
    if rows.empty:
        campaigns = table("campaigns")
        return from_campaigns(rng, campaigns[campaigns.profile == profile], count)
    chosen = weighted(rng, rows.orders.to_numpy(float), count)
    return rows.start_week.to_numpy(np.int64)[chosen], rows.weeks.to_numpy(np.int64)[chosen]


def from_campaigns(rng: np.random.Generator, rows: pd.DataFrame, count: int) -> tuple[Ints, Ints]:
    """Draw start weeks and lengths as `seasons` does, from campaigns of the columns of `campaigns.csv`."""
    chosen = weighted(rng, rows.share.to_numpy(float), count)
    week, weeks = (
        rng.normal(rows[middle].to_numpy(float)[chosen], rows[spread].to_numpy(float)[chosen])
        for middle, spread in (("start_week", "start_spread"), ("weeks", "weeks_spread"))
    )
    return np.clip(np.rint(week), 0, 51).astype(np.int64), np.clip(np.rint(weeks), 3, 51).astype(np.int64)


def weighted(rng: np.random.Generator, weight: Floats, count: int) -> Ints:
    """Draw row numbers in proportion to weights."""
    total = np.cumsum(weight, dtype=np.float64)
    return np.asarray(np.searchsorted(total, rng.random(count) * total[-1], side="right"), np.int64)


def sorted_runs(keys: Ints, kinds: int) -> tuple[Ints, Ints, Ints]:
    """Group rows by key: an order of the rows, and where the rows of each key start and how many they are."""
    order = np.argsort(keys, kind="stable")
    size = np.bincount(keys, minlength=kinds).astype(np.int64)
    return order, np.concatenate([[0], np.cumsum(size)[:-1]]), size
