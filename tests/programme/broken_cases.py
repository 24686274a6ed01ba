"""Kinds of broken input: what is done to the sound programme and the fault that must name it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pa_parquet
import xlsxwriter
from sound_programme import (
    TABLES,
    add_row,
    add_text,
    cells_of_text,
    change_bytes,
    change_rows,
    change_text,
    rename_column,
    repeat_row,
    set_cell,
    write_workbook,
)

TIERS = '[["fill", "fil"], ["skill", "income", "recall", "choice", "score"]]'
SETTINGS, CANADA, SPAIN = "programme.toml", "agreements/GT-CA-2026.toml", "agreements/HN-ES-2026.toml"
NEW_CLAUSE = '\n[[clause]]\nid = "new"\n'
ACCENT = "Explotación Peña"


@dataclass(frozen=True)
class Broken:
    """One kind: ``break_it`` is done to the sound folder, the rest must stand in one fault.

    ``column`` is how the fault's column ends, ``value`` the fault's value (None: any) and ``right`` a word of what is
    wrong or would be right. Nothing else may be blamed unless ``others``.
    """

    name: str
    break_it: Callable[[Path], object]
    file: str
    row: int
    column: str
    value: str | None
    right: str
    table_format: str = "csv"
    others: bool = False


def cell(name: str, table: str, row: int, column: str, value: str, right: str, others: bool = False) -> Broken:
    """A wrong text in one cell."""
    return Broken(
        name, lambda d: set_cell(d, table, row, column, value), f"{table}.csv", row, column, value, right, others=others
    )


def record(name: str, table: str, cells: tuple[str, ...], column: str, value: str, right: str) -> Broken:
    """A wrong record at the end of a table."""
    row = len(cells_of_text(TABLES[table])) + 1
    return Broken(name, lambda d: add_row(d, table, *cells), f"{table}.csv", row, column, value, right)


def toml(name: str, file: str, old: str, new: str, column: str, value: str | None, right: str) -> Broken:
    """A change in a TOML file."""
    return Broken(name, lambda d: change_text(d, file, old, new), file, 0, column, value, right)


def clause(name: str, body: str, column: str, value: str | None, right: str) -> Broken:
    """A further clause at the end of an agreement."""
    place = f"clause new: {column}"
    return Broken(name, lambda d: add_text(d, CANADA, NEW_CLAUSE + body + "\n"), CANADA, 0, place, value, right)


def table_bytes(
    name: str, table: str, change: Callable[[bytes], bytes], row: int, value: str | None, right: str
) -> Broken:
    """A table's file with other bytes."""
    return Broken(name, lambda d: change_bytes(d, f"{table}.csv", change), f"{table}.csv", row, "", value, right)


def workbook(name: str, write: Callable[[Path], object], file: str, row: int, column: str, right: str) -> Broken:
    """A programme whose tables are a workbook, written anew by ``write``."""

    def break_it(folder: Path) -> None:
        path = folder / "programme.xlsx"
        path.unlink()
        write(path)

    return Broken(name, break_it, file, row, column, None, right, "xlsx", others=True)


def sheets(**changed: list[list[str]] | None) -> Callable[[Path], None]:
    """A writer of the sound workbook with some sheets changed, added or (None) left out."""
    sound = {name: cells_of_text(text) for name, text in TABLES.items()}
    kept = {name: rows for name, rows in {**sound, **changed}.items() if rows is not None}
    return lambda path: write_workbook(path, kept)


def with_error_cell(path: Path) -> None:
    """Write the sound workbook with a travel cost that shows #N/A."""
    with xlsxwriter.Workbook(str(path)) as book:
        for name, text in TABLES.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(cells_of_text(text)):
                for column, content in enumerate(cells):
                    if content:
                        sheet.write_string(row, column, content)
            if name == "corridors":
                sheet.write_formula(1, 2, "=NA()", None, "#N/A")


def bomb(path: Path) -> None:
    """Write a small archive that unpacks to a large sheet."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)


def as_folder(folder: Path, file: str) -> None:
    """Put a folder where a file should be."""
    (folder / file).unlink(missing_ok=True)
    (folder / file).mkdir()


def as_dangling_link(folder: Path, file: str) -> None:
    """Put a link to nothing where a file should be."""
    (folder / file).unlink()
    (folder / file).symlink_to("nowhere")


def parquet_column(folder: Path, table: str, column: str, values: pa.Array) -> None:
    """Replace one column of a Parquet table."""
    path = folder / f"{table}.parquet"
    read = pa_parquet.read_table(path)
    pa_parquet.write_table(read.set_column(read.column_names.index(column), column, values), path)


def reversed_rows(folder: Path, table: str) -> None:
    """Put the header last."""
    change_rows(folder, table, lambda rows: rows[::-1])


def in_latin_1(folder: Path, file: str, old: str) -> None:
    """Put a word with an accent into a file and save it as Windows does."""
    change_text(folder, file, old, ACCENT)
    change_bytes(folder, file, lambda raw: raw.decode().encode("latin-1"))


def overlap_below_a_blank_line(folder: Path) -> None:
    """Let the second stay begin before the first ends, and put a blank line above both."""
    set_cell(folder, "history", 3, "start_date", "2024-08-01")
    change_bytes(folder, "history.csv", lambda raw: raw.replace(b"\n", b"\n\n", 1))


def lone_workbook(folder: Path) -> None:
    """Keep the stays of the past in a workbook of their own."""
    write_workbook(folder / "history.xlsx", {"history": cells_of_text(TABLES["history"])})
    (folder / "history.csv").unlink()


def taking_away(file: str) -> Callable[[Path], None]:
    """A hand that removes a file."""
    return lambda folder: (folder / file).unlink()


def renaming(table: str, column: str) -> Callable[[Path], None]:
    """A hand that gives a column another name."""
    return lambda folder: rename_column(folder, table, column, "other")


def repeating(table: str) -> Callable[[Path], None]:
    """A hand that adds the first record once more."""
    return lambda folder: repeat_row(folder, table, 2)


def unknown_worker_beside_a_missing_column(folder: Path) -> None:
    """Break two tables at once, one of them so that it lacks a column."""
    rename_column(folder, "recalls", "order_id", "other")
    set_cell(folder, "history", 2, "worker_id", "7")


def two_wrong_starts(folder: Path) -> None:
    """Give both stays of one worker a start that is no date."""
    set_cell(folder, "history", 2, "start_date", "a")
    set_cell(folder, "history", 3, "start_date", "b")


def three_stays_in_one(folder: Path) -> None:
    """Add a long stay and two short ones inside it that don't overlap each other."""
    for first, last in (("2020-01-01", "2020-12-31"), ("2020-02-01", "2020-03-01"), ("2020-06-01", "2020-07-01")):
        add_row(folder, "history", "W2", "", "", "CA", first, last, "")


