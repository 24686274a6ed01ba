"""Broken input is refused: each fault is named with its place and what would be right, and nothing is written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter
from broken_cases import ALL, Broken
from sound_programme import change_text, rename_column, set_cell, write_sound

from engine import cli
from engine.errors import Fault, InputError
from engine.programme import read_programme

# Both commands read alike: matching refuses every fourth case, in `make proof` each.
MATCHED_EACH = int(os.environ.get("VAIVEN_BROKEN_MATCHED_EACH", "4"))


def test_there_are_sixty_kinds_and_more_each_with_a_name_of_its_own() -> None:
    """Proves that no case hides another of the same name."""
    names = [case.name for case in ALL]
    assert len(set(names)) == len(names) >= 60


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in ALL])
def test_the_fault_is_named_and_nothing_is_written(
    case: Broken, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Proves for one kind of broken input that the reader names it, and that both commands say so and end with 2."""
    folder = write_sound(tmp_path / "programme", case.table_format)
    case.break_it(folder)
    fault = fault_of(case, folder)

    assert run(monkeypatch, "validate", folder) == 2
    assert_told(fault, capsys)
    if ALL.index(case) % MATCHED_EACH:
        return

    beside = tmp_path / "beside"
    beside.mkdir()
    before = sorted(tmp_path.rglob("*"))
    assert run(monkeypatch, "match", folder, beside / "plan") == 2
    assert_told(fault, capsys)
    assert sorted(tmp_path.rglob("*")) == before


def fault_of(case: Broken, folder: Path) -> Fault:
    """The one fault that names the case; others may stand beside it only where the case says so."""
    with pytest.raises(InputError) as caught:
        read_programme(folder)
    faults = caught.value.faults
    named = [fault for fault in faults if names(fault, case)]
    assert len(named) == 1, [str(fault) for fault in faults]
    assert case.others or len(faults) == 1, [str(fault) for fault in faults]
    return named[0]


