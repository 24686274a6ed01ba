"""Tables as text, from whatever file they came."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.errors import Fault
from engine.words import message

Report = Callable[[Fault], None]


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table as text columns; ``file`` is what a person would open.

    ``rows`` holds the row of each record as a spreadsheet counts it; None where record r stands in row r + 2.
    """

    name: str
    file: str
    columns: dict[str, pa.StringArray]
    size: int
    rows: npt.NDArray[np.int64] | None = None

    def row(self, record: Any) -> int:
        """The row in which a record stands in the file."""
        return int(record) + 2 if self.rows is None else int(self.rows[record])


def header_is_sound(header: list[str], file: str, report: Report) -> bool:
    """Whether columns are joined by commas and each stands once; reports what is wrong."""
    twice = sorted({column for column in header if header.count(column) > 1})
    for column in twice:
        report(
            Fault(file, 1, column, "", message("is a column that stands twice"), message("each column once"), "column")
        )
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        report(
            Fault(
                file, 1, "", header[0], message("is not joined by commas"), message("a comma between columns"), "file"
            )
        )
        return False
    return not twice


def one_chunk(column: pa.ChunkedArray) -> pa.StringArray:
    """A column in one piece."""
    combined = column.combine_chunks()
    if isinstance(combined, pa.ChunkedArray):
        combined = combined.chunk(0) if combined.num_chunks else pa.array([], pa.string())
    return combined
