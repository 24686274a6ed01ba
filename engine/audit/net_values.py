"""The pairs that could be worth more than they pay, found class by class: many millions of pairs are looked at.

What a pair is worth hangs on the worker's origin, occupation and skills and on the order; what it pays at the prices
hangs on the order and on the worker's class (origin, region, sex, and whether he or she returns). Each of these is
asked once, of the audit's own functions for placements, and put together for all pairs by a kernel. Pairs that somebody
named (recalls, rankings, scores, links to crews) are asked one by one. Caps by household and on distinct workers are
left out here, so that no pair is thought to be worth less than it is.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.arrays import offsets_by_row
from engine.audit.limit_prices import SCALE, LimitPrices, link_costs, pair_costs
from engine.audit.net_pairs import gathered_pairs, ranked_pairs
from engine.audit.placement_table import PlacementTable
from engine.audit.valuation import placement_values
from engine.kernel import inner_kernel, kernel
from engine.programme.programme import Programme

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
NOBODY = -1
PAIRS_PER_BLOCK = 2_000_000


@inner_kernel
def _bits(at: Any, worker: int, order: int) -> int:
    """One bit for each count of years within which the worker came back from the order's destination."""
    found = 0
    for p in range(at.past[worker], at.past[worker + 1]):
        if at.past_destination[p] == at.destination[order] and at.past_end[p] < at.start[order]:
            for k in range(at.earlier.shape[0]):
                if at.past_end[p] >= at.earlier[k, order]:
                    found |= 1 << k
    return found


@kernel
def _someone_of_each(at: Any, first: int, last: int, someone: Any) -> None:
    """A worker of each class and bits for each order: the last of those who could come, `NOBODY` where none could."""
    flags = 1 << at.earlier.shape[0]
    for worker in range(first, last):
        for e in range(at.occupation[worker], at.occupation[worker + 1]):
            for j in range(at.begin[e], at.begin[e] + at.orders[e]):
                order = at.by_isco[j]
                someone[at.class_of[worker] * flags + _bits(at, worker, order), order] = worker


@inner_kernel
def _nets(at: Any, cost: Any, worker: int, orders: Any, net: Any) -> int:
    """All pairs of a worker and what each is worth beyond what it pays; returns how many they are."""
    flags, n = 1 << at.earlier.shape[0], 0
    for e in range(at.occupation[worker], at.occupation[worker + 1]):
        able = at.skill * 0.5 * at.experience[e] + at.default[worker]
        for j in range(at.begin[e], at.begin[e] + at.orders[e]):
            order = at.by_isco[j]
            weekly = able + at.skill * 0.5 * at.share[worker, at.skills_of[order]]
            value = at.order_value[at.origin[worker], order] + at.weeks[order] * weekly
            orders[n] = order
            net[n] = (
                np.int64(np.rint(value * 1e9)) - cost[at.class_of[worker] * flags + _bits(at, worker, order), order]
            )
            n += 1
    low, high = at.named[worker], at.named[worker + 1]
    if high > low:
        for i in range(n):
            p = low + np.searchsorted(at.named_order[low:high], orders[i])
            if p < high and at.named_order[p] == orders[i]:
                net[i] = at.named_net[p]
    return n


@kernel
def _count_reaching(
    at: Any, cost: Any, keep_all: Any, most: int, longest: int, kept: Any, worker_of: Any, order_of: Any
) -> int:
    """How many pairs could be in a calendar worth more than nothing, in ``kept`` by worker; listed if there is room."""
    orders, net = np.empty(longest, np.int64), np.empty(longest, np.int64)
    best, total = np.zeros(max(most, 1), np.int64), 0
    for worker in range(len(kept)):
        if kept[worker] == NOBODY:
            continue
        n = _nets(at, cost, worker, orders, net)
        best[:] = 0
        home = np.int64(0)
        for i in range(n):
            if at.destination[orders[i]] == at.origin_code[worker]:
                home += max(np.int64(0), net[i])
            elif net[i] > best[0]:
                best[0] = net[i]
                best.sort()
        others = home + best[1:].sum()
        kept[worker] = 0
        for i in range(n):
            if keep_all[worker] or net[i] + others > 0:
                if len(worker_of):
                    worker_of[total], order_of[total] = worker, orders[i]
                total += 1
                kept[worker] += 1
    return total


