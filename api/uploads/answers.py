"""What somebody answers of a sheet's headings, read in a child: a map, and the rows as they would be stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from api.uploads.names import PERSON_COLUMNS, name_columns
from api.uploads.uploads import Upload, narrow, needed_columns, read_upload
from engine.errors import Fault, InputError
from engine.programme.schema import TABLES
from engine.sheets.chosen_headings import AskedSheet, SheetColumn, asked_sheet, map_text
from engine.sheets.marked_copy import Mark, marked_copy
from engine.sheets.sheet_reading import Sought, read_sheet
from engine.words import message

MOST_COLUMNS = 300
Answers = Mapping[str, str]
Headings = tuple[str, str, str]


@dataclass(frozen=True)
class Reading:
    """A sheet with what is asked of it, the map by which it is read, and its rows or what is wrong with it."""

    asked: AskedSheet
    map: str
    upload: Upload | None
    faults: tuple[Fault, ...] = ()

    def number(self, name: str) -> int | None:
        """The number of the column of the sheet, from 0, that is a column of ours."""
        found = [number for number, column in enumerate(self.asked.columns) if column.name == name]
        return found[0] if found else None


def columns_of(table: str) -> tuple[str, ...]:
    """All that a column of a sheet may be."""
    return (*TABLES[table].column_names, *(PERSON_COLUMNS if table == "workers" else ()))


def read_answers(path: Path, table: str, answers: Answers) -> Reading:
    """Read a sheet by what is answered of its headings, or by what is proposed where nothing is.

    Raises `InputError` for a file that can't be read; other faults are in what is returned.
    """
    sheet = narrow(read_sheet(path, sought=Sought(table)), MOST_COLUMNS)
    known, told = columns_of(table), {name: value for name, value in answers.items() if name.startswith("is.")}
    chosen = {name.removeprefix("is."): value for name, value in told.items() if value in known} if told else None
    asked = asked_sheet(sheet, table, chosen, name_columns(table, sheet.titles))
    entries: dict[str, dict[str, Any]] = {one.name: _entry(one, answers) for one in asked.columns if one.name}
    for name in needed_columns(table):
        if name not in entries and answers.get(f"value.{name}"):
            entries[name] = {"value": answers[f"value.{name}"]}
    text = map_text(asked, entries)
    faults = [*_twice(chosen or {}, sheet.file), *_lost(table, entries, sheet.file)]
    if faults:
        return Reading(asked, text, None, tuple(faults))
    try:
        return Reading(asked, text, read_upload(path, table, text))
    except InputError as error:
        return Reading(asked, text, None, tuple(error.faults))


def _twice(chosen: Mapping[str, str], file: str) -> list[Fault]:
    named = list(chosen.values())
    problem, expected = message("is chosen for two columns"), message("one column for each")
    return [Fault(file, 0, name, "", problem, expected, "map") for name in sorted(set(named)) if named.count(name) > 1]


def _lost(table: str, entries: Mapping[str, object], file: str) -> list[Fault]:
    problem, expected = message("is a missing column"), message("the column that it is, or one value for all rows")
    return [Fault(file, 0, name, "", problem, expected, "map") for name in needed_columns(table) if name not in entries]


def _entry(column: SheetColumn, answers: Answers) -> dict[str, Any]:
    """What a map says of a column: what is proposed, and over it what was answered for this very column."""
    entry, letter = dict(column.entry), column.letter
    words = dict(column.words)
    if answers.get(f"was.{letter}") == column.name:
        for number, word in enumerate(words):
            if answers.get(f"word.{letter}.{number}") == word:
                words[word] = answers.get(f"code.{letter}.{number}", "")
        for key, read in (("dates", str), ("currency", str), ("factor", Decimal), ("age_on", date.fromisoformat)):
            with suppress(ValueError, InvalidOperation):
                if text := answers.get(f"{key}.{letter}", ""):
                    entry[key] = read(text)
        if comma := answers.get(f"comma.{letter}", ""):
            entry["decimal_comma"] = comma == "yes"
    proposed = entry.pop("words", {})
    kept = {word: code or ("?" if proposed.get(word) == "?" else "") for word, code in words.items()}
    kept = {word: code for word, code in kept.items() if code or word in proposed}
    return entry | ({"words": kept} if kept else {})


def marked(
    path: Path, reading: Reading, marks: Sequence[tuple[int, str, str]], headings: tuple[str, str, str]
) -> bytes:
    """The sheet with its faults marked: each with its row, the column of ours and a sentence."""
    sheet = read_sheet(path, reading.asked.name, reading.asked.header_row)
    placed = [Mark(row, reading.number(name), sentence) for row, name, sentence in marks]
    return marked_copy(sheet, placed, headings)
