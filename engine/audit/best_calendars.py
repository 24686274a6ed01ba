"""Each unit's best legal calendar: sets of placements are listed best first, and the first that is legal counts.

A unit is a worker, or a travel group, all of whose members take the same placements. A set is listed with at least what
it is worth, and legality is asked of whole sets, for a join of stays may make three placements legal that two are not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.arrays import offsets_of, row_of_each
from engine.kernel import kernel

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
FIRST_LISTED, GROWTH = 4, 4
LEAST = -(2**62)


class Choices(NamedTuple):
    """What units may take: choices ``of_unit[u]:of_unit[u + 1]``, by first day within a unit.

    ``net`` is what a choice is worth beyond what it pays; one that is ``free`` doesn't count among the most that may be
    taken, one that is a ``must`` is in every calendar of its unit.
    """

    of_unit: Longs
    start: Longs
    end: Longs
    net: Longs
    free: Bools
    must: Bools


# What sets are really worth: (choices one after another, offsets by set) to (net, which are legal).
Judge = Callable[[Longs, Longs], tuple[Longs, Bools]]


@kernel
def _longest_chain(of_unit: Any, start: Any, end: Any, free: Any) -> int:
    """The most free choices of one unit of which no two overlap."""
    longest = 0
    for unit in range(len(of_unit) - 1):
        low, high = of_unit[unit], of_unit[unit + 1]
        by_end = np.argsort(end[low:high])
        last, count = np.int64(-(2**62)), 0
        for k in by_end:
            if free[low + k] and start[low + k] > last:
                last = end[low + k]
                count += 1
        longest = max(longest, count)
    return longest


@kernel
def _list_sets(at: Any, units: Any, most: int, few: int, deepest: int, total: Any, member: Any) -> None:
    """The best ``few`` sets of each unit without overlap, at most ``most`` choices in each that aren't free: ``total``
    (unit, few) falling, ``LEAST`` where there are no more, and ``member`` (unit, few, deepest), -1 after the last.

    Sets worth nothing are left out where the unit need not take any. Of equal sets the first found stands first.
    """
    chosen, left_before, total_before = (
        np.empty(deepest + 1, np.int64),
        np.empty(deepest + 1, np.int64),
        np.empty(deepest + 1, np.int64),
    )
    for row in range(len(units)):
        low, n = at.of_unit[units[row]], at.of_unit[units[row] + 1] - at.of_unit[units[row]]
        start, end, net = at.start[low : low + n], at.end[low : low + n], at.net[low : low + n]
        free, must = at.free[low : low + n], at.must[low : low + n]
        after = np.searchsorted(start, end, "right")
        best = np.zeros((n + 1, most + 1), np.int64)
        owed = np.zeros(n + 1, np.int64)
        for i in range(n - 1, -1, -1):
            owed[i] = owed[i + 1] + must[i]
            for left in range(most + 1):
                best[i, left] = best[i + 1, left]
                if free[i] or left > 0:
                    best[i, left] = max(best[i, left], net[i] + best[after[i], left if free[i] else left - 1])
        floor = np.int64(LEAST) if owed[0] else np.int64(0)
        depth, i, left, value, found = 0, 0, most, np.int64(0), 0
        while True:
            bar = total[row, few - 1] if found == few else floor
            if i < n and value + best[i, left] > bar:
                if (free[i] or left > 0) and depth < deepest and owed[i + 1] == owed[after[i]]:
                    chosen[depth], left_before[depth], total_before[depth] = i, left, value
                    depth += 1
                    value += net[i]
                    left -= 0 if free[i] else 1
                    i = after[i]
                    continue
                if not must[i]:
                    i += 1
                    continue
            elif i == n and value > bar:
                place = min(found, few - 1)
                while place > 0 and total[row, place - 1] < value:
                    total[row, place] = total[row, place - 1]
                    member[row, place] = member[row, place - 1]
                    place -= 1
                total[row, place] = value
                member[row, place] = -1
                for d in range(depth):
                    member[row, place, d] = low + chosen[d]
                found = min(found + 1, few)
            while depth > 0 and must[chosen[depth - 1]]:
                depth -= 1
            if depth == 0:
                break
            depth -= 1
            i, left, value = chosen[depth] + 1, left_before[depth], total_before[depth]


def best_worth(choices: Choices, most: int, judge: Judge) -> Longs:
    """What the best legal calendar of each unit is worth: 0 or more, but for units that must take something; of those
    `LEAST` where no calendar is legal.
    """
    units = np.flatnonzero(np.diff(choices.of_unit) > 0)
    owes = np.zeros(len(choices.of_unit) - 1, bool)
    owes[row_of_each(np.diff(choices.of_unit))[choices.must]] = True
    worth = np.where(owes, LEAST, 0)
    deepest = most + _longest_chain(choices.of_unit, choices.start, choices.end, choices.free)
    seen, few = 0, FIRST_LISTED
    while len(units):
        total = np.full((len(units), few), LEAST)
        member = np.full((len(units), few, deepest), -1)
        _list_sets(choices, units, most, few, deepest, total, member)
        row, place = np.nonzero(total[:, seen:] > LEAST)
        sets = member[row, place + seen]
        real, legal = judge(sets[sets >= 0], offsets_of((sets >= 0).sum(1)))
        np.maximum.at(worth, units[row[legal]], real[legal])
        units = units[total[:, -1] > np.maximum(worth[units], LEAST)]
        seen, few = few, few * GROWTH
    return worth
