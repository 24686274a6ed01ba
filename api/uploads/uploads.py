"""Uploads of tables: as the format has them, or a ministry's own sheet with its own headings; all rows or none."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from api.uploads.names import HEADINGS, PERSON_COLUMNS, names_apart, with_names
from api.uploads.safe_ids import SAFE_ID, UNSAFE
from engine.errors import CallError, Fault, InputError
from engine.programme.column_titles import plain, titles_of
from engine.programme.csv_table import read_csv
from engine.programme.raw_table import RawTable
from engine.programme.schema import TABLES
from engine.programme.typed_tables import column_faults, table_faults
from engine.sheets.importer import mapped, warnings_of
from engine.sheets.proposal import propose_map
from engine.sheets.sheet_map import SheetMap, read_map
from engine.sheets.sheet_reading import Sheet, Sought, read_sheet
from engine.words import message

ENDINGS = (".csv", ".xlsx", ".xls", ".ods")
LONGEST_LINE = 200_000
MOST_HEADINGS = 500
NAMES = ("household", "travel_group", "past_employer", "refusal")  # labels that are ids of something
SPANS = (("start_date", "end_date"), ("available_from", "available_to"), ("debarred_from", "debarred_until"))


@dataclass(frozen=True)
class Upload:
    """A table as text columns, which heading of the file became which column, and what is only estimated in it."""

    raw: RawTable
    headings: Mapping[str, str]
    persons: Mapping[str, list[str]] = field(default_factory=dict)  # of workers: what `api.uploads.names` keeps
    warnings: tuple[str, ...] = ()
    unsure: bool = False  # whether headings or words of the sheet's own were read by what is proposed for them


def safe_name(name: str) -> str:
    """A file's name without any path, by its ending alone. Raises `CallError` for an ending that isn't read."""
    ending = Path(name.replace("\\", "/")).suffix.lower()
    if ending not in ENDINGS:
        raise CallError(
            message("This file is of a kind that isn't read."), message("Send {endings:or}.", endings=tuple(ENDINGS))
        )
    return f"upload{ending}"


def read_upload(path: Path, table: str, map_text: str) -> Upload:
    """Read an uploaded file for a table. A CSV file with the format's own headings is read as it is, another sheet by
    the map (TOML) or, without one, by the map that is proposed for it.

    Raises `InputError` with every fault of form; cells are told by file, row and column.
    """
    if path.suffix == ".csv":
        _require_lines(path)
        if not map_text and has_own_headings(path, table):
            faults: list[Fault] = []
            raw = read_csv(path, table, faults.append)
            if raw is None or faults:
                raise InputError(faults)
            headings = {name: name for name in raw.columns}
            raw, persons = names_apart(raw)
            return Upload(_without_strangers(raw), headings, persons)
    map_file = path.with_name("map.toml")
    map_file.write_text(map_text or propose_map(narrow(read_sheet(path, sought=Sought(table))), table)[0], "utf-8")
    chosen = read_map(map_file, PERSON_COLUMNS if table == "workers" else ())
    if chosen.table != table:
        raise CallError(
            message("The map is for {table}.", table=chosen.table), message('Say table = "{table}" in it.', table=table)
        )
    if not map_text:
        _require_found(chosen, path.name)
    sheet = narrow(read_sheet(path, chosen.sheet, chosen.header_row, Sought(table)))
    if not map_text:
        chosen = with_names(chosen, sheet.titles)
    raw, persons = names_apart(mapped(sheet, chosen))
    headings = {column.source: name for name, column in chosen.columns.items() if column.source}
    unsure = not map_text and _has_own_words(sheet, chosen)
    return Upload(raw, headings, persons, warnings_of(chosen, path), unsure)


def _has_own_words(sheet: Sheet, chosen: SheetMap) -> bool:
    """Whether a sheet has headings that aren't those of a template in any language, or words that stand for codes."""
    known = {plain(title) for name in TABLES[chosen.table].column_names for title in (name, *titles_of(name))}
    known |= {word for words in HEADINGS.values() for word in words} if chosen.table == "workers" else set()
    own = {plain(title) for title in sheet.titles if title} - known
    return bool(own) or any(column.words for column in chosen.columns.values())


