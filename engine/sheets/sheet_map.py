"""The map from a sheet's headings to a table's columns: read from TOML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine.errors import CallError, Fault, InputError
from engine.programme.codes import currencies
from engine.programme.column_titles import word_key
from engine.programme.schema import TABLES
from engine.programme.toml_text import loads_shallow
from engine.sheets.cell_forms import DATES, ColumnMap
from engine.words import message

LONGEST = 100
_TEXTS = ("value", "column", "dates", "prefix", "suffix", "separator", "join", "spaces", "currency")
_KEYS = ("from", *_TEXTS, "words", "decimal_comma", "strip", "factor", "age_on")


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
        raise CallError(
            message("There is no map {path}.", path=path), message("Call without --map to have one proposed.")
        )
    faults: list[Fault] = []

    def refuse(key: str, value: Any, problem: str, expected: str) -> None:
        faults.append(Fault(path.name, 0, key, str(value), problem, expected, "map"))

    try:
        content = loads_shallow(path.read_text("utf-8"))
    except ValueError as error:
        problem = message("is not TOML ({error})", error=error)
        raise InputError([Fault(path.name, 0, "", "", problem, message("a TOML file"), "map")]) from error
    table = content.get("table")
    if not isinstance(table, str) or table not in TABLES:
        table = str(table)
        refuse("table", table, message("is no table of a programme"), message("one of {names}", names=tuple(TABLES)))
    columns, listed = {}, content.get("columns", {})
    if not isinstance(listed, dict) or not listed:
        expected = message('[columns] with lines as worker_id = "DPI"')
        refuse("columns", listed, message("is no table of columns"), expected)
        listed = {}
    header_row = content.get("header_row", 0)
    if isinstance(header_row, bool) or not isinstance(header_row, int) or header_row < 0:
        expected = message("the row with the headings, from 1")
        refuse("header_row", header_row, message("is not a row"), expected)
    for name, entry in listed.items():
        known = (*TABLES[table].column_names, *more) if table in TABLES else (name,)
        if name not in known:
            problem = message("is no column of {table}", table=table)
            refuse(f"columns.{name}", name, problem, message("one of {names}", names=known))
        columns[name] = _read_column(name, entry, refuse)
    if faults:
        raise InputError(faults)
    return SheetMap(str(table), str(content.get("sheet", "")), header_row, columns)


def _read_column(name: str, entry: Any, refuse: Any) -> ColumnMap:
    if isinstance(entry, str):
        return ColumnMap(source=entry)
    if not isinstance(entry, dict) or not {"from", "value", "column"} & set(entry):
        expected = message("{forms:or}", forms=('"Heading"', '{ from = "Heading" }', '{ value = "GT" }'))
        refuse(f"columns.{name}", entry, message("says nothing"), expected)
        return ColumnMap()
    for key in sorted(set(entry) - set(_KEYS)):
        expected = message("one of {names}", names=_KEYS)
        refuse(f"columns.{name}.{key}", entry[key], message("is no key of a column"), expected)
    given = entry.get("words", {})
    if not isinstance(given, dict):
        refuse(f"columns.{name}.words", given, message("is no table of words"), '{ Mujer = "F", Hombre = "M" }')
        given = {}
    headings, strip = (_listed(entry.get(key, [])) for key in ("from", "strip"))
    texts = {key: entry[key] for key in _TEXTS if key in entry}
    shown = [*texts.items(), *(("from", one) for one in headings), *(("strip", one) for one in strip)]
    for key, text in (*shown, *((f"words.{word}", code) for word, code in given.items())):
        if isinstance(text, dict | list) or len(str(text)) > LONGEST:
            expected = message("a text of at most {longest} characters", longest=LONGEST)
            refuse(f"columns.{name}.{key}", str(text)[:LONGEST], message("can't be put into a cell"), expected)
            return ColumnMap()
    _check_forms(name, entry, headings, refuse)
    source, *more = map(str, headings or [""])
    return ColumnMap(
        source=source,
        more=tuple(more),
        strip=tuple(map(str, strip)),
        words={word_key(str(word)): str(code) for word, code in given.items()},
        decimal_comma=None if "decimal_comma" not in entry else bool(entry["decimal_comma"]),
        factor=Decimal(entry["factor"]) if _is_factor(entry.get("factor")) else None,
        age_on=entry["age_on"] if _is_day(entry.get("age_on")) else None,
        **{key: str(text) for key, text in texts.items()},
    )


def _check_forms(name: str, entry: dict[str, Any], headings: list[Any], refuse: Any) -> None:
    """Refuse what a key can't hold; a proposed map holds ``"?"`` where somebody has to say."""
    place = f"columns.{name}"
    if entry.get("dates", "YYYY-MM-DD") not in DATES:
        expected = message("one of {names}", names=tuple(DATES))
        refuse(f"{place}.dates", entry["dates"], message("is no form of dates"), expected)
    if "column" in entry and not re.fullmatch("[A-Z]{1,3}", str(entry["column"])):
        refuse(f"{place}.column", entry["column"], message("is no column of a sheet"), message("its letter, such as D"))
    if "factor" in entry and not _is_factor(entry["factor"]):
        refuse(f"{place}.factor", entry["factor"], message("is no factor"), message("a number above 0"))
    if "age_on" in entry and not _is_day(entry["age_on"]):
        expected = message("the day of the ages, as age_on = 2026-01-31")
        refuse(f"{place}.age_on", entry["age_on"], message("is no day"), expected)
    if "currency" in entry and entry["currency"] not in currencies():
        expected = message("an ISO 4217 code such as GTQ")
        refuse(f"{place}.currency", entry["currency"], message("is no currency"), expected)
    if "currency" in entry and "factor" not in entry:
        expected = message("factor, what one of it is worth in the programme's currency (1 where it is the same)")
        refuse(f"{place}.currency", entry["currency"], message("has no rate"), expected)
    if len(headings) > 1 and "join" not in entry:
        shown, expected = ", ".join(map(str, headings)), message('join, as join = ":"')
        refuse(f"{place}.from", shown, message("are several headings"), expected)
    for word, code in entry.get("words", {}).items() if isinstance(entry.get("words"), dict) else ():
        if code == "?":
            refuse(f"{place}.words.{word}", code, message("says nothing yet"), message("the code that is meant"))


def _listed(entry: Any) -> list[Any]:
    return entry if isinstance(entry, list) else [entry]


def _is_factor(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool) and 0 < value < 10**9


def _is_day(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)
