"""What parties may take: whole itineraries as columns, priced by one table class by order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.kernel import kernel
from engine.problem.limits import LimitArrays, Limits, PackedParts
from engine.rule import Array, Bools, Ints

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
NOTHING = -1


@dataclass(frozen=True)
class Offers:
    """Columns: party p may take one of ``of_party[p]:of_party[p + 1]``, or nothing unless it must take one.

    Column j is worth ``value[j]`` (billionths) and fills ``cell[cells[j]:cells[j + 1]]``, each a class times the number
    of orders plus an order, taken by worker ``cell_worker``. ``extra`` rows correct what cells can't say: rows of wide
    parts, and a worker who is counted once though he or she has two placements.
    """

    of_party: Longs
    value: Longs
    cells: Longs
    cell: Ints
    cell_worker: Ints
    extras: Longs
    extra_row: Ints
    extra_coefficient: Floats
    must: Bools
    order_count: int

    @property
    def count(self) -> int:
        """How many columns there are."""
        return len(self.value)

    def party_of(self) -> Ints:
        """The party of each column."""
        return np.repeat(np.arange(len(self.of_party) - 1, dtype=np.int32), np.diff(self.of_party))

    def lengths(self, columns: npt.NDArray[Any]) -> Longs:
        """How many placements each of the given columns holds."""
        return self.cells[columns + 1] - self.cells[columns]

    def placements(self, columns: npt.NDArray[Any]) -> tuple[Longs, Longs]:
        """(worker, order) of every placement in the given columns."""
        lengths = self.lengths(columns)
        begin = np.repeat(self.cells[columns] - np.cumsum(lengths) + lengths, lengths)
        at = begin + np.arange(lengths.sum())
        return self.cell_worker[at].astype(np.int64), (self.cell[at] % self.order_count).astype(np.int64)


def price_table(limits: Limits, prices: Longs) -> Longs:
    """What a pair of each class pays on each order at the prices of all rows, rounded down; shape (classes, orders)."""
    orders = len(limits.order_offsets) - 1
    table = np.empty((limits.class_count, orders), np.int64)
    _price_table(prices, limits.arrays, table)
    return table


@kernel
def _price_table(prices: Array, limits: LimitArrays, table: Array) -> None:
    order_offsets, order_rows, key_of_class, base, width, coefficient, offsets, part, slot = limits
    classes, orders = table.shape
    for o in range(orders):
        total = 0
        for k in range(order_offsets[o], order_offsets[o + 1]):
            total += prices[order_rows[k]]
        for c in range(classes):
            table[c, o] = total
        for e in range(offsets[o], offsets[o + 1]):
            p = part[e]
            first = base[p] + slot[e]
            for c in range(classes):
                key = key_of_class[p, c]
                if key >= 0:
                    table[c, o] += np.int64(np.floor(prices[first + key * width[p]] * coefficient[p]))


def best_offers(offers: Offers, table: Longs, prices: Longs) -> tuple[Longs, Longs]:
    """Each party's best column at the prices (`NOTHING` where none is worth its price) and its surplus."""
    parties = len(offers.of_party) - 1
    chosen, surplus = np.empty(parties, np.int64), np.empty(parties, np.int64)
    _best(
        offers.of_party,
        offers.value,
        offers.cells,
        offers.cell,
        offers.extras,
        offers.extra_row,
        offers.extra_coefficient,
        offers.must,
        table.ravel(),
        prices,
        chosen,
        surplus,
    )
    return chosen, surplus


def least_bad_offers(offers: Offers, table: Longs, prices: Longs) -> tuple[Longs, Longs]:
    """Each party's best column, worth its price or not (`NOTHING` where it has none), and its worth less its price."""
    everyone = replace(offers, must=np.ones(len(offers.must), bool))
    return best_offers(everyone, table, prices)


@kernel
def _reduced(
    j: int,
    value: Array,
    cells: Array,
    cell: Array,
    extras: Array,
    extra_row: Array,
    extra_coefficient: Array,
    table: Array,
    prices: Array,
) -> int:
    worth = value[j]
    for k in range(cells[j], cells[j + 1]):
        worth -= table[cell[k]]
    for k in range(extras[j], extras[j + 1]):
        worth -= np.int64(np.floor(prices[extra_row[k]] * extra_coefficient[k]))
    return worth


