"""Tables as text: CSV, Parquet and workbook sheets become columns of text, or faults that name the place."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet
from python_calamine import CalamineError, CalamineWorkbook

from engine.errors import Fault
from engine.programme.schema import TABLES

Report = Callable[[Fault], None]
WORKBOOK = "programme.xlsx"
LARGEST_WORKBOOK_BYTES = 2**30
LARGEST_COMPRESSION = 200
MOST_CELLS_OF_A_SHEET = 100_000_000
_SHEET_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"([^>]*)')
_UTF8_BOM = b"\xef\xbb\xbf"
_OTHER_BOMS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


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


def read_csv(path: Path, name: str, report: Report) -> RawTable | None:
    """Read a CSV file (UTF-8 without byte order mark, comma, header row) as text."""

    def fault(row: int, value: str, problem: str, expected: str) -> None:
        report(Fault(path.name, row, "", value, problem, expected, "file"))

    raw = path.read_bytes()
    if raw.startswith(_UTF8_BOM):
        fault(1, "", "begins with a byte order mark", "UTF-8 without one (save as 'CSV UTF-8' without BOM)")
        raw = raw[len(_UTF8_BOM) :]
    for mark, encoding in _OTHER_BOMS.items():
        if raw.startswith(mark):
            fault(0, "", f"is encoded in {encoding}", "UTF-8")
            return None
    if not raw.strip():
        fault(0, "", "is empty", "a header row at least")
        return None
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        shown = raw[max(0, error.start - 20) : error.start + 20].decode("latin-1").strip()
        fault(row, shown, "is not UTF-8", "a file saved in UTF-8")
        return None
    if b"\x00" in raw:
        fault(raw.count(b"\n", 0, raw.index(b"\x00")) + 1, "", "holds a NUL byte", "text")
        return None
    return _parse_csv(raw, path.name, name, fault, report)


def _parse_csv(raw: bytes, file: str, name: str, fault: Callable[..., None], report: Report) -> RawTable | None:
    try:
        header = next(csv.reader(io.StringIO(raw[:1_000_000].decode("utf-8", "ignore"), newline=""), strict=True))
    except (csv.Error, StopIteration) as error:
        fault(1, "", f"has no readable header ({error})", "column names joined by commas")
        return None
    if not header:
        fault(1, "", "begins with a blank line", "column names in the first line")
        return None
    if not _header_is_sound(header, file, report):
        return None
    if not _quotes_are_sound(raw, fault):
        return None
    if not raw.endswith(b"\n"):
        raw += b"\n"
    wrong: list[pa_csv.InvalidRow] = []

    def keep_wrong(row: pa_csv.InvalidRow) -> str:
        wrong.append(row)
        return "skip"

    try:
        table = pa_csv.read_csv(
            pa.BufferReader(raw),
            read_options=pa_csv.ReadOptions(use_threads=False, block_size=max(2**24, len(raw) // 64)),
            parse_options=pa_csv.ParseOptions(
                newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=keep_wrong
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )
    except pa.ArrowException as error:
        fault(0, "", f"can't be read as CSV ({str(error).splitlines()[0]})", "one record a line, quotes closed")
        return None
    skipped = np.array([row.number for row in wrong], np.int64)
    for row in wrong:
        if not (row.text or "").strip():
            continue
        cells = f"has {row.actual_columns} cells"
        fault(row.number or 0, (row.text or "").strip(), cells, f"{row.expected_columns}, as in the header")
    if table.num_columns and table.num_rows and any(len(column) != table.num_rows for column in table.columns):
        fault(0, "", "can't be read as CSV", "one record a line")
        return None
    if table.column_names != header:
        fault(1, ",".join(table.column_names), "can't be read as a header", "column names joined by commas")
        return None
    return _without_blank_rows(name, file, table, skipped)


def _without_blank_rows(name: str, file: str, table: pa.Table, skipped: npt.NDArray[np.int64]) -> RawTable:
    """The records of a CSV table with the rows in which they stand; the rows ``skipped`` hold no record."""
    columns = {title: _one_chunk(table.column(title)) for title in table.column_names}
    blank = np.ones(table.num_rows, bool)
    for column in columns.values():
        if not blank.any():
            break
        blank &= np.asarray(pc.equal(column, ""))
    if not blank.any() and not len(skipped):
        return RawTable(name, file, columns, table.num_rows)
    rows = np.setdiff1d(np.arange(2, table.num_rows + len(skipped) + 2), skipped)[~blank]
    kept = pa.array(np.flatnonzero(~blank))
    return RawTable(name, file, {title: column.take(kept) for title, column in columns.items()}, len(kept), rows)


def _quotes_are_sound(raw: bytes, fault: Callable[..., None]) -> bool:
    """Whether every quote opens, closes or doubles; where one may not, the slow and strict reader finds its row."""
    text = np.frombuffer(raw, np.uint8)
    at = np.flatnonzero(text == ord('"'))
    opening, closing = at[::2], at[1::2]
    bound = np.zeros(256, bool)
    bound[list(b',\r\n"')] = True
    opens = bound[text[opening - 1]] | (opening == 0)
    closes = bound[text[np.minimum(closing + 1, len(text) - 1)]]
    if len(at) % 2 == 0 and opens.all() and closes.all():
        return True
    row = 1
    try:
        for _ in csv.reader(io.StringIO(raw.decode("utf-8"), newline=""), strict=True):
            row += 1
    except csv.Error as error:
        fault(row, "", f"has a quote out of place ({error})", "a quote closed before the comma, and doubled inside")
        return False
    return True


def _header_is_sound(header: list[str], file: str, report: Report) -> bool:
    twice = sorted({column for column in header if header.count(column) > 1})
    for column in twice:
        report(Fault(file, 1, column, "", "is a column that stands twice", "each column once", "column"))
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        report(Fault(file, 1, "", header[0], "is not joined by commas", "a comma between columns", "file"))
        return False
    return not twice


def read_parquet(path: Path, name: str, report: Report) -> RawTable | None:
    """Read a Parquet file; numbers, dates and lists become the text that a CSV would hold."""
    try:
        table = pa_parquet.ParquetFile(path).read()
    except (pa.ArrowException, OSError, ValueError) as error:
        report(Fault(path.name, 0, "", "", f"can't be read as Parquet ({str(error)[:120]})", "a Parquet file", "file"))
        return None
    if not _header_is_sound(table.column_names, path.name, report):
        return None
    columns = {}
    for column_name in table.column_names:
        try:
            columns[column_name] = _as_text(table.column(column_name))
        except _EmptyEntryError:
            expected = "lists without an empty entry"
            report(Fault(path.name, 0, column_name, "", "has a list with an empty entry", expected, "column"))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            if name in TABLES and column_name not in TABLES[name].column_names:
                columns[column_name] = pa.array([""] * table.num_rows, pa.string())
                continue
            kind = str(table.column(column_name).type)
            report(Fault(path.name, 0, column_name, kind, "is no type of a table", "text, numbers or dates", "column"))
    return RawTable(name, path.name, columns, table.num_rows)


class _EmptyEntryError(Exception):
    """A list holds a null."""


def _as_text(column: pa.ChunkedArray) -> pa.StringArray:
    kind = column.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        lists = column.cast(pa.list_(pa.string()))
        if pc.list_flatten(lists).null_count:
            raise _EmptyEntryError
        column = pc.binary_join(lists, ";")
    if pa.types.is_float16(kind):
        column = column.cast(pa.float32())
    if pa.types.is_timestamp(kind):
        column = pc.strftime(column.cast(pa.timestamp("s", kind.tz), safe=False), format="%Y-%m-%dT%H:%M:%S")
        column = pc.replace_substring(column, "T00:00:00", "")
    if pa.types.is_floating(column.type):
        column = _whole_as_integers(column)
    return _one_chunk(pc.fill_null(column.cast(pa.string()), ""))


def _whole_as_integers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    finite = pc.and_kleene(pc.is_valid(column), pc.is_finite(pc.fill_null(column, 0.0)))
    column = pc.if_else(pc.fill_null(pc.is_nan(column), False), pa.scalar(None, column.type), column)
    whole = pc.and_kleene(finite, pc.equal(pc.floor(column), column))
    small = pc.fill_null(pc.and_kleene(whole, pc.less(pc.abs(column), 2.0**53)), False)
    integers = pc.if_else(small, column, 0.0).cast(pa.int64()).cast(pa.string())
    return pc.if_else(small, integers, column.cast(pa.string()))


def _one_chunk(column: pa.ChunkedArray) -> pa.StringArray:
    combined = column.combine_chunks()
    if isinstance(combined, pa.ChunkedArray):
        combined = combined.chunk(0) if combined.num_chunks else pa.array([], pa.string())
    return combined


def read_workbook(path: Path, known: tuple[str, ...], report: Report) -> Iterator[RawTable]:
    """Read the sheets of a workbook whose names are tables; formulas count as the values they show."""
    if not _workbook_is_safe(path, report):
        return
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        sheets = {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in workbook.sheet_names
        }
    except (CalamineError, OSError, ValueError) as error:
        problem = f"can't be read as a workbook ({str(error)[:120]})"
        report(Fault(path.name, 0, "", "", problem, "an .xlsx file", "file"))
        return
    for name, rows in sheets.items():
        file = f"{path.name}, sheet {name}"
        if name not in known:
            report(Fault(file, 0, "", name, "is no table", "a sheet named " + ", ".join(known), "table"))
            continue
        table = _sheet_table(name, file, rows, report)
        if table is not None:
            yield table


def _workbook_is_safe(path: Path, report: Report) -> bool:
    def refuse(problem: str, expected: str) -> bool:
        report(Fault(path.name, 0, "", "", problem, expected, "file"))
        return False

    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            if unpacked > LARGEST_WORKBOOK_BYTES:
                return refuse(f"unpacks to {unpacked:,} bytes", f"at most {LARGEST_WORKBOOK_BYTES:,}")
            if unpacked > LARGEST_COMPRESSION * max(path.stat().st_size, 50_000):
                return refuse("unpacks to over 200 times its size", "a workbook as a spreadsheet program writes it")
            for entry in archive.infolist():
                problem = _sheet_problem(archive.read(entry)) if entry.filename.endswith(".xml") else ""
                if problem:
                    return refuse(f"{problem} ({entry.filename})", "sheets of text, numbers and dates")
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, zlib.error, EOFError) as error:
        return refuse(f"is no workbook ({error})", "an .xlsx file")
    return True


def _sheet_problem(xml: bytes) -> str:
    """What makes a sheet unreadable: a cell that shows an error, or one so far out that the sheet fills the memory."""
    rows, columns = 1, 1
    for letters, digits, rest in _SHEET_CELL.findall(xml):
        rows, columns = max(rows, int(digits)), max(columns, _column_number(letters))
        if b't="e"' in rest:
            return f"shows an error in cell {(letters + digits).decode()}"
    wide = rows * columns > MOST_CELLS_OF_A_SHEET
    return f"has a sheet of {rows:,} rows and {columns:,} columns" if wide else ""


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def _sheet_table(name: str, file: str, rows: list[list[Any]], report: Report) -> RawTable | None:
    if not rows or not any(_cell_text(cell) for cell in rows[0]):
        report(Fault(file, 0, "", "", "is empty", "a header row at least", "file"))
        return None
    header = [_cell_text(cell) for cell in rows[0]]
    width = max((i + 1 for i, title in enumerate(header) if title), default=0)
    header = header[:width]
    if "" in header:
        report(Fault(file, 1, "", "", "has a column without a name", "a name over every column", "column"))
        return None
    if not _header_is_sound(header, file, report):
        return None
    records = [row for row in rows[1:]]
    while records and not any(_cell_text(cell) for cell in records[-1]):
        records.pop()
    for number, row in enumerate(records, 2):
        if any(_cell_text(cell) for cell in row[width:]):
            report(Fault(file, number, "", "", "has cells beyond the header", f"{width} cells", "file"))
    columns = {
        title: pa.array([_cell_text(row[i]) if i < len(row) else "" for row in records], pa.string())
        for i, title in enumerate(header)
    }
    return RawTable(name, file, columns, len(records))


def _cell_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)
