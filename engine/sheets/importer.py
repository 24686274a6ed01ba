"""A ministry's own sheet to a table of a programme; rows that can't be read are refused in a marked copy."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import xlsxwriter

from engine.atomic import refuse_occupied, written_aside
from engine.errors import Fault, InputError
from engine.programme.column_titles import plain
from engine.programme.raw_table import RawTable
from engine.programme.schema import TABLES
from engine.programme.sheet_cells import column_number
from engine.programme.typed_tables import table_faults
from engine.sheets.cell_forms import NUMBERS, ColumnMap, bare, written_column
from engine.sheets.code_words import MEN_OTHERWISE
from engine.sheets.number_forms import unclear_numbers
from engine.sheets.sheet_map import SheetMap
from engine.sheets.sheet_reading import Sheet, Sought, read_sheet
from engine.words import Message, message
from engine.words.wording import say

MARKED = "refused.xlsx"


@dataclass(frozen=True)
class Imported:
    """How many rows were read and how many refused, and the first faults."""

    table: str
    rows: int
    refused: int
    faults: tuple[Fault, ...]
    warnings: tuple[str, ...] = ()


def import_sheet(file: Path, chosen: SheetMap, out: Path) -> Imported:
    """Write ``TABLE.csv`` of a sheet to ``out`` and, where rows are refused, ``refused.xlsx``, a copy with them marked.

    References to other tables are checked when the programme is read. Raises `InputError` where the map names headings
    that the sheet doesn't have.
    """
    refuse_occupied(out)
    titles = frozenset(one for column in chosen.columns.values() for one in column.sources)
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
    return Imported(chosen.table, raw.size, len(by_row), tuple(faults), warnings_of(chosen, file))


def warnings_of(chosen: SheetMap, file: Path) -> tuple[str, ...]:
    """What is only estimated where a map is used, and what a file of its kind can't tell."""
    hidden = message("An .xls file doesn't tell cells that show an error: they are read as empty. An .xlsx file does.")
    aged = [name for name, own in chosen.columns.items() if own.age_on is not None]
    return (*((hidden,) if file.suffix.lower() == ".xls" else ()), *map(_estimated, aged))


def _estimated(column: str) -> Message:
    return message(
        "{column} is estimated from ages: up to six months off either way, so that age limits may be judged wrongly.",
        column=column,
    )


def mapped(sheet: Sheet, chosen: SheetMap) -> RawTable:
    """The sheet as a raw table, with what else the map names; its records stand in the sheet's own rows.

    Raises `InputError` where the map names headings that the sheet doesn't have.
    """
    titles = set(sheet.titles)
    missing = [one for own in chosen.columns.values() for one in own.sources if one not in titles]
    if missing:
        problem = message("is no heading of the sheet")
        expected = message("one of {names}", names=tuple(filter(None, sheet.titles)))
        raise InputError([Fault(sheet.file, sheet.header + 1, name, "", problem, expected, "map") for name in missing])
    _require_one_meaning(sheet, chosen)
    records = [(number, row) for number, row in enumerate(sheet.records) if any(row)]
    rows_of_cells = [row for _, row in records]
    columns = {}
    for column in TABLES[chosen.table].columns:
        own = chosen.columns.get(column.name)
        if own is not None:
            columns[column.name] = _column(own, column.kind, sheet, rows_of_cells)
        elif not column.optional:
            columns[column.name] = pa.array([""] * len(records), pa.string())
    for name, own in chosen.columns.items():
        if name not in TABLES[chosen.table].column_names:
            columns[name] = _column(own, "text", sheet, rows_of_cells)
    rows = np.array([sheet.header + 2 + number for number, _ in records], np.int64)
    return RawTable(chosen.table, sheet.file, columns, len(records), rows)


def _places(own: ColumnMap, sheet: Sheet) -> list[tuple[str, int]]:
    """The columns of the sheet that a column comes from: what a person calls each, and its number from 0."""
    if own.column:
        return [(message("column {letter}", letter=own.column), column_number(own.column.encode()) - 1)]
    return [(source, sheet.titles.index(source)) for source in own.sources]


def _column(own: ColumnMap, kind: str, sheet: Sheet, rows: list[list[str]]) -> pa.Array:
    parts = [[row[at] for row in rows] for _, at in _places(own, sheet)] or [[own.value] * len(rows)]
    return pa.array([str(cell) for cell in written_column(own, kind, parts)], pa.string())


def _require_one_meaning(sheet: Sheet, chosen: SheetMap) -> None:
    """Raise `InputError` where a heading stands twice, or numbers could be thousands or decimals: the map must say."""
    kinds = {column.name: column.kind for column in TABLES[chosen.table].columns}
    faults = [
        Fault(sheet.file, sheet.header + 1, source, value, problem, expected, "map")
        for name, own in chosen.columns.items()
        for source, at in _places(own, sheet)
        for value, problem, expected in _second_meanings(sheet, name, kinds.get(name, ""), own, at)
    ]
    if faults:
        raise InputError(faults)


def _second_meanings(
    sheet: Sheet, name: str, kind: str, own: ColumnMap, at: int
) -> Iterator[tuple[str, Message, Message]]:
    """What a heading and its cells could mean beside what is read: (value, problem, expected)."""
    if at >= len(sheet.titles):
        expected = message("one of the first {count} columns", count=len(sheet.titles))
        yield own.column, message("is beyond the headings"), expected
        return
    if not own.column and sheet.titles.count(sheet.titles[at]) > 1:
        expected = message("the letter of the column that is meant, as {example}", example='{ column = "D" }')
        yield sheet.titles[at], message("stands twice, for {column}", column=name), expected
    texts = [record[at] for record in sheet.records]
    unclear = unclear_numbers(bare(own, text) for text in texts)
    if kind in NUMBERS and own.decimal_comma is None and unclear:
        expected = message("decimal_comma = true or false in the map")
        yield unclear[0], message("could be thousands or decimals"), expected
    cells = {plain(text) for text in texts}
    if name == "sex" and "m" in cells and "m" not in own.words and cells & MEN_OTHERWISE:
        expected = message("words that say what M is, as {example}", example='{ M = "F", H = "M" }')
        yield "M", message("may be mujer beside another word"), expected


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
        heading = say(message("refused because"))
        for number, row in enumerate(sheet.rows):
            faults = by_row.get(number + 1, [])
            style = bold if number == sheet.header else marked if faults else None
            reason = "; ".join(map(_reason, faults))
            page.write_string(number, 0, heading if number == sheet.header else reason, style)
            for place, cell in enumerate(row):
                page.write_string(number, place + 1, cell, style)
        page.set_column(0, 0, 60)
        page.freeze_panes(sheet.header + 1, 1)


def _reason(fault: Fault) -> str:
    """Why a row is refused, in the language that is spoken."""
    value, problem, expected = repr(str(fault.value)), fault.problem, fault.expected
    return say(
        message(
            "{column}: {value} {problem}, expected {expected}",
            column=fault.column,
            value=value,
            problem=problem,
            expected=expected,
        )
    )