@kernel
def _best(
    of_party: Array,
    value: Array,
    cells: Array,
    cell: Array,
    extras: Array,
    extra_row: Array,
    extra_coefficient: Array,
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
            worth = _reduced(j, value, cells, cell, extras, extra_row, extra_coefficient, table, prices)
            if worth > best:
                best, at = worth, j  # type: ignore[assignment]  # numba has one whole number
        chosen[p], surplus[p] = at, best


def reduced_values(offers: Offers, table: Longs, prices: Longs) -> Longs:
    """Value less price of every column."""
    out = np.empty(offers.count, np.int64)
    _all_reduced(
        offers.value,
        offers.cells,
        offers.cell,
        offers.extras,
        offers.extra_row,
        offers.extra_coefficient,
        table.ravel(),
        prices,
        out,
    )
    return out


@kernel
def _all_reduced(
    value: Array,
    cells: Array,
    cell: Array,
    extras: Array,
    extra_row: Array,
    extra_coefficient: Array,
    table: Array,
    prices: Array,
    out: Array,
) -> None:
    for j in range(len(value)):
        out[j] = _reduced(j, value, cells, cell, extras, extra_row, extra_coefficient, table, prices)


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
        offers.cells,
        offers.cell,
        offers.extras,
        offers.extra_row,
        offers.extra_coefficient,
        offers.order_count,
        limits.arrays,
    )
    offsets = np.zeros(len(columns) + 1, np.int64)
    _entries(*arguments, offsets, np.empty(0, np.int32), np.empty(0), False)
    offsets = np.cumsum(offsets)
    row, coefficient = np.empty(offsets[-1], np.int32), np.empty(offsets[-1])
    _entries(*arguments, offsets, row, coefficient, True)
    return _merged(offsets, row, coefficient)


@kernel
def _entries(
    columns: Array,
    cells: Array,
    cell: Array,
    extras: Array,
    extra_row: Array,
    extra_coefficient: Array,
    orders: int,
    limits: LimitArrays,
    offsets: Array,
    row: Array,
    coefficient: Array,
    fill: bool,
) -> None:
    order_offsets, order_rows, key_of_class, base, width, part_coefficient, part_offsets, part, slot = limits
    for i in range(len(columns)):
        j = columns[i]
        at = offsets[i] if fill else 0
        for k in range(cells[j], cells[j + 1]):
            c, o = cell[k] // orders, cell[k] % orders
            for r in range(order_offsets[o], order_offsets[o + 1]):
                if fill:
                    row[at], coefficient[at] = order_rows[r], 1.0
                at += 1
            for e in range(part_offsets[o], part_offsets[o + 1]):
                p = part[e]
                key = key_of_class[p, c]
                if key >= 0:
                    if fill:
                        row[at], coefficient[at] = base[p] + key * width[p] + slot[e], part_coefficient[p]
                    at += 1
        for k in range(extras[j], extras[j + 1]):
            if fill:
                row[at], coefficient[at] = extra_row[k], extra_coefficient[k]
            at += 1
        if not fill:
            offsets[i + 1] = at


def _merged(offsets: Longs, row: Ints, coefficient: Floats) -> Entries:
    """Add up entries of the same column and row, and drop those that cancel."""
    owner = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    order = np.lexsort((row, owner))
    if not len(order):
        return Entries(offsets, row, coefficient)
    owner, row = owner[order], row[order]
    begins = np.flatnonzero(np.r_[True, (np.diff(owner) != 0) | (np.diff(row) != 0)])
    total = np.add.reduceat(coefficient[order], begins)
    kept = total != 0
    counts = np.bincount(owner[begins][kept], minlength=len(offsets) - 1)
    return Entries(np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), row[begins][kept], total[kept])


