"""What the values of all pairs are made of, gathered class by class for the compiled loops of `net_values.py`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.arrays import entries_from, offsets_by_row
from engine.audit.placement_table import PlacementTable, years_earlier
from engine.clauses.base import Count
from engine.clauses.where import DEFAULT_RETURNING_YEARS
from engine.programme.programme import Programme

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class PricedPairs(NamedTuple):
    """What the kernels read. Of worker w: entries ``occupation[w]:occupation[w + 1]`` of ``begin``, ``orders`` and
    ``experience`` (each a run of ``by_isco``), past stays ``past[w]:past[w + 1]``, named pairs ``named[w]:named[w +
    1]`` sorted by order. ``cost[class * flags + bits, order]`` in billionths, ``worth`` a week.
    """

    occupation: Longs
    begin: Longs
    orders: Longs
    experience: Floats
    by_isco: Longs
    origin: Longs
    origin_code: Longs
    class_of: Longs
    default: Floats
    share: Floats
    skills_of: Longs
    order_value: Floats
    weeks: Floats
    destination: Longs
    start: Longs
    earlier: Longs
    past: Longs
    past_destination: Longs
    past_end: Longs
    named: Longs
    named_order: Longs
    named_net: Longs
    skill: float


def gathered_pairs(programme: Programme) -> PricedPairs:
    workers, orders = programme.workers, programme.orders
    occupations = workers.lists("occupations")
    isco = orders.labels("isco08").codes
    by_isco = np.argsort(isco, kind="stable")
    begin = np.searchsorted(isco[by_isco], occupations.codes, "left")
    count = np.searchsorted(isco[by_isco], occupations.codes, "right") - begin
    code, origin, class_of = _classes(programme)
    weight = {term: float(value) for term, value in programme.settings.weights.items()}
    start, end = orders.values("start_date").astype(np.int64), orders.values("end_date").astype(np.int64)
    someone = PlacementTable(programme, np.arange(workers.size), np.zeros(workers.size, np.int64))
    share, skills_of = _skill_shares(programme)
    history = programme["history"]
    by_worker = np.argsort(history.values("worker_id"), kind="stable")
    ended = history.values("end_date")[by_worker].astype(np.int64)
    nothing = np.empty(0, np.int64)
    return PricedPairs(
        occupation=occupations.offsets.astype(np.int64),
        begin=begin.astype(np.int64),
        orders=count.astype(np.int64),
        experience=np.minimum(1.0, occupations.amounts / 24),
        by_isco=by_isco.astype(np.int64),
        origin=origin,
        origin_code=code,
        class_of=class_of,
        default=weight["choice"] * _default_choice(someone),
        share=share,
        skills_of=skills_of,
        order_value=_order_values(programme, origin, weight),
        weeks=(end - start + 1) / 7,
        destination=orders.labels("destination_country").codes.astype(np.int64),
        start=start,
        earlier=_earlier(programme, start),
        past=offsets_by_row(history.values("worker_id"), workers.size),
        past_destination=history.labels("destination_country").codes[by_worker].astype(np.int64),
        past_end=ended,
        named=np.zeros(workers.size + 1, np.int64),
        named_order=nothing,
        named_net=nothing,
        skill=weight["skill"],
    )


def _classes(programme: Programme) -> tuple[Longs, Longs, Longs]:
    """The code of each worker's origin, its number among the origins, and the number of origin, region and sex."""
    keys = [programme.workers.labels(key).codes.astype(np.int64) for key in ("origin_country", "origin_region", "sex")]
    code = keys[0]
    joined = code
    for key in keys[1:]:
        joined = joined * (int(key.max(initial=0)) + 2) + key + 1
    return code, np.unique(code, return_inverse=True)[1], np.unique(joined, return_inverse=True)[1]


def _default_choice(someone: PlacementTable) -> Floats:
    """What a pair that nobody named adds by the worker's ranking: 0.5 for who ranked nothing, else 0."""
    ranked = np.isin(someone.worker, someone.programme["preferences"].values("worker_id"))
    return np.where(ranked, 0.0, 0.5)


def _order_values(programme: Programme, origin: Longs, weight: dict[str, float]) -> Floats:
    """``weeks * (fill * priority + income * income_gain)`` by number of origin and order."""
    width = programme.orders.size
    origins, someone = np.unique(origin, return_index=True)
    every = PlacementTable(programme, np.repeat(someone, width), np.tile(np.arange(width), len(origins)))
    gain = np.clip(every.net_weekly_income() / float(programme.settings.reference_weekly_income), 0, 1)
    worth = weight["fill"] * every.number("orders", "priority") + weight["income"] * gain
    return (every.days / 7 * worth).reshape(len(origins), width)


def _skill_shares(programme: Programme) -> tuple[Floats, Longs]:
    """The share of desired skills that each worker holds, by worker and distinct set, and the set of each order."""
    desired = programme.orders.lists("desired_skills")
    sets: dict[tuple[int, ...], int] = {}
    set_of = np.empty(programme.orders.size, np.int64)
    example: list[int] = []
    for order, (low, high) in enumerate(zip(desired.offsets[:-1], desired.offsets[1:], strict=True)):
        wanted = tuple(sorted(desired.codes[low:high].tolist()))
        if wanted not in sets:
            sets[wanted] = len(sets)
            example.append(order)
        set_of[order] = sets[wanted]
    share = np.empty((programme.workers.size, len(sets)))
    everybody = np.arange(programme.workers.size)
    for number, order in enumerate(example):
        pairs = PlacementTable(programme, everybody, np.full(len(everybody), order))
        share[:, number] = pairs.held_share("skills", "desired_skills")
    return share, set_of


def _earlier(programme: Programme, start: Longs) -> Longs:
    """The first day on which a stay may have ended for its worker to return, by count of years and order."""
    years = {DEFAULT_RETURNING_YEARS} | {clause.where.returning_years for clause, _, _ in programme.in_force(Count)}
    days = start.astype("datetime64[D]")
    return np.stack([years_earlier(days, y).astype(np.int64) for y in sorted(years)])


def ranked_pairs(programme: Programme) -> Longs:
    """The pairs of workers and the orders that they ranked, or whose employer they ranked."""
    preferences, width = programme["preferences"], programme.orders.size
    worker, order = preferences.values("worker_id").astype(np.int64), preferences.values("order_id")
    employer, of_order = preferences.values("employer_id"), programme.orders.values("employer_id")
    by_employer = np.argsort(of_order, kind="stable")
    low = np.searchsorted(of_order[by_employer], employer, "left")
    count = np.where(employer >= 0, np.searchsorted(of_order[by_employer], employer, "right") - low, 0)
    theirs = by_employer[entries_from(low, count)]
    return np.concatenate([(worker * width + order)[order >= 0], np.repeat(worker, count) * width + theirs])
