"""Reading a programme folder: every table and agreement, validated, with all faults of all files at once."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from engine.errors import CallError, Fault, InputError
from engine.programme.clauses import LATEST
from engine.programme.column_titles import with_own_columns
from engine.programme.cross_checks import check_across_tables, check_clause_references
from engine.programme.csv_table import read_csv
from engine.programme.parquet_table import read_parquet
from engine.programme.programme import Programme, RawToml
from engine.programme.raw_table import RawTable
from engine.programme.schema import TABLES
from engine.programme.table import Table
from engine.programme.toml_files import load_toml, read_agreement, read_settings, report_overlaps
from engine.programme.typed_tables import typed_tables
from engine.programme.workbook import WORKBOOK, read_workbook
from engine.words import message


def read_programme(folder: Path | str) -> Programme:
    """Read and validate the programme in ``folder``.

    Raises `CallError` where there is no such folder and `InputError` with every fault of every file otherwise.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise CallError(
            message("There is no programme folder {folder}.", folder=folder),
            message("A programme is a folder with programme.toml."),
        )
    return _Reader(folder).read()


def read_workbook_tables(path: Path) -> tuple[dict[str, Table], tuple[str, ...]]:
    """The tables of a workbook by themselves, before they are a programme, and what was noticed.

    References are looked up within the workbook. Raises `InputError` with every fault.
    """
    faults: list[Fault] = []
    notices: list[str] = []
    raw = {table.name: with_own_columns(table) for table in read_workbook(path, tuple(TABLES), faults.append)}
    for schema in TABLES.values():
        if schema.needed and schema.name not in raw and (raw or not faults):
            expected = message("a sheet named {names}", names=schema.name)
            faults.append(Fault(path.name, 0, "", schema.name, message("is a missing table"), expected, "table"))
    tables = typed_tables(raw, faults.append, notices.append)
    if tables is not None:
        check_across_tables(tables, raw, faults.append)
    if faults or tables is None:
        raise InputError(faults)
    return tables, tuple(notices)


