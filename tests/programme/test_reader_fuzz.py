"""The reader against chance: nothing but a programme or a named refusal, round trips, and rows in any order."""

from __future__ import annotations

import os
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pa_parquet
import pytest
import tomli_w
import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sound_programme import (
    FORMATS,
    TABLES,
    TOML_FILES,
    Cells,
    cells_of_text,
    change_bytes,
    change_rows,
    text_of_cells,
    typed,
    write_sound,
)
from typed_rows import plain_tables, row_set

from engine.days import NO_DATE, OPEN_END, OPEN_START, day_number
from engine.errors import CallError, InputError
from engine.programme import Programme, read_programme, write_programme

EXAMPLES = int(os.environ.get("VAIVEN_READER_EXAMPLES", "12"))
FUZZ = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
NAMES = list(TABLES)
FILES = {
    "csv": [*TOML_FILES, *(f"{name}.csv" for name in TABLES)],
    "parquet": [f"{name}.parquet" for name in TABLES],
    "xlsx": ["programme.xlsx"],
}
ODD_TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "",
            " ",
            "\n",
            "\r",
            '"',
            '""',
            "'",
            ",",
            ";",
            ";;",
            ":",
            "|",
            "\ufeff",
            "\u00a0",
            "\u202e",
            "\u0000",
            "=1+1",
            "0",
            "-0",
            "-1",
            "1.5",
            "1e5",
            "1e999",
            "1e-999",
            "inf",
            "nan",
            "NaN",
            "NULL",
            "true",
            "9" * 400,
            "٣",
            "½",
            "2026-02-30",
            "2026-05-01",
            "01/05/2026",
            "0000-00-00",
            "9999-12-31",
            "2026-W14-1",
            "2026-05-01T00:00Z",
            "CA",
            "GT",
            "ca",
            "GT-13",
            "9211",
            "9211:6",
            "9211:6;9211:7",
            "es:C2",
            "es:",
            ":",
            "A01",
            "O1",
            "W2",
            "007",
            "a" * 65,
            "a" * 5000,
            "x;" * 2000,
            "acme-farms",
            "completed",
            "F",
        ]
    ),
    st.integers().map(str),
    st.floats().map(repr),
    st.dates().map(str),
)
ODD_VALUES = st.recursive(
    st.one_of(
        ODD_TEXTS.filter(lambda text: "\x00" not in text),
        st.integers(-(2**70), 2**70),
        st.floats(),
        st.booleans(),
        st.dates(),
        st.times(),
        st.datetimes(),
        st.sampled_from(
            ["cap", "share", "set_aside", "transfer", "starts", "present", "origin_region", "national-cap"]
        ),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["start", "end", "sex", "of"]), inner),
    max_leaves=4,
)
ODD_COLUMNS = st.sampled_from(
    [
        pa.array([None], pa.null()),
        pa.array([True]),
        pa.array([-1], pa.int8()),
        pa.array([2**64 - 1], pa.uint64()),
        pa.array([float("nan")]),
        pa.array([float("-inf")], pa.float32()),
        pa.array([1.5], pa.float16()),
        pa.array([Decimal("1.50")]),
        pa.array([date(1, 1, 1)]),
        pa.array([datetime(2026, 4, 1)], pa.timestamp("ns")),
        pa.array([datetime(2026, 4, 1)], pa.timestamp("us", "Europe/Madrid")),
        pa.array([2**62], pa.int64()).cast(pa.timestamp("us")),
        pa.array([time(1)]),
        pa.array([timedelta(1)]),
        pa.array([b"\xff\x00"]),
        pa.array([b"abc"]),
        pa.array(["a\x00b"]),
        pa.array(["x"]).dictionary_encode(),
        pa.array([["a", None]]),
        pa.array([[1, 2]]),
        pa.array([["a"]], pa.large_list(pa.string())),
        pa.array([[["a"]]]),
        pa.array([{"a": 1}]),
        pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64())),
    ]
)


@contextmanager
def sound_folder(table_format: str = "csv") -> Iterator[Path]:
    """Give a sound programme in a folder that is gone afterwards."""
    with TemporaryDirectory() as folder:
        yield write_sound(Path(folder) / "programme", table_format)


