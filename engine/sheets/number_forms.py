"""How a column of a sheet writes its numbers: which mark is the decimal one, where that can be known."""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.programme.sheet_cells import Numeral

_THOUSANDS = re.compile(r"[1-9]\d{0,2}([.,])\d{3}(\1\d{3})*")
_MARKED = re.compile(r"[\d.,\s]*[.,]\d*")


def decimal_marks(cells: Iterable[str]) -> set[str]:
    """The decimal marks that a column shows: empty where every mark could stand for thousands, two where it mixes them.

    Cells that hold numbers (`Numeral`) tell nothing.
    """
    found = set()
    for cell in cells:
        if isinstance(cell, Numeral) or not _MARKED.fullmatch(cell):
            continue
        last = max(".,", key=cell.rfind)
        other = "," if last == "." else "."
        if other in cell or (cell.count(last) == 1 and not _THOUSANDS.fullmatch(cell)):
            found.add(last)
        elif cell.count(last) > 1:
            found.add(other)
    return found


def unclear_numbers(cells: Iterable[str]) -> list[str]:
    """The cells of a column that could be read as thousands or as decimals, where the column doesn't tell which."""
    listed = list(cells)
    marks = decimal_marks(listed)
    if len(marks) == 1:
        return []
    marked = [cell for cell in listed if not isinstance(cell, Numeral) and _MARKED.fullmatch(cell)]
    return marked if len(marks) > 1 else [cell for cell in marked if _THOUSANDS.fullmatch(cell)]


def plain_number(text: str, comma: bool) -> str:
    """A number as the format writes it; ``comma``: its decimal mark is a comma, so that points part thousands."""
    if isinstance(text, Numeral) or not _MARKED.fullmatch(text):
        return text
    return text.replace(".", "").replace(",", ".") if comma else text.replace(",", "")
