"""The map from a sheet's headings to a table's columns: read from TOML, or proposed by looking at the sheet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.errors import CallError, Fault, InputError
from engine.programme.column_titles import plain
from engine.programme.schema import TABLES
from engine.programme.toml_text import loads_shallow
from engine.sheets.headings import nearest_columns
from engine.sheets.number_forms import decimal_marks
from engine.sheets.sheet_reading import Sheet

DATES = {
    "YYYY-MM-DD": r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})",
    "DD/MM/YYYY": r"(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})",
    "MM/DD/YYYY": r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})",
}
SEX_WORDS = {
    "F": ("f", "female", "woman", "femenino", "mujer"),
    "M": ("m", "male", "man", "masculino", "hombre"),
    "X": ("x", "other", "otro"),
}
LONGEST = 100
_KEYS = ("from", "value", "dates", "words", "decimal_comma", "prefix", "suffix", "separator")


@dataclass(frozen=True)
class ColumnMap:
    """Where a column comes from: a heading (``source``) or a constant ``value``, and how its cells are to be read."""

    source: str = ""
    value: str = ""
    dates: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    decimal_comma: bool | None = None
    prefix: str = ""
    suffix: str = ""
    separator: str = ""


@dataclass(frozen=True)
class SheetMap:
    """A map for one sheet: its table, sheet name, header row (from 1; 0: found) and columns."""

    table: str
    sheet: str
    header_row: int
    columns: Mapping[str, ColumnMap]


def read_map(path: Path, more: tuple[str, ...] = ()) -> SheetMap:
    """Read map.toml; its columns are those of the table and, for a reader that keeps them, ``more``.

    Raises `CallError` where there is none and `InputError` with everything wrong in it.
    """
    if not path.is_file():
        raise CallError(f"There is no map {path}.", "Call without --map to have one proposed.")
    faults: list[Fault] = []

    def refuse(key: str, value: Any, problem: str, expected: str) -> None:
        faults.append(Fault(path.name, 0, key, str(value), problem, expected, "map"))

    try:
        content = loads_shallow(path.read_text("utf-8"))
    except ValueError as error:
        raise InputError([Fault(path.name, 0, "", "", f"is not TOML ({error})", "a TOML file", "map")]) from error
    table = content.get("table")
    if not isinstance(table, str) or table not in TABLES:
        table = str(table)
        refuse("table", table, "is no table of a programme", "one of " + ", ".join(TABLES))
    columns, listed = {}, content.get("columns", {})
    if not isinstance(listed, dict) or not listed:
        refuse("columns", listed, "is no table of columns", '[columns] with lines as worker_id = "DPI"')
        listed = {}
    header_row = content.get("header_row", 0)
    if isinstance(header_row, bool) or not isinstance(header_row, int) or header_row < 0:
        refuse("header_row", header_row, "is not a row", "the row with the headings, from 1")
    for name, entry in listed.items():
        known = (*TABLES[table].column_names, *more) if table in TABLES else (name,)
        if name not in known:
            refuse(f"columns.{name}", name, f"is no column of {table}", "one of " + ", ".join(known))
        columns[name] = _read_column(name, entry, refuse)
    if faults:
        raise InputError(faults)
    return SheetMap(str(table), str(content.get("sheet", "")), header_row, columns)


def _read_column(name: str, entry: Any, refuse: Any) -> ColumnMap:
    if isinstance(entry, str):
        return ColumnMap(source=entry)
    if not isinstance(entry, dict) or not ("from" in entry or "value" in entry):
        refuse(f"columns.{name}", entry, "says nothing", '"Heading", or { from = "Heading" }, or { value = "GT" }')
        return ColumnMap()
    for key in sorted(set(entry) - set(_KEYS)):
        refuse(f"columns.{name}.{key}", entry[key], "is no key of a column", "one of " + ", ".join(_KEYS))
    given = entry.get("words", {})
    if not isinstance(given, dict):
        refuse(f"columns.{name}.words", given, "is no table of words", '{ Mujer = "F", Hombre = "M" }')
        given = {}
    texts = {key: entry.get(key, "") for key in ("from", "value", "dates", "prefix", "suffix", "separator")}
    for key, text in (*texts.items(), *((f"words.{word}", code) for word, code in given.items())):
        if isinstance(text, dict | list) or len(str(text)) > LONGEST:
            expected = f"a text of at most {LONGEST} characters"
            refuse(f"columns.{name}.{key}", str(text)[:LONGEST], "can't be put into a cell", expected)
            return ColumnMap()
    if entry.get("dates", "YYYY-MM-DD") not in DATES:
        refuse(f"columns.{name}.dates", entry["dates"], "is no form of dates", "one of " + ", ".join(DATES))
    words = {plain(str(word)): str(code) for word, code in given.items()}
    shown = {("source" if key == "from" else key): str(text) for key, text in texts.items()}
    return ColumnMap(
        words=words, decimal_comma=None if "decimal_comma" not in entry else bool(entry["decimal_comma"]), **shown
    )


def propose_map(sheet: Sheet, table: str) -> tuple[str, list[str]]:
    """A map as TOML text for a sheet, and the headings that nothing was found for."""
    lines = [
        f'table = "{table}"',
        f"sheet = {_quoted(sheet.name)}",
        f"header_row = {sheet.header + 1}",
        "",
        "[columns]",
    ]
    taken: dict[str, tuple[float, int]] = {}
    for number, title in enumerate(sheet.titles):
        column, likeness = next(iter(nearest_columns(title, table)), ("", 0.0))
        if column and likeness > taken.get(column, (0.0, 0))[0]:
            taken[column] = likeness, number
    for schema in TABLES[table].columns:
        if schema.name in taken:
            number = taken[schema.name][1]
            cells = [record[number] for record in sheet.records if record[number]]
            lines.append(f"{schema.name} = {_proposed(sheet.titles[number], schema.kind, schema.name, cells)}")
        elif not schema.optional:
            lines.append(f'{schema.name} = {{ value = "" }}  # nothing on the sheet is called so')
    used = {number for _, number in taken.values()}
    left = [title for number, title in enumerate(sheet.titles) if title and number not in used]
    lines += ["", *(f"# not used: {title}" for title in left)]
    return "\n".join(lines) + "\n", left


def _proposed(title: str, kind: str, name: str, cells: list[str]) -> str:
    parts = [f"from = {_quoted(title)}"]
    if kind == "date":
        fitting = [form for form, shape in DATES.items() if all(_is_date(shape, cell) for cell in cells)]
        if fitting and fitting[0] != "YYYY-MM-DD":
            unclear = {"DD/MM/YYYY", "MM/DD/YYYY"} <= set(fitting)
            parts.append(f'dates = "{"?" if unclear else fitting[0]}"')
    if name == "sex":
        words = {
            cell: code for cell in cells for code, known in SEX_WORDS.items() if plain(cell) in known and cell != code
        }
        if words:
            parts.append(
                "words = { " + ", ".join(f"{_quoted(w)} = {_quoted(c)}" for w, c in sorted(words.items())) + " }"
            )
    if kind in ("number", "share") and decimal_marks(cells) == {","}:
        parts.append("decimal_comma = true")
    return _quoted(title) if len(parts) == 1 else "{ " + ", ".join(parts) + " }"


def _is_date(shape: str, cell: str) -> bool:
    found = re.fullmatch(shape, cell) or re.fullmatch(DATES["YYYY-MM-DD"], cell)
    return found is not None and 1 <= int(found["m"]) <= 12 and 1 <= int(found["d"]) <= 31


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