@kernel
def _best_few(at: Any, cost: Any, workers: Any, few: int, longest: int, best_order: Any, best_net: Any) -> None:
    """The best ``few`` orders of each of some workers that are worth more than they pay, best first."""
    orders, net = np.empty(longest, np.int64), np.empty(longest, np.int64)
    for row in range(len(workers)):
        n = _nets(at, cost, workers[row], orders, net)
        least = np.int64(0)
        if n > few:
            least = max(least, np.partition(net[:n], n - few)[n - few])
        found = np.empty(min(n, few), np.int64)
        m = 0
        for tie in range(2):
            for i in range(n):
                if m < few and net[i] > 0 and ((tie == 0 and net[i] > least) or (tie == 1 and net[i] == least)):
                    found[m] = i
                    m += 1
        ranked = found[:m][np.argsort(-net[found[:m]], kind="mergesort")]
        for k in range(m):
            best_order[row, k], best_net[row, k] = orders[ranked[k]], net[ranked[k]]


class NetValues:
    """All pairs of a worker and an order in his or her occupations, and what each is worth beyond what it pays: at
    least what it is, in billionths.
    """

    def __init__(self, programme: Programme, prices: LimitPrices) -> None:
        self.programme, self.prices = programme, prices
        self._at = gathered_pairs(programme)
        runs = np.add.reduceat(np.append(self._at.orders, 0), self._at.occupation[:-1])
        self.pairs: Longs = np.where(np.diff(self._at.occupation) > 0, runs, 0)
        self._longest = int(self.pairs.max(initial=1))
        self._cost = self._class_costs()
        named, named_order, named_net = _named(programme, prices)
        self._at = self._at._replace(named=named, named_order=named_order, named_net=named_net)

    def _class_costs(self) -> Longs:
        """What each class and bits pay on each order, asked of someone of that class."""
        at, programme = self._at, self.programme
        shape = ((int(at.class_of.max(initial=0)) + 1) << len(at.earlier), programme.orders.size)
        someone = np.full(shape, NOBODY, np.int32)
        _someone_of_each(at, 0, programme.workers.size, someone)
        row, order = np.nonzero(someone != NOBODY)
        cost = np.zeros(shape, np.int64)
        for begin in range(0, len(row), PAIRS_PER_BLOCK):
            block = slice(begin, begin + PAIRS_PER_BLOCK)
            pairs = PlacementTable(programme, someone[row[block], order[block]].astype(np.int64), order[block])
            cost[row[block], order[block]] = pair_costs(pairs, self.prices, households=False)
        return cost

    def reaching(self, keep_all: npt.NDArray[np.bool_], looked_at: npt.NDArray[np.bool_]) -> tuple[Longs, Longs]:
        """(worker, order) of the pairs that could be in a calendar worth more than nothing, and of all pairs of those
        in ``keep_all``; of the workers in ``looked_at``.
        """
        most = self.programme.settings.max_placements_per_worker
        kept, nothing = np.where(looked_at, 0, NOBODY), np.empty(0, np.int64)
        arguments = self._at, self._cost, keep_all, most, self._longest, kept
        total = _count_reaching(*arguments, nothing, nothing)
        worker, order = np.empty(total, np.int64), np.empty(total, np.int64)
        _count_reaching(*arguments, worker, order)
        return worker, order

    def best_few(self, workers: Longs, few: int) -> tuple[Longs, Longs]:
        """(order, net) of the best ``few`` pairs of each worker, best first, `NOBODY` and 0 where there are no more
        that are worth more than nothing.
        """
        order, net = np.full((len(workers), few), NOBODY), np.zeros((len(workers), few), np.int64)
        _best_few(self._at, self._cost, workers, few, self._longest, order, net)
        return order, net


def _named(programme: Programme, prices: LimitPrices) -> tuple[Longs, Longs, Longs]:
    """The pairs that recalls, rankings, scores and links name, by worker: offsets, orders, and what each is worth
    beyond what it pays.
    """
    width = programme.orders.size
    keys = [
        programme[t].values("worker_id").astype(np.int64) * width + programme[t].values("order_id")
        for t in ("recalls", "scores")
    ]
    keys += [ranked_pairs(programme)]
    workers, orders = programme.workers.id_text("worker_id"), programme.orders.id_text("order_id")
    if prices.links:
        row_of = {name: row for row, name in enumerate(workers)}
        order_of = {name: row for row, name in enumerate(orders)}
        linked = [row_of[w] * width + order_of[o] for w, o in prices.links if w in row_of and o in order_of]
        keys.append(np.array(linked, np.int64))
    key = np.unique(np.concatenate(keys))
    pairs = PlacementTable(programme, *np.divmod(key, width))
    net = np.rint(placement_values(pairs) * SCALE).astype(np.int64)
    net -= pair_costs(pairs, prices, households=False) + link_costs(pairs, prices)
    return offsets_by_row(pairs.worker, programme.workers.size), pairs.order, net
