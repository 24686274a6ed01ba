"""The compiled scans of dense groups: orders from the highest ceiling down, until none can beat what was found."""

from __future__ import annotations

import numpy as np

from engine.kernel import kernel
from engine.problem.values import SCALE
from engine.rule import Array


@kernel
def scan_best(
    low: int,
    high: int,
    party: Array,
    bits: Array,
    weekly: Array,
    part: Array,
    weeks: Array,
    which: Array,
    rank: Array,
    ceiling: Array,
    cost: Array,
    worth: Array,
    cells: Array,
    orders: Array,
    first_cell: int,
) -> None:
    for i in range(low, high):
        best, at = worth[party[i]], -1
        for r in range(len(rank)):
            if ceiling[r] <= best:
                break
            j = rank[r]
            if bits[i, j >> 3] >> (7 - (j & 7)) & 1:
                own = np.int64(np.rint((part[j] + weeks[j] * weekly[i, which[j]]) * SCALE)) - cost[j]
                if own > best:
                    best, at = own, j
        if at >= 0:
            worth[party[i]] = best
            cells[party[i]] = first_cell + orders[at]


@kernel
def scan_top(
    low: int,
    high: int,
    party: Array,
    bits: Array,
    weekly: Array,
    part: Array,
    weeks: Array,
    which: Array,
    rank: Array,
    ceiling: Array,
    cost: Array,
    threshold: Array,
    column: Array,
    worth: Array,
) -> None:
    most = column.shape[1]
    for i in range(low, high):
        least, held, row = threshold[party[i]], 0, i - low
        for r in range(len(rank)):
            if ceiling[r] <= least:
                break
            j = rank[r]
            if bits[i, j >> 3] >> (7 - (j & 7)) & 1:
                own = np.int64(np.rint((part[j] + weeks[j] * weekly[i, which[j]]) * SCALE)) - cost[j]
                if own > least:
                    k = held if held < most else most - 1
                    while k > 0 and worth[row, k - 1] < own:
                        worth[row, k], column[row, k] = worth[row, k - 1], column[row, k - 1]
                        k -= 1
                    worth[row, k], column[row, k] = own, j
                    held = min(held + 1, most)
                    if held == most:
                        least = max(least, worth[row, most - 1])


@kernel
def draw(party: Array, bits: Array, orders: int, column: Array) -> None:
    """Draw orders by a multiplicative generator that starts from the party's number; repeats are left to the caller."""
    each = column.shape[1]
    for i in range(len(party)):
        state = np.uint64(party[i] * 2654435761 + 88172645463325252)
        held = 0
        for _ in range(8 * each):
            state ^= state << np.uint64(13)
            state ^= state >> np.uint64(7)
            state ^= state << np.uint64(17)
            j = np.int64(state >> np.uint64(11)) % orders
            if bits[i, j >> 3] >> (7 - (j & 7)) & 1:
                column[i, held] = j
                held += 1
                if held == each:
                    break