def second_agreement(folder: Path, identifier: str, sectors: str, first_day: str) -> None:
    """Add an agreement between Guatemala and Canada beside the one there is."""
    (folder / "agreements" / "second.toml").write_text(
        f'id = "{identifier}"\norigins = ["MX", "GT"]\ndestination = "CA"\nsectors = {sectors}\n'
        f"effective_from = {first_day}\neffective_to = 2027-12-31\n"
    )


MISSING = [
    *(
        Broken(f"no {table}", taking_away(f"{table}.csv"), table, 0, "", "", f"{table}.csv", others=True)
        for table in ("workers", "orders", "employers", "sites")
    ),
    Broken("no programme.toml", lambda d: (d / SETTINGS).unlink(), SETTINGS, 0, "", "", "is missing"),
    Broken("no agreements", lambda d: (d / "agreements").rename(d / "laws"), "agreements", 0, "", "", "is missing"),
    *(
        Broken(
            f"no column {table}.{column}",
            renaming(table, column),
            f"{table}.csv",
            1,
            column,
            "",
            "missing column",
        )
        for table, column in (
            ("workers", "sex"),
            ("orders", "priority"),
            ("employers", "debarred_until"),
            ("sites", "beds"),
            ("history", "exit_reason"),
            ("preferences", "employer_id"),
            ("corridors", "lead_time_days"),
            ("scores", "score"),
        )
    ),
    *(
        toml(f"no setting {key}", SETTINGS, line, "", key, "", "is missing")
        for key, line in (
            ("format", "format = 1\n"),
            ("id", 'id = "small-2026"\n'),
            ("as_of", "as_of = 2026-01-05\n"),
            ("horizon", "horizon = { start = 2026-01-01, end = 2026-12-31 }\n"),
            ("currency", 'currency = "CAD"\n'),
            ("reference_weekly_income", "reference_weekly_income = 400\n"),
        )
    ),
    toml("no objective", SETTINGS, "[objective]", "[other]", "objective", "", "is missing"),
    *(
        toml(f"agreement without {key}", CANADA, line, "", key, "", "is missing")
        for key, line in (
            ("id", 'id = "GT-CA-2026"\n'),
            ("origins", 'origins = ["GT"]\n'),
            ("destination", 'destination = "CA"\n'),
            ("effective_from", "effective_from = 2026-01-01\n"),
            ("effective_to", "effective_to = 2026-12-31\n"),
        )
    ),
]