def assert_read_or_refused(folder: Path) -> None:
    """Assert that reading ends with a programme or with an error of ours that says something."""
    outcome: Programme | InputError | CallError
    try:
        outcome = read_programme(folder)
    except (InputError, CallError) as error:
        outcome = error
    if isinstance(outcome, InputError):
        assert outcome.faults
        assert all(fault.file and fault.problem and fault.expected and fault.row >= 0 for fault in outcome.faults)
        assert str(outcome)
    elif isinstance(outcome, CallError):
        assert outcome.message
    else:
        assert isinstance(outcome, Programme)


@pytest.mark.parametrize(("table_format", "file"), [(kind, file) for kind, files in FILES.items() for file in files])
@settings(FUZZ, max_examples=max(5, EXAMPLES // 4))
@given(content=st.binary(max_size=300))
@example(content=b"")
@example(content=b"\n")
@example(content=b"\x00")
@example(content=b'"')
@example(content=b"PK\x03\x04")
@example(content=b"PAR1PAR1PAR1")
@example(content=b"\xff\xfe\x00\x00")
def test_random_bytes_are_read_or_refused(table_format: str, file: str, content: bytes) -> None:
    """Proves that no content of a file ends in an error of another kind."""
    with sound_folder(table_format) as folder:
        (folder / file).write_bytes(content)
        assert_read_or_refused(folder)


@pytest.mark.parametrize("table_format", FORMATS)
@FUZZ
@given(data=st.data())
def test_damaged_bytes_are_read_or_refused(table_format: str, data: st.DataObject) -> None:
    """Proves that a cut, changed or doubled stretch of a sound file ends in no error of another kind."""
    file = data.draw(st.sampled_from(FILES[table_format]))
    with sound_folder(table_format) as folder:
        length = (folder / file).stat().st_size
        first, last = sorted(data.draw(st.tuples(st.integers(0, length), st.integers(0, length))))
        piece = data.draw(st.binary(max_size=8) | st.sampled_from([b"\n", b'"', b",", b"\x00", b"\xff", b"\r\n\r\n"]))
        if data.draw(st.booleans()):
            last = first
        change_bytes(folder, file, lambda raw: raw[:first] + piece + raw[last:])
        assert_read_or_refused(folder)


@FUZZ
@given(data=st.data())
def test_odd_cells_are_read_or_refused(data: st.DataObject) -> None:
    """Proves that odd texts in any cells, the header's included, end in no error of another kind."""
    with sound_folder() as folder:
        for table in data.draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True)):
            change_rows(folder, table, lambda rows: changed_cells(data, rows))
        assert_read_or_refused(folder)


def changed_cells(data: st.DataObject, rows: Cells) -> Cells:
    """The rows with one to three cells changed, mostly below the header."""
    for _ in range(data.draw(st.integers(1, 3))):
        row = data.draw(st.integers(0, 3 * len(rows))) % len(rows)
        rows[row][data.draw(st.integers(0, len(rows[row]) - 1))] = data.draw(ODD_TEXTS)
    return rows


@FUZZ
@given(data=st.data())
def test_a_column_of_odd_cells_is_read_or_refused(data: st.DataObject) -> None:
    """Proves that several wrong cells of one column, which later checks meet together, end in no error of another kind."""  # noqa: E501  hypothesis seeds by the source
    table = data.draw(st.sampled_from(NAMES))
    column = data.draw(st.integers(0, len(cells_of_text(TABLES[table])[0]) - 1))
    texts = data.draw(st.lists(ODD_TEXTS, min_size=4, max_size=4))

    def change(rows: Cells) -> Cells:
        for row, text in zip(rows[1:], texts, strict=False):
            row[column] = text
        return rows

    with sound_folder() as folder:
        change_rows(folder, table, change)
        assert_read_or_refused(folder)


@FUZZ
@given(data=st.data())
def test_odd_values_in_toml_are_read_or_refused(data: st.DataObject) -> None:
    """Proves that any value of any TOML type at any place ends in no error of another kind."""
    file = data.draw(st.sampled_from(list(TOML_FILES)))
    content = tomllib.loads(TOML_FILES[file])
    for _ in range(data.draw(st.integers(1, 2))):
        change_value(data, content)
    with sound_folder() as folder:
        (folder / file).write_text(tomli_w.dumps(content), "utf-8")
        assert_read_or_refused(folder)


