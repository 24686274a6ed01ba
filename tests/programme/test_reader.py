"""What the reader must get right: defaults, text as text, the three formats, notices, the digest, the data package."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pa_parquet
import pytest
from sound_programme import (
    FORMATS,
    TABLES,
    TOML_FILES,
    add_text,
    cells_of_text,
    change_bytes,
    change_rows,
    change_text,
    rename_column,
    set_cell,
    text_of_cells,
    write_sound,
    write_workbook,
)
from typed_rows import plain_columns, plain_tables
from typer.testing import CliRunner

from engine.cli import app
from engine.days import NO_DATE, OPEN_END, OPEN_START, day_number
from engine.errors import CallError
from engine.programme import Programme, read_programme, write_programme
from engine.programme.cells import NO_MOMENT
from engine.programme.schema import TABLES as SCHEMAS

OPTIONAL = {"workers": ("isced", "registered_at", "points"), "orders": ("filed_at",)}


def read_sound(folder: Path, table_format: str = "csv") -> Programme:
    """Write the sound programme and read it."""
    return read_programme(write_sound(folder / "programme", table_format))


def frames() -> dict[str, pd.DataFrame]:
    """The sound tables as data frames of text."""
    made = {}
    for name, text in TABLES.items():
        header, *rows = cells_of_text(text)
        made[name] = pd.DataFrame(rows, columns=header, dtype=object)
    return made


def documents() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The sound settings and agreements as their writers would give them."""
    read = {file: tomllib.loads(text, parse_float=Decimal) for file, text in TOML_FILES.items()}
    return read.pop("programme.toml"), list(read.values())


def written(folder: Path, tables: dict[str, pd.DataFrame], table_format: str) -> Programme:
    """Write data frames with the engine's writer and read what it wrote."""
    write_programme(folder / table_format, *documents(), tables, table_format)
    return read_programme(folder / table_format)


@pytest.mark.parametrize("table_format", FORMATS)
def test_a_sound_folder_is_sound_without_a_notice(table_format: str, tmp_path: Path) -> None:
    """Proves that the folder which the tests break is sound before, in each format."""
    programme = read_sound(tmp_path, table_format)
    assert programme.notices == ()
    assert {name: table.size for name, table in programme.tables.items()} == {
        name: len(cells_of_text(text)) - 1 for name, text in TABLES.items()
    }
    assert [agreement.id for agreement in programme.agreements] == ["GT-CA-2026", "HN-ES-2026"]
    assert len(programme.all_clauses()) == 8


def test_validate_says_how_much_it_read(tmp_path: Path) -> None:
    """Proves that the command tells a sound programme's size and ends with 0."""
    folder = write_sound(tmp_path / "programme")
    told = CliRunner().invoke(app, ["validate", str(folder)])
    assert told.exit_code == 0, told.output
    assert "small-2026 is sound: 2 employers" in " ".join(told.stdout.split())
    answer = json.loads(CliRunner().invoke(app, ["validate", str(folder), "--json"]).stdout)
    assert answer["faults"] == [] and answer["tables"]["workers"] == 4


@pytest.mark.parametrize("table_format", ["parquet", "xlsx"])
def test_every_format_gives_the_same_columns(table_format: str, tmp_path: Path) -> None:
    """Proves that real dates, doubles and nulls are read as the texts of a CSV are."""
    assert plain_tables(read_sound(tmp_path / "a", table_format)) == plain_tables(read_sound(tmp_path / "b"))


def test_settings_are_read_exactly(tmp_path: Path) -> None:
    """Proves that dates, decimals and weights stand as they were written."""
    settings = read_sound(tmp_path).settings
    assert (settings.as_of, settings.horizon_start, settings.horizon_end) == (
        date(2026, 1, 5),
        date(2026, 1, 1),
        date(2026, 12, 31),
    )
    assert settings.reference_weekly_income == 400
    assert settings.weights["income"] == Decimal("0.3")


def test_weights_are_0_and_placements_1_where_absent(tmp_path: Path) -> None:
    """Proves FORMAT's defaults of the settings."""
    folder = write_sound(tmp_path / "programme")
    change_text(folder, "programme.toml", "max_placements_per_worker = 2\n", "")
    change_text(folder, "programme.toml", "skill = 0.2\n", "")
    settings = read_programme(folder).settings
    assert settings.max_placements_per_worker == 1
    assert settings.weights["skill"] == 0