FILES = [
    table_bytes("empty table", "recalls", lambda _raw: b"", 0, "", "header row"),
    table_bytes("table of blank lines", "recalls", lambda _raw: b"\n\r\n \n", 0, "", "header row"),
    table_bytes("header with an open quote", "recalls", lambda _raw: b'order_id,"worker_id\n', 1, "", "header"),
    table_bytes("blank line above the header", "recalls", lambda raw: b"\n" + raw, 1, "", "column names"),
    Broken(
        "column twice",
        lambda d: rename_column(d, "employers", "country", "name"),
        "employers.csv",
        1,
        "name",
        "",
        "each column once",
        others=True,
    ),
    Broken(
        "header twice",
        lambda d: repeat_row(d, "scores", 1),
        "scores.csv",
        4,
        "score",
        "score",
        "number between 0 and 1",
        others=True,
    ),
    Broken("header last", lambda d: reversed_rows(d, "scores"), "scores.csv", 1, "score", "", "missing", others=True),
    Broken(
        "latin-1 table",
        lambda d: in_latin_1(d, "employers.csv", "Huerta de Moguer"),
        "employers.csv",
        3,
        "",
        None,
        "saved in UTF-8",
        others=True,
    ),
    table_bytes("UTF-16 table", "recalls", lambda raw: raw.decode().encode("utf-16"), 0, "", "UTF-8"),
    table_bytes("UTF-16 without a mark", "recalls", lambda raw: raw.decode().encode("utf-16-le"), 1, "", "NUL"),
    table_bytes("NUL byte", "recalls", lambda raw: raw.replace(b"007", b"0\x007"), 2, "", "NUL"),
    table_bytes("tabs", "recalls", lambda raw: raw.replace(b",", b"\t"), 1, "order_id\tworker_id", "comma"),
    table_bytes("a cell too many", "recalls", lambda raw: raw.replace(b"O2,", b"O2,,"), 2, "O2,,007", "2, as in"),
    table_bytes("a cell too few", "recalls", lambda raw: raw.replace(b"O3,W4", b"O3"), 3, "O3", "2, as in"),
    table_bytes(
        "a cell too few below a cell of two lines",
        "exclusions",
        lambda raw: raw.replace(b"ministry, in", b"ministry,\nin").replace(b"W2,O3,", b"W2,"),
        3,
        "W2,no agreement",
        "3, as in",
    ),
    Broken(
        "wrong date below a record of too many cells",
        lambda d: change_bytes(d, "history.csv", lambda r: r.replace(b"gone", b"a,gone").replace(b"2025-10-", b"x")),
        "history.csv",
        4,
        "start_date",
        "x01",
        "2026-05-01",
        others=True,
    ),
    Broken(
        "wrong date below a blank line",
        lambda d: change_bytes(d, "history.csv", lambda r: r.replace(b"W4", b"\nW4").replace(b"2025-10-", b"x")),
        "history.csv",
        5,
        "start_date",
        "x01",
        "2026-05-01",
    ),
    Broken(
        "rows that overlap below a blank line",
        overlap_below_a_blank_line,
        "history.csv",
        4,
        "start_date",
        "2024-08-01",
        "follow one another",
    ),
    table_bytes(
        "open quote in a middle column",
        "history",
        lambda raw: raw.replace(b"gone-farms", b'"gone-farms'),
        3,
        None,
        "quote",
    ),
    table_bytes(
        "open quote that swallows the rows below",
        "exclusions",
        lambda raw: raw.replace(b'in writing"', b"in writing"),
        2,
        None,
        "quote",
    ),
    table_bytes(
        "open quote in the last cell",
        "exclusions",
        lambda raw: raw.replace(b"no agree", b'"no agree'),
        3,
        None,
        "quote",
    ),
    table_bytes(
        "two open quotes that make one cell of two",
        "exclusions",
        lambda raw: raw.replace(b'in writing"', b"in writing").replace(b"no agreement", b'"no agreement'),
        2,
        None,
        "quote",
    ),
    table_bytes(
        "text after a quote", "exclusions", lambda raw: raw.replace(b"no agree", b'"no" agree'), 3, None, "quote"
    ),
    Broken("folder for a table", lambda d: as_folder(d, "recalls.csv"), "recalls.csv", 0, "", None, "file"),
    Broken("link to no table", lambda d: as_dangling_link(d, "recalls.csv"), "recalls.csv", 0, "", None, "file"),
    Broken(
        "folder for an agreement",
        lambda d: as_folder(d, "agreements/more.toml"),
        "agreements/more.toml",
        0,
        "",
        None,
        "file",
    ),
    Broken(
        "misspelt table",
        lambda d: (d / "workers.csv").rename(d / "worker.csv"),
        "worker.csv",
        0,
        "",
        "worker",
        "workers.csv?",
        others=True,
    ),
    Broken(
        "misspelt table that is not needed",
        lambda d: (d / "preferences.csv").rename(d / "preference.csv"),
        "preference.csv",
        0,
        "",
        "preference",
        "preferences.csv?",
    ),
    Broken(
        "capital suffix",
        lambda d: (d / "history.csv").rename(d / "history.CSV"),
        "history.CSV",
        0,
        "",
        None,
        "history.csv",
    ),
    Broken(
        "table in another format",
        lambda d: (d / "history.csv").rename(d / "history.tsv"),
        "history.tsv",
        0,
        "",
        None,
        "history.csv",
    ),
    Broken(
        "workbook of one table",
        lone_workbook,
        "history.xlsx",
        0,
        "",
        None,
        "history.csv",
    ),
    Broken(
        "table as CSV and as Parquet",
        lambda d: pa_parquet.write_table(pa.table({"order_id": ["O2"], "worker_id": ["007"]}), d / "recalls.parquet"),
        "recalls.parquet",
        0,
        "",
        "recalls",
        "each table once",
    ),
    Broken(
        "note among the agreements",
        lambda d: (d / "agreements" / "note.txt").write_text("mine"),
        "agreements/note.txt",
        0,
        "",
        "note.txt",
        "end in .toml",
    ),
    Broken(
        "empty agreement",
        lambda d: (d / "agreements" / "e.toml").write_text(""),
        "agreements/e.toml",
        0,
        "",
        "",
        "empty",
        others=True,
    ),
]

