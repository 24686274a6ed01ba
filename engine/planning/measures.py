"""What a plan comes to, in the numbers that branches are compared by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.audit.placement_table import PlacementTable
from engine.clauses.base import Count
from engine.programme.programme import Programme
from engine.words import message

Longs = npt.NDArray[np.int64]
REMITTED_SHARE = 0.5
GROUPINGS = {
    "origin_region": ("workers", "origin_region"),
    "origin_country": ("workers", "origin_country"),
    "sector": ("orders", "sector"),
    "destination_country": ("orders", "destination_country"),
}
MEASURES = (
    "objective",
    "placements",
    "workers",
    "paid_weeks",
    "net_income",
    "remittances",
    "recalls_kept",
    "quota_used",
    "quota_places",
)

IN_WORDS = {
    "objective": message("objective"),
    "placements": message("placements"),
    "workers": message("workers placed"),
    "paid_weeks": message("paid weeks"),
    "net_income": message("net income"),
    "remittances": message("remittances"),
    "recalls_kept": message("recalls kept"),
    "quota_used": message("quota places used"),
    "quota_places": message("quota places"),
}

WEEKS, PLACES = message("weeks"), message("places")
UNITS = {
    "objective": message("weighted weeks"),
    "placements": message("placements"),
    "workers": message("people"),
    "paid_weeks": WEEKS,
    "recalls_kept": message("recalls"),
    "quota_used": PLACES,
    "quota_places": PLACES,
}
# What people ask first; the objective, which weighs all of it, comes last.
IN_TABLES = ("workers", "placements", "paid_weeks", "net_income", "recalls_kept", "objective")
IN_CHARTS = ("workers", "paid_weeks", "net_income", "recalls_kept", "quota_used", "objective")


@dataclass(frozen=True)
class Measures:
    """``totals`` by the names in `MEASURES`; ``groups`` placements and net income by grouping and name.

    ``remittances`` is what arrives at home if `REMITTED_SHARE` of the net income is sent, at the corridors' costs;
    quota counts are those of agreements' caps of one count for everybody.
    """

    totals: Mapping[str, float]
    groups: Mapping[str, Mapping[str, tuple[int, float]]] = field(repr=False)


def measure(programme: Programme, worker: Longs, order: Longs, objective: float, origin: str = "") -> Measures:
    """The measures of a plan, given as row numbers; with an ``origin``, of its workers and its agreements alone.

    ``objective`` is told as it is.
    """
    return measure_of(PlacementTable(programme, worker, order), objective, origin)


def measure_of(placements: PlacementTable, objective: float, origin: str = "") -> Measures:
    """`measure` of placements in a table that was read before."""
    if origin:
        own = placements.text("workers", "origin_country") == origin
        placements = placements.subset(np.flatnonzero(own))
    weeks = placements.days / 7
    income = placements.net_weekly_income() * weeks
    used, places = _quotas(placements, origin)
    values = (
        objective,
        placements.size,
        len(np.unique(placements.worker)),
        weeks.sum(),
        income.sum(),
        (REMITTED_SHARE * income * (1 - placements.corridor("remittance_cost_share"))).sum(),
        (placements.row_of_pair("recalls") >= 0).sum(),
        used,
        places,
    )
    groups = {name: _grouped(placements.text(*column), income) for name, column in GROUPINGS.items()}
    return Measures(dict(zip(MEASURES, map(float, values), strict=True)), groups)


def _grouped(key: npt.NDArray[np.object_], income: npt.NDArray[np.float64]) -> dict[str, tuple[int, float]]:
    at, names = pd.factorize(key, sort=True)
    count, total = np.bincount(at, minlength=len(names)), np.bincount(at, income, len(names))
    return {str(n): (int(c), float(t)) for n, c, t in zip(names, count, total, strict=True)}


def _quotas(placements: PlacementTable, origin: str) -> tuple[int, int]:
    """(placements, places) under the caps of agreements, of an ``origin`` if named, with one count and no ``per``."""
    used, places = 0, 0
    for clause, count, position in placements.programme.in_force(Count):
        allowed = count.places()
        if allowed is not None and position is not None and _covers(placements.programme, position, origin):
            used += int(placements.under_agreement(position)[1].matches(clause.where).sum())
            places += allowed
    return used, places


def _covers(programme: Programme, position: int, origin: str) -> bool:
    """Whether an agreement is of an origin, or any will do."""
    return not origin or origin in programme.agreements[position].origins
