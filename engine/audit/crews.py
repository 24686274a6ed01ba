"""Orders whose crew can't be had: fewer are admitted than must come, or one limit lets fewer through."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from engine.audit.calendars import calendar_breaches
from engine.audit.limit_prices import LimitPrices
from engine.audit.pairs import admitted
from engine.audit.placement_table import PlacementTable, under
from engine.clauses.base import Count, Tally
from engine.programme.programme import Programme

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def hopeless_crews(programme: Programme, prices: LimitPrices) -> Bools:
    """By order, whether it can take nobody, for its crew can't be had; only orders that the plan leaves empty are
    looked at.
    """
    orders = programme.orders
    crew, names = orders.values("min_crew"), orders.id_text("order_id")
    hopeless = np.zeros(orders.size, bool)
    doubtful = [o for o in np.flatnonzero(crew > 1).tolist() if f"headcount|{names[o]}" in prices.unused]
    for order in doubtful:
        together = _able(programme, order)
        hopeless[order] = together.size < crew[order] or min(_reach(together, order)) < crew[order]
    return hopeless


def _able(programme: Programme, order: int) -> PlacementTable:
    """Everybody whom the rules admit to an order, as placements on it; by ledgers too where each takes one at most."""
    occupations = programme.workers.lists("occupations")
    code = programme.orders.labels("isco08").codes[order]
    able = np.unique(occupations.rows()[occupations.codes == code]).astype(np.int64)
    pairs = PlacementTable(programme, able, np.full(len(able), order))
    pairs = pairs.subset(admitted(pairs))
    origin, destination = (
        pairs.label(table, key).codes
        for table, key in (("workers", "origin_country"), ("orders", "destination_country"))
    )
    if programme.settings.max_placements_per_worker == 1 and not (origin == destination).any():
        refused = np.zeros(pairs.size, bool)
        for _, _, broken in calendar_breaches(pairs, pairs.agreement()):
            refused |= broken
        pairs = pairs.subset(np.flatnonzero(~refused))
    return pairs


def _reach(together: PlacementTable, order: int) -> Iterator[float]:
    """How many each limit by itself lets through."""
    beds = together.programme["sites"].values("beds")[together.rows("sites")[:1]]
    yield from beds[~np.isnan(beds)].tolist()
    yield float(together.size)
    agreement = together.agreement()
    for clause, count, position in together.programme.in_force(Count):
        counted = np.flatnonzero(under(agreement, position))
        for tally in count.tallies(together.subset(counted), clause.where, together.programme.siblings(clause)):
            if isinstance(tally, Tally):
                inside = np.bincount(tally.group[tally.group >= 0], minlength=len(tally.group_names))
                allowed = np.minimum(inside, _allowed(together, tally, order))
                yield float(together.size - inside.sum() + allowed.sum())


def _allowed(together: PlacementTable, tally: Tally, order: int) -> Longs:
    """How many of each group may come to an order at most, by the periods that count it."""
    most = np.full(len(tally.group_names), np.iinfo(np.int64).max)
    orders = together.programme.orders
    first, last = (np.datetime64(int(orders.values(day)[order]), "D") for day in ("start_date", "end_date"))
    capacity = np.cumsum(tally.capacity, 1) if tally.rollover else tally.capacity
    for number, period in enumerate(tally.periods or (None,)):
        opens, closes = (first, last) if period is None else (np.datetime64(str(day), "D") for day in period)
        counted = first <= closes and (last >= opens if tally.basis == "present" else first >= opens)
        if counted:
            most = np.minimum(most, capacity[:, number])
    return most