PARQUET = [
    Broken(
        "cut Parquet file",
        lambda d: change_bytes(d, "scores.parquet", lambda raw: raw[:60]),
        "scores.parquet",
        0,
        "",
        "",
        "a Parquet file",
        "parquet",
    ),
    Broken(
        "CSV named Parquet",
        lambda d: (d / "scores.parquet").write_text(TABLES["scores"]),
        "scores.parquet",
        0,
        "",
        "",
        "a Parquet file",
        "parquet",
    ),
    Broken(
        "column of structs",
        lambda d: parquet_column(d, "sites", "region", pa.array([{"a": 1}] * 2)),
        "sites.parquet",
        0,
        "region",
        None,
        "text, numbers or dates",
        "parquet",
        others=True,
    ),
    Broken(
        "infinite number in Parquet",
        lambda d: parquet_column(d, "scores", "score", pa.array([0.5, float("inf")])),
        "scores.parquet",
        3,
        "score",
        "inf",
        "between 0 and 1",
        "parquet",
    ),
    Broken(
        "NaN in Parquet where a number must be",
        lambda d: parquet_column(d, "scores", "score", pa.array([0.5, float("nan")])),
        "scores.parquet",
        3,
        "score",
        "",
        "a value in every row",
        "parquet",
    ),
    Broken(
        "list with nothing in it in Parquet",
        lambda d: parquet_column(d, "workers", "skills", pa.array([["pruning", None], [], None, ["a"]])),
        "workers.parquet",
        0,
        "skills",
        None,
        "without an empty entry",
        "parquet",
        others=True,
    ),
]

WORKBOOKS = [
    workbook("workbook that is none", lambda p: p.write_text("worker_id"), "programme.xlsx", 0, "", "an .xlsx file"),
    workbook("empty workbook", lambda p: p.write_bytes(b""), "programme.xlsx", 0, "", "an .xlsx file"),
    workbook("folder for a workbook", lambda p: p.mkdir(), "programme.xlsx", 0, "", "file"),
    workbook("archive of another kind", lambda p: zipfile.ZipFile(p, "w").close(), "programme.xlsx", 0, "", ".xlsx"),
    workbook("zip bomb", bomb, "programme.xlsx", 0, "", "200 times its size"),
    workbook("unknown sheet", sheets(Notes=[["a"], ["b"]]), "programme.xlsx, sheet Notes", 0, "", "a sheet named"),
    workbook(
        "sheet in capitals",
        sheets(Scores=cells_of_text(TABLES["scores"]), scores=None),
        "programme.xlsx, sheet Scores",
        0,
        "",
        "a sheet named",
    ),
    workbook("empty sheet", sheets(scores=[]), "programme.xlsx, sheet scores", 0, "", "header row"),
    workbook(
        "column twice in a sheet",
        sheets(recalls=[["order_id", "order_id"], ["O2", "007"]]),
        "programme.xlsx, sheet recalls",
        1,
        "order_id",
        "each column once",
    ),
    workbook(
        "column without a name",
        sheets(recalls=[["order_id", "", "worker_id"], ["O2", "x", "007"]]),
        "programme.xlsx, sheet recalls",
        1,
        "",
        "a name over every column",
    ),
    workbook(
        "blank row in a sheet",
        sheets(recalls=[["order_id", "worker_id"], ["", ""], ["O2", "007"]]),
        "programme.xlsx, sheet recalls",
        2,
        "order_id",
        "a value in every row",
    ),
    workbook(
        "unknown worker in a sheet",
        sheets(recalls=[["order_id", "worker_id"], ["O2", "007"], ["O2", "7"]]),
        "programme.xlsx, sheet recalls",
        3,
        "worker_id",
        "not in workers",
    ),
    workbook(
        "cell that shows #N/A",
        with_error_cell,
        "programme.xlsx, sheet corridors",
        2,
        "travel_cost_to_worker",
        "a value",
    ),
    Broken(
        "table as CSV and as a sheet",
        lambda d: (d / "scores.csv").write_text(TABLES["scores"]),
        "scores.csv",
        0,
        "",
        "scores",
        "each table once",
        "xlsx",
    ),
]

IDS = [
    Broken(
        "worker twice",
        lambda d: set_cell(d, "workers", 4, "worker_id", "W2"),
        "workers.csv",
        4,
        "worker_id",
        "W2",
        "once",
        others=True,
    ),
    Broken("order twice", lambda d: repeat_row(d, "orders", 2), "orders.csv", 5, "order_id", "O1", "once", others=True),
    record("employer without an id", "employers", ("", "n", "CA", "", "", ""), "employer_id", "", "every row"),
    record("employer of two letters", "employers", ("ca", "n", "CA", "", "", ""), "employer_id", "ca", "two letters"),
    *(
        record(f"id with {name}", "sites", (identifier, "huerta", "", "", ""), "site_id", identifier, "1 to 64")
        for name, identifier in (
            ("a space", "S 3"),
            ("a semicolon", "S;3"),
            ("a colon", "S:3"),
            ("a bar", "S|3"),
            ("a line break", "S\n3"),
            ("a hard space", "S\u00a03"),
            ("65 characters", "S" * 65),
        )
    ),
    cell("household with a space", "workers", 2, "household_id", "H 1", "1 to 64"),
    cell("travel group with a bar", "workers", 3, "travel_group_id", "G|1", "1 to 64"),
    *(
        cell(f"unknown worker in {table}", table, 2, "worker_id", "7", "an id of workers")
        for table in ("history", "recalls", "preferences", "commitments", "exclusions", "scores")
    ),
    *(
        cell(f"unknown order in {table}", table, 2, "order_id", "o1", "an id of orders")
        for table in ("recalls", "commitments", "exclusions", "scores")
    ),
    cell("unknown order in preferences", "preferences", 2, "order_id", "o1", "an id of orders", others=True),
    cell("unknown employer in preferences", "preferences", 3, "employer_id", "acme", "an id of employers", others=True),
    cell("unknown employer in orders", "orders", 3, "employer_id", "acme", "an id of employers"),
    cell("unknown employer in sites", "sites", 2, "employer_id", "acme", "an id of employers"),
    cell("unknown site in orders", "orders", 2, "site_id", "S9", "an id of sites"),
    Broken(
        "refusal of nobody",
        lambda d: set_cell(d, "workers", 5, "refuses", "GT;acme"),
        "workers.csv",
        5,
        "refuses",
        "acme",
        "ids of employers",
    ),
    Broken(
        "unknown worker beside a table without a column",
        unknown_worker_beside_a_missing_column,
        "history.csv",
        2,
        "worker_id",
        "7",
        "an id of workers",
        others=True,
    ),
]