def change_value(data: st.DataObject, content: Any) -> None:
    """Replace, remove or add one value somewhere in a TOML document."""
    places = list(containers(content))
    place = data.draw(st.sampled_from(places))
    keys = list(place) if isinstance(place, dict) else list(range(len(place)))
    if isinstance(place, dict) and data.draw(st.integers(0, 5)) == 0:
        place[data.draw(st.sampled_from(["count", "per", "basis", "where", "of", "within", "clause", "periods"]))] = (
            data.draw(ODD_VALUES)
        )
    elif keys and data.draw(st.integers(0, 5)) == 0:
        del place[data.draw(st.sampled_from(keys))]
    elif keys:
        place[data.draw(st.sampled_from(keys))] = data.draw(ODD_VALUES)


def containers(value: Any) -> Iterator[Any]:
    """All tables and lists of a TOML document."""
    if isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from containers(inner)


@FUZZ
@given(data=st.data())
def test_parquet_columns_of_any_kind_are_read_or_refused(data: st.DataObject) -> None:
    """Proves that no type of an Arrow column ends in an error of another kind."""
    name = data.draw(st.sampled_from(NAMES))
    with sound_folder("parquet") as folder:
        table = pa_parquet.read_table(folder / f"{name}.parquet")
        position = data.draw(st.integers(0, table.num_columns - 1))
        column = data.draw(ODD_COLUMNS)
        odd = pa.concat_arrays([column] * table.num_rows)
        table = table.set_column(position, table.column_names[position], odd)
        pa_parquet.write_table(table, folder / f"{name}.parquet")
        assert_read_or_refused(folder)


@FUZZ
@given(data=st.data())
def test_odd_cells_of_a_workbook_are_read_or_refused(data: st.DataObject) -> None:
    """Proves that numbers, truths, formulas, times and texts in any cell of a sheet end in no error of another kind."""
    name = data.draw(st.sampled_from(NAMES))
    rows = cells_of_text(TABLES[name])
    odd_row = data.draw(st.integers(0, len(rows)))
    odd_column = data.draw(st.integers(0, len(rows[0])))
    value = data.draw(
        st.one_of(
            ODD_TEXTS,
            st.floats(allow_nan=False, allow_infinity=False),
            st.booleans(),
            st.datetimes(datetime(1900, 1, 1), datetime(9999, 12, 31)),
            st.timedeltas(timedelta(0), timedelta(1000)),
            st.sampled_from(["=1/0", "=A1", "=NA()"]),
        )
    )
    with sound_folder() as folder:
        (folder / f"{name}.csv").unlink()
        with xlsxwriter.Workbook(str(folder / "programme.xlsx"), {"default_date_format": "yyyy-mm-dd"}) as book:
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, text in enumerate(cells):
                    sheet.write_string(row, column, text)
            sheet.write(odd_row, odd_column, value)
        assert_read_or_refused(folder)


@FUZZ
@given(data=st.data())
def test_rows_in_another_order_are_the_same_rows(data: st.DataObject) -> None:
    """Proves that the order of rows in a file means nothing to the typed rows, references included."""
    with sound_folder() as folder:
        sound = read_programme(folder)
        for name in data.draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True)):
            header, *rows = cells_of_text(TABLES[name])
            shuffled = data.draw(st.permutations(rows))
            (folder / f"{name}.csv").write_text(text_of_cells([header, *shuffled]), "utf-8", newline="")
        read = read_programme(folder)
        assert sets_of_rows(read) == sets_of_rows(sound)
        assert (read.settings, read.agreements) == (sound.settings, sound.agreements)


@pytest.mark.parametrize("name", NAMES)
def test_rows_backwards_are_the_same_rows(name: str, tmp_path: Path) -> None:
    """Proves it for every table by itself."""
    folder = write_sound(tmp_path / "programme")
    sound = sets_of_rows(read_programme(folder))
    change_rows(folder, name, lambda rows: [rows[0], *rows[:0:-1]])
    assert sets_of_rows(read_programme(folder)) == sound


def sets_of_rows(programme: Programme) -> dict[str, list[str]]:
    """Every table as its rows in an order of their own."""
    return {name: row_set(columns) for name, columns in plain_tables(programme).items()}


IDS = st.text("abcXYZ0189-_.ñ農", min_size=3, max_size=12)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
AMOUNTS = st.floats(0, 1e9) | st.integers(0, 10**6).map(float) | st.just(float("nan"))
DAYS = st.dates(date(1950, 1, 1), date(2150, 1, 1)) | st.none()
SKILLS = st.lists(st.sampled_from(["pruning", "grafting", 'ñ, "q"', "http://x.eu/1:2"]), unique=True).map(";".join)


