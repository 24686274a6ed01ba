"""What a sheet may mean twice is asked for, and what is wrong is never taken."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.errors import InputError
from engine.programme.csv_table import read_csv
from engine.programme.raw_table import RawTable
from engine.sheets.importer import mapped
from engine.sheets.number_forms import unclear_numbers
from engine.sheets.proposal import propose_map
from engine.sheets.sheet_map import read_map
from engine.sheets.sheet_reading import read_sheet
from scenarios.commands import register

register(app)
PERSON = 'table = "workers"\n[columns]\nworker_id = "id"\norigin_country = { value = "GT" }\n'


def read(folder: Path, sheet: str | bytes, columns: str) -> RawTable:
    """The sheet as a raw table by a map with these columns."""
    path, chosen = folder / "sheet.csv", folder / "map.toml"
    path.write_bytes(sheet if isinstance(sheet, bytes) else sheet.encode())
    chosen.write_text(PERSON + columns, "utf-8")
    return mapped(read_sheet(path), read_map(chosen))


@pytest.mark.parametrize("right", [0, 3])
def test_no_wrong_row_is_taken_however_many_there_are(right: int, tmp_path: Path) -> None:
    """1,502 wrong rows and a few right ones: the right ones alone are written; status 1 where there is none."""
    rows = [f"W{n},13/13/1990" for n in range(1502)] + [f"R{n},1990-05-01" for n in range(right)]
    (tmp_path / "sheet.csv").write_text("id,born\n" + "\n".join(rows) + "\n")
    (tmp_path / "map.toml").write_text(PERSON + 'birth_date = "born"\n')
    call = ["import", "sheet", str(tmp_path / "sheet.csv"), str(tmp_path / "out"), "--map", str(tmp_path / "map.toml")]
    done = CliRunner().invoke(app, call)
    written = (tmp_path / "out" / "workers.csv").read_text("utf-8").splitlines()
    assert [line[0] for line in written[1:]] == ["R"] * right
    assert done.exit_code == (0 if right else 1)


@pytest.mark.parametrize(
    ("cells", "right"),
    [
        (["1,500", "1,500.50"], ["1500", "1500.50"]),
        (["1.500,50", "1.500"], ["1500.50", "1500"]),
        (["12,5", "1.500"], ["12.5", "1500"]),
        (["0.125", "12"], ["0.125", "12"]),
        (["1.500.000"], ["1500000"]),
    ],
)
def test_a_column_tells_its_decimal_mark(cells: list[str], right: list[str], tmp_path: Path) -> None:
    """Thousands and decimals are told apart by the whole column."""
    sheet = "id;income\n" + "".join(f"{n};{cell}\n" for n, cell in enumerate(cells))
    raw = read(tmp_path, sheet, 'reservation_weekly_income = "income"\n')
    assert raw.columns["reservation_weekly_income"].to_pylist() == right


def test_thousands_or_decimals_are_asked_for(tmp_path: Path) -> None:
    """A column of 1.500 and 2.250 alone is refused until the map says."""
    sheet = "id;income\n1;1.500\n2;2.250\n"
    with pytest.raises(InputError, match="thousands or decimals"):
        read(tmp_path, sheet, 'reservation_weekly_income = "income"\n')
    said = read(tmp_path, sheet, 'reservation_weekly_income = { from = "income", decimal_comma = true }\n')
    assert said.columns["reservation_weekly_income"].to_pylist() == ["1500", "2250"]
    assert unclear_numbers(["12,5", "12.5"]) == ["12,5", "12.5"]


def test_a_heading_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """No later column stands for an earlier one of its name."""
    with pytest.raises(InputError, match="stands twice"):
        read(tmp_path, "id;hasta;hasta\n1;2026-01-01;2027-01-01\n", 'available_to = "hasta"\n')
    said = read(tmp_path, "id;hasta;hasta\n1;2026-01-01;2027-01-01\n", 'available_to = { column = "B" }\n')
    assert said.columns["available_to"].to_pylist() == ["2026-01-01"]
    with pytest.raises(InputError, match="beyond the headings"):
        read(tmp_path, "id;hasta\n1;2026-01-01\n", 'available_to = { column = "C" }\n')


@pytest.mark.parametrize("other", ["H", "Hombre"])
def test_a_woman_is_not_read_as_a_man(other: str, tmp_path: Path) -> None:
    """M beside H or hombre is refused until the map says what it is."""
    with pytest.raises(InputError, match="mujer"):
        read(tmp_path, f"id;sexo\n1;{other}\n2;M\n", 'sex = "sexo"\n')
    words = f'sex = {{ from = "sexo", words = {{ {other} = "M", M = "F" }} }}\n'
    assert read(tmp_path, f"id;sexo\n1;{other}\n2;M\n", words).columns["sex"].to_pylist() == ["M", "F"]


def test_encodings_and_time_stamps(tmp_path: Path) -> None:
    """UTF-16 with its mark is read, without it refused; a time stamp is its day."""
    sheet = "id;until\n1;2026-01-08T00:00:00Z\n2;2026-01-08T23:30:00Z\n"
    raw = read(tmp_path, sheet.encode("utf-16"), 'passport_expires = "until"\n')
    assert raw.columns["passport_expires"].to_pylist() == ["2026-01-08", "2026-01-08T23:30:00Z"]
    with pytest.raises(InputError, match="NUL"):
        read(tmp_path, sheet.encode("utf-16-le"), "")


def test_a_table_back_from_a_spreadsheet_is_read(tmp_path: Path) -> None:
    """Semicolons and a byte order mark, with lists in quotes."""
    path = tmp_path / "workers.csv"
    path.write_bytes(b'\xef\xbb\xbfworker_id;skills\r\nW1;"a;b"\r\n')
    faults: list[object] = []
    raw = read_csv(path, "workers", faults.append)
    assert raw is not None and not faults
    assert (raw.columns["worker_id"].to_pylist(), raw.columns["skills"].to_pylist()) == (["W1"], ["a;b"])


def test_day_and_month_are_asked_for(tmp_path: Path) -> None:
    """Where every day is under 13 the proposed map asks, and is refused until somebody has said."""
    path, chosen = tmp_path / "sheet.csv", tmp_path / "map.toml"
    path.write_text("worker_id,birth_date\n1,03/04/1990\n2,05/06/1991\n")
    chosen.write_text(propose_map(read_sheet(path), "workers")[0], "utf-8")
    with pytest.raises(InputError, match="no form of dates"):
        read_map(chosen)
