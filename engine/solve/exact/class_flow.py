"""Equal workers as one node of a flow: all placements of a dense programme at once, by network simplex.

Nodes are the classes of equal parties (as many units as members), parties with listed columns of their own that may be
better than their class's, orders, a laminar family of the rows that orders share (beds of a site by day), and what
everything ends in. Other rows are priced. A box holds each order's cost c_o: a place more than there are costs at most
``high_o``, one that stays empty brings ``low_o``, so that the prices of a flow over few pairs stay near those known to
be good for all pairs (Marsten, Hogan and Blankenship, 1975, *The boxstep method for large-scale optimization*).

Solved by the network simplex of LEMON (Király and Kovács, 2012, *Efficient implementations of minimum-cost flow
algorithms*), which gives potentials: an order's cost is its potential above the end's.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from pylmcf import pylmcf_cpp
from scipy.sparse import csc_array

from engine.arrays import entries_from, offsets_by_row, row_of_each
from engine.problem.dense_classes import ClassPairs, DenseClasses
from engine.problem.offers import Offers

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class LaminarRows:
    """Rows of which any two hold disjoint sets of orders, or one's in the other's; small sets before those around them.

    ``row`` are their numbers, ``around`` the place of the next set around each (-1: none), ``inner`` the place of the
    smallest set that each order is in (-1: none).
    """

    row: Longs
    around: Longs
    inner: Longs


def laminar_rows(matrix: csc_array, weight: Floats) -> LaminarRows:
    """Rows of ``matrix`` (rows, orders) that are laminar, chosen greedily by ``weight``; none of weight 0."""
    by_row = matrix.tocsr()
    sets = {int(r): frozenset(by_row.indices[by_row.indptr[r] : by_row.indptr[r + 1]]) for r in np.flatnonzero(weight)}
    taken: list[int] = []
    holding: dict[int, list[int]] = {}  # by order, the rows taken that it is in
    for r in sorted(sets, key=lambda row: -weight[row]):
        met = {other for order in sets[r] for other in holding.get(int(order), ())}
        if all(sets[r] <= sets[other] or sets[other] <= sets[r] for other in met):
            taken.append(r)
            for order in sets[r]:
                holding.setdefault(int(order), []).append(r)
    taken.sort(key=lambda row: len(sets[row]))
    place = {r: i for i, r in enumerate(taken)}
    around, inner = np.full(len(taken), -1), np.full(matrix.shape[1], -1)
    for order, rows in holding.items():
        chain = sorted(place[r] for r in rows)
        inner[order] = chain[0]
        for small, large in pairwise(chain):
            around[small] = large
    return LaminarRows(np.array(taken, np.int64), around, inner)


@dataclass(frozen=True)
class Box:
    """Between what each order's cost is held, in billionths."""

    low: Longs
    high: Longs


@dataclass(frozen=True)
class Undecided:
    """Parties with listed columns: who is on one for certain (``fixed``, their columns), and for whom it must be found
    out (``party``); all others are members of their class.
    """

    fixed: Longs
    party: Longs


@dataclass(frozen=True)
class Around:
    """The ``laminar`` rows that are nodes, and what the other shared rows cost each order (``price``, billionths)."""

    laminar: LaminarRows
    price: Longs


