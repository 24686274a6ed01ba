"""Dense eligibility: admitted pairs kept as bits and priced where they lie, never formed as a list.

All prices fold into one table class by order, and a value is an order part plus weeks times a worker part, so that
within workers of one class the orders have common ceilings: they are scanned from the highest ceiling down until no
later one can beat the best found (the threshold idea of Fagin, Lotem and Naor, 2003). Rows that look at more than the
worker's class and the order are priced as if they were free here: a superset of what is legal, hence still a bound.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.clauses.views import Ints
from engine.problem.dense_scans import Ceilings, GroupArrays, draw, scan_best, scan_slack, scan_top
from engine.problem.eligibility import Rectangle
from engine.problem.limits import Limits
from engine.problem.register import Register
from engine.problem.values import SCALE, Values
from engine.ranks import rank_within

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
WORKERS_PER_TASK = 4096


@dataclass(frozen=True)
class DenseGroup:
    """Workers of one origin, class and occupation by the orders for it.

    ``party`` (n,) and ``worker`` (n,); ``orders`` (m,); ``bits`` (n, ceil(m / 8)) the admitted pairs; a pair is worth
    ``part + weeks * weekly[i, which[j]]``, with ``part``, ``weeks`` and ``which`` by order.
    """

    party: Longs
    worker: Ints
    base_class: int
    orders: Ints
    bits: npt.NDArray[np.uint8]
    weekly: Floats
    part: Floats
    weeks: Floats
    which: Ints

    @property
    def arrays(self) -> GroupArrays:
        """What kernels need."""
        return GroupArrays(self.party, self.bits, self.weekly, self.part, self.weeks, self.which)


@dataclass(frozen=True)
class Found:
    """Pairs found by pricing: the party, worker and order of each, its value and its value less price."""

    party: Longs
    worker: Longs
    order: Longs
    value: Longs
    worth: Longs


@dataclass(frozen=True)
class DenseOffers:
    """All dense groups of a problem."""

    groups: tuple[DenseGroup, ...]
    flag_count: int

    def class_table(self, table: Longs) -> Longs:
        """The price table by base class: the least over the flags that a pair may have."""
        classes = (table.shape[0] - 1) // self.flag_count
        by_flags = table[: classes * self.flag_count].reshape(classes, self.flag_count, table.shape[1])
        least: Longs = by_flags.min(1)
        return least

    def best(self, table: Longs, worth: Longs) -> Longs:
        """Raise ``worth`` (by party) to each party's best pair at the table's prices; returns the cells chosen.

        A cell is base class times flags times the number of orders plus the order; -1 where no pair beats ``worth``.
        """
        least, orders = self.class_table(table), table.shape[1]
        cells = np.full(len(worth), -1, np.int64)

        def price(group: DenseGroup, low: int, high: int, ceilings: Ceilings) -> None:
            first_cell = group.base_class * self.flag_count * orders
            scan_best(low, high, group.arrays, ceilings, worth, cells, group.orders, first_cell)

        self._each(least, price)
        return cells

    def top(self, table: Longs, threshold: Longs, most: int) -> Found:
        """The best ``most`` pairs of each party whose value less price is above its ``threshold``."""
        least = self.class_table(table)
        found: list[tuple[DenseGroup, Longs, Longs, Longs]] = []

        def price(group: DenseGroup, low: int, high: int, ceilings: Ceilings) -> None:
            column, worth = np.full((high - low, most), -1, np.int64), np.zeros((high - low, most), np.int64)
            scan_top(low, high, group.arrays, ceilings, threshold, column, worth)
            row, place = np.nonzero(column >= 0)
            found.append((group, low + row, column[row, place], worth[row, place]))

        self._each(least, price)
        return _gathered(found, most)

    def least_slack(self, table: Longs, surplus: Longs, slack: Longs) -> None:
        """Lower ``slack`` (by order) to the least that a party gains (``surplus``) more than by a pair on the order."""
        least = self.class_table(table)
        for group in self.groups:
            worth, kind = np.unique(group.weekly, axis=0, return_inverse=True)
            by_kind = np.lexsort((surplus[group.party], kind.ravel()))
            edges = np.searchsorted(kind.ravel()[by_kind], np.arange(len(worth) + 1))
            scan_slack(
                by_kind, edges, group.arrays, least[group.base_class][group.orders], surplus, group.orders, slack
            )

    def _each(self, least: Longs, price: Callable[[DenseGroup, int, int, Ceilings], None]) -> None:
        """Call ``price`` for blocks of workers of every group, on both cores; groups one after another, since a party
        may be in several.
        """
        with ThreadPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as pool:
            for group in self.groups:
                ceilings = ceilings_of(group, least[group.base_class])
                size = len(group.party)
                blocks = [(low, min(low + WORKERS_PER_TASK, size)) for low in range(0, size, WORKERS_PER_TASK)]
                list(pool.map(lambda block, g=group, c=ceilings: price(g, *block, c), blocks))  # type: ignore[call-arg]  # g and c have defaults

    def sample(self, each: int) -> Found:
        """About ``each`` pairs of every party, drawn evenly from its admitted ones; the same ones every time."""
        found = []
        for group in self.groups:
            column = np.full((len(group.party), each), -1, np.int64)
            draw(group.party, group.bits, len(group.orders), column)
            row, place = np.nonzero(column >= 0)
            found.append((group, row, column[row, place], np.zeros(len(row), np.int64)))
        return _gathered(found, each)

    def pairs(self, worker: Longs, order: Longs) -> Found:
        """Those of the given pairs that are admitted here."""
        found = []
        for group in self.groups:
            by_worker, by_order = np.argsort(group.worker, kind="stable"), np.argsort(group.orders, kind="stable")
            row = _positions(group.worker, by_worker, worker)
            column = _positions(group.orders, by_order, order)
            at = np.flatnonzero((row >= 0) & (column >= 0))
            row, column = row[at], column[at]
            admitted = group.bits[row, column >> 3] >> (7 - (column & 7)) & 1 > 0
            row, column = row[admitted], column[admitted]
            found.append((group, row, column, np.zeros(len(row), np.int64)))
        return _gathered(found, len(worker))

    def admitted_by_order(self, order_count: int, parties: npt.NDArray[np.bool_]) -> Longs:
        """How many of the marked parties each order admits."""
        total = np.zeros(order_count, np.int64)
        for group in self.groups:
            rows = np.flatnonzero(parties[group.party])
            for low in range(0, len(rows), WORKERS_PER_TASK):
                block = group.bits[rows[low : low + WORKERS_PER_TASK]]
                total[group.orders] += np.unpackbits(block, axis=1, count=len(group.orders)).sum(0, dtype=np.int64)
        return total


def make_dense(
    register: Register,
    rectangles: Sequence[Rectangle],
    values: Values,
    limits: Limits,
    party: Longs,
) -> DenseOffers:
    """Dense groups of all workers with a ``party`` (-1: priced elsewhere)."""
    pieces: dict[tuple[int, int, bytes], list[DenseGroup]] = {}
    for rectangle in rectangles:
        inside = party[rectangle.workers] >= 0
        if not inside.any():
            continue
        weekly, which = values.worker_part(rectangle)
        origin = int(register.origin[rectangle.workers[0]])
        classes = limits.base_class[rectangle.workers]
        for base in np.unique(classes[inside]):
            rows = np.flatnonzero(inside & (classes == base))
            group = DenseGroup(
                party[rectangle.workers[rows]],
                rectangle.workers[rows],
                int(base),
                rectangle.orders,
                rectangle.bits[rows],
                weekly[rows],
                values.order_part[origin, rectangle.orders],
                register.weeks[rectangle.orders],
                which,
            )
            pieces.setdefault((origin, int(base), rectangle.orders.tobytes()), []).append(group)
    return DenseOffers(tuple(_joined(parts) for parts in pieces.values()), 1 << len(limits.features))


def _joined(parts: list[DenseGroup]) -> DenseGroup:
    one = parts[0]
    return DenseGroup(
        np.concatenate([part.party for part in parts]),
        np.concatenate([part.worker for part in parts]),
        one.base_class,
        one.orders,
        np.concatenate([part.bits for part in parts]),
        np.concatenate([part.weekly for part in parts]),
        one.part,
        one.weeks,
        one.which,
    )


def _positions(values: Ints, order: Longs, wanted: Longs) -> Longs:
    """Where each wanted number stands in ``values``, which ``order`` sorts; -1 where it doesn't."""
    at = np.minimum(np.searchsorted(values[order], wanted), len(values) - 1)
    found = order[at]
    return np.where(values[found] == wanted, found, -1)