NUMBERS = [
    cell("negative wage", "orders", 2, "hourly_wage", "-1", "a number from 0"),
    cell("negative cost", "corridors", 2, "travel_cost_to_worker", "-0.01", "a number from 0"),
    cell("infinite wage", "orders", 2, "hourly_wage", "inf", "a number from 0"),
    cell("wage beyond doubles", "orders", 2, "hourly_wage", "1e400", "out of range"),
    cell("wage that is NaN", "orders", 2, "hourly_wage", "NaN", "a number from 0"),
    cell("decimal comma", "orders", 2, "hourly_wage", "17,2", "a decimal point"),
    cell("thousands apart", "orders", 3, "hourly_wage", "1,017.20", "a number from 0"),
    cell("currency sign", "orders", 2, "hourly_wage", "$17", "a number from 0"),
    cell("space around a number", "orders", 2, "hourly_wage", " 17", "a number from 0"),
    cell("digits of another script", "orders", 2, "headcount", "٣", "a whole number from 1", others=True),
    cell("fractional headcount", "orders", 2, "headcount", "2.5", "a whole number from 1"),
    cell("headcount of nobody", "orders", 4, "headcount", "0", "a whole number from 1", others=True),
    cell("no headcount", "orders", 2, "headcount", "", "a value in every row"),
    cell("min_crew of nobody", "orders", 2, "min_crew", "0", "a whole number from 1"),
    cell("min_crew above headcount", "orders", 3, "min_crew", "3", "at most headcount"),
    cell("large min_crew above headcount", "orders", 3, "min_crew", "1234567", "at most headcount"),
    cell("fraction of a bed", "sites", 2, "beds", "1.5", "a whole number from 0"),
    cell("fraction of a travel day", "corridors", 2, "travel_days", "0.5", "a whole number from 0"),
    cell("remittance share above 1", "corridors", 2, "remittance_cost_share", "1.01", "between 0 and 1"),
    cell("score above 1", "scores", 2, "score", "82", "between 0 and 1"),
    cell("score in percent", "scores", 2, "score", "82%", "between 0 and 1"),
    cell("no score", "scores", 2, "score", "", "a value in every row"),
    cell("rank 0", "preferences", 2, "rank", "0", "a whole number from 1"),
    cell("fractional rank", "preferences", 2, "rank", "1.5", "a whole number from 1"),
    cell("education above 8", "workers", 2, "isced", "9", "at most 8)"),
    cell("priority beyond a million", "orders", 2, "priority", "1e7", "at most 1000000)"),
    cell("fractional education", "workers", 2, "isced", "2.5", "a whole number"),
]

DATES = [
    cell("30 February", "orders", 2, "start_date", "2026-02-30", "2026-05-01"),
    cell("day before month", "orders", 2, "end_date", "01/05/2026", "2026-05-01"),
    cell("date without dashes", "workers", 2, "birth_date", "19900228", "2026-05-01"),
    cell("date by week", "orders", 2, "start_date", "2026-W14-1", "2026-05-01"),
    cell("date with a time", "sites", 2, "inspected_until", "2026-12-31T00:00", "2026-05-01"),
    cell("year 0001", "history", 2, "start_date", "0001-01-01", "1900"),
    cell("no start", "orders", 2, "start_date", "", "a value in every row"),
    cell("moment of no kind", "workers", 2, "registered_at", "noon", "2026-01-31T09:00:00"),
    Broken(
        "order that ends before it starts",
        lambda d: set_cell(d, "orders", 2, "end_date", "2026-03-31"),
        "orders.csv",
        2,
        "end_date",
        "2026-04-01..2026-03-31",
        "not before start_date",
    ),
    Broken(
        "stay that ends before it starts",
        lambda d: set_cell(d, "history", 2, "end_date", "2024-03-31"),
        "history.csv",
        2,
        "end_date",
        "2024-04-01..2024-03-31",
        "not before start_date",
    ),
    Broken(
        "worker gone before arriving",
        lambda d: set_cell(d, "workers", 2, "available_to", "2025-12-31"),
        "workers.csv",
        2,
        "available_to",
        "2026-01-01..2025-12-31",
        "not before available_from",
    ),
    Broken(
        "debarment that ends before it starts",
        lambda d: set_cell(d, "employers", 3, "debarred_until", "2019-12-31"),
        "employers.csv",
        3,
        "debarred_until",
        "2020-01-01..2019-12-31",
        "not before debarred_from",
    ),
    Broken(
        "stays that overlap",
        lambda d: set_cell(d, "history", 3, "start_date", "2024-08-31"),
        "history.csv",
        3,
        "start_date",
        "2024-08-31",
        "follow one another",
    ),
    Broken(
        "third stay inside the first",
        three_stays_in_one,
        "history.csv",
        7,
        "start_date",
        "2020-06-01",
        "follow one another",
        others=True,
    ),
    Broken(
        "two wrong starts of one worker",
        two_wrong_starts,
        "history.csv",
        3,
        "start_date",
        "b",
        "2026-05-01",
        others=True,
    ),
]

