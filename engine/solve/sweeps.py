"""Sweeps: each party's best column at search prices, over a compact copy of the offers.

All prices of the rows that a cell (class of workers, order) uses fold into one number a cell, so that a sweep reads
each column once. Rows that a class of workers meets on every order alike (a cap on a home region) are priced once a
party. Search prices and values are single precision; what is proved is computed again in whole numbers by
`engine.solve.prices.bound_at`.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from engine.kernel import kernel
from engine.problem.limits import LimitArrays, Limits
from engine.problem.offers import NOTHING, Offers
from engine.problem.problem import MatchingProblem
from engine.problem.values import SCALE
from engine.rule import Array, Bools, Ints

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
COLUMNS_PER_THREAD = 150_000
CELLS_PER_THREAD = 100_000


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells that columns reach: ``of_placement`` by entry of ``offers.cell``, ``of_party`` what a party always meets.

    Cell i uses ``coefficient[k]`` of row ``row[k]`` for k in ``offsets[i]:offsets[i + 1]``.
    """

    of_placement: Ints
    of_party: Ints
    offsets: Longs
    row: Ints
    coefficient: Singles


def _one_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="sweep")


@dataclass(frozen=True)
class Sweeper:
    """Offers made ready for sweeps; ``single`` where each column is one placement without extras."""

    offers: Offers
    cells: Cells
    value: Singles
    single: bool
    row_count: int
    second: ThreadPoolExecutor = field(default_factory=_one_thread)

    @property
    def party_count(self) -> int:
        """How many parties choose."""
        return len(self.offers.must)

    def typical_worth(self) -> float:
        """What parties that may choose something gain on average where everything is free."""
        begin = self.offers.of_party[:-1]
        able = np.diff(self.offers.of_party) > 0
        if not able.any():
            return 1.0
        best = np.maximum.reduceat(self.value, begin[able])
        return max(float(best.mean(dtype=np.float64)), 1e-6)

    def choose(self, prices: Floats, low: int, high: int, chosen: Longs) -> Floats:
        """Write the best columns of parties ``low:high`` to ``chosen`` (`NOTHING` where none is worth its price).

        Returns what these use of every row. Halves of a long block run on both cores; what is added up are whole
        numbers, so that the sum doesn't depend on it.
        """
        cells = self.cells
        table = self._costs(prices)
        counts = self._in_halves(lambda a, b: self._sweep(table, prices, a, b, chosen), low, high)
        use = np.zeros(self.row_count)
        _use(cells.offsets, cells.row, cells.coefficient, counts, use)
        if not self.single:
            taken = chosen[low:high]
            taken = taken[taken != NOTHING]
            _use_extras(taken, self.offers.extras, self.offers.extra_row, self.offers.extra_coefficient, use)
        return use

    def _costs(self, prices: Floats) -> Singles:
        """What each cell costs, on both cores where there are many."""
        cells = self.cells
        table = np.empty(len(cells.offsets) - 1, np.float32)
        arrays = cells.offsets, cells.row, cells.coefficient, prices, table
        if len(table) < CELLS_PER_THREAD:
            _cost(0, len(table), *arrays)
        else:
            other = self.second.submit(_cost, 0, len(table) // 2, *arrays)
            _cost(len(table) // 2, len(table), *arrays)
            other.result()
        return table

    def _sweep(self, table: Singles, prices: Floats, low: int, high: int, chosen: Longs) -> Ints:
        offers, cells = self.offers, self.cells
        counts = np.zeros(len(table), np.int32)
        span, choice = (low, high, offers.of_party, self.value), (chosen, counts)
        if self.single:
            _choose_single(*span, cells.of_placement, cells.of_party, offers.must, table, *choice)
        else:
            extras = offers.extras, offers.extra_row, offers.extra_coefficient
            _choose(*span, offers.cells, cells.of_placement, *extras, offers.must, table, prices, *choice)
        return counts

    def _in_halves(self, sweep: Callable[[int, int], Ints], low: int, high: int) -> Ints:
        of_party = self.offers.of_party
        if of_party[high] - of_party[low] < 2 * COLUMNS_PER_THREAD:
            return sweep(low, high)
        middle = int(np.searchsorted(of_party, (of_party[low] + of_party[high]) // 2))
        other = self.second.submit(sweep, low, middle)
        counts: Ints = sweep(middle, high) + other.result()
        return counts


def make_sweeper(problem: MatchingProblem) -> Sweeper:
    """The offers of a problem made ready for sweeps."""
    offers = problem.offers
    single = bool((np.diff(offers.cells) == 1).all()) and not len(offers.extra_row)
    return Sweeper(
        offers,
        _make_cells(offers, problem.limits, single),
        (offers.value / SCALE).astype(np.float32),
        single,
        problem.limits.row_count,
    )


def _make_cells(offers: Offers, limits: Limits, single: bool) -> Cells:
    """Cells over groups of classes that only the always-met parts tell apart."""
    party_class = np.zeros(len(offers.must), np.int32)
    always = np.zeros(len(limits.parts.base), bool)
    if single and _one_class_each(offers.of_party, offers.cell, offers.order_count, party_class):
        always = _always_met(limits)
    keys = np.where(always[:, None], -1, limits.key_of_class)
    _, member, group = np.unique(keys, axis=1, return_index=True, return_inverse=True)
    number = np.zeros(len(member) * offers.order_count, np.int32)
    of_placement = np.empty(len(offers.cell), np.int32)
    reached = _number_cells(offers.cell, offers.order_count, group.astype(np.int32), number, of_placement)
    cell = np.argsort(number, kind="stable")[len(number) - reached :]
    cell_class, order = member[cell // offers.order_count].astype(np.int32), cell % offers.order_count
    own_class = np.arange(limits.class_count, dtype=np.int32)
    own_order = np.full(limits.class_count, _any_open(limits))
    pieces = [
        _rows_of_cells(limits, cell_class, order, ~always, True),
        _rows_of_cells(limits, own_class, own_order, always, False),
    ]
    counts, row, coefficient = (np.concatenate(x) for x in zip(*pieces, strict=True))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Cells(of_placement, (reached + party_class).astype(np.int32), offsets, row, coefficient)


def _any_open(limits: Limits) -> int:
    """An order that is open, or the first."""
    return int(np.argmax(limits.register.orders_open))


def _always_met(limits: Limits) -> Bools:
    """Parts that count every open order alike, in a single slot."""
    parts, opened = limits.parts, np.flatnonzero(limits.register.orders_open)
    order = np.repeat(np.arange(len(parts.offsets) - 1), np.diff(parts.offsets))
    kept = limits.register.orders_open[order]
    part, slot = parts.part[kept], parts.slot[kept]
    count = np.bincount(part, minlength=len(parts.base))
    least, most = np.full(len(parts.base), np.iinfo(np.int32).max), np.full(len(parts.base), -1)
    np.minimum.at(least, part, slot)
    np.maximum.at(most, part, slot)
    met: Bools = (count == len(opened)) & (least == most)
    return met


def _rows_of_cells(
    limits: Limits, cell_class: Ints, order: Longs, parts: Bools, with_orders: bool
) -> tuple[Longs, Ints, Singles]:
    """For each cell the number of its entries, and (row, coefficient) of all of them."""
    counts = np.zeros(len(order), np.int64)
    nothing = np.empty(0, np.int32), np.empty(0, np.float32)
    _fill_cells(cell_class, order, limits.arrays, parts, with_orders, counts, *nothing, False)
    row, coefficient = np.empty(counts.sum(), np.int32), np.empty(counts.sum(), np.float32)
    _fill_cells(cell_class, order, limits.arrays, parts, with_orders, counts, row, coefficient, True)
    return counts, row, coefficient


@kernel
def _one_class_each(of_party: Array, cell: Array, orders: int, party_class: Array) -> bool:
    """Write each party's class; False where a party's columns are of several."""
    for p in range(len(of_party) - 1):
        if of_party[p] < of_party[p + 1]:
            party_class[p] = cell[of_party[p]] // orders
        for j in range(of_party[p], of_party[p + 1]):
            if cell[j] // orders != party_class[p]:
                return False
    return True


@kernel
def _number_cells(cell: Array, orders: int, group: Array, number: Array, of_placement: Array) -> int:
    """Number the (group, order) pairs from 1 on in ``number``, as columns reach them; returns how many are reached.

    What one party may take so lies side by side in the table of costs.
    """
    reached = 0
    for k in range(len(cell)):
        c = cell[k] // orders
        key = group[c] * orders + cell[k] - c * orders
        if number[key] == 0:
            reached += 1
            number[key] = reached
        of_placement[k] = number[key] - 1
    return reached


@kernel
def _fill_cells(
    cell_class: Array,
    order: Array,
    limits: LimitArrays,
    parts: Array,
    with_orders: bool,
    counts: Array,
    row: Array,
    coefficient: Array,
    fill: bool,
) -> None:
    order_offsets, order_rows, key_of_class, base, width, part_coefficient, offsets, part, slot = limits
    at = 0
    for i in range(len(order)):
        c, o, begun = cell_class[i], order[i], at
        if with_orders:
            for r in range(order_offsets[o], order_offsets[o + 1]):
                if fill:
                    row[at], coefficient[at] = order_rows[r], 1.0
                at += 1
        for e in range(offsets[o], offsets[o + 1]):
            p = part[e]
            if parts[p] and key_of_class[p, c] >= 0:
                if fill:
                    row[at], coefficient[at] = base[p] + key_of_class[p, c] * width[p] + slot[e], part_coefficient[p]
                at += 1
        counts[i] = at - begun


@kernel
def _cost(low: int, high: int, offsets: Array, row: Array, coefficient: Array, prices: Array, table: Array) -> None:
    for i in range(low, high):
        total = 0.0
        for k in range(offsets[i], offsets[i + 1]):
            total += prices[row[k]] * coefficient[k]
        table[i] = total


@kernel
def _use(offsets: Array, row: Array, coefficient: Array, counts: Array, use: Array) -> None:
    for i in range(len(counts)):
        if counts[i]:
            for k in range(offsets[i], offsets[i + 1]):
                use[row[k]] += counts[i] * coefficient[k]


@kernel
def _use_extras(columns: Array, extras: Array, extra_row: Array, extra_coefficient: Array, use: Array) -> None:
    for j in columns:
        for k in range(extras[j], extras[j + 1]):
            use[extra_row[k]] += extra_coefficient[k]


@kernel
def _choose_single(
    low: int,
    high: int,
    of_party: Array,
    value: Array,
    cell: Array,
    own: Array,
    must: Array,
    table: Array,
    chosen: Array,
    counts: Array,
) -> None:
    """`_choose` where each column is one placement without extras: the loop that a nation's season spends itself in."""
    for p in range(low, high):
        best, at = table[own[p]], NOTHING
        if must[p]:
            best = np.float32(-np.inf)
        for j in range(of_party[p], of_party[p + 1]):
            worth = value[j] - table[cell[j]]
            if worth > best:
                best, at = worth, j
        chosen[p] = at
        if at >= 0:
            counts[own[p]] += 1
            counts[cell[at]] += 1


@kernel
def _choose(
    low: int,
    high: int,
    of_party: Array,
    value: Array,
    begin: Array,
    cell: Array,
    extras: Array,
    extra_row: Array,
    extra_coefficient: Array,
    must: Array,
    table: Array,
    prices: Array,
    chosen: Array,
    counts: Array,
) -> None:
    for p in range(low, high):
        best, at = np.float32(0), NOTHING
        if must[p]:
            best = np.float32(-np.inf)
        for j in range(of_party[p], of_party[p + 1]):
            worth = value[j]
            for k in range(begin[j], begin[j + 1]):
                worth -= table[cell[k]]
            for k in range(extras[j], extras[j + 1]):
                worth -= np.float32(prices[extra_row[k]] * extra_coefficient[k])
            if worth > best:
                best, at = worth, j
        chosen[p] = at
        if at >= 0:
            for k in range(begin[at], begin[at + 1]):
                counts[cell[k]] += 1
