"""Linear and integer programs over some of the columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import offsets_by_row, row_of_each
from engine.problem.column_rows import Entries, entries_of
from engine.problem.offers import Offers
from engine.problem.problem import MatchingProblem
from engine.problem.values import SCALE
from engine.solve.dual.bound import CrewPrices
from engine.solve.exact.linear_program import LinearProgram

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Crews:
    """Orders that take none or at least ``least`` and at most ``most``; ``open_`` ones have people already."""

    order: Longs
    least: Floats
    most: Floats
    open_: Bools


@dataclass(frozen=True)
class Links:
    """Pairs (party, crew order): the party may take the order only as far as it is open. Sorted by key."""

    party: Longs
    order: Longs

    def keys(self, order_count: int) -> Longs:
        """One number for each pair."""
        return self.party * order_count + self.order


NO_LINKS = Links(np.empty(0, np.int64), np.empty(0, np.int64))


@dataclass(frozen=True)
class Restricted:
    """A program over ``columns``: rows of ``parties``, of the limits ``rows``, two of each crew, and of each link."""

    program: LinearProgram
    columns: Longs
    parties: Longs
    rows: Longs
    crews: Crews
    links: Links

    @property
    def first_crew_row(self) -> int:
        """Where the rows of the crews begin."""
        return len(self.parties) + len(self.rows)


def restricted_program(
    problem: MatchingProblem,
    columns: Longs,
    capacity: Floats,
    crews: Crews,
    links: Links = NO_LINKS,
    integral: bool = False,
) -> Restricted:
    """The program over ``columns``: at most one (for bound parties exactly one) per party, every limit that these
    columns could break with ``capacity`` left, and the crews.
    """
    offers, limits = problem.offers, problem.limits
    party_of = offers.party_of(columns)
    parties, party_row = np.unique(party_of, return_inverse=True)
    entries = entries_of(offers, limits, columns)
    owner = row_of_each(np.diff(entries.offsets))
    positive = np.bincount(entries.row, np.maximum(entries.coefficient, 0), limits.row_count)
    keep = positive > capacity
    keep[crews.order] = False
    rows = np.flatnonzero(keep)
    row_number = np.full(limits.row_count, -1, np.int64)
    row_number[rows] = len(parties) + np.arange(len(rows))
    kept = row_number[entries.row] >= 0
    matrix = _Triplets()
    matrix.add(np.arange(len(columns)), party_row, np.ones(len(columns)))
    matrix.add(owner[kept], row_number[entries.row[kept]], entries.coefficient[kept])
    first, count = len(parties) + len(rows), len(crews.order)
    _add_crews(matrix, crews, entries, owner, len(columns), first, limits.row_count)
    _add_links(matrix, crews, links, offers, columns, party_of, first + 2 * count)
    must = offers.must[parties]
    infinite = np.full(len(rows), np.inf)
    row_lower = [np.where(must, 1.0, -np.inf), -infinite, np.full(count, -np.inf), np.zeros(count)]
    row_upper = [np.ones(len(parties)), capacity[rows], np.zeros(count), np.full(count, np.inf)]
    row_lower.append(np.full(len(links.party), -np.inf))
    row_upper.append(np.zeros(len(links.party)))
    size = len(columns) + count
    offsets, row, coefficient = matrix.by_column(size)
    program = LinearProgram(
        np.append(offers.value[columns] / SCALE, np.zeros(count)),
        np.append(np.zeros(len(columns)), crews.open_.astype(np.float64)),
        np.ones(size),
        offsets,
        row,
        coefficient,
        np.concatenate(row_lower),
        np.concatenate(row_upper),
        np.ones(size, bool) if integral else None,
    )
    return Restricted(program, columns, parties, rows, crews, links)


def _add_crews(
    matrix: _Triplets, crews: Crews, entries: Entries, owner: Longs, columns: int, first: int, row_count: int
) -> None:
    """``n - most b <= 0`` and ``n - least b >= 0`` for the number n placed on each crew's order."""
    count = len(crews.order)
    number = np.full(row_count, -1, np.int64)
    number[crews.order] = np.arange(count)
    on_crew = number[entries.row] >= 0
    which = number[entries.row[on_crew]]
    choice = columns + np.arange(count)
    for begin, factor in ((first, crews.most), (first + count, crews.least)):
        matrix.add(owner[on_crew], begin + which, entries.coefficient[on_crew])
        matrix.add(choice, begin + np.arange(count), -factor)


def _add_links(
    matrix: _Triplets, crews: Crews, links: Links, offers: Offers, columns: Longs, party_of: Longs, first: int
) -> None:
    """``sum of the party's columns on the order - b <= 0`` for each link."""
    if not len(links.party):
        return
    lengths = offers.lengths(columns)
    _, order = offers.placements(columns)
    which = np.repeat(np.arange(len(columns)), lengths)
    keys = links.keys(offers.order_count)
    key = party_of[which].astype(np.int64) * offers.order_count + order
    position = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
    hit = keys[position] == key
    once = np.unique(np.stack([which[hit], position[hit]], 1), axis=0)
    matrix.add(once[:, 0], first + once[:, 1], np.ones(len(once)))
    choice = len(columns) + np.searchsorted(crews.order, links.order)
    matrix.add(choice, first + np.arange(len(keys)), -np.ones(len(keys)))


class _Triplets:
    """Entries (column, row, coefficient) of a matrix, gathered in pieces."""

    def __init__(self) -> None:
        self._pieces: list[tuple[Longs, Longs, Floats]] = []

    def add(self, column: Longs, row: Longs, coefficient: Floats) -> None:
        self._pieces.append((column, row, coefficient))

    def by_column(self, count: int) -> tuple[Longs, npt.NDArray[np.int32], Floats]:
        column, row, coefficient = (np.concatenate(x) for x in zip(*self._pieces, strict=True))
        order = np.lexsort((row, column))
        offsets = offsets_by_row(column, count)
        return offsets, row[order].astype(np.int32), coefficient[order]


def prices_of(problem: MatchingProblem, restricted: Restricted, row_prices: Floats) -> tuple[Longs, CrewPrices]:
    """The prices (billionths, none below 0) of limits and crews in the row prices of a solved linear program."""
    whole = np.rint(row_prices * SCALE).astype(np.int64)
    prices = np.zeros(problem.limits.row_count, np.int64)
    first, count = restricted.first_crew_row, len(restricted.crews.order)
    prices[restricted.rows] = np.maximum(whole[len(restricted.parties) : first], 0)
    prices[restricted.crews.order] = np.maximum(whole[first : first + count], 0)
    least = np.zeros(len(problem.crew_orders), np.int64)
    least[np.searchsorted(problem.crew_orders, restricted.crews.order)] = np.maximum(
        -whole[first + count : first + 2 * count], 0
    )
    link = np.maximum(whole[first + 2 * count :], 0)
    used = link > 0
    return prices, CrewPrices(least, restricted.links.party[used], restricted.links.order[used], link[used])
