"""Deferred acceptance where headcounts alone join the workers: the same outcome, without looking for joint limits.

Source: Gale and Shapley, "College admissions and the stability of marriage" (1962). An order keeps the highest that it
has room for; whoever is refused proposes again, and whose turn it is doesn't matter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.clauses.views import Array
from engine.kernel import kernel
from engine.problem.limits import Limits
from engine.problem.offers import NOTHING, Offers

if TYPE_CHECKING:
    from engine.solve.deferred_acceptance import Standing


def headcounts_alone(offers: Offers, limits: Limits) -> bool:
    """Whether each column is one placement, and the only rows are the orders' headcounts, each in its order's place."""
    single = len(offers.cell) == offers.count and not len(offers.extra_row)
    return single and limits.row_count == offers.order_count and not limits.ratio_rows.any()


@kernel
def ranks_no_higher(worth: int, tie: int, other_worth: int, other_tie: int) -> bool:
    """Whether the first ranks no higher than the other."""
    return worth < other_worth or (worth == other_worth and tie >= other_tie)


@kernel
def _put(worth: Array, tie: Array, column: Array, begin: int, i: int, w: int, t: int, j: int) -> None:
    """Put a column into a heap that begins at ``begin`` and is ``i`` long, lowest first."""
    while i > 0:
        a = begin + (i - 1) // 2
        if ranks_no_higher(worth[a], tie[a], w, t):
            break
        worth[begin + i], tie[begin + i], column[begin + i] = worth[a], tie[a], column[a]
        i = a - begin
    worth[begin + i], tie[begin + i], column[begin + i] = w, t, j


@kernel
def _replace_lowest(worth: Array, tie: Array, column: Array, begin: int, count: int, w: int, t: int, j: int) -> None:
    """Put a column in the place of a heap's lowest."""
    i = 0
    while 2 * i + 1 < count:
        low = 2 * i + 1
        a = begin + low
        if low + 1 < count and ranks_no_higher(worth[a + 1], tie[a + 1], worth[a], tie[a]):
            low, a = low + 1, a + 1
        if ranks_no_higher(w, t, worth[a], tie[a]):
            break
        worth[begin + i], tie[begin + i], column[begin + i] = worth[a], tie[a], column[a]
        i = low
    worth[begin + i], tie[begin + i], column[begin + i] = w, t, j


@kernel
def propose_to_orders(waiting: Array, n: int, cell: Array, orders: int, s: Standing) -> None:
    """Let the first ``n`` parties of ``waiting`` propose, and whoever is refused, until nobody has a proposal left.
    ``cell`` is by column. Rows that hold nobody's promise keep their lowest at the heap's root.

    A party goes down its list until it is held or has asked everybody. All that wait do so in the order in which their
    lists lie in memory, again and again: it doesn't matter whose turn it is. Whom somebody displaces begins where it
    was held, which the cutoff has refused by then.
    """
    of_party, wish, turn, held, party, worth, tie = s.of_party, s.wish, s.turn, s.held, s.party, s.worth, s.tie
    cut_worth, cut_tie, use, filled, begins = s.cut_worth, s.cut_tie, s.use, s.filled, s.begin
    heap_worth, heap_tie, heap_column, kind, capacity = s.heap_worth, s.heap_tie, s.heap_column, s.kind, s.capacity
    closed, waits = s.closed, np.zeros(len(s.held), np.bool_)
    waits[waiting[:n]] = True
    while n > 0:
        for p in range(len(waits)):
            if not waits[p]:
                continue
            waits[p] = False
            n -= 1
            held[p] = NOTHING
            place, end, t = turn[p], of_party[p + 1], tie[p]
            while place < end:
                j = wish[place]
                o = cell[j] if cell[j] < orders else cell[j] % orders
                w = worth[j]
                if closed[o] or ranks_no_higher(w, t, cut_worth[o], cut_tie[o]):
                    place += 1
                    continue
                begin, count = begins[o], filled[o]
                if use[o] + 1 <= capacity[o]:
                    use[o] += 1
                    held[p] = j
                    if kind[o]:
                        _put(heap_worth, heap_tie, heap_column, begin, count, w, t, j)
                        filled[o] = count + 1
                    break
                if not count or ranks_no_higher(w, t, heap_worth[begin], heap_tie[begin]):
                    cut_worth[o], cut_tie[o] = w, t
                    place += 1
                    continue
                waits[party[heap_column[begin]]] = True
                n += 1
                cut_worth[o], cut_tie[o] = heap_worth[begin], heap_tie[begin]
                held[p] = j
                _replace_lowest(heap_worth, heap_tie, heap_column, begin, count, w, t, j)
                break
            turn[p] = place