def test_shares_are_exact_decimals(tmp_path: Path) -> None:
    """Proves that 0.29 is read as 0.29 and not as the double below it."""
    folder = write_sound(tmp_path / "programme")
    change_text(folder, "programme.toml", "min_share = 0.25", "min_share = 0.29")
    rule: Any = next(clause.rule for clause in read_programme(folder).clauses if clause.id == "women")
    assert rule.min_share * 100 == 29


EMPTY_CELLS = [
    ("workers", "birth_date", NO_DATE),
    ("workers", "sex", ""),
    ("workers", "origin_region", ""),
    ("workers", "occupations", []),
    ("workers", "skills", []),
    ("workers", "languages", []),
    ("workers", "available_from", OPEN_START),
    ("workers", "available_to", OPEN_END),
    ("workers", "reservation_weekly_income", 0),
    ("workers", "passport_expires", NO_DATE),
    ("workers", "medical_valid_until", NO_DATE),
    ("workers", "household_id", ""),
    ("workers", "travel_group_id", ""),
    ("workers", "refuses", []),
    ("workers", "isced", None),
    ("workers", "registered_at", NO_MOMENT),
    ("workers", "points", None),
    ("orders", "destination_region", ""),
    ("orders", "sector", ""),
    ("orders", "required_skills", []),
    ("orders", "desired_skills", []),
    ("orders", "languages", []),
    ("orders", "min_experience_months", 0),
    ("orders", "min_crew", 1),
    ("orders", "guaranteed_weekly_hours", 0),
    ("orders", "hourly_wage", 0),
    ("orders", "weekly_deductions", 0),
    ("orders", "worker_cost", 0),
    ("orders", "labour_market_test_until", NO_DATE),
    ("orders", "priority", 1),
    ("orders", "filed_at", NO_MOMENT),
    ("employers", "name", ""),
    ("employers", "country", ""),
    ("employers", "accredited_until", NO_DATE),
    ("employers", "debarred_from", NO_DATE),
    ("employers", "debarred_until", NO_DATE),
    ("sites", "region", ""),
    ("sites", "beds", None),
    ("sites", "inspected_until", NO_DATE),
    ("history", "employer_id", ""),
    ("history", "isco08", ""),
    ("history", "exit_reason", ""),
    ("corridors", "travel_cost_to_worker", 0),
    ("corridors", "travel_days", 0),
    ("corridors", "remittance_cost_share", 0),
    ("corridors", "lead_time_days", 0),
    ("commitments", "agreed_on", NO_DATE),
    ("exclusions", "reason", ""),
]


@pytest.mark.parametrize(("table", "column", "default"), EMPTY_CELLS, ids=lambda value: str(value))
def test_an_empty_cell_counts_as_format_says(table: str, column: str, default: Any, tmp_path: Path) -> None:
    """Proves the default of one column: what is empty restricts nothing, costs nothing, admits nothing."""
    folder = write_sound(tmp_path / "programme")
    set_cell(folder, table, 2, column, "")
    assert plain_columns(read_programme(folder), table)[column][0] == default


@pytest.mark.parametrize("table_format", FORMATS)
def test_a_column_that_is_empty_throughout_counts_as_empty_cells(table_format: str, tmp_path: Path) -> None:
    """Proves that a column of nulls alone has no type to trip over."""
    tables = frames()
    tables["workers"] = tables["workers"].assign(points=np.nan, refuses="")
    tables["workers"]["available_to"] = pd.Series([pd.NaT] * 4)
    columns = plain_columns(written(tmp_path, tables, table_format), "workers")
    assert columns["points"] == [None] * 4
    assert columns["refuses"] == [[]] * 4
    assert columns["available_to"] == [OPEN_END] * 4


@pytest.mark.parametrize(("table", "column"), [(table, name) for table, names in OPTIONAL.items() for name in names])
def test_an_optional_column_may_be_absent(table: str, column: str, tmp_path: Path) -> None:
    """Proves that the columns which FORMAT exempts count as empty where they are not there."""
    folder = write_sound(tmp_path / "programme")
    change_rows(folder, table, lambda rows: [[c for i, c in enumerate(row) if rows[0][i] != column] for row in rows])
    programme = read_programme(folder)
    assert programme.notices == ()
    assert set(plain_columns(programme, table)[column]) <= {None, NO_MOMENT}


