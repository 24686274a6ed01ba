"""The cells of a workbook as the text that a person sees; what can't be known shows as an error of the spreadsheet.

What the reading library hides is looked up in the XML of an .xlsx file (`ods_cells.py` does so for .ods): cells that
show an error, and zeros that only a cell's number format shows. A number of more digits than a spreadsheet keeps
becomes `LOST`.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from python_calamine import CalamineWorkbook

from engine.programme.ods_cells import CONTENT, ods_cells
from engine.programme.shown_errors import LOST
from engine.words import message

# A spreadsheet keeps 15 digits: those of a longer number are not what somebody typed.
KEPT_DIGITS = 1e15
# Each alternative ends at the next < or >, so that no text makes the search go back.
_CELL_OR_VALUE = re.compile(rb"<(?:\w{1,8}:)?(?:c\b([^<>]*)>|v\b[^<>]*>([^<]*)<)")
_ADDRESS = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_STYLE = re.compile(rb'\bs="(\d{1,6})"')
_TEXT_TYPE = re.compile(rb'\bt="(?:s|str|inlineStr|b|d)"')
_WHOLE = re.compile(r"\d{1,15}(?:\.0*)?")
# The parts of a number format: a quoted or escaped text, zeros, or what is shown as it is.
_SLOTS = re.compile(r'"[^"0]*"|\\[^0]|0+|[ ()-]')
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
Shown = Mapping[tuple[int, int], str]


class Numeral(str):
    """The text of a cell that holds a number: its point is a decimal point, whatever the other cells look like."""

    __slots__ = ()


def workbook_sheets(path: Path, wanted: Collection[str] = ()) -> dict[str, list[list[str]]]:
    """Every sheet (those ``wanted``, where some are named) as rows of text from cell A1.

    Raises what the reading library raises for a file that is no workbook (`CalamineError`, `OSError`, `ValueError`).
    """
    workbook = CalamineWorkbook.from_path(str(path))
    shown = dict(_shown_cells(path, wanted)) if zipfile.is_zipfile(path) else {}
    sheets = {}
    for name in workbook.sheet_names:
        if not wanted or name in wanted:
            cells = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            sheets[name] = _with_shown([[cell_text(cell) for cell in row] for row in cells], shown.get(name, {}))
    return sheets


def cell_text(cell: Any) -> str:
    """A cell of a sheet as text: whole numbers without a point, dates as ISO 8601; `LOST` where digits were lost."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, int | float):
        if abs(cell) >= KEPT_DIGITS:
            return LOST
        return Numeral(int(cell) if float(cell).is_integer() else repr(float(cell)))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def _with_shown(rows: list[list[str]], shown: Shown) -> list[list[str]]:
    """The rows with what some cells show; cells beyond what the library has read are cells that show an error."""
    for (row, column), text in shown.items():
        rows += [[] for _ in range(row + 1 - len(rows))]
        rows[row] += [""] * (column + 1 - len(rows[row]))
        rows[row][column] = text
    return rows


def _shown_cells(path: Path, wanted: Collection[str]) -> Iterator[tuple[str, Shown]]:
    """By sheet: what cells show where their value doesn't tell it."""
    with zipfile.ZipFile(path) as archive:
        if CONTENT in archive.namelist():
            yield from (pair for pair in ods_cells(archive) if not wanted or pair[0] in wanted)
            return
        formats = _zero_formats(archive)
        for name, part in _parts_of_sheets(archive):
            if not wanted or name in wanted:
                xml = archive.read(part)
                if formats or b't="e"' in xml:
                    yield name, _shown(xml, formats)


def _shown(xml: bytes, formats: Mapping[int, str]) -> Shown:
    """By row and column, from 0: errors, and whole numbers with the zeros of their format."""
    found: dict[tuple[int, int], str] = {}
    inside = b""
    for part in _CELL_OR_VALUE.finditer(xml):
        if part[1] is not None:
            inside = part[1]
            continue
        address, text = _ADDRESS.search(inside), part[2].decode("utf-8", "replace")
        shown = text if b't="e"' in inside else _with_zeros(text, inside, formats)
        if address is not None and shown:
            found[int(address[2]) - 1, column_number(address[1]) - 1] = shown
        inside = b""
    return found


def column_number(letters: bytes) -> int:
    """The number of a column, from 1: 27 for AA."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def _with_zeros(text: str, inside: bytes, formats: Mapping[int, str]) -> str:
    """A cell's whole number as its format shows it; empty where the format adds nothing."""
    style = _STYLE.search(inside)
    code = formats.get(int(style[1]), "") if style and not _TEXT_TYPE.search(inside) else ""
    return _in_format(int(text.partition(".")[0]), code) if code and _WHOLE.fullmatch(text) else ""


def _in_format(number: int, code: str) -> str:
    """A whole number as a format such as ``00000`` or ``0000 00000`` shows it."""
    slots = _SLOTS.findall(code)
    digits = str(number).zfill(code.count("0"))
    leading = next(place for place, slot in enumerate(slots) if slot[0] == "0")
    parts: list[str] = []
    for place in range(len(slots) - 1, -1, -1):
        slot = slots[place]
        if slot[0] != "0":
            parts.append(slot.strip('"') if slot[0] == '"' else slot[-1])
            continue
        taken = digits if place == leading else digits[len(digits) - len(slot) :]
        digits = digits[: len(digits) - len(taken)]
        parts.append(taken)
    return "".join(reversed(parts))


def _zero_formats(archive: zipfile.ZipFile) -> dict[int, str]:
    """The styles whose number format shows leading zeros, with the format."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    root = _tree(archive, "xl/styles.xml")
    codes = {}
    for entry in root.iter():
        if entry.tag.endswith("}numFmt"):
            code = entry.get("formatCode", "").split(";")[0]
            if code.count("0") > 1 and not _SLOTS.sub("", code):
                codes[entry.get("numFmtId")] = code
    styles = next((entry for entry in root.iter() if entry.tag.endswith("}cellXfs")), ())
    return {n: codes[entry.get("numFmtId")] for n, entry in enumerate(styles) if entry.get("numFmtId") in codes}


def _parts_of_sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """The name of each sheet with the file of the archive that holds it."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return
    links = _tree(archive, "xl/_rels/workbook.xml.rels").iter(f"{_PACKAGE}Relationship")
    parts = {link.get("Id"): link.get("Target", "") for link in links}
    for entry in _tree(archive, "xl/workbook.xml").iter():
        if entry.tag.endswith("}sheet"):
            target = parts.get(entry.get(_LINK), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if part in names:
                yield entry.get("name", ""), part


def _tree(archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
    """A part of the archive. Raises `ValueError` for one that is no XML or defines entities, which could swell."""
    xml = archive.read(part)
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise ValueError(message("{part} defines entities", part=part))
    try:
        return ElementTree.fromstring(xml)
    except ElementTree.ParseError as error:
        raise ValueError(f"{part}: {error}") from error
