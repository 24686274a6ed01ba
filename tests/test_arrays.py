"""Ragged arrays against lists of lists."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.arrays import (
    entries_from,
    offsets_by_row,
    offsets_of,
    place_in_row,
    row_holding,
    row_of_each,
    short_row_of_each,
)

LENGTHS = st.lists(st.integers(0, 5), max_size=12)


@given(LENGTHS)
def test_offsets_rows_and_places_are_those_of_lists(lengths: list[int]) -> None:
    rows = [(row, place) for row, length in enumerate(lengths) for place in range(length)]
    given_lengths = np.array(lengths, np.int64)
    offsets = offsets_of(given_lengths)
    assert offsets.tolist() == [sum(lengths[:row]) for row in range(len(lengths) + 1)]
    assert row_of_each(given_lengths).tolist() == short_row_of_each(given_lengths).tolist() == [row for row, _ in rows]
    assert place_in_row(given_lengths).tolist() == [place for _, place in rows]
    assert row_holding(offsets, np.arange(len(rows))).tolist() == [row for row, _ in rows]
    assert offsets_by_row(np.array([row for row, _ in rows], np.int64), len(lengths)).tolist() == offsets.tolist()


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 4)), max_size=10))
def test_entries_begin_where_they_are_told(wanted: list[tuple[int, int]]) -> None:
    begins, lengths = (np.array([one[i] for one in wanted], np.int64) for i in (0, 1))
    found = entries_from(begins, lengths).tolist()
    assert found == [begin + step for begin, length in wanted for step in range(length)]