@pytest.mark.parametrize("table", [name for name, schema in SCHEMAS.items() if not schema.needed])
def test_a_table_that_is_not_needed_may_be_absent(table: str, tmp_path: Path) -> None:
    """Proves that such a table is then empty, with all of its columns."""
    folder = write_sound(tmp_path / "programme")
    (folder / f"{table}.csv").unlink()
    programme = read_programme(folder)
    assert programme[table].size == 0
    assert list(programme[table].columns) == list(SCHEMAS[table].column_names)


@pytest.mark.parametrize("table_format", FORMATS)
def test_a_table_with_a_header_only_is_empty_and_not_wrong(table_format: str, tmp_path: Path) -> None:
    """Proves that every table that nothing points into may hold no row, in each format."""
    tables = frames()
    for name in ("history", "recalls", "preferences", "corridors", "commitments", "exclusions", "scores"):
        tables[name] = tables[name].iloc[:0]
    programme = written(tmp_path, tables, table_format)
    assert sum(table.size for table in programme.tables.values()) == sum(
        len(tables[name]) for name in ("workers", "orders", "employers", "sites")
    )


def test_a_header_only_table_needs_no_line_end(tmp_path: Path) -> None:
    """Proves that a header as an editor may leave it, without a last line end, is an empty table."""
    folder = write_sound(tmp_path / "programme")
    (folder / "recalls.csv").write_text("order_id,worker_id")
    assert read_programme(folder)["recalls"].size == 0


def test_a_programme_of_headers_only_is_sound(tmp_path: Path) -> None:
    """Proves that a programme before its first worker can be validated."""
    folder = write_sound(tmp_path / "programme")
    for name in TABLES:
        change_rows(folder, name, lambda rows: rows[:1])
    assert all(table.size == 0 for table in read_programme(folder).tables.values())


@pytest.mark.parametrize("table_format", FORMATS)
def test_leading_zeros_are_kept(table_format: str, tmp_path: Path) -> None:
    """Proves that an id is text: 007 is not 7, in no format."""
    programme = read_sound(tmp_path, table_format)
    assert plain_columns(programme, "workers")["worker_id"][0] == "007"
    assert plain_columns(programme, "recalls")["worker_id"][0] == "007"


def test_007_and_7_are_two_workers(tmp_path: Path) -> None:
    """Proves that ids are compared as texts."""
    folder = write_sound(tmp_path / "programme")
    set_cell(folder, "workers", 3, "worker_id", "7")
    for table in ("preferences", "exclusions", "scores"):
        change_rows(folder, table, lambda rows: [["7" if cell == "W2" else cell for cell in row] for row in rows])
    assert plain_columns(read_programme(folder), "scores")["worker_id"][0] == "7"


NAMES = [
    "Acme, Ltd.",
    'The "Best" Farm',
    "two\nlines",
    "two\r\nlines",
    " spaces ",
    "ñandú 農場 🍓",
    "=1+1",
    "NULL",
    "'",
]


@pytest.mark.parametrize("name", NAMES)
def test_quoted_cells_are_read_as_they_are(name: str, tmp_path: Path) -> None:
    """Proves that commas, quotes, line ends, spaces and other scripts inside a cell are part of it."""
    folder = write_sound(tmp_path / "programme")
    set_cell(folder, "employers", 2, "name", name)
    assert plain_columns(read_programme(folder), "employers")["name"] == [name, "Huerta de Moguer"]


LINKS = ";".join(f"http://data.europa.eu/esco/skill/{i:036d}" for i in range(40))


@pytest.mark.parametrize("name", [*NAMES, pytest.param(LINKS, id="forty links")])
@pytest.mark.parametrize("table_format", FORMATS)
def test_what_is_written_is_read_again(name: str, table_format: str, tmp_path: Path) -> None:
    """Proves that the writer loses no text in any format."""
    tables = frames()
    tables["employers"].loc[0, "name"] = name
    assert plain_columns(written(tmp_path, tables, table_format), "employers")["name"][0] == name


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("last", [True, False], ids=["ended", "not ended"])
def test_any_line_end_will_do(line_end: bytes, last: bool, tmp_path: Path) -> None:
    """Proves that files of any system read alike, with a last line end or without."""
    folder = write_sound(tmp_path / "programme")
    expected = plain_tables(read_programme(folder))
    for name in TABLES:
        change_bytes(folder, f"{name}.csv", lambda raw: raw.rstrip(b"\n").replace(b"\n", line_end) + line_end * last)
    assert plain_tables(read_programme(folder)) == expected