@dataclass(frozen=True)
class Flow:
    """A best flow: the ``cost`` of each order at its prices, the ``units`` on each of the ``pairs`` that it looked at,
    the listed ``columns`` taken, and which orders have ``empty`` places that the box pays for.
    """

    cost: Longs
    pairs: ClassPairs
    units: Longs
    columns: Longs
    empty: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ClassNetwork:
    """The flow network of a dense problem.

    ``value`` is what each entry of the ``classes`` is worth, and ``column_value`` each column of ``offers``, both less
    the rows that aren't common (billionths); ``headcount`` by order, ``matrix`` and ``capacity`` are the rows that
    orders share.
    """

    classes: DenseClasses
    offers: Offers
    value: Longs
    column_value: Longs
    headcount: Longs
    matrix: csc_array
    capacity: Floats

    def solved(self, pairs: ClassPairs, undecided: Undecided, around: Around, box: Box) -> Flow:
        """The best flow over the listed ``pairs``, with costs within the ``box``."""
        arrays, offers, orders = self.classes.arrays, self.offers, len(self.headcount)
        count, alone, sets = self.classes.count, len(undecided.party), len(around.laminar.row)
        first_order, first_set, end = count + alone, count + alone + orders, count + alone + orders + sets
        pairs = self._within(pairs, box)
        listed = np.diff(offers.of_party)[undecided.party]
        own = entries_from(offers.of_party[undecided.party], listed)
        used = np.bincount(offers.cell[undecided.fixed] % orders, minlength=orders)
        room = np.maximum(self.headcount - used, 0)
        supply = self._supply(undecided)
        paid = np.flatnonzero(box.low > 0)
        most, added = int(supply.sum()) + alone, int((room[paid] + 1).sum())
        worth, own_worth = self.value[pairs.entry], self.column_value[own]
        highest = int(max(worth.max(initial=0), own_worth.max(initial=0), box.low.max(initial=0)))
        on, laminar = np.arange(orders), around.laminar
        arcs = [
            (row_of_each(np.diff(pairs.offsets)), first_order + arrays.order[pairs.entry], most, highest - worth),
            (count + row_of_each(listed), first_order + offers.cell[own] % orders, 1, highest - own_worth),
            (count + np.arange(alone), self.classes.class_of[undecided.party], 1, 0),
            (np.arange(count), end, most, highest),
            (first_order + on, np.where(laminar.inner >= 0, first_set + laminar.inner, end), room, around.price),
            (first_set + np.arange(sets), _next_set(laminar, first_set, end), self._set_room(laminar, used), 0),
            (first_order + on, end, most + added, box.high),
            (end + 1, first_order + paid, room[paid] + 1, highest - box.low[paid]),
            (end + 1, end, added, highest),
        ]
        ends = np.concatenate([supply, np.ones(alone, np.int64), np.zeros(orders + sets), [-most - added, added]])
        flow, potential = _solve(ends.astype(np.int64), arcs)
        cost = np.maximum(potential[end] - potential[first_order : first_order + orders], 0)
        by_pair, rest = flow[: len(worth)], flow[len(worth) :]
        empty = np.zeros(orders, np.bool_)
        empty[paid] = rest[-1 - len(paid) : -1] > 0
        taken = np.concatenate([undecided.fixed, own[rest[: len(own)] > 0]])
        return Flow(cost, ClassPairs(pairs.offsets, pairs.entry), by_pair, taken, empty)

    def _within(self, pairs: ClassPairs, box: Box) -> ClassPairs:
        """The pairs that may be their class's best somewhere in the box."""
        order, value = self.classes.arrays.order[pairs.entry], self.value[pairs.entry]
        owner = row_of_each(np.diff(pairs.offsets))
        sure = np.zeros(self.classes.count, np.int64)
        np.maximum.at(sure, owner, value - box.high[order])
        kept = value - box.low[order] >= sure[owner]
        return ClassPairs(offsets_by_row(owner[kept], self.classes.count), pairs.entry[kept])

    def _supply(self, undecided: Undecided) -> Longs:
        """How many members of each class are neither undecided nor on a listed column."""
        supply = self.classes.members.copy()
        np.subtract.at(supply, self.classes.class_of[self.offers.party_of(undecided.fixed)], 1)
        np.subtract.at(supply, self.classes.class_of[undecided.party], 1)
        return supply

    def _set_room(self, laminar: LaminarRows, used: Longs) -> Longs:
        return np.maximum(np.floor(self.capacity - self.matrix @ used), 0).astype(np.int64)[laminar.row]

    def placed(self, flow: Flow) -> tuple[Longs, Longs]:
        """(party, order) of all pairs that the flow places, members of a class in their order."""
        free = np.ones(len(self.classes.class_of), np.bool_)
        free[self.offers.party_of(flow.columns)] = False
        party = np.flatnonzero(free)
        party = party[np.argsort(self.classes.class_of[party], kind="stable")]
        owner = row_of_each(np.diff(flow.pairs.offsets))
        begin = np.searchsorted(self.classes.class_of[party], np.arange(self.classes.count))
        placed = np.bincount(owner, flow.units, self.classes.count).astype(np.int64)
        order = np.repeat(self.classes.arrays.order[flow.pairs.entry], flow.units)
        return party[entries_from(begin, placed)], order.astype(np.int64)


def _next_set(laminar: LaminarRows, first_set: int, end: int) -> Longs:
    return np.where(laminar.around >= 0, first_set + laminar.around, end)


def _solve(supply: Longs, arcs: list[tuple[Any, ...]]) -> tuple[Longs, Longs]:
    """Flow by arc and potential by node; ``arcs`` are (tail, head, capacity, cost), each an array or one number."""
    parts = [np.broadcast_arrays(*np.atleast_1d(*part)) for part in arcs]
    tail, head, capacity, cost = (np.concatenate([part[i] for part in parts]).astype(np.int64) for i in range(4))
    flow, potential = pylmcf_cpp.lmcf(supply, tail, head, capacity, cost, return_potentials=True)
    return np.asarray(flow), np.asarray(potential)
