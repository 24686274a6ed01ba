"""Choice in turn under a floor: each takes the best that leaves a plan at hand which is worth as much as the floor.

After Acharya, Bansak and Hainmueller, "Combining outcome-based and preference-based matching: a constrained priority
mechanism" (2022): in turn, each is given what he wants most among all that the best completion can still reach the
floor with. Here a completion is kept at hand, at first the best plan, and a choice is allowed where that completion,
mended, reaches the floor: whoever is in the way and hasn't chosen yet leaves, least value first, and takes the most
valuable place that is left. So ``value(chosen and completion) >= floor`` holds after every turn, hence at the end. A
completion that mending doesn't find is not looked for: a choice may be refused that a better one would allow.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.clauses.views import Array
from engine.kernel import kernel
from engine.problem.column_rows import Scratch, add_column, net_rows, scratch_for
from engine.problem.offers import NOTHING, ColumnArrays
from engine.problem.packed_parts import LimitArrays
from engine.problem.problem import MatchingProblem
from engine.solve.deferred_acceptance import FREE, SHARE, UPPER, Standing, hold, pop_lowest, push_held, standing_of

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
MOST_MOVED = 64


class _Turns(NamedTuple):
    """What turns need beside `Standing`: ``value`` by column, ``placed`` and ``crew`` by order, ``settled`` by party
    (it has chosen, or holds a promise); for one choice ``moved`` and ``again``, which columns left, for which row
    (``for_row``), and which came.
    """

    value: Longs
    placed: Longs
    crew: Longs
    settled: Bools
    moved: Longs
    for_row: Longs
    again: Longs


def choose_above(problem: MatchingProblem, best: Longs, wish: Longs, turns: Longs, floor: int) -> Longs:
    """The columns of a legal plan worth at least ``floor`` (billionths), which the ``best`` one (columns) is too.

    ``turns`` are the parties in the order in which they choose, ``wish`` their lists (`own_lists`). Parties that must
    take a column keep that of the best plan.
    """
    offers, limits = problem.offers, problem.limits
    nobody = np.empty(0, np.int64)
    standing = standing_of(offers, limits, wish, offers.value, problem.lead, nobody)
    hold(offers, limits, standing, best)
    own = _Turns(
        offers.value,
        np.bincount(offers.placements(best)[1], minlength=offers.order_count),
        problem.register.min_crew.astype(np.int64),
        offers.must.copy(),
        *(np.empty(MOST_MOVED, np.int64) for _ in range(3)),
    )
    scratch = scratch_for(limits), scratch_for(limits)
    worth = int(offers.value[best].sum())
    _choose(turns, floor, worth, offers.arrays, offers.order_count, limits.arrays, standing, own, scratch)
    return standing.held[standing.held != NOTHING]


@kernel
def _move(j: int, sign: int, columns: ColumnArrays, orders: int, limits: LimitArrays, s: Standing, own: _Turns) -> None:
    add_column(j, columns, orders, limits, s.use, float(sign))
    for k in range(columns.cells[j], columns.cells[j + 1]):
        own.placed[columns.cell[k] % orders] += sign


@kernel
def _whole(j: int, columns: ColumnArrays, orders: int, own: _Turns) -> bool:
    """Whether the crews of the orders of column ``j`` are empty or whole."""
    found = True
    for k in range(columns.cells[j], columns.cells[j + 1]):
        o = columns.cell[k] % orders
        found &= own.placed[o] == 0 or own.placed[o] >= own.crew[o]
    return found


@kernel
def _kept(
    j: int, kinds: int, columns: ColumnArrays, orders: int, limits: LimitArrays, s: Standing, scratch: Scratch
) -> bool:
    """Whether every row of column ``j`` of at least that kind holds."""
    found = True
    for i in range(net_rows(j, columns, orders, limits, s.kind, scratch)):
        r = scratch.row[i]
        found &= s.kind[r] < kinds or s.use[r] <= s.capacity[r]
    return found


@kernel
def _overrun(s: Standing, scratch: Scratch, rows: int) -> int:
    for i in range(rows):
        r = scratch.row[i]
        if s.kind[r] == UPPER and s.use[r] > s.capacity[r]:
            return int(r)
    return NOTHING


@kernel
def _lowest_not_settled(s: Standing, r: int, own: _Turns) -> int:
    """Take the least valuable that row ``r`` holds of those who haven't chosen from its heap, `NOTHING` without one."""
    while s.filled[r] > 0:
        j = pop_lowest(s, r)
        if j != NOTHING and not own.settled[s.party[j]]:
            return int(j)
    return NOTHING


@kernel
def _push_everywhere(
    j: int, columns: ColumnArrays, orders: int, limits: LimitArrays, s: Standing, scratch: Scratch
) -> None:
    for i in range(net_rows(j, columns, orders, limits, s.kind, scratch)):
        if s.kind[scratch.row[i]] == UPPER and scratch.amount[i] > 0:
            push_held(s, scratch.row[i], j)