def test_quotes_around_every_cell_change_nothing(tmp_path: Path) -> None:
    """Proves that cells may be quoted needlessly."""
    folder = write_sound(tmp_path / "programme")
    expected = plain_tables(read_programme(folder))
    for name, text in TABLES.items():
        rows = ['"' + '","'.join(cells) + '"' for cells in cells_of_text(text)]
        (folder / f"{name}.csv").write_text("\n".join(rows) + "\n")
    assert plain_tables(read_programme(folder)) == expected


@pytest.mark.parametrize("table_format", FORMATS)
def test_columns_may_stand_in_any_order(table_format: str, tmp_path: Path) -> None:
    """Proves that columns are found by name."""
    folder = write_sound(tmp_path / "programme", table_format)
    expected = plain_tables(read_programme(folder))
    turned = {name: [row[::-1] for row in cells_of_text(text)] for name, text in TABLES.items()}
    if table_format == "xlsx":
        write_workbook(folder / "programme.xlsx", turned)
    for name, rows in turned.items():
        if table_format == "csv":
            (folder / f"{name}.csv").write_text(text_of_cells(rows))
        elif table_format == "parquet":
            path = folder / f"{name}.parquet"
            pa_parquet.write_table(pa_parquet.read_table(path).select(rows[0]), path)
    assert plain_tables(read_programme(folder)) == expected


def test_a_blank_line_between_records_is_no_record(tmp_path: Path) -> None:
    """Proves that blank lines in and after a table change nothing."""
    folder = write_sound(tmp_path / "programme")
    expected = plain_tables(read_programme(folder))
    change_bytes(folder, "history.csv", lambda raw: raw.replace(b"W4", b"\nW4") + b"\n\n")
    assert plain_tables(read_programme(folder)) == expected


def test_extra_columns_keys_and_files_give_a_notice_and_no_fault(tmp_path: Path) -> None:
    """Proves that what is not known is told and does no harm."""
    folder = write_sound(tmp_path / "programme")
    expected = plain_tables(read_programme(folder))
    change_rows(folder, "sites", lambda rows: [[*row, "note" if i == 0 else "x"] for i, row in enumerate(rows)])
    change_text(folder, "programme.toml", 'title = "', 'sponsor = "a fund"\ntitle = "')
    change_text(folder, "agreements/GT-CA-2026.toml", 'version = "', 'signed = 2025-01-01\nversion = "')
    (folder / "wages.csv").write_text("a,b\n")
    programme = read_programme(folder)
    assert plain_tables(programme) == expected
    assert len(programme.notices) == 4
    told = "\n".join(programme.notices)
    for word in ("sites.csv: the column note", "the key sponsor", "the key signed", "wages.csv is not read"):
        assert word in told


def test_an_extra_column_may_hold_anything_in_parquet(tmp_path: Path) -> None:
    """Proves that a column that is not read cannot be wrong."""
    folder = write_sound(tmp_path / "programme", "parquet")
    path = folder / "sites.parquet"
    extra = pa_parquet.read_table(path).append_column("geo", pa.array([{"lat": 1.0}, None]))
    pa_parquet.write_table(extra, path)
    assert "geo" in "\n".join(read_programme(folder).notices)


def test_formats_may_be_mixed(tmp_path: Path) -> None:
    """Proves that one programme may have CSV, Parquet and sheets."""
    folder = write_sound(tmp_path / "programme")
    expected = plain_tables(read_programme(folder))
    other = write_sound(tmp_path / "other", "parquet")
    for name in ("orders", "scores"):
        (folder / f"{name}.csv").unlink()
    (other / "orders.parquet").rename(folder / "orders.parquet")
    write_workbook(folder / "programme.xlsx", {"scores": cells_of_text(TABLES["scores"])})
    assert plain_tables(read_programme(folder)) == expected


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_dates_as_data_frames_write_them_are_dates(unit: Literal["s", "ms", "us", "ns"], tmp_path: Path) -> None:
    """Proves that midnight in a Parquet timestamp of any unit is a date."""
    folder = write_sound(tmp_path / "programme", "parquet")
    expected = plain_tables(read_programme(folder))
    path = folder / "orders.parquet"
    frame = pd.read_parquet(path)
    for column in ("start_date", "end_date", "labour_market_test_until"):
        frame[column] = pd.to_datetime(frame[column]).dt.as_unit(unit)
    frame.to_parquet(path)
    assert plain_tables(read_programme(folder)) == expected


