"""Parties that are admitted to the same orders at the same worth, as one: the classes of a dense programme.

A row is a worker of a `DenseGroup` with all others of the group who have the same admitted orders and weekly worth; a
stratum is all rows of a group with one weekly worth, so that an order is worth the same to each of them: within it the
orders have one ranking, and a row's best is the first that admits it. A class is a set of rows, since a party may be in
several groups; class 0 may be that of parties that have none.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.arrays import entries_from, offsets_by_row, offsets_of, row_of_each
from engine.problem.dense import DenseGroup, DenseOffers
from engine.problem.dense_class_scans import (
    Bidders,
    ClassArrays,
    best_of_classes,
    find_bidders,
    list_near,
    price_and_rank,
    raise_bids,
)
from engine.problem.values import SCALE

Longs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ClassPairs:
    """Pairs of a class and an order, by class: those of class k are ``entry[offsets[k]:offsets[k + 1]]``."""

    offsets: Longs
    entry: Longs

    def union(self, *others: ClassPairs) -> ClassPairs:
        """These pairs and the others, each once."""
        every = (self, *others)
        owner = np.concatenate([row_of_each(np.diff(pairs.offsets)) for pairs in every])
        return class_pairs(owner, np.concatenate([pairs.entry for pairs in every]), len(self.offsets) - 1)


def class_pairs(owner: Longs, entry: Longs, classes: int) -> ClassPairs:
    """Pairs of class ``owner[i]`` and ``entry[i]``, each once."""
    size = int(entry.max(initial=0)) + 1
    key = np.unique(owner * size + entry)
    return ClassPairs(np.searchsorted(key, np.arange(classes + 1) * size), key % size)


@dataclass(frozen=True)
class DenseClasses:
    """All classes of a dense problem: the class of each party, how many ``members`` each has, and their ``arrays``."""

    class_of: Longs
    members: Longs
    arrays: ClassArrays

    @property
    def count(self) -> int:
        """How many classes there are."""
        return len(self.members)

    def priced(self, least: Longs) -> PricedClasses:
        """All pairs at what each class of limits pays on each order (``least``, as `DenseOffers.class_table`)."""
        arrays = self.arrays
        worth, rank = np.empty(len(arrays.value), np.int64), np.empty(len(arrays.value), np.int32)
        surplus = np.zeros(self.count, np.int64)
        on_both_cores(arrays.entries_at, lambda low, high: price_and_rank(low, high, arrays, least, worth, rank))
        on_both_cores(arrays.rows_at, lambda low, high: best_of_classes(low, high, arrays, worth, rank, surplus))
        return PricedClasses(self, worth, rank, surplus)


def on_both_cores(offsets: Longs, scan: Callable[[int, int], None]) -> None:
    """Call ``scan`` for two runs of rows that hold about as much each, one on each core."""
    rows = len(offsets) - 1
    half = int(np.searchsorted(offsets, offsets[-1] // 2))
    with ThreadPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as pool:
        list(pool.map(scan, (0, half), (half, rows)))


@dataclass(frozen=True)
class PricedClasses:
    """Pairs at prices: ``worth`` less price by entry, ``rank`` the entries of each stratum (from 0) by falling worth,
    and the ``surplus`` of each class, at least 0.
    """

    classes: DenseClasses
    worth: Longs
    rank: npt.NDArray[np.int32]
    surplus: Longs

    @cached_property
    def _bidders(self) -> Bidders:
        """The rows of each stratum by rising surplus, which is that of the class with the row that gains least."""
        arrays = self.classes.arrays
        surplus = self.surplus[self._poorest_class]
        by_surplus = np.lexsort((surplus, arrays.stratum))
        return Bidders(offsets_by_row(arrays.stratum, len(arrays.base)), by_surplus, surplus)

    @cached_property
    def _poorest_class(self) -> Longs:
        """The class of each row that gains least."""
        arrays = self.classes.arrays
        owner, found = row_of_each(np.diff(arrays.rows_at)), np.zeros(len(arrays.stratum), np.int64)
        by_surplus = np.argsort(-self.surplus[owner], kind="stable")
        found[arrays.row[by_surplus]] = owner[by_surplus]
        return found

    def highest_bids(self, cost: Longs) -> Longs:
        """By order, the most that a class could pay of what it costs now (``cost``) and lose nothing; at least 0."""
        arrays, bidders, bids = self.classes.arrays, self._bidders, np.zeros((2, len(cost)), np.int64)
        on_both_cores(
            arrays.entries_at,
            lambda low, high: raise_bids(low, high, arrays, self.worth, cost, bidders, bids[int(low > 0)]),
        )
        highest: Longs = bids.max(0)
        return highest

    def highest_bidders(self, cost: Longs, width: int) -> ClassPairs:
        """Of each stratum the class that bids most for an order, within ``width`` of its ``cost``."""
        arrays, bidders = self.classes.arrays, self._bidders
        found = np.full(len(arrays.value), -1, np.int64)
        on_both_cores(
            arrays.entries_at,
            lambda low, high: find_bidders(low, high, arrays, self.worth, cost, bidders, width, found),
        )
        entry = np.flatnonzero(found >= 0)
        return class_pairs(self._poorest_class[found[entry]], entry, self.classes.count)

    def near(self, first: Longs, extra: Longs, width: int) -> ClassPairs:
        """The ``first`` best pairs of each row within ``width`` of its class's best, and about ``extra`` drawn of the
        others within it, the same ones every time.
        """
        arrays, held = self.classes.arrays, np.zeros(self.classes.count, np.int64)
        at = offsets_of(np.diff(arrays.rows_at) * (first + 2 * extra))
        entry = np.empty(at[-1], np.int64)
        known = arrays, self.worth, self.rank, self.surplus, first, extra, width, at, held, entry
        on_both_cores(arrays.rows_at, lambda low, high: list_near(low, high, *known))
        return ClassPairs(offsets_of(held), entry[entries_from(at[:-1], held)])


def dense_classes(dense: DenseOffers, parties: int) -> DenseClasses:
    """The classes of ``parties`` parties, by the order of their first appearance."""
    pieces = [_rows_of_group(group) for group in dense.groups]
    firsts = offsets_of(np.array([len(piece.first) for piece in pieces], np.int64))
    party = np.concatenate([np.empty(0, np.int64), *(group.party for group in dense.groups)])
    row = np.concatenate([np.empty(0, np.int64), *(p.row + f for p, f in zip(pieces, firsts, strict=False))])
    class_of, rows_at, rows = _classes_of_rows(party, row, parties)
    strata = offsets_of(np.array([len(piece.worth) for piece in pieces], np.int64))
    stratum = np.concatenate([p.stratum + s for p, s in zip(pieces, strata, strict=False)])
    entries = [len(group.orders) for group, piece in zip(dense.groups, pieces, strict=True) for _ in piece.worth]
    widths = np.concatenate([np.full(len(p.first), g.bits.shape[1]) for g, p in zip(dense.groups, pieces, strict=True)])
    arrays = ClassArrays(
        rows_at,
        rows,
        stratum,
        offsets_of(widths)[:-1],
        np.concatenate([g.bits[p.first].ravel() for g, p in zip(dense.groups, pieces, strict=True)]),
        offsets_of(np.array(entries, np.int64)),
        np.concatenate([np.tile(g.orders, len(p.worth)) for g, p in zip(dense.groups, pieces, strict=True)]),
        np.concatenate([_values(g, p.worth).ravel() for g, p in zip(dense.groups, pieces, strict=True)]),
        np.concatenate([np.full(len(p.worth), g.base_class) for g, p in zip(dense.groups, pieces, strict=True)]),
    )
    return DenseClasses(class_of, np.bincount(class_of), arrays)


@dataclass(frozen=True)
class _RowsOfGroup:
    """The ``row`` of each worker of a group and the ``first`` worker of each row; the ``stratum`` of each row, and the
    weekly ``worth`` of each stratum, (strata, kinds of order).
    """

    row: Longs
    first: Longs
    stratum: Longs
    worth: npt.NDArray[np.float64]


def _rows_of_group(group: DenseGroup) -> _RowsOfGroup:
    worth, kind = np.unique(group.weekly, axis=0, return_inverse=True)
    content = np.concatenate([group.bits, kind.reshape(-1, 1).astype(np.int32).view(np.uint8)], axis=1)
    whole = np.ascontiguousarray(content).view(np.dtype((np.void, content.shape[1]))).ravel()
    _, first, row = np.unique(whole, return_index=True, return_inverse=True)
    return _RowsOfGroup(row.astype(np.int64), first, kind.ravel()[first].astype(np.int64), worth)


def _values(group: DenseGroup, worth: npt.NDArray[np.float64]) -> Longs:
    """What each order is worth to each stratum, in billionths; rounded as pair by pair."""
    return np.rint((group.part + group.weeks * worth[:, group.which]) * SCALE).astype(np.int64)


def _classes_of_rows(party: Longs, row: Longs, parties: int) -> tuple[Longs, Longs, Longs]:
    """(the class of each party, the offsets and the rows of each class)."""
    by_party = np.lexsort((row, party))
    party, row = party[by_party], row[by_party]
    lengths = np.bincount(party, minlength=parties)
    place = np.arange(len(party)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    table = np.full((parties, int(lengths.max(initial=0)) + 1), -1, np.int64)
    table[party, place] = row
    kinds, class_of = np.unique(table, axis=0, return_inverse=True)
    return class_of.ravel().astype(np.int64), offsets_of((kinds >= 0).sum(1)), kinds[kinds >= 0]