def require_consistent_rows(raw: RawTable) -> None:
    """Raise `InputError` for rows that end before they begin, and preferences that name both or neither."""
    faults = disordered_rows(raw)
    if faults:
        raise InputError(faults)


def disordered_rows(raw: RawTable) -> list[Fault]:
    """A fault for each row whose cells contradict each other."""
    faults = []
    for first, last in SPANS:
        if first in raw.columns and last in raw.columns:
            cells = zip(raw.columns[first].to_pylist(), raw.columns[last].to_pylist(), strict=True)
            wrong = [i for i, (begin, end) in enumerate(cells) if begin and end and end < begin]
            faults += [
                Fault(raw.file, raw.row(i), last, "", message("is before {first}", first=first), message("a later day"))
                for i in wrong
            ]
    if raw.name == "preferences" and {"order_id", "employer_id"} <= set(raw.columns):
        both = zip(raw.columns["order_id"].to_pylist(), raw.columns["employer_id"].to_pylist(), strict=True)
        wrong = [i for i, (order, employer) in enumerate(both) if bool(order) == bool(employer)]
        expected = message("an order or an employer")
        faults += [
            Fault(raw.file, raw.row(i), "order_id", "", message("names both or neither"), expected) for i in wrong
        ]
    return faults


def _require_found(chosen: SheetMap, file: str) -> None:
    """Raise `InputError` where a proposed map has found no heading for a column that can't be empty."""
    found = {name for name, column in chosen.columns.items() if column.source}
    lost = [name for name in needed_columns(chosen.table) if name not in found]
    if lost:
        hint = message("a heading like it, or a map that says which one it is")
        raise InputError([Fault(file, 1, name, "", message("is a missing column"), hint, "column") for name in lost])


def needed_columns(table: str) -> list[str]:
    """The columns of a table that can't be empty, but for the employer, who may be the one that sends it."""
    return [column.name for column in TABLES[table].columns if column.filled and column.name != "employer_id"]


def require_sound(raw: RawTable, keys: tuple[str, ...]) -> None:
    """Raise `InputError` with every fault of the cells of a table, rows that stand twice included."""
    faults = table_faults(raw) + _control_characters(raw) + _unsafe_ids(raw)
    if keys and not faults:
        faults += _repeats(raw, keys)
    if faults:
        raise InputError(faults)


@lru_cache(maxsize=200_000)
def cell_faults(table: str, column: str, text: str) -> tuple[Fault, ...]:
    """What is wrong with one cell of a request, as an upload of it is held; most cells are seen again and again."""
    raw = RawTable(table, "request", {column: pa.array([text], pa.string())}, 1)
    found = [*column_faults(raw, column), *_control_characters(raw), *_unsafe_ids(raw)]
    return tuple(replace(fault, row=0) for fault in found)


def row_faults(table: str, cells: Mapping[str, str]) -> list[Fault]:
    """What is wrong with a row that is changed by hand: everything that an upload of it would be refused for."""
    found = [fault for name, text in cells.items() for fault in cell_faults(table, name, text)]
    sound = set(cells) - {fault.column for fault in found}
    raw = RawTable(table, "request", {name: pa.array([cells[name]], pa.string()) for name in sound}, 1)
    return found + [replace(fault, row=0, value=cells[fault.column]) for fault in disordered_rows(raw)]


def _control_characters(raw: RawTable) -> list[Fault]:
    """Cells with characters that steer a terminal or end a text."""
    faults = []
    for name, column in raw.columns.items():
        for record in np.flatnonzero(np.asarray(pc.match_substring_regex(column, r"[\x00-\x1f\x7f]")))[:1000]:
            told = Fault(
                raw.file, raw.row(record), name, "", message("holds a control character"), message("printable text")
            )
            faults.append(told)
    return faults