PARQUET_COLUMNS = {
    "list": pa.array([["pruning", "grafting"], ["pruning"], [], ["a"]]),
    "large list": pa.array([["pruning", "grafting"], ["pruning"], None, ["a"]], pa.large_list(pa.string())),
    "category": pa.array(["pruning;grafting", "pruning", None, "a"]).dictionary_encode(),
    "large text": pa.array(["pruning;grafting", "pruning", "", "a"], pa.large_string()),
    "text view": pa.array(["pruning;grafting", "pruning", "", "a"], pa.string_view()),
}


@pytest.mark.parametrize("kind", PARQUET_COLUMNS)
def test_parquet_columns_of_other_kinds_read_as_text(kind: str, tmp_path: Path) -> None:
    """Proves that lists, categories and large texts of a data frame count as what a CSV would hold."""
    folder = write_sound(tmp_path / "programme", "parquet")
    path = folder / "workers.parquet"
    table = pa_parquet.read_table(path)
    position = table.column_names.index("skills")
    pa_parquet.write_table(table.set_column(position, "skills", PARQUET_COLUMNS[kind]), path)
    skills = plain_columns(read_programme(folder), "workers")["skills"]
    assert skills == [[("pruning", 0), ("grafting", 0)], [("pruning", 0)], [], [("a", 0)]]


@pytest.mark.parametrize("kind", [pa.float16(), pa.float32(), pa.int8(), pa.uint64(), pa.decimal128(9, 3)], ids=str)
def test_parquet_numbers_of_any_width_are_numbers(kind: pa.DataType, tmp_path: Path) -> None:
    """Proves that the width of a number does not matter."""
    folder = write_sound(tmp_path / "programme", "parquet")
    path = folder / "orders.parquet"
    table = pa_parquet.read_table(path)
    position = table.column_names.index("headcount")
    headcount = pa.array([3, 2, 4], pa.int8()).cast(kind)
    pa_parquet.write_table(table.set_column(position, "headcount", headcount), path)
    assert plain_columns(read_programme(folder), "orders")["headcount"] == [3, 2, 4]


def test_a_folder_name_cannot_lend_a_column_to_parquet(tmp_path: Path) -> None:
    """Proves that a folder called sex=F is no partition of a data set."""
    folder = write_sound(tmp_path / "note=F", "parquet")
    assert read_programme(folder).notices == ()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-11-03", "2025-11-03T00:00:00"),
        ("2025-11-03T09:30:00", "2025-11-03T09:30:00"),
        ("2025-11-03 09:30", "2025-11-03T09:30:00"),
        ("2025-11-03T09:30:00Z", "2025-11-03T09:30:00"),
        ("2025-11-03T09:30:00-06:00", "2025-11-03T15:30:00"),
    ],
)
def test_moments_are_seconds_and_offsets_count(text: str, moment: str, tmp_path: Path) -> None:
    """Proves that who registered first is told by the clock of one place."""
    folder = write_sound(tmp_path / "programme")
    set_cell(folder, "workers", 2, "registered_at", text)
    seconds = plain_columns(read_programme(folder), "workers")["registered_at"][0]
    assert seconds == np.datetime64(moment, "s").astype(np.int64)


@pytest.mark.parametrize("table_format", FORMATS)
def test_the_time_of_day_survives_writing(table_format: str, tmp_path: Path) -> None:
    """Proves that moments given as datetime64 are not cut to days."""
    tables = frames()
    moments = pd.to_datetime(["2025-11-03T09:30:00", "2025-11-03T09:31:00", "", "2025-12-01T00:00:00"])
    tables["workers"] = tables["workers"].assign(registered_at=moments)
    read = plain_columns(written(tmp_path, tables, table_format), "workers")["registered_at"]
    assert read == plain_columns(read_sound(tmp_path), "workers")["registered_at"]


