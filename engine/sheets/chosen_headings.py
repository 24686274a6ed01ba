"""Which column of a sheet is which of ours, asked column by column, and what is answered as a map."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from engine.programme.schema import TABLES
from engine.programme.toml_text import loads_shallow
from engine.sheets.proposal import likely_columns, propose_map, quoted
from engine.sheets.sheet_map import LONGEST
from engine.sheets.sheet_reading import Sheet

FIRST_VALUES, MOST_WORDS, MOST_WORDS_A_COLUMN = 4, 150, 30
_WORDED = ("sex", "country", "region", "isco08", "language")


@dataclass(frozen=True)
class SheetColumn:
    """A column of a sheet: its letter, its heading, the first different values under it, which column of ours it is (''
    for none) and, as in a map, how its cells are read; ``words`` has a code, or '' where somebody has to say.
    """

    letter: str
    title: str
    values: tuple[str, ...]
    name: str = ""
    entry: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class AskedSheet:
    """A sheet whose headings are asked: its table, its name, the row of its headings (from 1), how many rows it has."""

    table: str
    name: str
    header_row: int
    rows: int
    columns: Sequence[SheetColumn]


def asked_sheet(
    sheet: Sheet, table: str, chosen: Mapping[str, str] | None = None, more: Mapping[str, int] | None = None
) -> AskedSheet:
    """A sheet column by column, with what is proposed for it, or for the columns that were ``chosen`` (by letter).

    ``more`` has the columns beside the table's that are proposed, with their numbers.
    """
    letters = [xl_col_to_name(number) for number in range(len(sheet.titles))]
    known = TABLES[table].column_names
    if chosen is None:
        taken = {**(more or {}), **likely_columns(sheet, table)}
    else:
        taken = {chosen[letter]: number for number, letter in enumerate(letters) if chosen.get(letter)}
    of_table = {name: number for name, number in taken.items() if name in known}
    entries = loads_shallow(propose_map(sheet, table, of_table)[0]).get("columns", {})
    names = {number: name for name, number in taken.items()}
    records = [record for record in sheet.records if any(record)]
    left, columns = MOST_WORDS, []
    for number, letter in enumerate(letters):
        name, cells = names.get(number, ""), [str(record[number]) for record in records if record[number]]
        entry = _entry(entries.get(name, {}), letter) if name else {}
        words = _words(table, name, entry, cells, min(left, MOST_WORDS_A_COLUMN))
        left -= len(words)
        values = tuple(dict.fromkeys(cell[:60] for cell in cells))[:FIRST_VALUES]
        columns.append(SheetColumn(letter, sheet.titles[number], values, name, entry, words))
    return AskedSheet(table, sheet.name, sheet.header + 1, len(records), columns)


def _entry(found: Any, letter: str) -> dict[str, Any]:
    own = dict(found) if isinstance(found, dict) else {}
    return {key: value for key, value in own.items() if key not in ("from", "value")} | {"column": letter}


def _words(table: str, name: str, entry: Mapping[str, Any], cells: Sequence[str], most: int) -> dict[str, str]:
    """The words of a column with the codes proposed for them, and those for which none was found."""
    concept = next((one.concept for one in TABLES[table].columns if one.name == name), "")
    words = {word: "" if code == "?" else code for word, code in entry.get("words", {}).items()}
    if concept in _WORDED:
        mark = entry.get("separator", "\0")
        parts = dict.fromkeys(part.strip() for cell in cells for part in cell.split(mark))
        words |= {part: "" for part in parts if part not in words and re.search(r"[a-z]{3}|\s", part)}
    return {word: code for word, code in list(words.items())[:most] if len(word) <= LONGEST}


def map_text(asked: AskedSheet, entries: Mapping[str, Mapping[str, Any]]) -> str:
    """A map as TOML text; ``entries`` has what is said of each column of ours."""
    lines = [f"table = {_toml(asked.table)}", f"sheet = {_toml(asked.name)}", f"header_row = {asked.header_row}"]
    return "\n".join([*lines, "", "[columns]", *(f"{name} = {_toml(entry)}" for name, entry in entries.items())]) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{quoted(str(name))} = {_toml(one)}" for name, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | Decimal | date) else quoted(str(value))
