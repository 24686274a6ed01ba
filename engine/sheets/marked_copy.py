"""A sheet as somebody sent it with its faulty cells marked, to be corrected and sent again."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from engine.programme.sheet_cells import Numeral
from engine.sheets.sheet_reading import Sheet

LONGEST_CELL, LONGEST_COMMENT = 32_767, 1_000


@dataclass(frozen=True)
class Mark:
    """What is wrong with a cell, in words; ``row`` counts from 1 (0: the sheet), ``column`` from 0 (None: the row)."""

    row: int
    column: int | None
    sentence: str


def marked_copy(sheet: Sheet, marks: Sequence[Mark], headings: tuple[str, str, str]) -> bytes:
    """An .xlsx file: the sheet with rows and columns as they stand, each faulty cell coloured and with a comment, and
    before it a sheet that lists all faults with links to their cells under three ``headings`` (where, the column's
    heading, what is wrong). Cells are text or plain numbers, never formulas or addresses.
    """
    target = io.BytesIO()
    plainly = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, plainly) as book:
        name = re.sub(r"[\[\]:*?/\\']", " ", sheet.name).strip()[:25] or "sheet"
        listed, page = book.add_worksheet(f"!{name}"), book.add_worksheet(name)
        marked, bold = book.add_format({"bg_color": "#F8D7C4"}), book.add_format({"bold": True})
        at: dict[tuple[int, int], list[str]] = {}
        for mark in marks:
            at.setdefault((mark.row - 1, mark.column or 0), []).append(mark.sentence)
        _write_rows(page, sheet, at, marked, bold)
        for (row, column), sentences in at.items():
            if row >= 0:
                page.write_comment(row, column, "\n".join(sentences)[:LONGEST_COMMENT])
        page.freeze_panes(sheet.header + 1, 0)
        _list_faults(listed, name, sheet, marks, headings, bold)
    return target.getvalue()


def _write_rows(page: Any, sheet: Sheet, at: Mapping[tuple[int, int], Sequence[str]], marked: Any, bold: Any) -> None:
    for number, row in enumerate(sheet.rows):
        for place, cell in enumerate(row):
            style = marked if (number, place) in at else bold if number == sheet.header else None
            if isinstance(cell, Numeral) and math.isfinite(float(cell)):
                page.write_number(number, place, float(cell), style)
            elif cell or style is not None:
                page.write_string(number, place, cell[:LONGEST_CELL], style)
    for line, place in at:
        if line >= 0 and (line >= len(sheet.rows) or place >= len(sheet.rows[line])):
            page.write_blank(line, place, None, marked)


def _list_faults(
    page: Any, name: str, sheet: Sheet, marks: Sequence[Mark], headings: tuple[str, str, str], bold: Any
) -> None:
    for place, heading in enumerate(headings):
        page.write_string(0, place, heading, bold)
    for number, mark in enumerate(marks, 1):
        cell = xl_rowcol_to_cell(max(mark.row - 1, 0), mark.column or 0)
        if number <= 60_000:  # no more links than a sheet may have
            page.write_url(number, 0, f"internal:'{name}'!{cell}", string=cell)
        titles = sheet.titles
        title = titles[mark.column] if mark.column is not None and mark.column < len(titles) else ""
        page.write_string(number, 1, title[:LONGEST_CELL])
        page.write_string(number, 2, mark.sentence[:LONGEST_CELL])
    page.set_column(1, 1, 24)
    page.set_column(2, 2, 90)
    page.freeze_panes(1, 0)
