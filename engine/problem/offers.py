"""What parties may take: whole itineraries as columns, priced by one table class by order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.arrays import entries_from, offsets_by_row, offsets_of, row_holding, row_of_each, short_row_of_each
from engine.clauses.views import Array, Bools, Ints
from engine.kernel import kernel
from engine.problem.limits import Limits
from engine.problem.packed_parts import PackedParts

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
NOTHING = -1


class ColumnArrays(NamedTuple):
    """What columns hold, for kernels.

    Column j fills ``cell[cells[j]:cells[j + 1]]`` and uses ``extra_row[extras[j]:extras[j + 1]]`` besides,
    ``extra_coefficient`` times each. Shapes: ``cells`` and ``extras`` (columns + 1,).
    """

    cells: Longs
    cell: Ints
    extras: Longs
    extra_row: Ints
    extra_coefficient: Floats


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

    @property
    def single(self) -> bool:
        """Whether each column is one placement without extras."""
        return len(self.cell) == self.count and not len(self.extra_row)

    @property
    def arrays(self) -> ColumnArrays:
        """What columns hold, for kernels."""
        return ColumnArrays(self.cells, self.cell, self.extras, self.extra_row, self.extra_coefficient)

    def party_of_each(self) -> Ints:
        """The party of each column."""
        return short_row_of_each(np.diff(self.of_party))

    def party_of(self, columns: npt.NDArray[Any]) -> Longs:
        """The party of each of the given columns."""
        return row_holding(self.of_party, columns)

    def between(self, low: int, high: int) -> Offers:
        """The columns of parties ``low:high``, numbered from 0."""
        begin, end = self.of_party[low], self.of_party[high]
        held, extra = slice(self.cells[begin], self.cells[end]), slice(self.extras[begin], self.extras[end])
        return Offers(
            self.of_party[low : high + 1] - begin,
            self.value[begin:end],
            self.cells[begin : end + 1] - held.start,
            self.cell[held],
            self.cell_worker[held],
            self.extras[begin : end + 1] - extra.start,
            self.extra_row[extra],
            self.extra_coefficient[extra],
            self.must[low:high],
            self.order_count,
        )

    def without(self, columns: Longs) -> Offers:
        """The offers less some columns; the others move up."""
        kept = np.ones(self.count, bool)
        kept[columns] = False
        of_party = offsets_of(kept)[self.of_party]
        cells, extras = np.diff(self.cells), np.diff(self.extras)
        in_cells, in_extras = np.repeat(kept, cells), np.repeat(kept, extras)
        return replace(
            self,
            of_party=of_party,
            value=self.value[kept],
            cells=offsets_of(cells[kept]),
            cell=self.cell[in_cells],
            cell_worker=self.cell_worker[in_cells],
            extras=offsets_of(extras[kept]),
            extra_row=self.extra_row[in_extras],
            extra_coefficient=self.extra_coefficient[in_extras],
        )

    def taken(self, columns: Longs) -> Offers:
        """The given columns (never falling, each as often as it is given), numbered in that order."""
        cells, extras = np.diff(self.cells)[columns], np.diff(self.extras)[columns]
        held, extra = entries_from(self.cells[columns], cells), entries_from(self.extras[columns], extras)
        return replace(
            self,
            of_party=np.searchsorted(columns, self.of_party),
            value=self.value[columns],
            cells=offsets_of(cells),
            cell=self.cell[held],
            cell_worker=self.cell_worker[held],
            extras=offsets_of(extras),
            extra_row=self.extra_row[extra],
            extra_coefficient=self.extra_coefficient[extra],
        )

    def with_extras(self, column: Longs, row: Longs, coefficient: Floats) -> Offers:
        """The offers with further extras, each the ``coefficient`` of a ``column`` in a ``row``."""
        by_column = np.argsort(column, kind="stable")
        at = self.extras[column[by_column] + 1]
        return replace(
            self,
            extras=self.extras + offsets_by_row(column, self.count),
            extra_row=np.insert(self.extra_row, at, row[by_column]).astype(np.int32),
            extra_coefficient=np.insert(self.extra_coefficient, at, coefficient[by_column]),
        )

    def lengths(self, columns: npt.NDArray[Any]) -> Longs:
        """How many placements each of the given columns holds."""
        return self.cells[columns + 1] - self.cells[columns]

    def placements(self, columns: npt.NDArray[Any]) -> tuple[Longs, Longs]:
        """(worker, order) of every placement in the given columns."""
        at = entries_from(self.cells[columns], self.lengths(columns))
        return self.cell_worker[at].astype(np.int64), (self.cell[at] % self.order_count).astype(np.int64)


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
        of_party=offsets_of(counts),
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
    return offsets_of(np.insert(np.diff(offsets), at, lengths))


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
    owner = row_of_each(np.diff(cells))
    order = cell % max(len(limits.order_offsets) - 1, 1)
    cell_class = cell // max(len(limits.order_offsets) - 1, 1)
    for p in range(len(limits.wide.base)):
        part = limits.wide_parts[p]
        flags = limits.flags(cell_worker, order, part.returning_years)
        key = part.key_of[part.worker_key[cell_worker], flags]
        key = np.where(cell_class == limits.home_class, -1, key)
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
    offsets = offsets_by_row(column, columns)
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
    slot = slots[entries_from(begin, count)]
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
