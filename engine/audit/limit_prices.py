"""prices.csv as the audit reads it: what all limits cost together, and what each placement pays.

Prices and costs are whole billionths of the programme's value unit, as the file's numbers are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.csv as pa_csv

from engine.audit.placement_table import PlacementTable, under
from engine.clauses.base import Clause, Count, Ratio, Tally
from engine.days import day_number
from engine.errors import CallError
from engine.programme.csv_table import as_joined
from engine.words import message

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Day = tuple[int, int]
SCALE = 10**9
HOUSEHOLD = "household_id="


class LimitPrices:
    """The prices of the limits of a plan's folder, by name. Raises `CallError` where the folder has none."""

    def __init__(self, plan: Path) -> None:
        path = plan / "prices.csv"
        if not path.is_file():
            raise CallError(
                message("There are no prices in {plan}.", plan=plan), message("Name a plan that vaiven match wrote.")
            )
        table = pa_csv.read_csv(path, parse_options=as_joined(path)).to_pydict()
        self.by_limit = {
            limit: round(float(price) * SCALE)
            for limit, price in zip(table["limit"], table["price"], strict=True)
            if price
        }
        self._count = {
            limit: int(count)
            for limit, count in zip(table["limit"], table["count"], strict=True)
            if count not in ("", None)
        }
        self.unused = {limit for limit, used in zip(table["limit"], table["used"], strict=True) if not used}

    def __call__(self, *parts: str) -> int:
        """The price of the limit with this name, 0 where it is not listed."""
        return self.by_limit.get("|".join(part for part in parts if part), 0)

    @cached_property
    def links(self) -> dict[tuple[str, str], int]:
        """The price of the link of a worker to the crew of an order, by both ids."""
        found = {}
        for limit, price in self.by_limit.items():
            kind, _, rest = limit.partition("|")
            if kind == "link":
                worker, _, order = rest.partition("|")
                found[worker, order] = price
        return found

    @cached_property
    def paid(self) -> int:
        """What all limits cost together: count times price; of an order with a crew the better of opening it or not."""
        links: dict[str, int] = defaultdict(int)
        for (_, order), price in self.links.items():
            links[order] += price
        total = 0
        for limit, price in self.by_limit.items():
            kind, _, name = limit.partition("|")
            crew = kind == "headcount" and (name in links or f"min_crew|{name}" in self.by_limit)
            if kind not in ("min_crew", "link") and limit in self._count and not crew:
                total += self._count[limit] * price
        crews = links.keys() | {limit.partition("|")[2] for limit in self.by_limit if limit.startswith("min_crew|")}
        return total + sum(self._opened(order, links[order]) for order in crews)

    def _opened(self, order: str, links: int) -> int:
        limit, crew = f"headcount|{order}", f"min_crew|{order}"
        full = self._count.get(limit, 0) * self(limit)
        return max(0, full - self._count.get(crew, 0) * self(crew) + links)

    @cached_property
    def _by_clause(self) -> dict[str, list[tuple[str, int]]]:
        """The rest of the name and the price of every limit, by what may be the name of its clause."""
        found: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for limit, price in self.by_limit.items():
            parts = limit.split("|")
            for length in range(1, min(len(parts), 2) + 1):
                found["|".join(parts[:length])].append((" ".join(parts[length:]), price))
        return found

    def has(self, clause: Clause) -> bool:
        """Whether any limit of a clause has a price."""
        return clause.name in self._by_clause

    def days(self, clause: Clause, name: str) -> list[Day]:
        """(day, price) of the limits of a clause for those present, of one of its groups."""
        found = []
        for rest, price in self._by_clause.get(clause.name, ()):
            scope, _, day = rest.rpartition(" ")
            if scope == name:
                found.append((_day(day), price))
        return found

    @cached_property
    def beds(self) -> dict[str, list[Day]]:
        """(day, price) of the beds of each site."""
        found: dict[str, list[Day]] = defaultdict(list)
        for limit, price in self.by_limit.items():
            if limit.startswith("beds|"):
                _, site, day = limit.split("|")
                found[site].append((_day(day), price))
        return found


def _day(text: str) -> int:
    return day_number(np.datetime64(text).astype(object))


def pair_costs(pairs: PlacementTable, prices: LimitPrices, *, households: bool = True) -> Longs:
    """What each placement pays whatever else its worker has, links to crews left out.

    Without ``households`` caps by household are left out too: then what a placement pays hangs on the order and on the
    worker's origin, region, sex, past stays and recalls alone.
    """
    cost = _order_costs(pairs, prices)[pairs.order]
    agreement = pairs.agreement()
    for clause, tally, counted in _priced_tallies(pairs, agreement, prices):
        if isinstance(tally, Ratio):
            cost[counted] += _ratio_costs(clause, tally, prices)
        elif (households or not _by_household(tally)) and not _is_distinct(pairs, tally):
            cost[counted] += _tally_costs(pairs.subset(counted), clause, tally, prices)
    return cost


