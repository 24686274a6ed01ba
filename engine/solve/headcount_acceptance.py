"""Deferred acceptance where headcounts alone join the workers: the same outcome, without looking for joint limits.

Source: Gale and Shapley, "College admissions and the stability of marriage" (1962). An order keeps the highest that it
has room for; whoever is refused proposes again, and whose turn it is doesn't matter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.clauses.views import Array
from engine.kernel import kernel
from engine.problem.limits import Limits
from engine.problem.offers import Offers

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
    """Let the first ``n`` parties of ``waiting`` propose, the last of them first, and whoever is refused, until nobody
    has a proposal left. ``cell`` is by column. Rows that hold nobody's promise keep their lowest at the heap's root.
    """
    wish, turn, held, worth, tie = s.wish, s.turn, s.held, s.worth, s.tie
    cut_worth, cut_tie, use, filled = s.cut_worth, s.cut_tie, s.use, s.filled
    heap_worth, heap_tie, heap_column = s.heap_worth, s.heap_tie, s.heap_column
    while n > 0:
        n -= 1
        p = waiting[n]
        place, end, t, j, o = turn[p], s.of_party[p + 1], tie[p], 0, 0
        while place < end:
            j = wish[place]
            o = cell[j] % orders
            if not (s.closed[o] or ranks_no_higher(worth[j], t, cut_worth[o], cut_tie[o])):
                break
            place += 1
        turn[p] = place
        if place == end:
            continue
        if use[o] + 1 <= s.capacity[o]:
            use[o] += 1
            held[p] = j
            if s.kind[o]:
                _put(heap_worth, heap_tie, heap_column, s.begin[o], filled[o], worth[j], t, j)
                filled[o] += 1
            continue
        lowest = heap_column[s.begin[o]] if filled[o] else j
        if lowest == j or ranks_no_higher(worth[j], t, heap_worth[s.begin[o]], heap_tie[s.begin[o]]):
            lowest = j
        else:
            held[p] = j
            _replace_lowest(heap_worth, heap_tie, heap_column, s.begin[o], filled[o], worth[j], t, j)
        q = s.party[lowest]
        cut_worth[o], cut_tie[o] = worth[lowest], tie[q]
        if q != p:
            held[q] = -1
        turn[q] += 1
        waiting[n] = q
        n += 1
