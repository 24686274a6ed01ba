"""A sheet as rows of text, whatever the file: .xlsx, .xls, .ods or .csv."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from engine.errors import CallError, Fault, InputError
from engine.programme.workbook import cell_text, workbook_is_safe

MOST_HEADER_ROWS = 20
MOST_ROWS = 1_048_576
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Numeral(str):
    """The text of a cell that holds a number: its point is a decimal point, whatever other cells look like."""

    __slots__ = ()


@dataclass(frozen=True)
class Sheet:
    """Rows of text as they stand; ``header`` is the number of the row with the headings, from 0."""

    file: str
    name: str
    rows: list[list[str]]
    header: int

    @property
    def titles(self) -> list[str]:
        """The headings."""
        return self.rows[self.header]

    @property
    def records(self) -> list[list[str]]:
        """The rows below the headings, each as wide as they are."""
        width = len(self.titles)
        return [(row + [""] * width)[:width] for row in self.rows[self.header + 1 :]]


def read_sheet(path: Path, name: str = "", header_row: int = 0) -> Sheet:
    """Read a sheet, the first one where none is named; headings are in ``header_row`` (from 1; 0: the widest of the
    first rows).

    Raises `CallError` where there is no such file or sheet, `InputError` for a file that can't be read.
    """
    if not path.is_file():
        raise CallError(f"There is no sheet {path}.", "Name an .xlsx, .xls, .ods or .csv file.")
    name, rows = _csv_rows(path) if path.suffix.lower() == ".csv" else _workbook_rows(path, name)
    if not any(any(row) for row in rows):
        raise InputError([Fault(path.name, 0, "", "", "is empty", "headings and rows", "file")])
    first = [sum(bool(cell) for cell in row) for row in rows[:MOST_HEADER_ROWS]]
    header = header_row - 1 if header_row else first.index(max(first))
    if not 0 <= header < len(rows):
        raise CallError(f"There is no row {header_row} in {path.name}.", "Name the row with the headings, from 1.")
    return Sheet(path.name, name, rows, header)


def _workbook_rows(path: Path, name: str) -> tuple[str, list[list[str]]]:
    faults: list[Fault] = []
    if path.suffix.lower() in (".xlsx", ".ods") and not workbook_is_safe(path, faults.append):
        raise InputError(faults)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        if name and name not in workbook.sheet_names:
            raise CallError(f"There is no sheet {name!r}.", "There are: " + ", ".join(workbook.sheet_names) + ".")
        chosen = name or workbook.sheet_names[0]
        rows = workbook.get_sheet_by_name(chosen).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError, IndexError) as error:
        problem = f"can't be read as a sheet ({str(error)[:120]})"
        raise InputError([Fault(path.name, 0, "", "", problem, "an .xlsx, .xls, .ods or .csv file", "file")]) from error
    return chosen, [[_text(cell) for cell in row] for row in rows]


def _text(cell: Any) -> str:
    text = cell_text(cell).strip()
    return Numeral(text) if isinstance(cell, float) else text


def _csv_rows(path: Path) -> tuple[str, list[list[str]]]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-16" if raw.startswith(UTF_16) else "utf-8-sig")
    except UnicodeDecodeError:
        text = _decoded(raw, path)
    if "\x00" in text:
        expected = "a file saved in UTF-8, UTF-16 with a byte order mark, or Windows-1252"
        raise InputError([Fault(path.name, 0, "", "", "holds NUL characters", expected, "file")])
    begin = "".join(text.splitlines(keepends=True)[:MOST_HEADER_ROWS])
    mark = max(",;\t|", key=begin.count)
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark)]
    except csv.Error as error:
        raise InputError([Fault(path.name, 0, "", "", f"is no CSV ({error})", "rows of cells", "file")]) from error
    if len(rows) > MOST_ROWS:
        expected = f"at most {MOST_ROWS:,}, so that refused rows can be marked in a sheet"
        raise InputError([Fault(path.name, 0, "", f"{len(rows):,}", "are its rows", expected, "file")])
    return path.stem, rows


def _decoded(raw: bytes, path: Path) -> str:
    """Text as spreadsheet programs of Latin America save it, where it isn't UTF-8."""
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        expected = "a file saved in UTF-8 or Windows-1252"
        raise InputError([Fault(path.name, row, "", "", "is in no known encoding", expected, "file")]) from error
