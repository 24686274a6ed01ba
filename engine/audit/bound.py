"""The bound recomputed from ``prices.csv`` by weak duality, from the raw programme and with no solver.

For prices >= 0 of the limits, ``sum count * price + sum over workers of max(0, best calendar's value - price)`` is at
least the value of every legal plan. A worker's best calendar is found here over all sets of admitted placements that
don't overlap, as many abroad as the programme allows; ledgers and travel are left out, which can only raise the bound.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.csv as pa_csv

from engine.audit.candidate_pairs import CandidatePairs
from engine.audit.pairs import pair_breaches, under
from engine.audit.placement_table import HOME, PlacementTable
from engine.audit.valuation import placement_values
from engine.clauses.base import Clause, Count, Ratio, Tally
from engine.days import day_number
from engine.errors import CallError
from engine.programme.programme import Programme

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
PAIRS_PER_BLOCK = 2_000_000


def recomputed_bound(programme: Programme, plan: Path) -> float:
    """The bound that the prices of a plan prove, in value terms. Raises `CallError` where the plan has no prices."""
    prices = _Prices(plan)
    total = prices.paid
    for placements in _candidate_blocks(programme):
        admitted = np.logical_not(np.logical_or.reduce([broken for _, _, broken in pair_breaches(placements)]))
        pairs = placements.subset(admitted)
        net = placement_values(pairs) - _costs(pairs, prices)
        total += _best_calendars(pairs, net)
    return total


def placement_prices(pairs: PlacementTable, plan: Path) -> Floats:
    """What each of some placements costs at the prices of a plan, in value terms; links to crews included."""
    return _costs(pairs, _Prices(plan))


class _Prices:
    """prices.csv: the price of each limit by name, and what all limits cost together."""

    def __init__(self, plan: Path) -> None:
        path = plan / "prices.csv"
        if not path.is_file():
            raise CallError(f"There are no prices in {plan}.", "Name a plan that vaiven match wrote.")
        table = pa_csv.read_csv(path).to_pydict()
        self.by_limit = dict(zip(table["limit"], table["price"], strict=True))
        counts = dict(zip(table["limit"], table["count"], strict=True))
        crew = {
            limit.partition("|")[2]: price for limit, price in self.by_limit.items() if limit.startswith("min_crew|")
        }
        links: dict[str, float] = defaultdict(float)
        for limit, price in self.by_limit.items():
            if limit.startswith("link|"):
                links[limit.rpartition("|")[2]] += price
        self.paid = 0.0
        for limit, price in self.by_limit.items():
            if limit.startswith(("min_crew|", "link|")) or counts[limit] is None or counts[limit] == "":
                continue
            order = limit.partition("|")[2] if limit.startswith("headcount|") else ""
            cost = float(counts[limit]) * price
            if order in crew or (order and order in links):
                cost = max(
                    0.0, cost - crew.get(order, 0.0) * float(counts.get(f"min_crew|{order}") or 0) + links[order]
                )
            self.paid += cost

    def __call__(self, *parts: str) -> float:
        """The price of the limit with this name, 0 where it is not listed."""
        return float(self.by_limit.get("|".join(part for part in parts if part), 0.0))


def _candidate_blocks(programme: Programme) -> list[PlacementTable]:
    """All pairs of workers and orders that share an occupation, whole workers at a time."""
    pairs = CandidatePairs(programme)
    block = pairs.first // PAIRS_PER_BLOCK
    edges = pairs.first[np.concatenate([[0], np.flatnonzero(np.diff(block)) + 1, [len(block) - 1]])]
    spans = [np.arange(low, high) for low, high in pairwise(edges.tolist()) if low < high]
    return [PlacementTable(programme, *pairs.at(span)) for span in spans]


def _costs(pairs: PlacementTable, prices: _Prices) -> Floats:
    """What each placement pays at the prices of all limits that it counts in."""
    orders = pairs.programme.orders.id_text("order_id")
    by_order = np.array([prices("headcount", name) - prices("min_crew", name) for name in orders])
    cost = by_order[pairs.order] + _bed_costs(pairs, prices) + _link_costs(pairs, prices)
    agreement = pairs.agreement()
    for clause, count, position in pairs.programme.in_force(Count):
        counted = np.flatnonzero(under(agreement, position))
        own = pairs.subset(counted)
        for tally in count.tallies(own, clause.where, pairs.programme.siblings(clause)):
            cost[counted] += _tally_costs(own, clause, tally, prices)
    return cost


def _link_costs(pairs: PlacementTable, prices: _Prices) -> Floats:
    wanted = {limit[5:]: price for limit, price in prices.by_limit.items() if limit.startswith("link|")}
    if not wanted:
        return np.zeros(pairs.size)
    names = pairs.text("workers", "worker_id") + "|" + pairs.text("orders", "order_id")
    return np.array([wanted.get(name, 0.0) for name in names])


def _bed_costs(pairs: PlacementTable, prices: _Prices) -> Floats:
    days: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for limit, price in prices.by_limit.items():
        if limit.startswith("beds|") and price:
            _, site, day = limit.split("|")
            days[site].append((day_number(np.datetime64(day).astype(object)), price))
    cost = np.zeros(pairs.size)
    sites = pairs.text("orders", "site_id")
    for site, priced in days.items():
        there = np.flatnonzero(sites == site)
        cost[there] += _present_cost(pairs.subset(there), priced)
    return cost


def _present_cost(pairs: PlacementTable, priced: list[tuple[int, float]]) -> Floats:
    """The sum of the prices of the days on which each placement is present."""
    day = np.array([d for d, _ in sorted(priced)])
    total = np.concatenate([[0.0], np.cumsum([p for _, p in sorted(priced)])])
    orders = pairs.programme.orders
    starts, ends = orders.values("start_date")[pairs.order], orders.values("end_date")[pairs.order]
    return total[np.searchsorted(day, ends, "right")] - total[np.searchsorted(day, starts, "left")]


def _tally_costs(pairs: PlacementTable, clause: Clause, tally: Tally | Ratio, prices: _Prices) -> Floats:
    if isinstance(tally, Ratio):
        least, most = prices(clause.name, "min_share"), prices(clause.name, "max_share")
        low, high = float(tally.least or 0), float(tally.most if tally.most is not None else 1)
        both, total = tally.inside.astype(np.float64), tally.total.astype(np.float64)
        return least * (low * total - both) + most * (both - high * total)
    cost = np.zeros(pairs.size)
    several = pairs.programme.settings.max_placements_per_worker > 1
    if tally.basis == "workers" and several:
        return cost
    for number, name in enumerate(tally.group_names):
        members = np.flatnonzero(tally.group == number)
        own = pairs.subset(members)
        if tally.basis == "present":
            cost[members] += _present_cost(own, _priced_days(clause, name, prices))
        else:
            cost[members] += _period_costs(own, clause, name, tally, prices)
    return cost


def _priced_days(clause: Clause, name: str, prices: _Prices) -> list[tuple[int, float]]:
    found = []
    for limit, price in prices.by_limit.items():
        if price and limit.startswith(clause.name + "|"):
            rest = limit[len(clause.name) + 1 :].replace("|", " ").strip()
            scope, _, day = rest.rpartition(" ")
            if scope == name:
                found.append((day_number(np.datetime64(day).astype(object)), price))
    return found


def _period_costs(pairs: PlacementTable, clause: Clause, name: str, tally: Tally, prices: _Prices) -> Floats:
    cost, start = np.zeros(pairs.size), pairs.date("orders", "start_date")
    for period in tally.periods or (None,):
        span = "" if period is None else f"{period[0]}..{period[1]}"
        price = prices(clause.name, name, span) or prices(clause.name, f"{name} {span}".strip())
        if period is None:
            cost += price
            continue
        first, last = np.datetime64(str(period[0]), "D"), np.datetime64(str(period[1]), "D")
        if tally.rollover:
            assert tally.periods is not None
            inside = np.logical_or.reduce(
                [
                    (start >= np.datetime64(str(a), "D")) & (start <= np.datetime64(str(b), "D"))
                    for a, b in tally.periods
                ]
            )
            cost += price * (inside & (start <= last))
        else:
            cost += price * ((start >= first) & (start <= last))
    return cost


def _best_calendars(pairs: PlacementTable, net: Floats) -> float:
    """The sum over workers of the best set of placements without overlap, as many abroad as are allowed."""
    most = pairs.programme.settings.max_placements_per_worker
    home = pairs.agreement() == HOME
    orders = pairs.programme.orders
    starts, ends = orders.values("start_date")[pairs.order], orders.values("end_date")[pairs.order]
    order = np.lexsort((ends, pairs.worker))
    order = order[net[order] > 0]
    heads = np.flatnonzero(np.diff(pairs.worker[order], prepend=-1))
    total = 0.0
    for begin, end in zip(heads, np.append(heads[1:], len(order)), strict=True):
        rows = order[begin:end]
        if most == 1 and not home[rows].any():
            total += float(net[rows].max())
        else:
            total += _best_chain(starts[rows], ends[rows], net[rows], home[rows], most)
    return total


def _best_chain(starts: Rows, ends: Rows, net: Floats, home: npt.NDArray[np.bool_], most: int) -> float:
    """Weighted interval scheduling with a limit on the intervals that are not at home; rows are sorted by end."""
    best = np.zeros((len(ends) + 1, most + 1))
    before = np.searchsorted(ends, starts, "left")
    for i in range(len(ends)):
        best[i + 1] = best[i]
        for used in range(most + 1):
            left = used if home[i] else used - 1
            if left >= 0:
                best[i + 1, used] = max(best[i + 1, used], best[before[i], left] + net[i])
    return float(best[-1].max())
