"""What cells of an OpenDocument sheet show where the reading library tells something else: errors, and zeros in front.

An error has no value there, or 0, and would be read as an empty cell.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from engine.programme.shown_errors import ERRORS, UNKNOWN_ERROR
from engine.words import message

CONTENT = "content.xml"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_ZEROS_IN_FRONT = re.compile(r"0\d+")
# Of rows and cells that are repeated so many are looked at; what is repeated more often is the rest of a sheet.
MOST_REPEATED = 10_000


def ods_cells(archive: zipfile.ZipFile) -> Iterator[tuple[str, dict[tuple[int, int], str]]]:
    """By sheet: by row and column, from 0, what cells show. Raises `ValueError` for what is no XML, or swells."""
    xml = archive.read(CONTENT)
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise ValueError(message("{part} defines entities", part=CONTENT))
    try:
        root = ElementTree.fromstring(xml)
    except ElementTree.ParseError as error:
        raise ValueError(f"{CONTENT}: {error}") from error
    for table in root.iter(f"{_TABLE}table"):
        yield table.get(f"{_TABLE}name", ""), _shown(table)


def _shown(table: ElementTree.Element) -> dict[tuple[int, int], str]:
    found: dict[tuple[int, int], str] = {}
    number = 0
    for row in table.iter(f"{_TABLE}table-row"):
        times = _repeated(row, "rows")
        cells = {column: text for column, text in _cells(row) if text}
        for again in range(min(times, MOST_REPEATED) if cells else 0):
            found |= {(number + again, column): text for column, text in cells.items()}
        number += times
    return found


def _cells(row: ElementTree.Element) -> Iterator[tuple[int, str]]:
    """The columns of a row with what is to be shown there, '' for a cell whose value tells it."""
    column = 0
    for cell in row:
        times = _repeated(cell, "columns")
        text = _text_of(cell)
        for again in range(min(times, MOST_REPEATED) if text else 0):
            yield column + again, text
        column += times


def _text_of(cell: ElementTree.Element) -> str:
    shown = "\n".join("".join(part.itertext()) for part in cell.iter(f"{_TEXT}p")).strip()
    if cell.get(f"{_CALC}value-type") == "error":
        return shown if shown in ERRORS else UNKNOWN_ERROR
    is_number = cell.get(f"{_OFFICE}value-type") == "float"
    return shown if is_number and _ZEROS_IN_FRONT.fullmatch(shown) else ""


def _repeated(element: ElementTree.Element, what: str) -> int:
    text = element.get(f"{_TABLE}number-{what}-repeated", "1")
    return int(text) if text.isdigit() and len(text) < 10 else 1
