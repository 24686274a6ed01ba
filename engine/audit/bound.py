"""The bound recomputed from ``prices.csv`` by weak duality, from the raw programme and with no solver.

For prices >= 0 of the limits, ``sum count * price + sum over units of the best calendar's value less what it pays`` is
at least the value of every legal plan. A unit is a worker or a travel group; its best calendar is found over all sets
of placements that the audit's own checks admit, ledgers, travel and promises included, or it takes nothing.
An order whose crew can't be had takes nobody.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.arrays import entries_from, offsets_by_row, offsets_of, row_of_each
from engine.audit.best_calendars import Choices, best_worth
from engine.audit.calendars import calendar_breaches
from engine.audit.crews import hopeless_crews
from engine.audit.limit_prices import SCALE, LimitPrices, calendar_costs, link_costs, pair_costs
from engine.audit.net_values import NOBODY, NetValues
from engine.audit.pairs import admitted
from engine.audit.placement_table import PlacementTable, under
from engine.audit.valuation import placement_values
from engine.programme.programme import Programme

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
PAIRS_PER_BLOCK = 1_000_000
FIRST_TRIED, GROWTH = 8, 4


def recomputed_bound(programme: Programme, plan: Path) -> float:
    """The bound that the prices of a plan prove, in value terms. Raises `CallError` where the plan has no prices."""
    prices = LimitPrices(plan)
    return (prices.paid + surplus(programme, prices, hopeless_crews(programme, prices))) / SCALE


def surplus(programme: Programme, prices: LimitPrices, closed: Bools) -> int:
    """What all workers together gain at prices, in billionths, each unit by its best legal calendar; orders that are
    ``closed`` (by row) take nobody.
    """
    net, listed = NetValues(programme, prices), _listed(programme)
    lone = _best_placements(programme, prices, net, closed, np.flatnonzero(~listed))
    return lone + _best_calendars(programme, prices, net, closed, listed)


def _net(pairs: PlacementTable, prices: LimitPrices) -> Longs:
    """What placements are worth beyond what they pay, in billionths."""
    value = np.rint(placement_values(pairs) * SCALE).astype(np.int64)
    return value - pair_costs(pairs, prices) - link_costs(pairs, prices)


def _listed(programme: Programme) -> Bools:
    """The workers who choose calendars: of several placements, as a group, or with a promise. The others choose one."""
    workers = programme.workers
    origin = workers.labels("origin_country").codes
    listed = workers.labels("travel_group_id").codes >= 0
    listed |= programme.settings.max_placements_per_worker > 1
    listed |= np.isin(origin, programme.orders.labels("destination_country").codes)
    listed[programme["commitments"].values("worker_id")] = True
    return listed


def _best_placements(programme: Programme, prices: LimitPrices, net: NetValues, closed: Bools, workers: Longs) -> int:
    """The sum over workers with one placement each of what their best legal one is worth."""
    worth = np.zeros(programme.workers.size, np.int64)
    tried, few = 0, FIRST_TRIED
    while len(workers):
        still = []
        step = max(1, PAIRS_PER_BLOCK // (few - tried))
        for begin in range(0, len(workers), step):
            some = workers[begin : begin + step]
            order, at_most = net.best_few(some, few)
            row, place = np.nonzero((order[:, tried:] != NOBODY) & ~closed[order[:, tried:]])
            pairs = PlacementTable(programme, some[row], order[row, place + tried])
            pairs = pairs.subset(admitted(pairs))
            pairs = pairs.subset(_legal_alone(pairs))
            np.maximum.at(worth, pairs.worker, _net(pairs, prices))
            still.append(some[(order[:, -1] != NOBODY) & (at_most[:, -1] > worth[some])])
        workers = np.concatenate(still)
        tried, few = few, few * GROWTH
    return int(worth.sum())


def _legal_alone(pairs: PlacementTable) -> Longs:
    """The numbers of the placements that are legal as their worker's only one."""
    alone = PlacementTable(pairs.programme, pairs.worker, pairs.order, np.arange(pairs.size))
    broken = np.zeros(pairs.size, bool)
    for _, _, breach in calendar_breaches(alone, alone.agreement()):
        broken |= breach
    return np.flatnonzero(~broken)


