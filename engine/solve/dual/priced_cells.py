"""The cells that columns reach, numbered so that what one party may take lies side by side, with the rows of each.

Rows that a class of workers meets on every order alike (a cap on a home region) are kept apart, as a cell of the party,
so that classes which only they tell apart share their cells. Placements at home meet none of them.

Calendars of several placements are put together of few pairs: each pair of a party is listed once (`Pairs`), to be
priced once, and a column says at which places of that list its own are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import offsets_of, row_of_each
from engine.clauses.views import Array, Bools, Ints
from engine.kernel import kernel
from engine.problem.column_rows import list_cell
from engine.problem.limits import Limits
from engine.problem.offers import Offers
from engine.problem.packed_parts import LimitArrays

Longs = npt.NDArray[np.int64]
Singles = npt.NDArray[np.float32]
NO_CLASS = -1


@dataclass(frozen=True, slots=True)
class RowsOf:
    """Rows by number: number i uses ``coefficient[k]`` of row ``row[k]`` for k in ``offsets[i]:offsets[i + 1]``."""

    offsets: Longs
    row: Ints
    coefficient: Singles

    @property
    def count(self) -> int:
        """How many numbers there are."""
        return len(self.offsets) - 1


NO_ROWS = RowsOf(np.zeros(1, np.int64), np.empty(0, np.int32), np.empty(0, np.float32))


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells that columns reach: ``of_placement`` by entry of ``offers.cell``, ``of_party`` what a party always meets.

    Cell i uses the rows ``all_rows`` of i. They are those that every cell on its order uses, ``of_order`` at the order
    ``order[i]``, and its ``own``: what all on an order pay alike (its headcount, its beds by day) is added up once.
    """

    of_placement: Ints
    of_party: Ints
    all_rows: RowsOf
    order: Ints
    of_order: RowsOf
    own: RowsOf

    @property
    def count(self) -> int:
        """How many cells there are."""
        return self.all_rows.count


@dataclass(frozen=True, slots=True)
class Pairs:
    """The distinct pairs of each party: party p has ``of_party[p]:of_party[p + 1]``, pair i the cell ``cell[i]``.

    ``apart`` marks pairs at home, which don't meet what their party always meets. Column j fills those at ``place[j]``
    of its party's list, counted from 1, and nothing where that is 0.
    """

    of_party: Longs
    cell: Ints
    apart: Bools
    place: npt.NDArray[np.uint16]

    def between(self, parties: slice, columns: slice) -> Pairs:
        """The pairs of a run of parties and their columns, numbered from 0."""
        edges = self.of_party[parties.start : parties.stop + 1]
        held = slice(edges[0], edges[-1])
        return Pairs(edges - edges[0], self.cell[held], self.apart[held], self.place[columns])