def ceilings_of(group: DenseGroup, cost: Longs) -> Ceilings:
    """Orders by falling ceiling (positions in the group), those ceilings, and the cost of each order."""
    own = cost[group.orders]
    highest = group.weekly.max(0, initial=0.0)[group.which]
    ceiling = np.rint((group.part + group.weeks * highest) * SCALE).astype(np.int64) - own
    rank = np.argsort(-ceiling, kind="stable")
    return Ceilings(rank, ceiling[rank], own)


def _gathered(found: list[tuple[DenseGroup, Longs, Longs, Longs]], most: int) -> Found:
    """All pairs found, the best ``most`` of each party, sorted by party and falling worth."""
    party = np.concatenate([np.empty(0, np.int64), *(group.party[row] for group, row, _, _ in found)])
    worker = np.concatenate([np.empty(0, np.int64), *(group.worker[row] for group, row, _, _ in found)])
    order = np.concatenate([np.empty(0, np.int64), *(group.orders[column] for group, _, column, _ in found)])
    value = np.concatenate([np.empty(0, np.int64), *(values_of(group, row, column) for group, row, column, _ in found)])
    worth = np.concatenate([np.empty(0, np.int64), *(worth for _, _, _, worth in found)])
    by_party = np.lexsort((order, -worth, party))
    kept = by_party[rank_within(party[by_party]) < most]
    return Found(party[kept], worker[kept], order[kept], value[kept], worth[kept])


def values_of(group: DenseGroup, row: Longs, column: Longs) -> Longs:
    """The values (billionths) of the pairs at (row, column) of a group."""
    weekly = group.weekly[row, group.which[column]]
    return np.rint((group.part[column] + group.weeks[column] * weekly) * SCALE).astype(np.int64)