CODES = [
    cell("unknown country", "workers", 2, "origin_country", "UK", "ISO 3166-1"),
    cell("country in small letters", "orders", 2, "destination_country", "ca", "ISO 3166-1"),
    cell("country by name", "corridors", 2, "origin_country", "Guatemala", "ISO 3166-1"),
    cell("no country", "history", 2, "destination_country", "", "a value in every row"),
    cell("unknown region", "workers", 2, "origin_region", "GT-99", "ISO 3166-2"),
    cell("region by name", "sites", 2, "region", "Ontario", "ISO 3166-2"),
    cell("unknown occupation", "orders", 2, "isco08", "9999", "ISCO-08"),
    cell("occupation of three digits", "orders", 2, "isco08", "921", "ISCO-08"),
    cell("unknown sector", "orders", 2, "sector", "agriculture", "ISIC"),
    cell("unknown sex", "workers", 2, "sex", "female", "F, M, X"),
    cell("unknown exit reason", "history", 2, "exit_reason", "deported", "early_return"),
    cell("unknown occupation in a list", "workers", 2, "occupations", "9211:24;9999:1", "9211:24"),
    cell("occupation without months", "workers", 2, "occupations", "9211", "9211:24"),
    cell("fraction of a month", "workers", 2, "occupations", "9211:1.5", "9211:24"),
    cell("negative months", "workers", 2, "occupations", "9211:-1", "9211:24"),
    cell("unknown language", "workers", 2, "languages", "xx:A1", "es:C2"),
    cell("language tag of marks", "workers", 2, "languages", "es-??:A1", "es:C2"),
    cell("unknown level", "workers", 2, "languages", "es:D1", "es:C2"),
    cell("language without a level", "orders", 2, "languages", "en", "es:C2"),
    cell("empty entry in a list", "workers", 2, "skills", "pruning;;grafting", "without an empty entry"),
    cell("list that ends in a semicolon", "orders", 2, "desired_skills", "pruning;", "without an empty entry"),
    cell("skill twice", "workers", 2, "skills", "pruning;grafting;pruning", "once"),
    cell("occupation twice", "workers", 2, "occupations", "9211:1;9211:2", "once"),
    cell("language twice", "workers", 2, "languages", "es:C2;es:A1", "once"),
]

REPEATS = [
    Broken(
        "preference for both",
        lambda d: set_cell(d, "preferences", 2, "employer_id", "huerta"),
        "preferences.csv",
        2,
        "order_id",
        "both",
        "exactly one",
    ),
    Broken(
        "preference for neither",
        lambda d: set_cell(d, "preferences", 2, "order_id", ""),
        "preferences.csv",
        2,
        "order_id",
        "neither",
        "exactly one",
    ),
    *(
        Broken(f"{table} twice", repeating(table), f"{table}.csv", row, column, "", "at most once")
        for table, row, column in (
            ("preferences", 5, "order_id"),
            ("corridors", 4, "destination_country"),
            ("commitments", 3, "order_id"),
            ("scores", 4, "order_id"),
        )
    ),
]

