"""Whole columns of text and dates from integer arrays, with no loop over rows.

Text is assembled by Arrow: a million cells such as `9211:24;6111:12` take a fraction of a second.
"""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]
Text: TypeAlias = pa.Array

DAY = np.timedelta64(1, "D")
NO_DATE = np.datetime64("NaT", "D")


def numbered(prefix: str, numbers: Ints | range, width: int = 0) -> Text:
    """Make ids such as `W0000012` from numbers, padded to `width` digits."""
    digits = pa.array(np.asarray(numbers, np.int64)).cast(pa.string())
    return pc.binary_join_element_wise(prefix, pc.utf8_lpad(digits, width, "0"), "")


def width_of(count: int) -> int:
    """Say how many digits the ids of `count` rows need."""
    return len(str(max(count - 1, 0)))


def picked(choices: Sequence[str] | Text, index: Ints, known: Bools | None = None) -> Text:
    """Take `choices[index]` as text; rows that are not `known` are empty."""
    values = choices if isinstance(choices, pa.Array) else pa.array(list(choices), pa.string())
    taken = values.take(pa.array(index))
    return taken if known is None else blank(taken, known)


def blank(text: Text, known: Bools) -> Text:
    """Empty the cells that are not `known`."""
    return pc.if_else(pa.array(known), text, pa.scalar(None, pa.string()))


def joined(parts: Sequence[Text | str], separator: str) -> Text:
    """Join parts cell by cell, leaving out empty ones; a cell without any part is empty."""
    text = pc.binary_join_element_wise(*parts, separator, null_handling="skip")
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def whole_numbers(values: Ints) -> Text:
    """Write integers as text, for cells that mix codes and numbers."""
    return pa.array(np.asarray(values, np.int64)).cast(pa.string())


def text_column(text: Text) -> pd.Series:
    """Hand Arrow text to pandas as its own text type, without a copy."""
    return pd.Series(
        pd.array(pa.chunked_array([text.cast(pa.large_string())]), dtype=pd.StringDtype("pyarrow", np.nan))
    )


def text(values: Iterable[str]) -> Text:
    """Make a text column of the values."""
    return pa.array([str(value) for value in values], pa.string())


def no_text(count: int) -> Text:
    """Make a text column of empty cells."""
    return pa.nulls(count, pa.string())


def text_of(table: pd.DataFrame, column: str, row: Ints) -> Text:
    """Take a text column of a table at the given rows, as Arrow text."""
    return pa.array(table[column].array.take(row), pa.string())


def frame(**columns: object) -> pd.DataFrame:
    """Make a table from columns of Arrow text, numbers and dates, in the order given."""
    return pd.DataFrame({name: _column(values) for name, values in columns.items()})


def _column(values: object) -> object:
    if isinstance(values, pa.Array):
        return text_column(values)
    if isinstance(values, np.ndarray) and values.dtype == np.dtype("datetime64[D]"):
        return values.astype("datetime64[s]")
    return values


def dates_where(known: Bools, dates: Dates) -> Dates:
    """Keep the dates that are `known`; the others are empty."""
    return np.where(known, dates.astype("datetime64[D]"), NO_DATE)


def whole_where(known: Bools, values: Ints | Floats) -> Floats:
    """Keep the numbers that are `known`; the others are empty."""
    return np.where(known, values.astype(np.float64), np.nan)
