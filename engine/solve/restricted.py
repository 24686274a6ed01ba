"""Linear and integer programs over some of the columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.problem.limits import Limits
from engine.problem.offers import Offers, entries_of
from engine.problem.values import SCALE
from engine.solve.linear_program import LinearProgram

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Restricted:
    """A program over ``columns``, with its party rows first and the limit rows ``rows`` after them."""

    program: LinearProgram
    columns: Longs
    parties: Longs
    rows: Longs


@dataclass(frozen=True)
class Crews:
    """Orders that take none or at least ``least`` and at most ``most``: those of ``order`` with a yes-or-no column
    each, unless ``open_`` says that they are open.
    """

    order: Longs
    least: Floats
    most: Floats
    open_: Bools


def restricted_program(
    offers: Offers,
    limits: Limits,
    columns: Longs,
    capacity: Floats,
    integral: bool = False,
    crews: Crews | None = None,
    start: Longs | None = None,
) -> Restricted:
    """The program over ``columns``: at most one (for bound parties exactly one) per party, and every limit that these
    columns could break with ``capacity`` left. ``start`` are columns of a plan to begin from.
    """
    party_of = np.searchsorted(offers.of_party, columns, "right") - 1
    parties, party_row = np.unique(party_of, return_inverse=True)
    entries = entries_of(offers, limits, columns)
    owner = np.repeat(np.arange(len(columns)), np.diff(entries.offsets))
    positive = np.bincount(entries.row, np.maximum(entries.coefficient, 0), limits.row_count)
    crew_rows = crews.order if crews is not None else np.empty(0, np.int64)
    keep = positive > capacity
    keep[crew_rows] = False
    rows = np.flatnonzero(keep)
    row_number = np.full(limits.row_count, -1, np.int64)
    row_number[rows] = len(parties) + np.arange(len(rows))
    row_number[crew_rows] = len(parties) + len(rows) + np.arange(len(crew_rows))
    kept = row_number[entries.row] >= 0
    triplets = _Triplets()
    triplets.add(np.arange(len(columns)), party_row, np.ones(len(columns)))
    triplets.add(owner[kept], row_number[entries.row[kept]], entries.coefficient[kept])
    must = offers.must[parties]
    row_lower = [np.where(must, 1.0, -np.inf), np.full(len(rows), -np.inf)]
    row_upper = [np.ones(len(parties)), capacity[rows]]
    value, upper = offers.value[columns] / SCALE, np.ones(len(columns))
    lower = np.zeros(len(columns))
    if crews is not None:
        # n <= most b is the row of the order itself, n >= least b a further one
        count, first = len(crew_rows), len(parties) + len(rows)
        at = len(columns) + np.arange(count)
        is_crew = kept & (row_number[entries.row] >= first)
        further = row_number[entries.row[is_crew]] + count
        triplets.add(owner[is_crew], further, entries.coefficient[is_crew])
        triplets.add(at, first + np.arange(count), -crews.most)
        triplets.add(at, first + count + np.arange(count), -crews.least)
        row_lower += [np.full(count, -np.inf), np.zeros(count)]
        row_upper += [np.zeros(count), np.full(count, np.inf)]
        value, upper = np.append(value, np.zeros(count)), np.append(upper, np.ones(count))
        lower = np.append(lower, crews.open_.astype(np.float64))
    offsets, row, coefficient = triplets.by_column(len(value))
    program = LinearProgram(
        value,
        lower,
        upper,
        offsets,
        row,
        coefficient,
        np.concatenate(row_lower),
        np.concatenate(row_upper),
        np.ones(len(value), bool) if integral else None,
        _start_point(columns, start, crews, offers, len(value)) if integral and start is not None else None,
    )
    return Restricted(program, columns, parties, rows)


class _Triplets:
    """Entries (column, row, coefficient) of a matrix, gathered in pieces."""

    def __init__(self) -> None:
        self._pieces: list[tuple[Longs, Longs, Floats]] = []

    def add(self, column: Longs, row: Longs, coefficient: Floats) -> None:
        self._pieces.append((column, row, coefficient))

    def by_column(self, count: int) -> tuple[Longs, npt.NDArray[np.int32], Floats]:
        column, row, coefficient = (np.concatenate(x) for x in zip(*self._pieces, strict=True))
        order = np.lexsort((row, column))
        offsets = np.concatenate([[0], np.cumsum(np.bincount(column, minlength=count))]).astype(np.int64)
        return offsets, row[order].astype(np.int32), coefficient[order]


def _start_point(columns: Longs, start: Longs, crews: Crews | None, offers: Offers, size: int) -> Floats:
    point = np.zeros(size)
    point[: len(columns)] = np.isin(columns, start)
    if crews is not None:
        _, order = offers.placements(start)
        point[len(columns) :] = crews.open_ | np.isin(crews.order, order)
    return point


def prices_of(restricted: Restricted, row_prices: Floats, row_count: int) -> Longs:
    """The limit prices (billionths, not below 0) in the row prices of a solved linear program."""
    prices = np.zeros(row_count, np.int64)
    first = len(restricted.parties)
    duals = row_prices[first : first + len(restricted.rows)]
    prices[restricted.rows] = np.rint(np.maximum(duals, 0) * SCALE).astype(np.int64)
    return prices