@st.composite
def drawn_frames(draw: st.DrawFn) -> dict[str, pd.DataFrame]:
    """Tables as a program would hand them over: numbers with NaN, dates with NaT, texts of any script."""
    made = {name: typed(cells_of_text(text)).to_pandas() for name, text in TABLES.items()}
    count = draw(st.integers(1, 5))

    def column(values: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(values, min_size=count, max_size=count))

    ids = draw(st.lists(IDS, min_size=count, max_size=count, unique=True))
    made["workers"] = pd.DataFrame(
        {
            **dict.fromkeys(made["workers"].columns, ""),
            "worker_id": ids,
            "origin_country": "GT",
            "birth_date": pd.to_datetime(pd.Series(column(DAYS), dtype=object)).astype("datetime64[us]"),
            "available_from": pd.to_datetime(pd.Series(column(DAYS), dtype=object)).astype("datetime64[ns]"),
            "reservation_weekly_income": column(AMOUNTS),
            "points": column(AMOUNTS),
            "isced": column(st.integers(0, 8)),
            "skills": column(SKILLS),
            "household_id": column(IDS | st.just("")),
        }
    )
    for name in ("history", "recalls", "preferences", "commitments", "scores"):
        made[name] = made[name].iloc[:0]
    reasons = column(TEXTS)
    made["exclusions"] = pd.DataFrame({"worker_id": ids, "order_id": "O1", "reason": reasons})
    return made


@pytest.mark.parametrize("table_format", FORMATS)
@settings(FUZZ, max_examples=EXAMPLES * 3 // 5)
@given(frames=drawn_frames())
def test_what_is_written_is_read_as_it_was(table_format: str, frames: dict[str, pd.DataFrame]) -> None:
    """Proves that writing and reading give equal columns, in each format."""
    documents = {file: tomllib.loads(text, parse_float=Decimal) for file, text in TOML_FILES.items()}
    main = documents.pop("programme.toml")
    with TemporaryDirectory() as beside:
        write_programme(Path(beside) / "out", main, list(documents.values()), frames, table_format)
        read = plain_tables(read_programme(Path(beside) / "out"))
    workers, given_workers = read["workers"], frames["workers"]
    assert workers["worker_id"] == list(given_workers.worker_id)
    assert workers["birth_date"] == day_numbers(given_workers.birth_date, NO_DATE)
    assert workers["available_from"] == day_numbers(given_workers.available_from, OPEN_START)
    assert workers["available_to"] == [OPEN_END] * len(given_workers)
    digits = 1e-15 if table_format == "xlsx" else 0.0  # a sheet's numbers are written with 16 digits
    income = [0.0 if np.isnan(x) else x for x in given_workers.reservation_weekly_income]
    assert workers["reservation_weekly_income"] == pytest.approx(income, rel=digits, abs=0.0)
    points = [None if np.isnan(x) else pytest.approx(x, rel=digits, abs=0.0) for x in given_workers.points]
    assert workers["points"] == points
    assert workers["isced"] == list(given_workers.isced)
    assert workers["household_id"] == list(given_workers.household_id)
    assert [[label for label, _ in entries] for entries in workers["skills"]] == [
        text.split(";") if text else [] for text in given_workers.skills
    ]
    assert read["exclusions"]["reason"] == list(frames["exclusions"].reason)
    assert read["exclusions"]["worker_id"] == list(given_workers.worker_id)


def day_numbers(dates: pd.Series[Any], default: int) -> list[int]:
    """The day number of each date, the default where there is none."""
    return [default if pd.isna(day) else day_number(day.date()) for day in dates]


@pytest.mark.parametrize("table_format", FORMATS)
def test_a_sound_programme_survives_its_own_round_trip(table_format: str, tmp_path: Path) -> None:
    """Proves that every table of the sound programme is written and read again as it was, in each format."""
    sound = plain_tables(read_programme(write_sound(tmp_path / "programme")))
    documents = {file: tomllib.loads(text, parse_float=Decimal) for file, text in TOML_FILES.items()}
    main = documents.pop("programme.toml")
    frames = {name: typed(cells_of_text(text)).to_pandas() for name, text in TABLES.items()}
    write_programme(tmp_path / "out", main, list(documents.values()), frames, table_format)
    assert plain_tables(read_programme(tmp_path / "out")) == sound
    shutil.rmtree(tmp_path / "out")
