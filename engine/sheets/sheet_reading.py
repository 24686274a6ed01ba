"""A sheet as rows of text, whatever the file: .xlsx, .xls, .ods or .csv."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineError

from engine.errors import CallError, Fault, InputError
from engine.programme.column_titles import plain
from engine.programme.sheet_cells import Numeral, workbook_sheets
from engine.programme.workbook import workbook_is_safe
from engine.sheets.headings import TABLE_NAMES, known_headings
from engine.words import message

MOST_HEADER_ROWS = 20
MOST_HEADINGS = 200
MOST_ROWS = 1_048_576
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
Rows = list[list[str]]


@dataclass(frozen=True)
class Sought:
    """What a sheet is read for: a table, and the headings of a map where there is one."""

    table: str = ""
    titles: frozenset[str] = frozenset()

    def headings(self, row: list[str]) -> int:
        """How many of the headings that are sought a row has."""
        if self.titles:
            return len(self.titles.intersection(row))
        return known_headings(row, self.table) if self.table else 0

    def rate(self, name: str, rows: Rows) -> tuple[bool, int]:
        """How well a sheet fits: whether it is called like the table, and the most headings of a row."""
        called = plain(name) in TABLE_NAMES.get(self.table, ())
        return called, max((self.headings(row) for row in _begin(rows)), default=0)


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


def read_sheet(path: Path, name: str = "", header_row: int = 0, sought: Sought = Sought()) -> Sheet:
    """Read the sheet of a name, or the one that fits what is ``sought`` best, the first of several.

    The headings stand in ``header_row`` (from 1) or, where it is 0, in the row that has most of those sought. Raises
    `CallError` where there is no such file or sheet, `InputError` for a file that can't be read.
    """
    if not path.is_file():
        raise CallError(
            message("There is no sheet {path}.", path=path), message("Name an .xlsx, .xls, .ods or .csv file.")
        )
    sheets = _csv_rows(path) if path.suffix.lower() == ".csv" else _workbook_rows(path, name)
    chosen = name if name in sheets else max(sheets, key=lambda one: sought.rate(one, sheets[one]))
    rows = sheets[chosen]
    if not any(any(row) for row in rows):
        raise InputError([_unreadable(path, message("is empty"), message("headings and rows"), value=chosen)])
    header = header_row - 1 if header_row else _header(rows, sought)
    if not 0 <= header < len(rows):
        raise CallError(
            message("There is no row {row} in {file}.", row=str(header_row), file=path.name),
            message("Name the row with the headings, from 1."),
        )
    return Sheet(path.name, chosen, rows, header)


def _begin(rows: Rows) -> Rows:
    return [row[:MOST_HEADINGS] for row in rows[:MOST_HEADER_ROWS]]


def _header(rows: Rows, sought: Sought) -> int:
    """The number of the row with the headings: the first that has most of those sought, and of cells that are words.

    A record may fill more cells than the headings do, where one column has none.
    """
    rated = [
        (sought.headings(row), sum(cell[:1].isalpha() for cell in row), sum(map(bool, row))) for row in _begin(rows)
    ]
    return rated.index(max(rated))


def _workbook_rows(path: Path, name: str) -> dict[str, Rows]:
    """The rows of the sheet of a name, or of every sheet."""
    faults: list[Fault] = []
    if path.suffix.lower() in (".xlsx", ".ods") and not workbook_is_safe(path, faults.append):
        raise InputError(faults)
    try:
        sheets = workbook_sheets(path)
        if name and name not in sheets:
            raise CallError(
                message("There is no sheet {name}.", name=repr(name)),
                message("There are: {names}.", names=tuple(sheets)),
            )
    except (CalamineError, OSError, ValueError, IndexError) as error:
        problem = message("can't be read as a sheet ({error})", error=str(error)[:120])
        raise InputError([_unreadable(path, problem, message("an .xlsx, .xls, .ods or .csv file"))]) from error
    return {one: [[_trimmed(cell) for cell in row] for row in rows] for one, rows in sheets.items()}


def _trimmed(cell: str) -> str:
    return cell if isinstance(cell, Numeral) else cell.strip()


def _csv_rows(path: Path) -> dict[str, Rows]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-16" if raw.startswith(UTF_16) else "utf-8-sig")
    except UnicodeDecodeError:
        text = _decoded(raw, path)
    if "\x00" in text:
        expected = message("a file saved in UTF-8, UTF-16 with a byte order mark, or Windows-1252")
        raise InputError([_unreadable(path, message("holds NUL characters"), expected)])
    begin = "".join(text.splitlines(keepends=True)[:MOST_HEADER_ROWS])
    mark = max(",;\t|", key=begin.count)
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark)]
    except csv.Error as error:
        problem = message("is no CSV ({error})", error=error)
        raise InputError([_unreadable(path, problem, message("rows of cells"))]) from error
    if len(rows) > MOST_ROWS:
        expected = message("at most {most:,}, so that refused rows can be marked in a sheet", most=MOST_ROWS)
        raise InputError([_unreadable(path, message("are its rows"), expected, value=f"{len(rows):,}")])
    return {path.stem: rows}


def _decoded(raw: bytes, path: Path) -> str:
    """Text as spreadsheet programs of Latin America save it, where it isn't UTF-8."""
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        problem, expected = message("is in no known encoding"), message("a file saved in UTF-8 or Windows-1252")
        raise InputError([_unreadable(path, problem, expected, row)]) from error


def _unreadable(path: Path, problem: str, expected: str, row: int = 0, value: str = "") -> Fault:
    return Fault(path.name, row, "", value, problem, expected, "file")