def names(fault: Fault, case: Broken) -> bool:
    """Whether the fault says where the case is broken, what stands there and what would be right."""
    return (
        (fault.file, fault.row) == (case.file, case.row)
        and (fault.column.endswith(case.column) if case.column else fault.column == "")
        and case.value in (None, fault.value)
        and case.right in f"{fault.problem}; expected {fault.expected}"
    )


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> int:
    """Run the command line as the installed entry point does, and give its exit status."""
    monkeypatch.setattr(sys, "argv", ["vaiven", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def assert_told(fault: Fault, capsys: pytest.CaptureFixture[str]) -> None:
    """Assert that the fault stands on stderr as a line of its own, and nothing on stdout."""
    told = capsys.readouterr()
    assert f"  {fault}\n" in told.err
    assert "Traceback" not in told.err
    assert told.out == ""


def break_ten_things(folder: Path) -> set[tuple[str, int, str]]:
    """Break ten things in five files and say where."""
    set_cell(folder, "workers", 2, "origin_country", "UK")
    set_cell(folder, "workers", 3, "birth_date", "1985-02-30")
    set_cell(folder, "workers", 5, "sex", "f")
    set_cell(folder, "orders", 2, "headcount", "2.5")
    set_cell(folder, "orders", 3, "min_crew", "3")
    set_cell(folder, "orders", 4, "end_date", "2026-03-01")
    set_cell(folder, "history", 2, "worker_id", "7")
    set_cell(folder, "preferences", 3, "rank", "0")
    change_text(folder, "programme.toml", "CAD", "CDN")
    change_text(folder, "programme.toml", "min_share = 0.25", "min_share = 25")
    return {
        ("workers.csv", 2, "origin_country"),
        ("workers.csv", 3, "birth_date"),
        ("workers.csv", 5, "sex"),
        ("orders.csv", 2, "headcount"),
        ("orders.csv", 3, "min_crew"),
        ("orders.csv", 4, "end_date"),
        ("history.csv", 2, "worker_id"),
        ("preferences.csv", 3, "rank"),
        ("programme.toml", 0, "currency"),
        ("programme.toml", 0, "clause women: min_share"),
    }


def test_ten_faults_in_five_files_are_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Proves that one run names every fault of every file, for people and as JSON."""
    folder = write_sound(tmp_path / "programme")
    expected = break_ten_things(folder)
    with pytest.raises(InputError) as caught:
        read_programme(folder)
    assert {(fault.file, fault.row, fault.column) for fault in caught.value.faults} == expected
    assert len(caught.value.faults) == 10

    assert run(monkeypatch, "validate", folder, "--json") == 2
    told = capsys.readouterr()
    faults = json.loads(told.out)["faults"]
    assert {(fault["file"], fault["row"], fault["column"]) for fault in faults} == expected
    assert all(fault["problem"] and fault["expected"] and fault["code"] for fault in faults)
    assert "10 faults in the input:" in told.err


def test_match_tells_its_faults_as_json_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Proves that `match --json` answers with the faults where there is no plan."""
    folder = write_sound(tmp_path / "programme")
    expected = break_ten_things(folder)
    assert run(monkeypatch, "match", folder, tmp_path / "plan", "--json") == 2
    faults = json.loads(capsys.readouterr().out)["faults"]
    assert {(fault["file"], fault["row"], fault["column"]) for fault in faults} == expected


def test_a_column_of_thousands_of_faults_is_told_in_short_with_the_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Proves that a wholly wrong column floods neither screen nor memory, and that no fault is left uncounted."""
    folder = write_sound(tmp_path / "programme")
    pairs = "\n".join(f"O1,nobody-{i}" for i in range(5000))
    (folder / "recalls.csv").write_text(f"order_id,worker_id\n{pairs}\n")
    with pytest.raises(InputError) as caught:
        read_programme(folder)
    faults = caught.value.faults
    assert len(faults) == 1001
    assert {fault.row for fault in faults} == {*range(2, 1002), 5001}
    assert any("4,000 more rows" in fault.problem for fault in faults)
    assert run(monkeypatch, "validate", folder) == 2
    assert len(capsys.readouterr().err.splitlines()) < 250


@pytest.mark.parametrize("command", ["validate", "match"])
def test_a_folder_that_is_not_there_is_a_wrong_call(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Proves that a wrong path ends with status 2 and a hint."""
    plan = [tmp_path / "plan"] if command == "match" else []
    assert run(monkeypatch, command, tmp_path / "none", *plan) == 2
    assert "folder with programme.toml" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_worker_is_the_only_thing_wrong_with_its_row(tmp_path: Path) -> None:
    """Proves that two rows with unknown workers are not taken for one row that repeats another."""
    folder = write_sound(tmp_path / "programme")
    for row, worker in ((2, "X1"), (3, "X2")):
        set_cell(folder, "scores", row, "worker_id", worker)
        set_cell(folder, "scores", row, "order_id", "O1")
    with pytest.raises(InputError) as caught:
        read_programme(folder)
    assert [(fault.row, fault.column) for fault in caught.value.faults] == [(2, "worker_id"), (3, "worker_id")]


def test_faults_within_a_file_are_all_told_beside_a_missing_column(tmp_path: Path) -> None:
    """Proves that a missing column does not hide the wrong cells of the other columns."""
    folder = write_sound(tmp_path / "programme")
    rename_column(folder, "workers", "points", "score")
    rename_column(folder, "workers", "sex", "gender")
    set_cell(folder, "workers", 3, "birth_date", "x")
    with pytest.raises(InputError) as caught:
        read_programme(folder)
    assert {fault.column for fault in caught.value.faults} == {"sex", "birth_date"}


def test_a_workbook_with_one_far_cell_is_refused_and_does_not_end_the_process(tmp_path: Path) -> None:
    """Proves that a sheet that claims 17 thousand million cells is refused before it is unpacked."""
    folder = write_sound(tmp_path / "programme", "xlsx")
    with xlsxwriter.Workbook(str(folder / "programme.xlsx")) as book:
        sheet = book.add_worksheet("recalls")
        sheet.write_row(0, 0, ["order_id", "worker_id"])
        sheet.write_string(2**20 - 1, 2**14 - 1, "far")
    program = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (2**32, 2**32));"
        "from engine.errors import InputError;"
        "from engine.programme import read_programme\n"
        "try: read_programme(sys.argv[1])\n"
        "except InputError as error: print(error)"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(folder)], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[:200]
    assert "programme.xlsx" in ended.stdout