class _Reader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[Fault] = []
        self.notices: list[str] = []
        self.texts: dict[str, RawToml] = {}

    def report(self, fault: Fault) -> None:
        self.faults.append(fault)

    def read(self) -> Programme:
        settings, clauses = self._settings()
        agreements = self._agreements(LATEST if settings is None else settings.as_of)
        raw = self._raw_tables()
        tables = typed_tables(raw, self.report, self.notices.append)
        if tables is not None:
            check_across_tables(tables, raw, self.report)
            for file, owned in [("programme.toml", clauses), *((file, a.clauses) for file, a in agreements)]:
                check_clause_references(owned, tables, file, self.report)
        report_overlaps(agreements, self.report)
        if self.faults or settings is None or tables is None:
            raise InputError(self.faults)
        return Programme(
            settings,
            tuple(sorted((agreement for _, agreement in agreements), key=lambda agreement: agreement.id)),
            clauses,
            tables,
            programme_sha256(self.folder),
            tuple(self.notices),
            self.texts,
        )

    def _settings(self) -> Any:
        path = self.folder / "programme.toml"
        if not path.is_file():
            self.report(
                Fault("programme.toml", 0, "", "", message("is missing"), message("the programme's settings"), "file")
            )
            return None, ()
        content = load_toml(path, path.name, self.report)
        self.texts[path.name] = content or {}
        return (None, ()) if content is None else read_settings(content, path.name, self.report, self.notices.append)

    def _agreements(self, day: date) -> list[Any]:
        found = []
        paths = sorted((self.folder / "agreements").glob("*"))
        if not (self.folder / "agreements").is_dir():
            self.report(
                Fault(
                    "agreements",
                    0,
                    "",
                    "",
                    message("is missing"),
                    message("a folder of agreements, one .toml each"),
                    "file",
                )
            )
        for path in paths:
            file = f"agreements/{path.name}"
            if path.suffix != ".toml":
                self.report(
                    Fault(
                        file, 0, "", path.name, message("is no agreement"), message("files that end in .toml"), "file"
                    )
                )
                continue
            if not path.is_file():
                self.report(Fault(file, 0, "", path.name, message("is no file"), message("an agreement"), "file"))
                continue
            content = load_toml(path, file, self.report)
            agreement = content and read_agreement(content, file, self.report, self.notices.append, day)
            if content == {}:
                self.report(Fault(file, 0, "", "", message("is empty"), message("an agreement"), "file"))
            if agreement and content:
                self.texts[file] = content
                found.append((file, agreement))
        return found

    def _raw_tables(self) -> dict[str, RawTable]:
        raw: dict[str, RawTable] = {}
        seen: dict[str, str] = {}
        for name, file, table in self._all_tables():
            if name in seen:
                self.report(
                    Fault(
                        file,
                        0,
                        "",
                        name,
                        message("is also in {seen}", seen=seen[name]),
                        message("each table once"),
                        "table",
                    )
                )
            seen[name] = file
            if table is not None:
                raw[name] = with_own_columns(table)
        for schema in TABLES.values():
            if schema.needed and schema.name not in seen:
                expected = message(
                    "{name}.csv, {name}.parquet or a sheet of {workbook}", name=schema.name, workbook=WORKBOOK
                )
                self.report(Fault(schema.name, 0, "", "", message("is a missing table"), expected, "table"))
        return raw

    def _all_tables(self) -> Iterator[tuple[str, str, RawTable | None]]:
        strangers: list[Path] = []
        for path in sorted(self.folder.iterdir()):
            if path.suffix in (".csv", ".parquet") and path.stem in TABLES and not path.is_file():
                self.report(Fault(path.name, 0, "", "", message("is no file"), message("a table"), "file"))
                yield path.stem, path.name, None
            elif path.name == WORKBOOK:
                for table in read_workbook(path, tuple(TABLES), self.report):
                    yield table.name, table.file, table
            elif path.suffix in (".csv", ".parquet") and path.stem in TABLES:
                reader = read_csv if path.suffix == ".csv" else read_parquet
                yield path.stem, path.name, reader(path, path.stem, self.report)
            elif path.is_file() and _is_like_a_table(path):
                strangers.append(path)
        for path in strangers:
            self._stranger(path)

    def _stranger(self, path: Path) -> None:
        """A file that is no table: a fault where it looks like a misspelt one that is missing, else a notice."""
        stem = path.name.lower().partition(".")[0]
        near = difflib.get_close_matches(stem, TABLES, 1)
        suffix = path.suffix if path.suffix in (".csv", ".parquet") else ".csv"
        if near and not any((self.folder / f"{near[0]}{suffix}").exists() for suffix in (".csv", ".parquet")):
            self.report(
                Fault(
                    path.name,
                    0,
                    "",
                    path.stem,
                    message("is no table"),
                    message("{name}?", name=near[0] + suffix),
                    "table",
                )
            )
        else:
            self.notices.append(message("{file} is not read: it is no table of a programme.", file=path.name))


def _is_like_a_table(path: Path) -> bool:
    """Whether a file could be meant as a table, by its ending or by its name."""
    suffixes = {".csv", ".tsv", ".parquet", ".xlsx", ".xls", ".ods"}
    return path.suffix.lower() in suffixes or path.name.lower().partition(".")[0] in TABLES


def programme_sha256(folder: Path) -> str:
    """The sha256 of the sorted lines ``file name, space, sha256 of the file`` of all files that make the programme."""
    paths = [p for p in folder.iterdir() if p.suffix in (".csv", ".parquet") and p.stem in TABLES]
    paths += [p for p in (folder / "programme.toml", folder / WORKBOOK) if p.is_file()]
    paths += sorted((folder / "agreements").glob("*.toml"))
    lines = sorted(f"{p.relative_to(folder).as_posix()} {hashlib.sha256(p.read_bytes()).hexdigest()}\n" for p in paths)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