def calendar_costs(placements: PlacementTable, prices: LimitPrices) -> Longs:
    """What whole calendars pay once however many of their placements count: caps on distinct workers, by placement."""
    cost = np.zeros(placements.size, np.int64)
    if placements.programme.settings.max_placements_per_worker == 1:
        return cost
    agreement = placements.agreement()
    for clause, tally, counted in _priced_tallies(placements, agreement, prices):
        if isinstance(tally, Tally) and _is_distinct(placements, tally):
            own = placements.subset(counted)
            for charged, price in _period_prices(own, clause, tally, prices):
                rows = np.flatnonzero(charged)
                key = own.calendar[rows] * len(tally.group_names) + tally.group[rows]
                once = rows[np.unique(key, return_index=True)[1]]
                cost[counted[once]] += price[tally.group[once]]
    return cost


def link_costs(pairs: PlacementTable, prices: LimitPrices) -> Longs:
    """What each placement pays for the link to its order's crew."""
    if not prices.links:
        return np.zeros(pairs.size, np.int64)
    workers, orders = pairs.text("workers", "worker_id"), pairs.text("orders", "order_id")
    return np.array([prices.links.get(pair, 0) for pair in zip(workers, orders, strict=True)], np.int64)


def _priced_tallies(
    pairs: PlacementTable, agreement: Longs, prices: LimitPrices
) -> Iterator[tuple[Clause, Tally | Ratio, Longs]]:
    """The tallies of every clause that has a price, with the placements that they look at."""
    for clause, count, position in pairs.programme.in_force(Count):
        if prices.has(clause):
            counted = np.flatnonzero(under(agreement, position))
            for tally in count.tallies(pairs.subset(counted), clause.where, pairs.programme.siblings(clause)):
                yield clause, tally, counted


def _by_household(tally: Tally) -> bool:
    return any(name.startswith(HOUSEHOLD) for name in tally.group_names[:1])


def _is_distinct(pairs: PlacementTable, tally: Tally) -> bool:
    """Whether a tally counts distinct workers, and a worker could be counted twice."""
    return tally.basis == "workers" and pairs.programme.settings.max_placements_per_worker > 1


def _order_costs(pairs: PlacementTable, prices: LimitPrices) -> Longs:
    """What any placement on an order pays for its place and for beds, by order."""
    orders, sites = pairs.programme.orders, pairs.programme["sites"].id_text("site_id")
    cost = np.array([prices("headcount", o) - prices("min_crew", o) for o in orders.id_text("order_id")], np.int64)
    site = sites[orders.values("site_id")]
    for name, priced in prices.beds.items():
        there = np.flatnonzero(site == name)
        cost[there] += _present_cost(pairs, there, priced)
    return cost


def _present_cost(pairs: PlacementTable, order: Longs, priced: list[Day]) -> Longs:
    """The sum of the prices of the days on which whoever is on an order is present."""
    day = np.array([d for d, _ in sorted(priced)], np.int64)
    total = np.concatenate([[0], np.cumsum([p for _, p in sorted(priced)])]).astype(np.int64)
    orders = pairs.programme.orders
    starts, ends = orders.values("start_date")[order], orders.values("end_date")[order]
    return total[np.searchsorted(day, ends, "right")] - total[np.searchsorted(day, starts, "left")]


def _ratio_costs(clause: Clause, ratio: Ratio, prices: LimitPrices) -> Longs:
    """Rounded down, which can only raise the bound."""
    least, most = prices(clause.name, "min_share"), prices(clause.name, "max_share")
    low, high = float(ratio.least or 0), float(ratio.most if ratio.most is not None else 1)
    both, total = ratio.inside.astype(np.float64), ratio.total.astype(np.float64)
    return np.floor(least * (low * total - both) + most * (both - high * total)).astype(np.int64)


def _tally_costs(own: PlacementTable, clause: Clause, tally: Tally, prices: LimitPrices) -> Longs:
    cost = np.zeros(own.size, np.int64)
    if tally.basis == "present":
        for number, name in enumerate(tally.group_names):
            if priced := prices.days(clause, name):
                members = np.flatnonzero(tally.group == number)
                cost[members] += _present_cost(own, own.order[members], priced)
        return cost
    for charged, price in _period_prices(own, clause, tally, prices):
        cost[charged] += price[tally.group[charged]]
    return cost


def _period_prices(
    own: PlacementTable, clause: Clause, tally: Tally, prices: LimitPrices
) -> Iterator[tuple[Bools, Longs]]:
    """For each period of a cap: which placements it charges, and the price of each group."""
    start = own.date("orders", "start_date")
    for period in tally.periods or (None,):
        span = "" if period is None else f"{period[0]}..{period[1]}"
        price = np.array(
            [
                prices(clause.name, name, span) or prices(clause.name, f"{name} {span}".strip())
                for name in tally.group_names
            ],
            np.int64,
        )
        if price.any():
            yield (tally.group >= 0) & _charged(start, tally, period), price


def _charged(start: npt.NDArray[np.datetime64], tally: Tally, period: tuple[object, object] | None) -> Bools:
    """Which starts a period's limit counts: with rollover those of earlier periods as well."""
    if period is None:
        return np.ones(len(start), bool)
    counted = [period]
    if tally.rollover:
        counted = [span for span in tally.periods or () if str(span[0]) <= str(period[0])]
    inside = np.zeros(len(start), bool)
    for first, last in counted:
        inside |= (start >= np.datetime64(str(first), "D")) & (start <= np.datetime64(str(last), "D"))
    return inside