def _best_calendars(programme: Programme, prices: LimitPrices, net: NetValues, closed: Bools, listed: Bools) -> int:
    """The sum over units of what their best legal calendar is worth."""
    if not listed.any():
        return 0
    groups = programme.workers.labels("travel_group_id").codes.astype(np.int64)
    keep_all = groups >= 0
    keep_all[programme["commitments"].values("worker_id")] = True
    worker, order = net.reaching(keep_all, listed)
    left = np.flatnonzero(~closed[order])
    blocks = [left[begin : begin + PAIRS_PER_BLOCK] for begin in range(0, len(left), PAIRS_PER_BLOCK)]
    kept = [block[admitted(PlacementTable(programme, worker[block], order[block]))] for block in blocks]
    rows = np.concatenate([np.empty(0, np.int64), *kept])
    return _Units(programme, prices, PlacementTable(programme, worker[rows], order[rows])).worth()


class _Units:
    """Workers and travel groups with the admitted pairs that each may choose."""

    def __init__(self, programme: Programme, prices: LimitPrices, pairs: PlacementTable) -> None:
        self.programme, self.prices = programme, prices
        group = programme.workers.labels("travel_group_id").codes.astype(np.int64)
        unit_of = np.where(group >= 0, programme.workers.size + group, np.arange(programme.workers.size))
        self.size = np.bincount(unit_of)
        width = programme.orders.size
        key = unit_of[pairs.worker] * width + pairs.order
        start = programme.orders.values("start_date")[pairs.order]
        ranked = np.lexsort((pairs.order, start, unit_of[pairs.worker]))
        keys, _, at, count = _runs(key[ranked])
        whole = count == self.size[keys // width]
        number = np.cumsum(whole) - 1
        inside = whole[at]
        self.pairs = pairs.subset(ranked[inside])
        self.of_choice = offsets_of(count[whole])
        self.unit, self.order = np.divmod(keys[whole], width)
        choice = number[at[inside]]
        self.choices = self._choices(choice)

    def _choices(self, choice: Longs) -> Choices:
        orders, many = self.programme.orders, len(self.order)
        net = np.zeros(many, np.int64)
        np.add.at(net, choice, _net(self.pairs, self.prices))
        free, must = np.zeros(many, bool), np.zeros(many, bool)
        free[choice[~under(self.pairs.agreement(), None)]] = True
        must[choice[self.pairs.row_of_pair("commitments") >= 0]] = True
        start, end = (orders.values(day)[self.order].astype(np.int64) for day in ("start_date", "end_date"))
        return Choices(offsets_by_row(self.unit, len(self.size)), start, end, net, free, must)

    def worth(self) -> int:
        """The sum of what the best legal calendars are worth."""
        most = self.programme.settings.max_placements_per_worker
        return int(best_worth(self.choices, most, self._judged).sum())

    def _judged(self, choice: Longs, of_set: Longs) -> tuple[Longs, Bools]:
        """What sets of choices are really worth, and whether each of their members may have them as a calendar."""
        members = np.diff(self.of_choice)[choice]
        rows = entries_from(self.of_choice[choice], members)
        owner = np.repeat(row_of_each(np.diff(of_set)), members)
        calendar = owner * int(self.size.max(initial=1)) + self._place[rows]
        table = PlacementTable(self.programme, self.pairs.worker[rows], self.pairs.order[rows], calendar)
        legal = np.ones(len(of_set) - 1, bool)
        for _, _, broken in calendar_breaches(table, table.agreement()):
            legal[owner[broken]] = False
        net = np.add.reduceat(np.append(self.choices.net[choice], 0), of_set[:-1]) if len(legal) else choice
        np.subtract.at(net, owner, calendar_costs(table, self.prices))
        return net, legal

    @property
    def _place(self) -> Longs:
        """The place of each pair's worker among the members of the unit."""
        group = self.programme.workers.labels("travel_group_id").codes
        rank = np.zeros(len(group), np.int64)
        together = np.flatnonzero(group >= 0)
        by_group = together[np.argsort(group[together], kind="stable")]
        _, first, at, _ = _runs(group[by_group].astype(np.int64))
        rank[by_group] = np.arange(len(by_group)) - first[at]
        return rank[self.pairs.worker]


def _runs(key: Longs) -> tuple[Longs, Longs, Longs, Longs]:
    """Runs of equal neighbours: the key and first entry of each run, the run of each entry, how long each is."""
    first = np.flatnonzero(np.diff(key, prepend=-1))
    count = np.diff(np.append(first, len(key)))
    return key[first], first, row_of_each(count), count