def _unsafe_ids(raw: RawTable) -> list[Fault]:
    """Ids that a spreadsheet program would take for a formula: they stand as they are in files of results."""
    faults = []
    for column in TABLES[raw.name].columns:
        if (column.kind in ("id", "reference") or column.concept in NAMES) and column.name in raw.columns:
            cells = raw.columns[column.name]
            for record in np.flatnonzero(np.asarray(pc.match_substring_regex(cells, f"{UNSAFE}|^.{{65}}")))[:1000]:
                shown = cells[record].as_py()[:80]
                faults.append(Fault(raw.file, raw.row(record), column.name, shown, message("is no safe id"), SAFE_ID))
    return faults


def _repeats(raw: RawTable, keys: tuple[str, ...]) -> list[Fault]:
    seen: set[tuple[str, ...]] = set()
    faults = []
    for record, key in enumerate(zip(*(raw.columns[name].to_pylist() for name in keys), strict=True)):
        if key in seen:
            shown = ", ".join(key)
            faults.append(
                Fault(
                    raw.file,
                    raw.row(record),
                    keys[-1],
                    shown,
                    message("stands twice"),
                    message("each row once"),
                    "repeat",
                )
            )
        seen.add(key)
    return faults[:1000]


def unknown_references(raw: RawTable, column: str, known: set[str], target: str) -> list[Fault]:
    """A fault for each cell of a column that names what isn't there."""
    cells = np.asarray(raw.columns[column].to_pylist(), dtype=object)
    wrong = [record for record, cell in enumerate(cells.tolist()) if cell and cell not in known]
    return [
        Fault(
            raw.file,
            raw.row(record),
            column,
            cells[record],
            message("is not in {target}", target=target),
            message("an id of {target}", target=target),
            "reference",
        )
        for record in wrong[:1000]
    ]


def with_column(raw: RawTable, name: str, cells: list[str]) -> RawTable:
    """The table with a column put in or replaced."""
    return RawTable(raw.name, raw.file, {**raw.columns, name: pa.array(cells, pa.string())}, raw.size, raw.rows)


def digest(path: Path) -> str:
    """The sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _without_strangers(raw: RawTable) -> RawTable:
    """The table in the format's order of columns. Raises `InputError` for columns that it doesn't know."""
    known = {name: raw.columns[name] for name in TABLES[raw.name].column_names if name in raw.columns}
    strangers = sorted(set(raw.columns) - set(known))
    if strangers:
        expected = message("one of {names}", names=tuple(TABLES[raw.name].column_names))
        raise InputError(
            [Fault(raw.file, 1, name, "", message("is no column"), expected, "column") for name in strangers]
        )
    return RawTable(raw.name, raw.file, known, raw.size, raw.rows)


def narrow(sheet: Sheet, most: int = MOST_HEADINGS) -> Sheet:
    """The sheet. Raises `InputError` for one with more than ``most`` headings: no table has as many."""
    if len(sheet.titles) > most:
        expected = message("at most {most} headings", most=most)
        raise InputError(
            [Fault(sheet.file, 1, "", f"{len(sheet.titles):,}", message("are its columns"), expected, "file")]
        )
    return sheet


def has_own_headings(path: Path, table: str) -> bool:
    """Whether a CSV file has the headings of a table of the format."""
    with path.open("rb") as file:
        first = file.readline(LONGEST_LINE).decode("utf-8-sig", "replace")
    titles = {title.strip().strip('"') for title in first.split(",")}
    return all(column.name in titles for column in TABLES[table].columns if column.filled)


def _require_lines(path: Path) -> None:
    """Raise `InputError` for a text file with a line, or more headings, that no table has."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST_LINE):
            number += 1
            if number == 1 and max(line.count(mark) for mark in (b",", b";", b"\t", b"|")) >= MOST_HEADINGS:
                expected = message("at most {most} headings", most=MOST_HEADINGS)
                raise InputError([Fault(path.name, 1, "", "", message("has too many columns"), expected, "file")])
            if len(line) >= LONGEST_LINE:
                problem = message("is longer than {longest_line:,} bytes", longest_line=LONGEST_LINE)
                raise InputError([Fault(path.name, number, "", "", problem, message("one record a line"), "file")])
