"""The sheets of a workbook as text columns, or faults that name sheet and cell."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
from python_calamine import CalamineError

from engine.errors import Fault
from engine.programme.raw_table import RawTable, Report, header_is_sound
from engine.programme.sheet_cells import column_number, workbook_sheets
from engine.words import message

WORKBOOK = "programme.xlsx"
LARGEST_WORKBOOK_BYTES = 2**30
LARGEST_COMPRESSION = 200
MOST_CELLS_OF_A_SHEET = 100_000_000
_SHEET_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')


def read_workbook(path: Path, known: tuple[str, ...], report: Report) -> Iterator[RawTable]:
    """Read the sheets of a workbook whose names are tables; formulas count as the values they show."""
    if not workbook_is_safe(path, report):
        return
    try:
        sheets = workbook_sheets(path)
    except (CalamineError, OSError, ValueError) as error:
        problem = message("can't be read as a workbook ({error})", error=str(error)[:120])
        report(Fault(path.name, 0, "", "", problem, message("an .xlsx file"), "file"))
        return
    for name, rows in sheets.items():
        file = f"{path.name}, sheet {name}"
        if name not in known:
            report(
                Fault(
                    file,
                    0,
                    "",
                    name,
                    message("is no table"),
                    message("a sheet named {names}", names=tuple(known)),
                    "table",
                )
            )
            continue
        table = sheet_table(name, file, rows, report)
        if table is not None:
            yield table


def workbook_is_safe(path: Path, report: Report) -> bool:
    """Whether a workbook can be opened without filling the memory; reports what is wrong with it."""

    def refuse(problem: str, expected: str) -> bool:
        report(Fault(path.name, 0, "", "", problem, expected, "file"))
        return False

    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            if unpacked > LARGEST_WORKBOOK_BYTES:
                return refuse(
                    message("unpacks to {bytes:,} bytes", bytes=unpacked),
                    message("at most {bytes:,} bytes", bytes=LARGEST_WORKBOOK_BYTES),
                )
            if unpacked > LARGEST_COMPRESSION * max(path.stat().st_size, 50_000):
                return refuse(
                    message("unpacks to over 200 times its size"),
                    message("a workbook as a spreadsheet program writes it"),
                )
            for entry in archive.infolist():
                problem = _sheet_problem(archive.read(entry)) if entry.filename.endswith(".xml") else ""
                if problem:
                    return refuse(
                        message("{problem} ({place})", problem=problem, place=entry.filename),
                        message("sheets of text, numbers and dates"),
                    )
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, zlib.error, EOFError) as error:
        return refuse(message("is no workbook ({error})", error=str(error)), message("an .xlsx file"))
    return True


def _sheet_problem(xml: bytes) -> str:
    """What makes a sheet unreadable: a cell so far out that the sheet fills the memory."""
    rows, columns = 1, 1
    for letters, digits in _SHEET_CELL.findall(xml):
        rows, columns = max(rows, int(digits)), max(columns, column_number(letters))
    wide = rows * columns > MOST_CELLS_OF_A_SHEET
    if not wide:
        return ""
    return message("has a sheet of {rows:,} rows and {columns:,} columns", rows=rows, columns=columns)


def sheet_table(name: str, file: str, rows: list[list[str]], report: Report) -> RawTable | None:
    """A sheet as a table: its first row the names of the columns; None where it has none, which is reported."""
    if not rows or not any(rows[0]):
        report(Fault(file, 0, "", "", message("is empty"), message("a header row at least"), "file"))
        return None
    header = rows[0]
    width = max((i + 1 for i, title in enumerate(header) if title), default=0)
    header = header[:width]
    if "" in header:
        report(
            Fault(
                file, 1, "", "", message("has a column without a name"), message("a name over every column"), "column"
            )
        )
        return None
    if not header_is_sound(header, file, report):
        return None
    records = [row for row in rows[1:]]
    while records and not any(records[-1]):
        records.pop()
    for number, row in enumerate(records, 2):
        if any(row[width:]):
            report(
                Fault(
                    file,
                    number,
                    "",
                    "",
                    message("has cells beyond the header"),
                    message("{width} cells", width=width),
                    "file",
                )
            )
    columns = {
        title: pa.array([row[i] if i < len(row) else "" for row in records], pa.string())
        for i, title in enumerate(header)
    }
    return RawTable(name, file, columns, len(records))
