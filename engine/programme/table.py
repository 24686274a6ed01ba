"""A table as typed columns: no object per row, every accessor returns an array."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.arrays import entries_from, offsets_of, short_row_of_each

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Labels:
    """A text column as ``codes`` (int32, -1 where empty) into the sorted ``names`` of its vocabulary."""

    codes: Ints
    names: tuple[str, ...]

    def code(self, name: str) -> int:
        """The code of ``name``, or -2, which no row has."""
        try:
            return self.names.index(name)
        except ValueError:
            return -2

    def text(self) -> npt.NDArray[np.object_]:
        """The column as text, empty cells as the empty text."""
        return np.array((*self.names, ""), dtype=object)[self.codes]


@dataclass(frozen=True, slots=True)
class Lists:
    """A column of lists: row r holds ``codes[offsets[r]:offsets[r + 1]]`` into ``names``, with ``amounts`` beside them.

    ``amounts`` are months of experience or CEFR levels 1 to 6, and 0 where the column has neither.
    """

    offsets: npt.NDArray[np.int64]
    codes: Ints
    amounts: Ints
    names: tuple[str, ...]

    def rows(self) -> Ints:
        """The row of each entry."""
        return short_row_of_each(np.diff(self.offsets))

    def take(self, rows: npt.NDArray[Any]) -> Lists:
        """The lists of ``rows``, in that order."""
        lengths = np.diff(self.offsets)[rows]
        offsets = offsets_of(lengths)
        entries = entries_from(self.offsets[rows], lengths)
        return Lists(offsets, self.codes[entries], self.amounts[entries], self.names)


Column: TypeAlias = npt.NDArray[Any] | Labels | Lists | pa.StringArray


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of equal length by name; references are int32 row numbers in the table they point to, -1 where empty."""

    name: str
    size: int
    columns: Mapping[str, Column] = field(repr=False)

    def ids(self, name: str) -> pa.StringArray:
        """A column of ids or free text."""
        column = self.columns[name]
        assert isinstance(column, pa.StringArray), name
        return column

    def id_text(self, name: str) -> npt.NDArray[np.object_]:
        """A column of ids or free text as Python text."""
        return np.asarray(self.ids(name).to_numpy(zero_copy_only=False), dtype=object)

    def values(self, name: str) -> npt.NDArray[Any]:
        """A column of numbers (float64), day numbers or references (int32)."""
        column = self.columns[name]
        assert isinstance(column, np.ndarray), name
        return column

    def labels(self, name: str) -> Labels:
        """A text column with few distinct values."""
        column = self.columns[name]
        assert isinstance(column, Labels), name
        return column

    def lists(self, name: str) -> Lists:
        """A column of lists."""
        column = self.columns[name]
        assert isinstance(column, Lists), name
        return column
