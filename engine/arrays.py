"""Ragged arrays in one vocabulary: rows of entries that lie one after another.

Row r of a ragged array holds the entries ``offsets[r]`` to ``offsets[r + 1]``, the latter not included; ``lengths`` are
the differences of ``offsets``. All results are int64 unless they say otherwise.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Longs = npt.NDArray[np.int64]
AnyInts = npt.NDArray[Any]


def offsets_of(lengths: AnyInts) -> Longs:
    """The offsets of rows that have these lengths: one more than there are rows, from 0 to the number of entries."""
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def offsets_by_row(row: AnyInts, rows: int) -> Longs:
    """The offsets of entries that are sorted by ``row``, each of 0 to ``rows - 1``; a row may be empty."""
    return offsets_of(np.bincount(row, minlength=rows))


def row_of_each(lengths: AnyInts) -> Longs:
    """The row that each entry belongs to, for rows of these lengths."""
    return np.repeat(np.arange(len(lengths)), lengths)


def short_row_of_each(lengths: AnyInts) -> npt.NDArray[np.int32]:
    """`row_of_each` as int32, where millions of entries are kept."""
    return np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)


def place_in_row(lengths: AnyInts) -> Longs:
    """The place of each entry within its row, from 0, for rows of these lengths."""
    lengths = np.asarray(lengths, np.int64)
    return np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)


def entries_from(begins: AnyInts, lengths: AnyInts) -> Longs:
    """The numbers of ``lengths[r]`` entries from ``begins[r]`` on, row after row."""
    return np.repeat(np.asarray(begins, np.int64), lengths) + place_in_row(lengths)


def row_holding(offsets: AnyInts, entry: AnyInts) -> Longs:
    """The row in which each of some entries lies."""
    return np.searchsorted(offsets, entry, "right") - 1
