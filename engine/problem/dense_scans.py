"""The compiled scans of dense groups: orders from the highest ceiling down, until none can beat what was found."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.clauses.views import Array
from engine.draws import first_state, next_state
from engine.kernel import inner_kernel, kernel
from engine.problem.values import SCALE

REFUSED = -(2**62)


class GroupArrays(NamedTuple):
    """What a kernel needs of a `DenseGroup` of n workers and m orders.

    ``party`` (n,), ``bits`` (n, ceil(m / 8)), ``weekly`` (n, kinds of order), ``part``, ``weeks`` and ``which`` (m,).
    """

    party: Array
    bits: Array
    weekly: Array
    part: Array
    weeks: Array
    which: Array


class Ceilings(NamedTuple):
    """Orders of a group by falling ceiling: ``rank`` (m,) their positions, ``ceiling`` (m,) in that order, and ``cost``
    (m,) by position, both in billionths.
    """

    rank: Array
    ceiling: Array
    cost: Array


@inner_kernel
def pair_worth(i: int, j: int, group: GroupArrays, cost: Array) -> int:
    """What the pair of worker i and order j of a group is worth less its cost, `REFUSED` where it is not admitted."""
    if not group.bits[i, j >> 3] >> (7 - (j & 7)) & 1:
        return np.int64(REFUSED)  # type: ignore[return-value]  # numba has one whole number
    return np.int64(np.rint((group.part[j] + group.weeks[j] * group.weekly[i, group.which[j]]) * SCALE)) - cost[j]


@kernel
def scan_best(
    low: int,
    high: int,
    group: GroupArrays,
    ceilings: Ceilings,
    worth: Array,
    cells: Array,
    orders: Array,
    first_cell: int,
) -> None:
    """Raise ``worth`` (by party) to the best pair of each worker ``low:high``, and write its cell."""
    party = group.party
    for i in range(low, high):
        best, at = worth[party[i]], -1
        for r in range(len(ceilings.rank)):
            if ceilings.ceiling[r] <= best:
                break
            own = pair_worth(i, ceilings.rank[r], group, ceilings.cost)
            if own > best:
                best, at = own, ceilings.rank[r]
        if at >= 0:
            worth[party[i]] = best
            cells[party[i]] = first_cell + orders[at]


@kernel
def scan_top(
    low: int, high: int, group: GroupArrays, ceilings: Ceilings, threshold: Array, column: Array, worth: Array
) -> None:
    """Write the best pairs above ``threshold`` (by party) of each worker ``low:high``, as many as ``column`` holds."""
    most = column.shape[1]
    party = group.party
    for i in range(low, high):
        least, held, row = threshold[party[i]], 0, i - low
        for r in range(len(ceilings.rank)):
            if ceilings.ceiling[r] <= least:
                break
            own = pair_worth(i, ceilings.rank[r], group, ceilings.cost)
            if own > least:
                k = held if held < most else most - 1
                while k > 0 and worth[row, k - 1] < own:
                    worth[row, k], column[row, k] = worth[row, k - 1], column[row, k - 1]
                    k -= 1
                worth[row, k], column[row, k] = own, ceilings.rank[r]
                held = min(held + 1, most)
                if held == most:
                    least = max(least, worth[row, most - 1])


@kernel
def scan_slack(
    by_kind: Array, edges: Array, group: GroupArrays, cost: Array, surplus: Array, orders: Array, slack: Array
) -> None:
    """Lower ``slack`` (by order) to the least ``surplus - (value - cost)`` of an admitted pair on it.

    ``by_kind`` has the workers of equal weekly worth side by side between ``edges``, by rising surplus: the first that
    is admitted decides.
    """
    for j in range(len(orders)):
        o = orders[j]
        for kind in range(len(edges) - 1):
            for k in range(edges[kind], edges[kind + 1]):
                i = by_kind[k]
                if k == edges[kind]:
                    worth = np.rint((group.part[j] + group.weeks[j] * group.weekly[i, group.which[j]]) * SCALE)
                    own = np.int64(worth) - cost[j]
                if surplus[group.party[i]] - own >= slack[o]:
                    break
                if group.bits[i, j >> 3] >> (7 - (j & 7)) & 1:
                    slack[o] = surplus[group.party[i]] - own
                    break


@kernel
def draw(party: Array, bits: Array, orders: int, column: Array) -> None:
    """Draw admitted orders for each worker, from the party's own draws; repeats are left to the caller."""
    each = column.shape[1]
    for i in range(len(party)):
        state = first_state(party[i])
        held = 0
        for _ in range(8 * each):
            state = next_state(state)
            j = np.int64(state >> np.uint64(11)) % orders
            if bits[i, j >> 3] >> (7 - (j & 7)) & 1:
                column[i, held] = j
                held += 1
                if held == each:
                    break
