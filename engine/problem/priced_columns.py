"""What columns are worth at prices, in whole numbers: the arithmetic of every bound.

The prices of all rows that a cell uses fold into one table class by order.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.clauses.views import Array
from engine.kernel import inner_kernel, kernel
from engine.problem.limits import Limits
from engine.problem.offers import NOTHING, ColumnArrays, Offers
from engine.problem.packed_parts import LimitArrays

Longs = npt.NDArray[np.int64]


def price_table(limits: Limits, prices: Longs) -> Longs:
    """What a pair of each class pays on each order at the prices of all rows, rounded down; shape (classes, orders)."""
    orders = len(limits.order_offsets) - 1
    table = np.empty((limits.class_count, orders), np.int64)
    _price_table(prices, limits.arrays, table)
    return table


@kernel
def _price_table(prices: Array, limits: LimitArrays, table: Array) -> None:
    classes, orders = table.shape
    for o in range(orders):
        total = 0
        for k in range(limits.order_offsets[o], limits.order_offsets[o + 1]):
            total += prices[limits.order_rows[k]]
        for c in range(classes):
            table[c, o] = total
        for e in range(limits.offsets[o], limits.offsets[o + 1]):
            p = limits.part[e]
            first = limits.base[p] + limits.slot[e]
            for c in range(classes):
                key = limits.key_of_class[p, c]
                if key >= 0:
                    table[c, o] += np.int64(np.floor(prices[first + key * limits.width[p]] * limits.coefficient[p]))


def best_offers(offers: Offers, table: Longs, prices: Longs) -> tuple[Longs, Longs]:
    """Each party's best column at the prices (`NOTHING` where none is worth its price) and its surplus."""
    parties = len(offers.of_party) - 1
    chosen, surplus = np.empty(parties, np.int64), np.empty(parties, np.int64)
    if offers.single:
        _best_single(offers.of_party, offers.value, offers.cell, offers.must, table.ravel(), chosen, surplus)
        return chosen, surplus
    arrays = offers.of_party, offers.value, offers.arrays, offers.must
    _best(*arrays, table.ravel(), prices, chosen, surplus)
    return chosen, surplus


@inner_kernel
def _reduced(j: int, value: Array, columns: ColumnArrays, table: Array, prices: Array) -> int:
    worth = value[j]
    for k in range(columns.cells[j], columns.cells[j + 1]):
        worth -= table[columns.cell[k]]
    for k in range(columns.extras[j], columns.extras[j + 1]):
        worth -= np.int64(np.floor(prices[columns.extra_row[k]] * columns.extra_coefficient[k]))
    return int(worth)


@kernel
def _best(
    of_party: Array,
    value: Array,
    columns: ColumnArrays,
    must: Array,
    table: Array,
    prices: Array,
    chosen: Array,
    surplus: Array,
) -> None:
    for p in range(len(of_party) - 1):
        best, at = np.int64(0), NOTHING
        if must[p]:
            best = np.int64(-(2**62))
        for j in range(of_party[p], of_party[p + 1]):
            worth = _reduced(j, value, columns, table, prices)
            if worth > best:
                best, at = worth, j  # type: ignore[assignment]  # numba has one whole number
        chosen[p], surplus[p] = at, best


@kernel
def _best_single(
    of_party: Array, value: Array, cell: Array, must: Array, table: Array, chosen: Array, surplus: Array
) -> None:
    for p in range(len(of_party) - 1):
        best, at = np.int64(0), NOTHING
        if must[p]:
            best = np.int64(-(2**62))
        for j in range(of_party[p], of_party[p + 1]):
            worth = value[j] - table[cell[j]]
            if worth > best:
                best, at = worth, j
        chosen[p], surplus[p] = at, best


def reduced_values(offers: Offers, table: Longs, prices: Longs) -> Longs:
    """Value less price of every column."""
    out = np.empty(offers.count, np.int64)
    if offers.single:
        _all_reduced_single(offers.value, offers.cell, table.ravel(), out)
        return out
    _all_reduced(offers.value, offers.arrays, table.ravel(), prices, out)
    return out


@kernel
def _all_reduced(value: Array, columns: ColumnArrays, table: Array, prices: Array, out: Array) -> None:
    for j in range(len(value)):
        out[j] = _reduced(j, value, columns, table, prices)


@kernel
def _all_reduced_single(value: Array, cell: Array, table: Array, out: Array) -> None:
    for j in range(len(value)):
        out[j] = value[j] - table[cell[j]]
