"""What cells mean to the reader: text as text, quotes and line ends, dates, moments and numbers, in each format."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pa_parquet
import pytest
from sound_programme import (
    FORMATS,
    TABLES,
    cells_of_text,
    change_bytes,
    change_rows,
    change_text,
    set_cell,
    text_of_cells,
    write_sound,
    write_workbook,
)
from sound_reading import frames, read_sound, written
from typed_rows import plain_columns, plain_tables

from engine.days import day_number
from engine.programme import read_programme


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
