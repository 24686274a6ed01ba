"""Admitted pairs as a list by worker, sorted by start of the order."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import short_row_of_each
from engine.clauses.views import Array, Ints
from engine.kernel import kernel
from engine.problem.eligibility import Rectangle
from engine.problem.register import Register
from engine.problem.values import Values

Longs = npt.NDArray[np.int64]
AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class AdmittedPairs:
    """Worker w has pairs ``offsets[w]:offsets[w + 1]``, each with its ``order`` (sorted by start) and ``value``."""

    offsets: Longs
    order: Ints
    value: Longs

    def workers(self) -> Ints:
        """The worker of each pair."""
        return short_row_of_each(np.diff(self.offsets))


def list_pairs(register: Register, rectangles: Sequence[Rectangle], values: Values) -> AdmittedPairs:
    """Unpack rectangles into one list by worker; within a worker by start, then by order."""
    by_start = np.lexsort((np.arange(register.order_count), register.starts)).astype(np.int32)
    rank = np.empty_like(by_start)
    rank[by_start] = np.arange(len(by_start), dtype=np.int32)
    counts = np.zeros(register.worker_count + 1, np.int64)
    for rectangle in rectangles:
        np.add.at(counts, rectangle.workers + 1, np.bitwise_count(rectangle.bits).sum(1))
    offsets = np.cumsum(counts)
    order, value = np.empty(offsets[-1], np.int32), np.empty(offsets[-1], np.int64)
    filled = offsets[:-1].copy()

    def unpacked(rectangle: Rectangle) -> tuple[Ints, Longs, Ints, Longs]:
        row, column = np.nonzero(rectangle.admitted)
        return rectangle.workers, row, rank[rectangle.orders[column]], values.of_pairs(rectangle, row, column)

    with ThreadPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as pool:
        for begin in range(0, len(rectangles), AT_ONCE):
            for workers, row, ranked, worth in pool.map(unpacked, rectangles[begin : begin + AT_ONCE]):
                _place(filled, workers, row, ranked, worth, order, value)
    _sort_each(offsets, order, value)
    return AdmittedPairs(offsets, by_start[order], value)


@kernel
def _place(filled: Array, workers: Array, row: Array, rank: Array, worth: Array, order: Array, value: Array) -> None:
    for i in range(len(row)):
        w = workers[row[i]]
        at = filled[w]
        order[at], value[at] = rank[i], worth[i]
        filled[w] = at + 1


@kernel
def _sort_each(offsets: Array, order: Array, value: Array) -> None:
    """Insertion sort of each worker's pairs by rank; they arrive in a few runs that are nearly sorted."""
    for w in range(len(offsets) - 1):
        for i in range(offsets[w] + 1, offsets[w + 1]):
            rank, worth, j = order[i], value[i], i - 1
            while j >= offsets[w] and order[j] > rank:
                order[j + 1], value[j + 1] = order[j], value[j]
                j -= 1
            order[j + 1], value[j + 1] = rank, worth