TOML = [
    toml("TOML error", SETTINGS, "format = 1", "format = ", "", "", "a TOML file"),
    toml("key twice", SETTINGS, 'currency = "CAD"', 'currency = "CAD"\ncurrency = "USD"', "", "", "a TOML file"),
    toml("number beyond decimals", SETTINGS, "fill = 1.0", "fill = 1e99999999999999999999", "", "", "TOML"),
    toml("number beyond 64 bits", SETTINGS, "format = 1", "format = 0x" + "f" * 5000, "", "", "TOML"),
    Broken("latin-1 agreement", lambda d: in_latin_1(d, CANADA, "a made up text"), CANADA, 0, "", "", "saved in UTF-8"),
    toml("format 2", SETTINGS, "format = 1", "format = 2", "format", "2", "1, the only format"),
    toml("horizon reversed", SETTINGS, "end = 2026-12-31", "end = 2025-12-31", "horizon", None, "not after the second"),
    toml("horizon without an end", SETTINGS, ", end = 2026-12-31", "", "horizon", None, "end = date"),
    toml(
        "date in quotes",
        SETTINGS,
        "as_of = 2026-01-05",
        'as_of = "2026-01-05"',
        "as_of",
        "2026-01-05",
        "without quotes",
    ),
    toml(
        "day of the run with a time",
        SETTINGS,
        "as_of = 2026-01-05",
        "as_of = 2026-01-05T10:00:00",
        "as_of",
        None,
        "2026-05-01",
    ),
    toml("unknown currency", SETTINGS, '"CAD"', '"CDN"', "currency", "CDN", "ISO 4217"),
    toml("list of currencies", SETTINGS, '"CAD"', '["CAD"]', "currency", "['CAD']", "ISO 4217"),
    toml("programme id with a space", SETTINGS, '"small-2026"', '"small 2026"', "id", "small 2026", "1 to 64"),
    toml(
        "no placements",
        SETTINGS,
        "max_placements_per_worker = 2",
        "max_placements_per_worker = 0",
        "max_placements_per_worker",
        "0",
        "from 1",
    ),
    toml(
        "reference income 0",
        SETTINGS,
        "reference_weekly_income = 400",
        "reference_weekly_income = 0",
        "reference_weekly_income",
        "0",
        "above 0",
    ),
    toml("negative weight", SETTINGS, "fill = 1.0", "fill = -1.0", "fill", "-1.0", "from 0"),
    toml("infinite weight", SETTINGS, "fill = 1.0", "fill = inf", "fill", "Infinity", "from 0"),
    toml("weight that is NaN", SETTINGS, "fill = 1.0", "fill = nan", "fill", "NaN", "from 0"),
    toml("weight beyond doubles", SETTINGS, "fill = 1.0", "fill = 1e400", "fill", "1E+400", "from 0"),
    toml("unknown term", SETTINGS, "fill = 1.0", "fil = 1.0", "objective.fil", "1.0", "fill"),
    toml("tiers", SETTINGS, "fill = 1.0", f"fill = 1.0\ntiers = {TIERS}", "objective.tiers", "fil", "fill"),
    toml("no tiers", SETTINGS, "fill = 1.0", "fill = 1.0\ntiers = 3", "objective.tiers", "3", "lists of terms"),
    toml("objective that is a number", SETTINGS, "[objective]", "objective = 1\n[other]", "objective", "1", "table"),
    toml("unknown origin", CANADA, '["GT"]', '["GT", "XX"]', "origins", None, "ISO 3166-1"),
    toml("unknown destination", CANADA, 'destination = "CA"', 'destination = "Canada"', "destination", "Canada", "ISO"),
    toml("list of destinations", CANADA, 'destination = "CA"', 'destination = ["CA"]', "destination", "['CA']", "ISO"),
    toml("destination among the origins", CANADA, '["GT"]', '["GT", "CA"]', "destination", "CA", "another country"),
    toml("unknown sector prefix", CANADA, '["A01"]', '["farming"]', "sectors", None, "ISIC"),
    toml(
        "agreement reversed", CANADA, "effective_to = 2026", "effective_to = 2025", "effective_to", None, "later date"
    ),
    toml("no origins in the list", CANADA, '["GT"]', "[]", "origins", "[]", "list"),
    Broken(
        "agreements that overlap",
        lambda d: second_agreement(d, "GT-CA-2027", '["A", "B"]', "2026-12-31"),
        "agreements/second.toml",
        0,
        "",
        "GT-CA-2027",
        "one agreement in force",
    ),
    Broken(
        "agreement id twice",
        lambda d: second_agreement(d, "GT-CA-2026", "[]", "2027-01-01"),
        "agreements/second.toml",
        0,
        "id",
        "GT-CA-2026",
        "an id of its own",
    ),
]

