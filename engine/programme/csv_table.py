"""CSV files as text columns, or faults that name the row."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from engine.errors import Fault
from engine.programme.raw_table import RawTable, Report, header_is_sound, one_chunk
from engine.words import message, plural

_UTF8_BOM = b"\xef\xbb\xbf"
_OTHER_BOMS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


def read_csv(path: Path, name: str, report: Report) -> RawTable | None:
    """Read a CSV file (UTF-8 with or without a byte order mark, comma or semicolon, header row) as text."""

    def fault(row: int, value: str, problem: str, expected: str) -> None:
        report(Fault(path.name, row, "", value, problem, expected, "file"))

    raw = path.read_bytes()
    raw = raw.removeprefix(_UTF8_BOM)
    for mark, encoding in _OTHER_BOMS.items():
        if raw.startswith(mark):
            fault(0, "", message("is encoded in {encoding}", encoding=encoding), message("UTF-8"))
            return None
    if not raw.strip():
        fault(0, "", message("is empty"), message("a header row at least"))
        return None
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        shown = raw[max(0, error.start - 20) : error.start + 20].decode("latin-1").strip()
        fault(row, shown, message("is not UTF-8"), message("a file saved in UTF-8"))
        return None
    if b"\x00" in raw:
        fault(raw.count(b"\n", 0, raw.index(b"\x00")) + 1, "", message("holds a NUL byte"), message("text"))
        return None
    return _parse_csv(raw, path.name, name, fault, report)


def _parse_csv(raw: bytes, file: str, name: str, fault: Callable[..., None], report: Report) -> RawTable | None:
    try:
        header, mark = _header(raw[:1_000_000].decode("utf-8", "ignore"))
    except (csv.Error, StopIteration) as error:
        fault(
            1,
            "",
            message("has no readable header ({error})", error=str(error)),
            message("column names joined by commas"),
        )
        return None
    if not header:
        fault(1, "", message("begins with a blank line"), message("column names in the first line"))
        return None
    if not header_is_sound(header, file, report):
        return None
    if not _quotes_are_sound(raw, mark, fault):
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
                delimiter=mark, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=keep_wrong
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )
    except pa.ArrowException as error:
        fault(
            0,
            "",
            message("can't be read as CSV ({error})", error=str(error).splitlines()[0]),
            message("one record a line, quotes closed"),
        )
        return None
    skipped = np.array([row.number for row in wrong], np.int64)
    for row in wrong:
        if not (row.text or "").strip():
            continue
        cells = plural("has {n} cell", "has {n} cells", n=row.actual_columns)
        fault(
            row.number or 0,
            (row.text or "").strip(),
            cells,
            message("{count}, as in the header", count=row.expected_columns),
        )
    if table.num_columns and table.num_rows and any(len(column) != table.num_rows for column in table.columns):
        fault(0, "", message("can't be read as CSV"), message("one record a line"))
        return None
    if table.column_names != header:
        fault(
            1,
            ",".join(table.column_names),
            message("can't be read as a header"),
            message("column names joined by commas"),
        )
        return None
    return _without_blank_rows(name, file, table, skipped)


def _without_blank_rows(name: str, file: str, table: pa.Table, skipped: npt.NDArray[np.int64]) -> RawTable:
    """The records of a CSV table with the rows in which they stand; the rows ``skipped`` hold no record."""
    columns = {title: one_chunk(table.column(title)) for title in table.column_names}
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


def as_joined(path: Path) -> pa_csv.ParseOptions:
    """How to parse a table of a plan: by semicolons where a spreadsheet program has saved it so.

    Raises `OSError` where there is no such file.
    """
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        begin = file.readline()
    return pa_csv.ParseOptions(delimiter=_header(begin)[1] if begin.strip() else ",")


def _header(begin: str) -> tuple[list[str], str]:
    """The column names and what joins them: a semicolon where it parts the header into more names than a comma."""
    comma, semicolon = (len(next(csv.reader(io.StringIO(begin, newline=""), delimiter=mark))) for mark in ",;")
    mark = ";" if semicolon > comma else ","
    return next(csv.reader(io.StringIO(begin, newline=""), strict=True, delimiter=mark)), mark


def _quotes_are_sound(raw: bytes, mark: str, fault: Callable[..., None]) -> bool:
    """Whether every quote opens, closes or doubles; where one may not, the slow and strict reader finds its row."""
    text = np.frombuffer(raw, np.uint8)
    at = np.flatnonzero(text == ord('"'))
    opening, closing = at[::2], at[1::2]
    bound = np.zeros(256, bool)
    bound[list(mark.encode() + b'\r\n"')] = True
    opens = bound[text[opening - 1]] | (opening == 0)
    closes = bound[text[np.minimum(closing + 1, len(text) - 1)]]
    if len(at) % 2 == 0 and opens.all() and closes.all():
        return True
    row = 1
    try:
        for _ in csv.reader(io.StringIO(raw.decode("utf-8"), newline=""), strict=True, delimiter=mark):
            row += 1
    except csv.Error as error:
        fault(
            row,
            "",
            message("has a quote out of place ({error})", error=str(error)),
            message("a quote closed before the next cell, and doubled inside"),
        )
        return False
    return True
