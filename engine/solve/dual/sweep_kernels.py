"""The compiled loops of sweeps (`engine.solve.dual.sweeps`): what cells cost, what each party takes, what that uses."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.clauses.views import Array, Bools, Ints
from engine.draws import first_state, fraction, next_state
from engine.kernel import kernel
from engine.problem.offers import NOTHING, ColumnArrays

Longs = npt.NDArray[np.int64]


class PairArrays(NamedTuple):
    """The pairs of parties (`Pairs`) and the cell that each party always meets, for kernels."""

    of_party: Longs
    cell: Ints
    apart: Bools
    place: npt.NDArray[np.uint16]
    own: Ints


@kernel
def add_up_costs(
    low: int,
    high: int,
    base: Array,
    of_base: Array,
    offsets: Array,
    row: Array,
    coefficient: Array,
    prices: Array,
    table: Array,
) -> None:
    for i in range(low, high):
        total = of_base[base[i]]
        for k in range(offsets[i], offsets[i + 1]):
            total += prices[row[k]] * coefficient[k]
        table[i] = total


@kernel
def add_up_use(offsets: Array, row: Array, coefficient: Array, counts: Array, use: Array) -> None:
    for i in range(len(counts)):
        if counts[i]:
            for k in range(offsets[i], offsets[i + 1]):
                use[row[k]] += counts[i] * coefficient[k]


@kernel
def choose_single(
    low: int,
    high: int,
    first: int,
    of_party: Array,
    value: Array,
    blur: np.float32,
    cell: Array,
    own: Array,
    must: Array,
    table: Array,
    chosen: Array,
    counts: Array,
) -> None:
    """Each party's best column where all are single placements without extras: the loop that a nation's season is."""
    for p in range(low, high):
        best, at = table[own[p]], NOTHING
        if must[p]:
            best = np.float32(-np.inf)
        state = first_state(first + p)
        for j in range(of_party[p], of_party[p + 1]):
            state = next_state(state)
            worth = value[j] - table[cell[j]] + blur * fraction(state)
            if worth > best:
                best, at = worth, j
        chosen[p] = at
        if at >= 0:
            counts[own[p]] += 1
            counts[cell[at]] += 1


@kernel
def choose_several(
    low: int,
    high: int,
    first: int,
    of_party: Array,
    value: Array,
    blur: np.float32,
    pairs: PairArrays,
    columns: ColumnArrays,
    must: Array,
    table: Array,
    prices: Array,
    chosen: Array,
    counts: Array,
) -> None:
    """The same where columns are of several placements: each pair of a party is priced once, into a short list."""
    most = 0
    for p in range(low, high):
        most = max(most, pairs.of_party[p + 1] - pairs.of_party[p])
    cost = np.zeros(most + 1, np.float32)  # the first stands for no placement
    width = pairs.place.shape[1]
    for p in range(low, high):
        begin = pairs.of_party[p]
        for i in range(begin, pairs.of_party[p + 1]):
            cost[i - begin + 1] = table[pairs.cell[i]]
            if not pairs.apart[i]:
                cost[i - begin + 1] += table[pairs.own[p]]
        best, at = np.float32(0), NOTHING
        if must[p]:
            best = np.float32(-np.inf)
        state = first_state(first + p)
        for j in range(of_party[p], of_party[p + 1]):
            state = next_state(state)
            worth = value[j] + blur * fraction(state)
            for k in range(width):
                worth -= cost[pairs.place[j, k]]
            for k in range(columns.extras[j], columns.extras[j + 1]):
                worth -= np.float32(prices[columns.extra_row[k]] * columns.extra_coefficient[k])
            if worth > best:
                best, at = worth, j
        chosen[p] = at
        if at >= 0:
            for k in range(width):
                if pairs.place[at, k] > 0:
                    i = begin + pairs.place[at, k] - 1
                    counts[pairs.cell[i]] += 1
                    if not pairs.apart[i]:
                        counts[pairs.own[p]] += 1


@kernel
def add_up_extras(columns: ColumnArrays, chosen: Array, use: Array) -> None:
    for j in chosen:
        if j >= 0:
            for k in range(columns.extras[j], columns.extras[j + 1]):
                use[columns.extra_row[k]] += columns.extra_coefficient[k]