@kernel
def _best_left(
    q: int, columns: ColumnArrays, orders: int, limits: LimitArrays, s: Standing, own: _Turns, scratch: Scratch
) -> int:
    """Place a party that left on the most valuable column that is legal; that column, or `NOTHING`."""
    best = NOTHING
    for j in range(s.of_party[q], s.of_party[q + 1]):
        if best != NOTHING and own.value[j] <= own.value[best]:
            continue
        _move(j, 1, columns, orders, limits, s, own)
        if _whole(j, columns, orders, own) and _kept(j, FREE, columns, orders, limits, s, scratch):
            best = j
        _move(j, -1, columns, orders, limits, s, own)
    if best != NOTHING:
        _move(best, 1, columns, orders, limits, s, own)
        s.held[q] = best
    return best


@kernel
def _make_room(
    rows: int,
    columns: ColumnArrays,
    orders: int,
    limits: LimitArrays,
    s: Standing,
    own: _Turns,
    scratch: Scratch,
) -> int:
    """Let the least valuable leave whose rows are overrun among those found in ``scratch``; how many left, or minus one
    more than that where it isn't enough.
    """
    gone = 0
    while True:
        r = _overrun(s, scratch, rows)
        if r == NOTHING:
            return gone
        k = _lowest_not_settled(s, r, own) if gone < MOST_MOVED else NOTHING
        if k == NOTHING:
            return -1 - gone
        own.moved[gone], own.for_row[gone] = k, r
        gone += 1
        s.held[s.party[k]] = NOTHING
        _move(k, -1, columns, orders, limits, s, own)


@kernel
def _sound(
    j: int, columns: ColumnArrays, orders: int, limits: LimitArrays, s: Standing, own: _Turns, x: Scratch
) -> bool:
    """Whether the crews and the shares that column ``j`` touches hold."""
    return _whole(j, columns, orders, own) and _kept(j, SHARE, columns, orders, limits, s, x)


@kernel
def _swap(
    p: int, leaves: int, comes: int, columns: ColumnArrays, orders: int, limits: LimitArrays, s: Standing, own: _Turns
) -> None:
    """Let party ``p`` hold column ``comes`` in place of ``leaves``, either of which may be `NOTHING`."""
    if leaves != NOTHING:
        _move(leaves, -1, columns, orders, limits, s, own)
    s.held[p] = comes
    if comes != NOTHING:
        _move(comes, 1, columns, orders, limits, s, own)


@kernel
def _attempt(
    p: int,
    j: int,
    floor: int,
    worth: int,
    columns: ColumnArrays,
    orders: int,
    limits: LimitArrays,
    s: Standing,
    own: _Turns,
    scratch: tuple[Scratch, Scratch],
) -> int:
    """Give party ``p`` column ``j`` and mend the plan; what it is worth then, or -1 where nothing was changed."""
    had, came = s.held[p], 0
    after = worth + own.value[j] - (own.value[had] if had != NOTHING else 0)
    if after < floor:
        return -1
    _swap(p, had, j, columns, orders, limits, s, own)
    rows = net_rows(j, columns, orders, limits, s.kind, scratch[0])
    gone = _make_room(rows, columns, orders, limits, s, own, scratch[0])
    legal = gone >= 0
    gone = gone if legal else -1 - gone
    for i in range(gone):
        after -= own.value[own.moved[i]]
    for i in range(gone if legal else 0):
        k = _best_left(s.party[own.moved[i]], columns, orders, limits, s, own, scratch[1])
        if k != NOTHING:
            own.again[came] = k
            came += 1
            after += own.value[k]
    legal = legal and after >= floor and _sound(j, columns, orders, limits, s, own, scratch[1])
    legal = legal and (had == NOTHING or _sound(had, columns, orders, limits, s, own, scratch[1]))
    for i in range(gone):
        legal = legal and _sound(own.moved[i], columns, orders, limits, s, own, scratch[1])
    if legal:
        for i in range(came):
            _push_everywhere(own.again[i], columns, orders, limits, s, scratch[1])
        return int(after)
    for i in range(came):
        _swap(s.party[own.again[i]], own.again[i], NOTHING, columns, orders, limits, s, own)
    _swap(p, j, had, columns, orders, limits, s, own)
    for i in range(gone):
        _swap(s.party[own.moved[i]], NOTHING, own.moved[i], columns, orders, limits, s, own)
        push_held(s, own.for_row[i], own.moved[i])
    return -1


@kernel
def _choose(
    turns: Array,
    floor: int,
    worth: int,
    columns: ColumnArrays,
    orders: int,
    limits: LimitArrays,
    s: Standing,
    own: _Turns,
    scratch: tuple[Scratch, Scratch],
) -> None:
    for p in turns:
        if own.settled[p]:
            continue
        for place in range(s.of_party[p], s.of_party[p + 1]):
            if s.wish[place] == s.held[p]:
                break
            after = _attempt(p, s.wish[place], floor, worth, columns, orders, limits, s, own, scratch)
            if after >= 0:
                worth = after
                break
        own.settled[p] = True