def test_dates_are_days_and_lists_keep_their_amounts(tmp_path: Path) -> None:
    """Proves the typed values of one row of each kind."""
    programme = read_sound(tmp_path)
    workers, orders = plain_columns(programme, "workers"), plain_columns(programme, "orders")
    assert workers["birth_date"][2] == day_number(date(2000, 2, 29))
    assert workers["occupations"][0] == [("9211", 24), ("6111", 12)]
    assert workers["languages"][0] == [("es", 6), ("en", 2)]
    assert workers["skills"][3] == [("http://data.europa.eu/esco/skill/1", 0)]
    assert orders["hourly_wage"] == [17.2, 18.25, 9.9]
    assert orders["site_id"] == ["S1", "S1", "S2"]


@pytest.mark.parametrize("text", ["17.2", "17.20", "1.72e1", "0017.2"])
def test_numbers_may_be_written_in_several_ways(text: str, tmp_path: Path) -> None:
    """Proves that trailing zeros and exponents, as programs write them, are read."""
    folder = write_sound(tmp_path / "programme")
    set_cell(folder, "orders", 2, "hourly_wage", text)
    assert plain_columns(read_programme(folder), "orders")["hourly_wage"][0] == 17.2


def test_an_employer_of_the_past_need_not_exist(tmp_path: Path) -> None:
    """Proves that history may name an employer that is in no table."""
    assert plain_columns(read_sound(tmp_path), "history")["employer_id"][1] == "gone-farms"


def test_a_worker_may_rank_an_order_and_its_employer(tmp_path: Path) -> None:
    """Proves that these are two pairs, not one twice."""
    preferences = plain_columns(read_sound(tmp_path), "preferences")
    assert preferences["order_id"] == ["O1", "", ""]
    assert preferences["employer_id"] == ["", "acme-farms", "huerta"]


def test_stays_that_touch_do_not_overlap(tmp_path: Path) -> None:
    """Proves that a stay may begin on the day after another ends."""
    folder = write_sound(tmp_path / "programme")
    set_cell(folder, "history", 3, "start_date", "2024-09-01")
    assert read_programme(folder)["history"].size == 3


def expected_digest(folder: Path, files: list[str]) -> str:
    """FORMAT's digest: of the sorted lines `file name, space, sha256 of the file`."""
    lines = sorted(f"{name} {hashlib.sha256((folder / name).read_bytes()).hexdigest()}\n" for name in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@pytest.mark.parametrize("table_format", FORMATS)
def test_the_digest_is_that_of_all_files_of_the_programme(table_format: str, tmp_path: Path) -> None:
    """Proves that `programme_sha256` is as FORMAT defines it, by another hand."""
    folder = write_sound(tmp_path / "programme", table_format)
    tables = ["programme.xlsx"] if table_format == "xlsx" else [f"{name}.{table_format}" for name in TABLES]
    assert read_programme(folder).sha256 == expected_digest(folder, [*TOML_FILES, *tables])


def test_the_digest_tells_changes_and_nothing_else(tmp_path: Path) -> None:
    """Proves that each file that is read counts, while the place of the folder and other files do not."""
    digest = read_sound(tmp_path).sha256
    folder = write_sound(tmp_path / "elsewhere")
    (folder / "datapackage.json").write_text("{}")
    (folder / "README.md").write_text("mine")
    assert read_programme(folder).sha256 == digest
    seen = {digest}
    for file in (*TOML_FILES, *(f"{name}.csv" for name in TABLES)):
        change_bytes(folder, file, lambda raw: raw + b"\n")
        seen.add(read_programme(folder).sha256)
    assert len(seen) == 1 + len(TOML_FILES) + len(TABLES)


FRICTIONLESS_TYPES = {"string", "number", "integer", "boolean", "date", "datetime", "any"}


@pytest.mark.parametrize("table_format", FORMATS)
def test_the_data_package_lists_the_tables(table_format: str, tmp_path: Path) -> None:
    """Proves that datapackage.json has what Frictionless asks: a name, and for each table its file and its fields."""
    written(tmp_path, frames(), table_format)
    folder = tmp_path / table_format
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert re.fullmatch(r"[a-z0-9._/-]+", package["name"])
    assert [resource["name"] for resource in package["resources"]] == list(TABLES)
    for resource in package["resources"]:
        assert (folder / resource["path"]).is_file()
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == cells_of_text(TABLES[resource["name"]])[0]
        assert {field["type"] for field in fields} <= FRICTIONLESS_TYPES


def test_the_data_package_names_the_sheet_of_each_table(tmp_path: Path) -> None:
    """Proves that tables which share a workbook can be told apart."""
    written(tmp_path, frames(), "xlsx")
    package = json.loads((tmp_path / "xlsx" / "datapackage.json").read_text("utf-8"))
    for resource in package["resources"]:
        assert resource["name"] in json.dumps(resource.get("dialect", {}))


@pytest.mark.parametrize("identifier", ["Norte-2026", "año-2026", "plan#2026"])
def test_the_data_package_has_a_valid_name_for_any_id(identifier: str, tmp_path: Path) -> None:
    """Proves that an id that Frictionless would not take still gives a valid package."""
    settings, agreements = documents()
    write_programme(tmp_path / "out", {**settings, "id": identifier}, agreements, frames())
    assert read_programme(tmp_path / "out").settings.id == identifier
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text("utf-8"))
    assert re.fullmatch(r"[a-z0-9._/-]+", package["name"])