def use_of(offers: Offers, limits: Limits, columns: npt.NDArray[Any]) -> Floats:
    """How much of every row the given columns use."""
    lengths = offers.lengths(columns)
    at = np.repeat(offers.cells[columns] - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())
    use = use_of_cells(limits, offers.cell[at].astype(np.int64))
    counts = offers.extras[columns + 1] - offers.extras[columns]
    extra = np.repeat(offers.extras[columns] - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    np.add.at(use, offers.extra_row[extra], offers.extra_coefficient[extra])
    return use


def use_of_cells(limits: Limits, cells: Longs) -> Floats:
    """How much of every row placements in the given cells use, extras apart."""
    use = np.zeros(limits.row_count)
    _use(cells, len(limits.order_offsets) - 1, limits.arrays, use)
    return use


@kernel
def _use(cells: Array, orders: int, limits: LimitArrays, use: Array) -> None:
    order_offsets, order_rows, key_of_class, base, width, coefficient, offsets, part, slot = limits
    for i in range(len(cells)):
        c, o = cells[i] // orders, cells[i] % orders
        for r in range(order_offsets[o], order_offsets[o + 1]):
            use[order_rows[r]] += 1
        for e in range(offsets[o], offsets[o + 1]):
            p = part[e]
            key = key_of_class[p, c]
            if key >= 0:
                use[base[p] + key * width[p] + slot[e]] += coefficient[p]


def with_singles(
    offers: Offers, limits: Limits, party: Longs, worker: Longs, order: Longs, value: Longs
) -> tuple[Offers, Longs]:
    """The offers with further columns of one placement each, and the new number of each old column.

    A party keeps its old columns before its new ones; a pair that it has already is not added.
    """
    held = np.zeros(len(party), np.bool_)
    _find_held(offers.of_party, offers.cells, offers.cell, offers.order_count, party, order, held)
    fresh = np.flatnonzero(~held)
    fresh = fresh[np.unique(party[fresh] * offers.order_count + order[fresh], return_index=True)[1]]
    party, order, value = party[fresh], order[fresh], value[fresh]
    of_worker = worker[fresh].astype(np.int32)
    classes = limits.classes(of_worker, order.astype(np.int32)).astype(np.int64)
    cell = (classes * offers.order_count + order).astype(np.int32)
    extras, extra_row, extra_coefficient = extra_rows(limits, np.arange(len(fresh) + 1), cell, of_worker)
    at = offers.of_party[party + 1]
    moved = np.arange(offers.count) + np.searchsorted(at, np.arange(offers.count), "right")
    counts = np.diff(offers.of_party) + np.bincount(party, minlength=len(offers.must))
    at_row = np.repeat(offers.extras[at], np.diff(extras))
    grown = replace(
        offers,
        of_party=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        value=np.insert(offers.value, at, value),
        cells=_with_lengths(offers.cells, at, np.ones(len(at), np.int64)),
        cell=np.insert(offers.cell, offers.cells[at], cell),
        cell_worker=np.insert(offers.cell_worker, offers.cells[at], of_worker),
        extras=_with_lengths(offers.extras, at, np.diff(extras)),
        extra_row=np.insert(offers.extra_row, at_row, extra_row),
        extra_coefficient=np.insert(offers.extra_coefficient, at_row, extra_coefficient),
    )
    return grown, moved


def _with_lengths(offsets: Longs, at: Longs, lengths: Longs) -> Longs:
    """Offsets with further rows of the given lengths inserted before rows ``at``."""
    return np.concatenate([[0], np.cumsum(np.insert(np.diff(offsets), at, lengths))]).astype(np.int64)


@kernel
def _find_held(
    of_party: Array, cells: Array, cell: Array, orders: int, party: Array, order: Array, held: Array
) -> None:
    """Mark the pairs for which their party has a column of this one placement already."""
    for i in range(len(party)):
        for j in range(of_party[party[i]], of_party[party[i] + 1]):
            if cells[j + 1] - cells[j] == 1 and cell[cells[j]] % orders == order[i]:
                held[i] = True
                break


def extra_rows(limits: Limits, cells: Longs, cell: Ints, cell_worker: Ints) -> tuple[Longs, Ints, Floats]:
    """The extras of each column: rows of wide parts, and corrections where a worker counts once (see `Offers`)."""
    columns = len(cells) - 1
    found: list[tuple[Longs, Ints, Floats]] = []
    owner = np.repeat(np.arange(columns), np.diff(cells))
    order = cell % max(len(limits.order_offsets) - 1, 1)
    cell_class = cell // max(len(limits.order_offsets) - 1, 1)
    for p in range(len(limits.wide.base)):
        part = limits.wide_parts[p]
        flags = limits.flags(cell_worker, order, part.returning_years)
        key = part.key_of[part.worker_key[cell_worker], flags]
        key = np.where(cell_class == limits.class_count - 1, -1, key)
        found.append(_rows_of_part(limits.wide, p, owner, order, key, cell_worker, True))
    several = np.diff(cells)[owner] > 1
    if several.any():
        for p in np.flatnonzero(limits.parts.distinct):  # type: ignore[assignment]  # an index, of numpy's own type
            key = np.where(several, limits.key_of_class[p, cell_class], -1)
            found.append(_rows_of_part(limits.parts, p, owner, order, key, cell_worker, False))
    if not found:
        return np.zeros(columns + 1, np.int64), np.empty(0, np.int32), np.empty(0)
    column, row, coefficient = (np.concatenate(x) for x in zip(*found, strict=True))
    by_column = np.argsort(column, kind="stable")
    offsets = np.concatenate([[0], np.cumsum(np.bincount(column, minlength=columns))]).astype(np.int64)
    return offsets, row[by_column].astype(np.int32), coefficient[by_column]


def _rows_of_part(
    parts: PackedParts, p: int, owner: Longs, order: Ints, key: Ints, worker: Ints, include: bool
) -> tuple[Longs, Ints, Floats]:
    """The (column, row, coefficient) entries of a part, counting once where it says so.

    Without ``include`` only the corrections are given, for cells that already count.
    """
    at = np.flatnonzero(key >= 0)
    offsets, slots = parts.slots_of(p)
    begin = offsets[order[at]]
    count = offsets[order[at] + 1] - begin
    which = np.repeat(at, count)
    slot = slots[np.repeat(begin, count) + np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)]
    row = (parts.base[p] + key[which].astype(np.int64) * parts.width[p] + slot).astype(np.int32)
    coefficient = np.full(len(row), parts.coefficient[p])
    repeated = np.zeros(len(row), bool)
    if parts.distinct[p] and len(row):
        by = np.lexsort((row, worker[which], owner[which]))
        same = (np.diff(owner[which][by]) == 0) & (np.diff(row[by]) == 0) & (np.diff(worker[which][by]) == 0)
        repeated[by[1:]] = same
    if include:
        return owner[which][~repeated], row[~repeated], coefficient[~repeated]
    return owner[which][repeated], row[repeated], -coefficient[repeated]