CLAUSES = [
    clause("unknown kind", 'kind = "quota"', "kind", "quota", "cap"),
    clause("no kind", "", "kind", "", "one of"),
    toml("clause without an id", CANADA, 'id = "stay"\n', "", "id", "", "1 to 64"),
    toml("clause id with a bar", CANADA, 'id = "stay"', 'id = "a|b"', "id", "a|b", "1 to 64"),
    toml("clause id twice", CANADA, 'id = "stay"', 'id = "age"', "clause id", "age", "unique within the file"),
    toml("clauses that are none", SPAIN, 'id = "HN-ES-2026"', 'id = "HN-ES-2026"\nclause = 3', "", "", "TOML"),
    clause("unknown parameter", 'kind = "cool_off"\nmin_days = 1\nmax_days = 2', "max_days", "2", "min_days"),
    clause("missing parameter", 'kind = "cool_off"', "min_days", "", "the parameter min_days"),
    clause("wrong parameter", 'kind = "cool_off"\nmin_days = "30"', "min_days", "30", "a whole number"),
    clause("negative parameter", 'kind = "cool_off"\nmin_days = -1', "min_days", "-1", "a whole number"),
    clause("truth for a number", 'kind = "cool_off"\nmin_days = true', "min_days", "True", "a whole number"),
    clause("years beyond a life", 'kind = "max_seasons"\ncount = 1\nyears = 2147483647', "years", None, "from 1 to"),
    clause(
        "share of deductions above 1", 'kind = "deductions"\nmax_share = 1.01', "max_share", "1.01", "between 0 and 1"
    ),
    clause("unknown level of a clause", 'kind = "language"\nlanguage = "en"\nlevel = "A9"', "level", "A9", "C2"),
    clause(
        "unknown language of a clause",
        'kind = "language"\nlanguage = "spanish"\nlevel = "A1"',
        "language",
        "spanish",
        "BCP 47",
    ),
    clause("unknown class", 'kind = "worker_class"\nallow = ["old"]', "allow", None, "returning"),
    clause("unknown exit", 'kind = "prior_exit"\nbar = ["fled"]\nyears = 1', "bar", None, "overstay"),
    clause("31 February", 'kind = "season_window"\nfrom = "02-31"\nto = "12-15"', "from", "02-31", "12-15"),
    clause("cap without a count", 'kind = "cap"', "count", "", "exactly one of"),
    clause(
        "cap with two counts",
        'kind = "cap"\ncount = 1\nshare_of_registered = 0.5\nper = "household_id"',
        "count",
        "1",
        "exactly one of",
    ),
    clause("cap by an unknown key", 'kind = "cap"\ncount = 1\nper = "sex"', "per", "sex", "origin_region"),
    clause("cap on an unknown basis", 'kind = "cap"\ncount = 1\nbasis = "ends"', "basis", "ends", "present"),
    clause(
        "share of nothing", 'kind = "cap"\nshare_of_registered = 0.5\nper = "sector"', "per", "sector", "household_id"
    ),
    clause(
        "periods that overlap",
        'kind = "cap"\ncount = 1\nperiods = [[2026-01-01, 2026-06-30], [2026-06-30, 2026-12-31]]',
        "periods",
        None,
        "without overlap",
    ),
    clause(
        "periods in disorder",
        'kind = "cap"\ncount = 1\nperiods = [[2026-07-01, 2026-12-31], [2026-01-01, 2026-06-30]]',
        "periods",
        None,
        "ordered",
    ),
    clause(
        "counts beside too few periods",
        'kind = "cap"\ncounts = [1, 2]\nperiods = [[2026-01-01, 2026-06-30]]',
        "counts",
        "[1, 2]",
        "one entry for each",
    ),
    clause("counts without periods", 'kind = "cap"\ncounts = [1, 2]', "counts", "[1, 2]", "periods"),
    clause("rollover without periods", 'kind = "cap"\ncount = 1\nrollover = true', "rollover", "True", "periods"),
    clause(
        "rollover of those present",
        'kind = "cap"\ncount = 1\nrollover = true\nbasis = "present"\nperiods = [[2026-01-01, 2026-06-30]]',
        "rollover",
        "True",
        "starts",
    ),
    clause(
        "places kept in no cap", 'kind = "set_aside"\nwithin = "cap"\ncount = 1', "within", "cap", "a cap of the same"
    ),
    clause(
        "places kept in a cap of another file",
        'kind = "set_aside"\nwithin = "national-cap"\ncount = 1',
        "within",
        None,
        "same file",
    ),
    clause(
        "places kept in a clause that is no cap",
        'kind = "set_aside"\nwithin = "age"\ncount = 1',
        "within",
        "age",
        "a cap",
    ),
    clause(
        "places kept in a cap with periods",
        'kind = "set_aside"\nwithin = "halves"\ncount = 1',
        "within",
        "halves",
        "no periods",
    ),
    toml(
        "more places kept than the cap has",
        SETTINGS,
        "count = 2\n",
        "count = 21\n",
        "kept: count",
        "21",
        "at most the cap",
    ),
    clause("share without a bound", 'kind = "share"\nwhere = { sex = "F" }', "min_share", "", "max_share or both"),
    toml(
        "shares that cross",
        SETTINGS,
        "min_share = 0.25",
        "min_share = 0.25\nmax_share = 0.2",
        "max_share",
        "0.2",
        "not below",
    ),
    clause(
        "sex in the where of a cap",
        'kind = "cap"\ncount = 1\nwhere = { sex = "F" }',
        "where",
        "sex",
        "share and set_aside",
    ),
    clause(
        "sex in the where of a gate", 'kind = "housing"\nwhere = { sex = ["M"] }', "where", "sex", "share and set_aside"
    ),
    clause(
        "unknown key of a where", 'kind = "housing"\nwhere = { country = "CA" }', "where", None, "destination_country"
    ),
    clause("where that is a text", 'kind = "housing"\nwhere = "CA"', "where", "CA", "a table"),
    clause("empty list in a where", 'kind = "housing"\nwhere = { sector = [] }', "where", None, "sector"),
    clause(
        "unknown country in a where",
        'kind = "housing"\nwhere = { destination_country = "ca" }',
        "where",
        "ca",
        "ISO 3166-1",
    ),
    clause(
        "unknown region in a where",
        'kind = "housing"\nwhere = { origin_region = ["GT-99"] }',
        "where",
        "GT-99",
        "ISO 3166-2",
    ),
    clause(
        "unknown employer in a where",
        'kind = "housing"\nwhere = { employer_id = "acme" }',
        "where",
        "acme",
        "employer_id",
    ),
    clause("unknown site in a where", 'kind = "housing"\nwhere = { site_id = "S9" }', "where", "S9", "site_id"),
    clause("sector by name in a where", 'kind = "housing"\nwhere = { sector = "farming" }', "where", "farming", "ISIC"),
    clause(
        "occupation by name in a where", 'kind = "housing"\nwhere = { isco08 = "farmer" }', "where", "farmer", "ISCO-08"
    ),
    clause(
        "unknown class in a where", 'kind = "housing"\nwhere = { worker_class = "old" }', "where", None, "returning"
    ),
    clause(
        "years without a class",
        'kind = "housing"\nwhere = { returning_years = 2 }',
        "where",
        None,
        "beside worker_class",
    ),
    clause(
        "days reversed in a where",
        'kind = "housing"\nwhere = { start_between = [2026-02-01, 2026-01-01] }',
        "where",
        None,
        "not after",
    ),
    clause(
        "truth in quotes in a where", 'kind = "housing"\nwhere = { recalled = "yes" }', "where", None, "true or false"
    ),
]

ALL = [*MISSING, *FILES, *PARQUET, *WORKBOOKS, *IDS, *NUMBERS, *DATES, *CODES, *REPEATS, *TOML, *CLAUSES]