def test_a_written_programme_has_the_fields_typed_as_they_read(tmp_path: Path) -> None:
    """Proves that every cell that is not empty fits the type that the data package states for it."""
    written(tmp_path, frames(), "csv")
    package = json.loads((tmp_path / "csv" / "datapackage.json").read_text("utf-8"))
    fits = {
        "integer": re.compile(r"\d+"),
        "number": re.compile(r"\d+(\.\d+)?"),
        "date": re.compile(r"\d{4}-\d\d-\d\d"),
        "string": re.compile(r"(?s).*"),
    }
    for resource in package["resources"]:
        header, *rows = cells_of_text((tmp_path / "csv" / resource["path"]).read_text("utf-8"))
        kinds = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
        for row in rows:
            for name, text in zip(header, row, strict=True):
                assert not text or fits[kinds[name]].fullmatch(text), (resource["name"], name, text)


def test_writing_is_whole_or_not_at_all(tmp_path: Path) -> None:
    """Proves that a table that cannot be written leaves nothing behind."""
    tables = frames()
    tables["workers"] = tables["workers"].drop(columns="sex")
    with pytest.raises(CallError, match="workers lacks sex"):
        write_programme(tmp_path / "out", *documents(), tables)
    with pytest.raises(CallError, match="no table format"):
        write_programme(tmp_path / "out", *documents(), frames(), "ods")
    with pytest.raises(CallError, match="no table of a programme"):
        write_programme(tmp_path / "out", *documents(), {"wages": tables["workers"]})
    assert list(tmp_path.iterdir()) == []


def test_an_agreement_cannot_be_written_outside_its_folder(tmp_path: Path) -> None:
    """Proves that an id with a path in it is refused or kept inside, and that no file lands beside the programme."""
    settings, agreements = documents()
    agreements[0]["id"] = "../../stray"
    with suppress(CallError):
        write_programme(tmp_path / "out", settings, agreements, frames())
    assert not list(tmp_path.glob("stray*"))
    assert not list(tmp_path.glob("out/stray*"))


def test_a_number_that_is_not_finite_is_not_written(tmp_path: Path) -> None:
    """Proves that infinity is refused when a programme is written, and does not become some other number."""
    tables = frames()
    tables["sites"] = tables["sites"].assign(beds=[np.inf, 3.0])
    with pytest.raises(CallError, match="beds"):
        write_programme(tmp_path / "out", *documents(), tables)


def test_a_renamed_optional_column_is_told(tmp_path: Path) -> None:
    """Proves that a misspelt optional column cannot pass in silence."""
    folder = write_sound(tmp_path / "programme")
    rename_column(folder, "workers", "points", "point")
    assert any("the column point is not read" in notice for notice in read_programme(folder).notices)


def test_a_comment_in_toml_changes_nothing_but_the_digest(tmp_path: Path) -> None:
    """Proves that settings are read from meaning, and the digest from bytes."""
    folder = write_sound(tmp_path / "programme")
    before = read_programme(folder)
    add_text(folder, "programme.toml", "# signed\n")
    after = read_programme(folder)
    assert (after.settings, after.clauses) == (before.settings, before.clauses)
    assert after.sha256 != before.sha256
