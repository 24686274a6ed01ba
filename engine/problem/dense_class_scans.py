"""The compiled scans of `engine.problem.dense_classes`: each looks at some strata or some classes alone."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.clauses.views import Array
from engine.draws import first_state, fraction, next_state
from engine.kernel import kernel


class ClassArrays(NamedTuple):
    """What kernels need.

    Class k has the rows ``row[rows_at[k]:rows_at[k + 1]]``; row r is of ``stratum[r]``, and its bits begin at
    ``bits[bits_at[r]]``. Stratum s has the entries ``entries_at[s]:entries_at[s + 1]``, one an order of its group, each
    worth ``value`` (billionths) on ``order``; ``base`` is its class of limits.
    """

    rows_at: Array
    row: Array
    stratum: Array
    bits_at: Array
    bits: Array
    entries_at: Array
    order: Array
    value: Array
    base: Array


class Bidders(NamedTuple):
    """Rows by stratum, in each by rising surplus: that of s has ``row[at[s]:at[s + 1]]``; ``surplus`` is by row."""

    at: Array
    row: Array
    surplus: Array


@kernel
def _admits(arrays: ClassArrays, row: int, place: int) -> bool:
    return arrays.bits[arrays.bits_at[row] + (place >> 3)] >> (7 - (place & 7)) & 1 > 0


@kernel
def price_and_rank(low: int, high: int, arrays: ClassArrays, least: Array, worth: Array, rank: Array) -> None:
    """Write what the entries of strata ``low:high`` are worth less ``least`` (base class, order), and their ranking."""
    for s in range(low, high):
        begin, end = arrays.entries_at[s], arrays.entries_at[s + 1]
        for e in range(begin, end):
            worth[e] = arrays.value[e] - least[arrays.base[s], arrays.order[e]]
        rank[begin:end] = np.argsort(-worth[begin:end])


@kernel
def best_of_classes(low: int, high: int, arrays: ClassArrays, worth: Array, rank: Array, surplus: Array) -> None:
    """Raise the ``surplus`` of classes ``low:high`` to their best entry."""
    for k in range(low, high):
        for q in range(arrays.rows_at[k], arrays.rows_at[k + 1]):
            r = arrays.row[q]
            begin, end = arrays.entries_at[arrays.stratum[r]], arrays.entries_at[arrays.stratum[r] + 1]
            for e in range(begin, end):
                if worth[begin + rank[e]] <= surplus[k]:
                    break
                if _admits(arrays, r, rank[e]):
                    surplus[k] = worth[begin + rank[e]]
                    break


@kernel
def raise_bids(
    low: int, high: int, arrays: ClassArrays, worth: Array, cost: Array, bidders: Bidders, bids: Array
) -> None:
    """Raise ``bids`` (by order) to the highest bid of strata ``low:high``: worth without ``cost``, less the surplus."""
    for s in range(low, high):
        begin = arrays.entries_at[s]
        for e in range(begin, arrays.entries_at[s + 1]):
            o = arrays.order[e]
            for q in range(bidders.at[s], bidders.at[s + 1]):
                bid = worth[e] + cost[o] - bidders.surplus[bidders.row[q]]
                if bid <= bids[o]:
                    break
                if _admits(arrays, bidders.row[q], e - begin):
                    bids[o] = bid
                    break


@kernel
def find_bidders(
    low: int, high: int, arrays: ClassArrays, worth: Array, cost: Array, bidders: Bidders, width: int, found: Array
) -> None:
    """Write the row that bids most for each entry of strata ``low:high``, where that is not below ``cost`` less
    ``width`` and the order costs something.
    """
    for s in range(low, high):
        begin = arrays.entries_at[s]
        for e in range(begin, arrays.entries_at[s + 1]):
            if cost[arrays.order[e]] <= 0:
                continue
            for q in range(bidders.at[s], bidders.at[s + 1]):
                if worth[e] - bidders.surplus[bidders.row[q]] < -width:
                    break
                if _admits(arrays, bidders.row[q], e - begin):
                    found[e] = bidders.row[q]
                    break


@kernel
def list_near(
    low: int,
    high: int,
    arrays: ClassArrays,
    worth: Array,
    rank: Array,
    surplus: Array,
    first: Array,
    extra: Array,
    width: int,
    at: Array,
    held: Array,
    entry: Array,
) -> None:
    """Write to ``entry`` from ``at[k]`` on the best ``first[k]`` entries of each row of classes ``low:high`` that are
    within ``width`` of the class's best, and about ``extra[k]`` of the others; how many to ``held[k]``.
    """
    for k in range(low, high):
        for q in range(arrays.rows_at[k], arrays.rows_at[k + 1]):
            r, least = arrays.row[q], surplus[k] - width
            begin, end = arrays.entries_at[arrays.stratum[r]], arrays.entries_at[arrays.stratum[r] + 1]
            near = 0
            if extra[k]:
                for e in range(begin, end):
                    if worth[begin + rank[e]] < least:
                        break
                    near += _admits(arrays, r, rank[e])
            share = extra[k] / max(near - first[k], 1)
            state, here, taken = first_state(r), 0, 0
            for e in range(begin, end):
                full = taken >= first[k] + 2 * extra[k] or (here >= first[k] and not extra[k])
                if full or worth[begin + rank[e]] < least:
                    break
                if not _admits(arrays, r, rank[e]):
                    continue
                here += 1
                if here > first[k]:
                    state = next_state(state)
                    if fraction(state) >= share:
                        continue
                entry[at[k] + held[k]] = begin + rank[e]
                held[k] += 1
                taken += 1
