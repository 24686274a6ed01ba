"""The rows of limits that columns use: those of each cell, walked by the slots of its order, and the extras."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.arrays import offsets_of, row_of_each
from engine.clauses.views import Array, Ints
from engine.kernel import inner_kernel, kernel
from engine.problem.limits import Limits
from engine.problem.offers import ColumnArrays, Offers
from engine.problem.packed_parts import LimitArrays

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@inner_kernel
def add_cell(cell: int, orders: int, limits: LimitArrays, use: Array, sign: float) -> None:
    """Add what a placement in ``cell`` uses of every row to ``use``, ``sign`` times."""
    c, o = cell // orders, cell % orders
    for r in range(limits.order_offsets[o], limits.order_offsets[o + 1]):
        use[limits.order_rows[r]] += sign
    for e in range(limits.offsets[o], limits.offsets[o + 1]):
        p = limits.part[e]
        key = limits.key_of_class[p, c]
        if key >= 0:
            use[limits.base[p] + key * limits.width[p] + limits.slot[e]] += sign * limits.coefficient[p]


@inner_kernel
def add_column(j: int, held: ColumnArrays, orders: int, limits: LimitArrays, use: Array, sign: float) -> None:
    """Add what column ``j`` uses of every row to ``use``, ``sign`` times."""
    for k in range(held.cells[j], held.cells[j + 1]):
        add_cell(held.cell[k], orders, limits, use, sign)
    for k in range(held.extras[j], held.extras[j + 1]):
        use[held.extra_row[k]] += sign * held.extra_coefficient[k]


@inner_kernel
def list_cell(
    c: int, o: int, limits: LimitArrays, wanted: Array, own: bool, at: int, row: Array, coefficient: Array
) -> int:
    """Write the rows of class c on order o from ``at`` on, those of the ``wanted`` parts and, if ``own``, those of the
    order itself; returns where they end. Nothing is written to empty arrays: so the entries are counted first.
    """
    if own:
        for r in range(limits.order_offsets[o], limits.order_offsets[o + 1]):
            if len(row):
                row[at], coefficient[at] = limits.order_rows[r], 1.0
            at += 1
    for e in range(limits.offsets[o], limits.offsets[o + 1]):
        p = limits.part[e]
        key = limits.key_of_class[p, c]
        if wanted[p] and key >= 0:
            if len(row):
                row[at] = limits.base[p] + key * limits.width[p] + limits.slot[e]
                coefficient[at] = limits.coefficient[p]
            at += 1
    return at


class Scratch(NamedTuple):
    """Room for `net_rows` of one column at a time: ``row`` and ``amount`` are what it finds, ``place`` is all -1
    between calls. Shapes: (rows,).
    """

    row: Longs
    amount: Floats
    place: Longs


def scratch_for(limits: Limits) -> Scratch:
    """Room for the rows of any column."""
    return Scratch(
        np.empty(limits.row_count, np.int64), np.empty(limits.row_count), np.full(limits.row_count, -1, np.int64)
    )


@inner_kernel
def _note(r: int, amount: float, wanted: Array, scratch: Scratch, n: int) -> int:
    if wanted[r] == 0:
        return n
    at = scratch.place[r]
    if at >= 0:
        scratch.amount[at] += amount
        return n
    scratch.row[n], scratch.amount[n], scratch.place[r] = r, amount, n
    return n + 1


@inner_kernel
def net_rows(j: int, held: ColumnArrays, orders: int, limits: LimitArrays, wanted: Array, scratch: Scratch) -> int:
    """Write the ``wanted`` rows (not 0) that column ``j`` touches, each once with all it uses; how many they are."""
    n = 0
    for k in range(held.cells[j], held.cells[j + 1]):
        c, o = held.cell[k] // orders, held.cell[k] % orders
        for i in range(limits.order_offsets[o], limits.order_offsets[o + 1]):
            n = _note(limits.order_rows[i], 1.0, wanted, scratch, n)
        for e in range(limits.offsets[o], limits.offsets[o + 1]):
            p = limits.part[e]
            key = limits.key_of_class[p, c]
            if key >= 0:
                r = limits.base[p] + key * limits.width[p] + limits.slot[e]
                n = _note(r, limits.coefficient[p], wanted, scratch, n)
    for k in range(held.extras[j], held.extras[j + 1]):
        n = _note(held.extra_row[k], held.extra_coefficient[k], wanted, scratch, n)
    for i in range(n):
        scratch.place[scratch.row[i]] = -1
    return n


@dataclass(frozen=True, slots=True)
class Entries:
    """Sparse rows of columns: column i of those asked counts ``coefficient`` in ``row``, for ``offsets[i]`` on."""

    offsets: Longs
    row: Ints
    coefficient: Floats


def entries_of(offers: Offers, limits: Limits, columns: npt.NDArray[Any]) -> Entries:
    """The rows in which each of the given columns counts, each row once."""
    arguments = (
        np.asarray(columns, np.int64),
        offers.arrays,
        offers.order_count,
        limits.arrays,
        np.ones(len(limits.parts.base), np.bool_),
    )
    offsets = np.zeros(len(columns) + 1, np.int64)
    _entries(*arguments, offsets, np.empty(0, np.int32), np.empty(0))
    row, coefficient = np.empty(offsets[-1], np.int32), np.empty(offsets[-1])
    _entries(*arguments, offsets, row, coefficient)
    return _merged(offsets, row, coefficient)


@kernel
def _entries(
    columns: Array,
    held: ColumnArrays,
    orders: int,
    limits: LimitArrays,
    wanted: Array,
    offsets: Array,
    row: Array,
    coefficient: Array,
) -> None:
    at = 0
    for i in range(len(columns)):
        j = columns[i]
        for k in range(held.cells[j], held.cells[j + 1]):
            at = list_cell(held.cell[k] // orders, held.cell[k] % orders, limits, wanted, True, at, row, coefficient)
        for k in range(held.extras[j], held.extras[j + 1]):
            if len(row):
                row[at], coefficient[at] = held.extra_row[k], held.extra_coefficient[k]
            at += 1
        offsets[i + 1] = at


def _merged(offsets: Longs, row: Ints, coefficient: Floats) -> Entries:
    """Add up entries of the same column and row, and drop those that cancel."""
    owner = row_of_each(np.diff(offsets))
    order = np.lexsort((row, owner))
    if not len(order):
        return Entries(offsets, row, coefficient)
    owner, row = owner[order], row[order]
    begins = np.flatnonzero(np.r_[True, (np.diff(owner) != 0) | (np.diff(row) != 0)])
    total = np.add.reduceat(coefficient[order], begins)
    kept = total != 0
    counts = np.bincount(owner[begins][kept], minlength=len(offsets) - 1)
    return Entries(offsets_of(counts), row[begins][kept], total[kept])


def use_of(offers: Offers, limits: Limits, columns: npt.NDArray[Any]) -> Floats:
    """How much of every row the given columns use."""
    use = np.zeros(limits.row_count)
    _use(np.asarray(columns, np.int64), offers.arrays, offers.order_count, limits.arrays, use)
    return use


@kernel
def _use(columns: Array, held: ColumnArrays, orders: int, limits: LimitArrays, use: Array) -> None:
    for j in columns:
        add_column(j, held, orders, limits, use, 1.0)