def make_cells(offers: Offers, limits: Limits, single: bool) -> Cells:
    """Cells over groups of classes that only the always-met parts tell apart.

    Where each column is a ``single`` placement, one at home is of a class like others.
    """
    always, home = _always_met(limits), NO_CLASS if single else limits.home_class
    of_party = np.zeros(len(offers.must), np.int32)
    alike, own_class = _classes_alike(limits, always)
    if not _one_group_each(offers.of_party, offers.cells, offers.cell, offers.order_count, home, alike, of_party):
        always[:], of_party[:], own_class = False, 0, own_class[:1]
    keys = np.where(always[:, None], -1, limits.key_of_class)
    keys = np.vstack([keys, np.arange(limits.class_count) == limits.home_class])  # home meets nothing that is set apart
    _, member, group = np.unique(keys, axis=1, return_index=True, return_inverse=True)
    number = np.zeros(len(member) * offers.order_count, np.int32)
    of_placement = np.empty(len(offers.cell), np.int32)
    reached = _number_cells(offers.cell, offers.order_count, group.astype(np.int32), number, of_placement)
    cell = np.argsort(number, kind="stable")[len(number) - reached :]
    cell_class, order = member[cell // offers.order_count].astype(np.int32), cell % offers.order_count
    own_order = np.full(len(own_class), _any_open(limits))
    pieces = [
        _rows_of_cells(limits, cell_class, order, ~always, True),
        _rows_of_cells(limits, own_class, own_order, always, False),
    ]
    counts, row, coefficient = (np.concatenate(x) for x in zip(*pieces, strict=True))
    no_order = np.full(len(own_class), offers.order_count)
    on_order = np.concatenate([order, no_order]).astype(np.int32)
    all_rows = RowsOf(offsets_of(counts), row, coefficient)
    of_party += reached
    return Cells(of_placement, of_party, all_rows, on_order, *_parted(all_rows, on_order, offers.order_count))


def _parted(rows: RowsOf, order: Ints, order_count: int) -> tuple[RowsOf, RowsOf]:
    """(rows by order that all its cells use alike, what each cell uses besides)."""
    owner = row_of_each(np.diff(rows.offsets))
    on = order[owner].astype(np.int64)
    # A row belongs to one part of the limits, and so has one coefficient: only how often it is met needs counting.
    _, first, which, met = np.unique(
        on * (int(rows.row.max(initial=0)) + 1) + rows.row, return_index=True, return_inverse=True, return_counts=True
    )
    cells = np.bincount(order, minlength=order_count + 1)
    of_all = (met == cells[on[first]]) & (on[first] < order_count)
    shared, own = first[of_all], np.flatnonzero(~of_all[which])
    return _listed(rows, shared, on[shared], order_count + 1), _listed(rows, own, owner[own], rows.count)


def _listed(rows: RowsOf, entries: Longs, owner: npt.NDArray[np.integer], count: int) -> RowsOf:
    """The given entries by their owners, which come in order."""
    offsets = offsets_of(np.bincount(owner, minlength=count))
    return RowsOf(offsets, rows.row[entries], rows.coefficient[entries])


def make_pairs(offers: Offers, limits: Limits, cells: Cells) -> Pairs:
    """The distinct pairs of each party, in the order in which its columns meet them."""
    stamp, where = np.full((2, cells.count), NO_CLASS)
    arguments = offers.of_party, offers.cells, cells.of_placement, stamp, where
    width = int(np.diff(offers.cells).max(initial=1))
    of_party, place = np.empty(len(offers.must) + 1, np.int64), np.zeros((offers.count, width), np.uint16)
    cell = np.empty(_list_pairs(*arguments, of_party, place, np.empty(0, np.int32)), np.int32)
    stamp[:] = NO_CLASS
    _list_pairs(*arguments, of_party, place, cell)
    at_home = np.zeros(len(stamp), np.bool_)
    at_home[cells.of_placement[offers.cell // offers.order_count == limits.home_class]] = True
    return Pairs(of_party, cell, at_home[cell], place)


def _classes_alike(limits: Limits, parts: Bools) -> tuple[Ints, Ints]:
    """(which classes some parts don't tell apart, as a number by class; a class of each number)."""
    keys = limits.key_of_class[parts]
    if not len(keys):
        return np.zeros(limits.class_count, np.int32), np.zeros(1, np.int32)
    _, one, number = np.unique(keys, axis=1, return_index=True, return_inverse=True)
    return number.astype(np.int32), one.astype(np.int32)


def _any_open(limits: Limits) -> int:
    """An order that is open, or the first."""
    return int(np.argmax(limits.register.orders_open))


def _always_met(limits: Limits) -> Bools:
    """Parts that count every open order alike, in a single slot."""
    parts, opened = limits.parts, np.flatnonzero(limits.register.orders_open)
    order = row_of_each(np.diff(parts.offsets))
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
    arguments = cell_class, order, limits.arrays, parts, with_orders
    ends = np.zeros(len(order), np.int64)
    _list_cells(*arguments, ends, np.empty(0, np.int32), np.empty(0, np.float32))
    size = int(ends[-1]) if len(ends) else 0
    row, coefficient = np.empty(size, np.int32), np.empty(size, np.float32)
    _list_cells(*arguments, ends, row, coefficient)
    return np.diff(ends, prepend=0), row, coefficient


@kernel
def _list_cells(
    cell_class: Array,
    order: Array,
    limits: LimitArrays,
    parts: Array,
    with_orders: bool,
    ends: Array,
    row: Array,
    coefficient: Array,
) -> None:
    at = 0
    for i in range(len(order)):
        at = list_cell(cell_class[i], order[i], limits, parts, with_orders, at, row, coefficient)
        ends[i] = at


@kernel
def _one_group_each(
    of_party: Array, cells: Array, cell: Array, orders: int, home: int, group: Array, found: Array
) -> bool:
    """Write the group of each party's classes, that of placements at home apart; False where they are of several."""
    for p in range(len(of_party) - 1):
        found[p] = NO_CLASS
        for k in range(cells[of_party[p]], cells[of_party[p + 1]]):
            of_pair = cell[k] // orders
            if of_pair == home:
                continue
            if found[p] == NO_CLASS:
                found[p] = group[of_pair]
            if group[of_pair] != found[p]:
                return False
        found[p] = max(found[p], 0)
    return True


@kernel
def _list_pairs(
    of_party: Array, cells: Array, cell: Array, stamp: Array, where: Array, of_pair: Array, place: Array, listed: Array
) -> int:
    """Number the cells that each party's columns fill, and write where those of each column are; how many there are.

    ``stamp`` tells by cell which party met it last, ``where`` at which place. Nothing is ``listed`` where that has no
    room: it is counted.
    """
    count = 0
    for p in range(len(of_party) - 1):
        of_pair[p] = count
        for j in range(of_party[p], of_party[p + 1]):
            for k in range(cells[j], cells[j + 1]):
                c = cell[k]
                if stamp[c] != p:
                    stamp[c] = p
                    where[c] = count - of_pair[p] + 1
                    if len(listed):
                        listed[count] = c
                    count += 1
                place[j, k - cells[j]] = where[c]
    of_pair[len(of_party) - 1] = count
    return count


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
