"""What regions of origin give up: who is away in which month, by occupation, beside their register."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.accounts.rates import Rates
from engine.audit.placement_table import PlacementTable
from engine.programme.programme import Programme

KEYS = ["origin_country", "origin_region", "isco08"]


def away(placements: PlacementTable, rates: Rates) -> pd.DataFrame:
    """Workers away by month: origin_country, origin_region, isco08, watched, month, away, registered, share.

    A worker counts in the occupation of most months (the first of equal ones), with the days away over those of the
    month; ``registered`` is the register of that region and occupation. Return placements aren't away. Sums over
    occupations are the people away from a region.
    """
    programme = placements.programme
    registered = _register(programme)
    sizes = registered.groupby(KEYS, sort=True).size().rename("registered").reset_index()
    days = _days_by_month(placements.subset(~placements.at_home()))
    days[KEYS] = registered.iloc[days["worker"]].to_numpy()
    length = days["month"].dt.days_in_month
    months = (days["days"] / length).groupby([days[key] for key in KEYS] + [days["month"]]).sum().rename("away")
    told = months.reset_index().merge(sizes, on=KEYS)
    told["share"] = np.round(told["away"] / told["registered"], 4)
    told["away"] = np.round(told["away"], 3)
    told["month"] = told["month"].dt.strftime("%Y-%m")
    told.insert(3, "watched", watched(told["isco08"], rates))
    return told


def watched(isco08: pd.Series, rates: Rates) -> npt.NDArray[np.object_]:
    """The name of the first watched group that each occupation is of; empty where none is."""
    found = np.full(len(isco08), "", object)
    for group in reversed(rates.watched):
        found[isco08.str.startswith(group.isco08).to_numpy(bool)] = group.name
    return found


def main_occupation(programme: Programme) -> npt.NDArray[np.object_]:
    """The occupation in which each worker has most months, the first of equal ones; empty without any."""
    occupations = programme.workers.lists("occupations")
    row = occupations.rows().astype(np.int64)
    order = np.lexsort((np.arange(len(row)), -occupations.amounts.astype(np.float64), row))
    first = order[np.unique(row[order], return_index=True)[1]]
    found = np.full(programme.workers.size, "", object)
    found[row[first]] = np.array([*occupations.names, ""], dtype=object)[occupations.codes[first]]
    return found


def _register(programme: Programme) -> pd.DataFrame:
    workers = programme.workers
    places = {key: workers.labels(key).text() for key in KEYS[:2]}
    return pd.DataFrame({**places, "isco08": main_occupation(programme)})


def _days_by_month(placements: PlacementTable) -> pd.DataFrame:
    """A row for each placement and month of it: worker (row number), month (its first day), days in it."""
    start, end = placements.date("orders", "start_date"), placements.date("orders", "end_date")
    first = start.astype("datetime64[M]").astype(np.int64)
    many = end.astype("datetime64[M]").astype(np.int64) - first + 1
    owner = np.repeat(np.arange(placements.size), many)
    month = first[owner] + np.arange(len(owner)) - np.repeat(np.cumsum(many) - many, many)
    begins = month.astype("datetime64[M]").astype("datetime64[D]")
    ends = (month + 1).astype("datetime64[M]").astype("datetime64[D]") - 1
    days = (np.minimum(ends, end[owner]) - np.maximum(begins, start[owner])) / np.timedelta64(1, "D") + 1
    return pd.DataFrame({"worker": placements.worker[owner], "month": begins.astype("datetime64[ns]"), "days": days})
