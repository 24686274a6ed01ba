"""A ministry's own sheet to a table of a programme; rows that can't be read are refused in a marked copy."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import xlsxwriter

from engine.atomic import refuse_occupied, written_aside
from engine.errors import Fault, InputError
from engine.programme.column_titles import plain
from engine.programme.raw_table import RawTable
from engine.programme.read import table_faults
from engine.programme.schema import TABLES
from engine.sheets.number_forms import decimal_marks, plain_number, unclear_numbers
from engine.sheets.sheet_map import DATES, ColumnMap, SheetMap
from engine.sheets.sheet_reading import Sheet, Sought, read_sheet

MARKED = "refused.xlsx"
NUMBERS = ("number", "integer", "share")
# A time stamp at midnight, or without an offset, is a day; with an offset and another hour it could be two.
TIME_OF_DAY = re.compile(
    r"(?<=^\d{4}-\d\d-\d\d)[T ](?:00:00(?::00(?:\.0+)?)?(?:Z|[+-]\d\d:?\d\d)?|\d\d:\d\d(?::\d\d(?:\.\d+)?)?)$"
)
MEN_OTHERWISE = {"h", "hombre", "homme"}


@dataclass(frozen=True)
class Imported:
    """How many rows were read and how many refused, and the first faults."""

    table: str
    rows: int
    refused: int
    faults: tuple[Fault, ...]


def import_sheet(file: Path, chosen: SheetMap, out: Path) -> Imported:
    """Write ``TABLE.csv`` of a sheet to ``out`` and, where rows are refused, ``refused.xlsx``, a copy with them marked.

    References to other tables are checked when the programme is read. Raises `InputError` where the map names headings
    that the sheet doesn't have.
    """
    refuse_occupied(out)
    titles = frozenset(column.source for column in chosen.columns.values() if column.source)
    sheet = read_sheet(file, chosen.sheet, chosen.header_row, Sought(chosen.table, titles))
    raw = mapped(sheet, chosen)
    faults = table_faults(raw, most=max(raw.size, 1))
    whole = [fault for fault in faults if fault.row <= 1]
    if whole:
        raise InputError(whole)
    by_row: dict[int, list[Fault]] = {}
    for fault in faults:
        by_row.setdefault(fault.row, []).append(fault)
    with written_aside(out) as folder:
        _write_csv(raw, set(by_row), folder / f"{chosen.table}.csv")
        if by_row:
            _write_marked(sheet, by_row, folder / MARKED)
    return Imported(chosen.table, raw.size, len(by_row), tuple(faults))


def mapped(sheet: Sheet, chosen: SheetMap) -> RawTable:
    """The sheet as a raw table, with what else the map names; its records stand in the sheet's own rows.

    Raises `InputError` where the map names headings that the sheet doesn't have.
    """
    titles = {title: number for number, title in enumerate(sheet.titles)}
    missing = [c.source for c in chosen.columns.values() if c.source and c.source not in titles]
    if missing:
        expected = "one of " + ", ".join(title for title in sheet.titles if title)
        raise InputError(
            [
                Fault(sheet.file, sheet.header + 1, name, "", "is no heading of the sheet", expected, "map")
                for name in missing
            ]
        )
    _require_one_meaning(sheet, chosen)
    records = [(number, row) for number, row in enumerate(sheet.records) if any(row)]
    columns = {}
    for column in TABLES[chosen.table].columns:
        own = chosen.columns.get(column.name)
        if own is not None:
            at = titles.get(own.source, -1)
            texts = [row[at] if at >= 0 else own.value for _, row in records]
            comma = decimal_marks(texts) == {","} if own.decimal_comma is None else own.decimal_comma
            cells = [_cell(own, column.kind, comma, text) for text in texts]
            columns[column.name] = pa.array(cells, pa.string())
        elif not column.optional:
            columns[column.name] = pa.array([""] * len(records), pa.string())
    for name, own in chosen.columns.items():
        if name not in TABLES[chosen.table].column_names:
            at = titles.get(own.source, -1)
            cells = [_cell(own, "text", False, row[at] if at >= 0 else own.value) for _, row in records]
            columns[name] = pa.array(cells, pa.string())
    rows = np.array([sheet.header + 2 + number for number, _ in records], np.int64)
    return RawTable(chosen.table, sheet.file, columns, len(records), rows)


def _require_one_meaning(sheet: Sheet, chosen: SheetMap) -> None:
    """Raise `InputError` where a heading stands twice, or numbers could be thousands or decimals: the map must say."""
    faults = []
    row = sheet.header + 1
    kinds = {column.name: column.kind for column in TABLES[chosen.table].columns}
    for name, own in chosen.columns.items():
        if not own.source:
            continue
        if sheet.titles.count(own.source) > 1:
            expected = "a heading of its own over each column that is read"
            faults.append(Fault(sheet.file, row, own.source, own.source, f"stands twice, for {name}", expected, "map"))
        at = sheet.titles.index(own.source)
        unclear = unclear_numbers(record[at] for record in sheet.records)
        if kinds.get(name) in NUMBERS and own.decimal_comma is None and unclear:
            expected = "decimal_comma = true or false in the map"
            problem = "could be thousands or decimals"
            faults.append(Fault(sheet.file, row, own.source, unclear[0], problem, expected, "map"))
        cells = {plain(record[at]) for record in sheet.records}
        if name == "sex" and "m" in cells and "m" not in own.words and cells & MEN_OTHERWISE:
            expected = 'words that say what M is, as { M = "F", H = "M" }'
            faults.append(Fault(sheet.file, row, own.source, "M", "may be mujer beside another word", expected, "map"))
    if faults:
        raise InputError(faults)


def _cell(own: ColumnMap, kind: str, comma: bool, text: str) -> str:
    """A cell of the sheet as the format writes it; what doesn't fit stays as it is, to be refused by name."""
    if not text:
        return ""
    if own.separator:
        text = ";".join(part.strip() for part in text.split(own.separator))
    text = own.words.get(plain(text), text)
    if own.dates:
        found = re.fullmatch(DATES[own.dates], text)
        if found is not None:
            text = f"{found['y']}-{int(found['m']):02d}-{int(found['d']):02d}"
    if kind in NUMBERS:
        text = plain_number(text, comma)
    if kind == "date":
        text = TIME_OF_DAY.sub("", text)
    return f"{own.prefix}{text}{own.suffix}"


def _write_csv(raw: RawTable, refused: set[int], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(raw.columns)
        columns = [column.to_pylist() for column in raw.columns.values()]
        for number in range(raw.size):
            if raw.row(number) not in refused:
                writer.writerow([column[number] for column in columns])


def _write_marked(sheet: Sheet, by_row: dict[int, list[Fault]], path: Path) -> None:
    """The sheet as it was, refused rows coloured, the reasons in a first column; cells are text, never formulas."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        page = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", sheet.name)[:31] or "sheet")
        marked = book.add_format({"bg_color": "#F8D7C4"})
        bold = book.add_format({"bold": True})
        for number, row in enumerate(sheet.rows):
            faults = by_row.get(number + 1, [])
            style = bold if number == sheet.header else marked if faults else None
            reason = "; ".join(f"{f.column}: {f.value!r} {f.problem}, expected {f.expected}" for f in faults)
            page.write_string(number, 0, "refused because" if number == sheet.header else reason, style)
            for place, cell in enumerate(row):
                page.write_string(number, place + 1, cell, style)
        page.set_column(0, 0, 60)
        page.freeze_panes(sheet.header + 1, 1)
