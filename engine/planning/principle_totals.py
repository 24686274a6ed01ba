"""What a plan by some mechanism comes to, for the comparison of principles: places, wishes, claims, spread."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.audit.placement_table import PlacementTable
from engine.planning.claims import find_claims
from engine.planning.measures import measure
from engine.problem.values import SCALE
from engine.programme.programme import Programme
from engine.solve.result import Result

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
NOT_RANKED = 2**31


def totals_of(placements: PlacementTable, result: Result, objective: float, origin: str = "") -> dict[str, float]:
    """The totals of a plan by their names; claims are not known (NaN) where pairs are too many to be listed.

    With an ``origin`` those of its workers alone. Claims need no such cut: who is placed by a promise has none.
    """
    programme = placements.programme
    counted = of_origin(programme, origin)
    measured = measure(programme, placements.worker, placements.order, objective, origin).totals
    placements = placements.subset(np.flatnonzero(counted[placements.worker]))
    worker = placements.worker
    rank = own_ranks(programme, worker, placements.order)
    places = float(programme.orders.values("headcount").sum())
    least, greatest = _region_shares(programme, worker, counted)
    envy, blocking = _claims(result)
    names = ("workers", "placements", "paid_weeks", "net_income", "recalls_kept", "objective")
    return {name: measured[name] for name in names} | {
        "filled_share": placements.size / places if places else 0.0,
        "quota_use": measured["quota_used"] / measured["quota_places"] if measured["quota_places"] else 0.0,
        "first_choices": float((rank == 1).sum()),
        "second_choices": float((rank == 2).sum()),
        "third_choices": float((rank == 3).sum()),
        "unranked": float((rank == NOT_RANKED).sum()),
        "envy_pairs": envy,
        "blocking_pairs": blocking,
        "least_region_share": least,
        "region_spread": greatest - least,
        "households_placed": _households_placed(programme, worker, counted),
        "share_of_bound": objective / max(result.bound / SCALE, 1e-9),
    }


def of_origin(programme: Programme, origin: str) -> Bools:
    """Which workers are of a country of origin; all of them without one."""
    countries = programme.workers.labels("origin_country").text()
    return np.asarray(countries == origin) if origin else np.ones(programme.workers.size, bool)


def own_ranks(programme: Programme, worker: Longs, order: Longs) -> Longs:
    """The rank that each worker gave to the order, or to its employer, of a placement: the better of both, `NOT_RANKED`
    where neither has one.
    """
    ranked = programme["preferences"]
    found = np.full(len(worker), NOT_RANKED)
    targets = {"order_id": order, "employer_id": programme.orders.values("employer_id")[order]}
    for column, target in targets.items():
        named = ranked.values(column) >= 0
        width = max(programme.orders.size, programme["employers"].size)
        keys = ranked.values("worker_id")[named].astype(np.int64) * width + ranked.values(column)[named]
        by_key = np.argsort(keys, kind="stable")
        if not len(keys):
            continue
        asked = worker * width + target
        at = np.minimum(np.searchsorted(keys[by_key], asked), len(keys) - 1)
        hit = keys[by_key][at] == asked
        own = ranked.values("rank")[named][by_key][at]
        found = np.where(hit, np.minimum(found, own), found).astype(np.int64)
    return found


def _claims(result: Result) -> tuple[float, float]:
    """(pairs of justified envy, blocking pairs)."""
    if result.problem.dense is not None:
        return float("nan"), float("nan")
    claims = find_claims(result.problem, result.columns)
    return float(claims.envy_pairs.sum()), float(claims.blocking)


def _region_shares(programme: Programme, worker: Longs, counted: Bools) -> tuple[float, float]:
    """The least and the greatest share of its registered workers that a region of origin has at work."""
    regions = programme.workers.labels("origin_region").codes + 1
    placed = np.zeros(len(regions), bool)
    placed[worker] = True
    registered = np.bincount(regions, counted)
    at_work = np.bincount(regions, placed, minlength=len(registered))
    shares = at_work[registered > 0] / registered[registered > 0]
    return (float(shares.min()), float(shares.max())) if len(shares) else (0.0, 0.0)


def _households_placed(programme: Programme, worker: Longs, counted: Bools) -> float:
    """The share of households that have somebody at work."""
    households = programme.workers.labels("household_id").codes
    registered = np.unique(households[counted & (households >= 0)])
    placed = np.unique(households[worker][households[worker] >= 0])
    return len(placed) / len(registered) if len(registered) else 0.0
