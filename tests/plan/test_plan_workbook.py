"""A plan as offices open it: a workbook with names, and tables that come back from a spreadsheet program."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from base_programme import ORDER, base
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from engine.cli import app
from engine.planning.commands import register
from engine.sheets.template import write_template

if not any(command.name == "rematch" for command in app.registered_commands):
    register(app)
PLAN_FILES = ("placements", "unplaced", "unfilled", "prices")


@pytest.fixture
def matched(tmp_path: Path) -> Path:
    """A folder with the base programme and its plan."""
    base().programme(tmp_path / "season")
    run("match", tmp_path / "season", tmp_path / "plan", "--quiet")
    return tmp_path


def run(*arguments: object, status: int = 0) -> str:
    """Call the command line; the output."""
    done = CliRunner().invoke(app, [str(one) for one in arguments])
    assert done.exit_code == status, (done.output, done.exception)
    return done.output


def test_the_workbook_says_what_the_tables_say_with_names(matched: Path) -> None:
    """Each sheet has the rows of its table; placements name the employer."""
    book = CalamineWorkbook.from_path(str(matched / "plan" / "plan.xlsx"))
    assert tuple(book.sheet_names) == PLAN_FILES
    for name in PLAN_FILES:
        lines = (matched / "plan" / f"{name}.csv").read_text("utf-8").splitlines()
        assert len(book.get_sheet_by_name(name).to_python()) == len(lines)
    head, row = book.get_sheet_by_name("placements").to_python()
    told = dict(zip(head, row, strict=True))
    assert (told["worker_id"], told["employer_name"], told["isco08"]) == ("W00", "Farm", "9211")


def test_the_workbook_is_the_same_for_the_same_plan(matched: Path) -> None:
    """No clock stands in it."""
    run("match", matched / "season", matched / "again", "--quiet")
    assert (matched / "again" / "plan.xlsx").read_bytes() == (matched / "plan" / "plan.xlsx").read_bytes()


def test_plans_are_checked_from_a_workbook_and_from_a_spreadsheets_csv(matched: Path) -> None:
    """The workbook itself, and placements.csv saved with semicolons and a byte order mark; a breach gives status 1."""
    run("check", matched / "season", matched / "plan" / "plan.xlsx")
    placed = matched / "plan" / "placements.csv"
    placed.write_bytes(b"\xef\xbb\xbf" + placed.read_bytes().replace(b",", b";").replace(b"\n", b"\r\n"))
    prices = matched / "plan" / "prices.csv"
    prices.write_bytes(b"\xef\xbb\xbf" + prices.read_bytes().replace(b",", b";"))
    run("check", matched / "season", matched / "plan", "--bound")
    placed.write_bytes(placed.read_bytes() + b"W01;O00;E01;GT-ES;2026-03-01;2026-05-31;1\r\n")
    run("check", matched / "season", matched / "plan", status=1)


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_events_come_from_a_workbook_or_a_spreadsheets_csv(form: str, matched: Path) -> None:
    """Who drops out is replaced, however the events are kept."""
    events = matched / f"events.{form}"
    rows = [("event", "worker_id", "reason"), ("drop_out", "W00", "ill")]
    if form == "csv":
        events.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(";".join(row) for row in rows).encode() + b"\r\n")
    else:
        with xlsxwriter.Workbook(str(events)) as book:
            page = book.add_worksheet("Hoja1")
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
    run("rematch", matched / "season", matched / "plan", events, matched / "repaired")
    assert "W01,O00" in (matched / "repaired" / "placements.csv").read_text("utf-8").replace('"', "")


def test_a_workbook_of_tables_is_validated_by_itself(tmp_path: Path) -> None:
    """Before there is a programme: what is sound, and what isn't with its sheet and row."""
    path = tmp_path / "plantilla.xlsx"
    write_template(path, "es")
    assert "sound" in run("validate", path)
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("employers").write_row(0, 0, ["employer_id", "name"])
    done = CliRunner().invoke(app, ["validate", str(path)])
    assert "workers" in str(done.exception)


def test_the_exit_status_says_that_no_plan_fills_a_place(tmp_path: Path) -> None:
    """1 where the answer is no, 0 where some place can be filled."""
    base(orders=[ORDER, ORDER | {"order_id": "O01", "isco08": "7112"}]).programme(tmp_path / "season")
    run("explain", tmp_path / "season", "--order", "O00")
    run("explain", tmp_path / "season", "--order", "O01", status=1)


def test_a_plan_too_long_for_a_workbook_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`match` and `rematch` write the tables, and name the file that isn't there."""
    base().programme(tmp_path / "p")
    (tmp_path / "events.csv").write_text("event,worker_id,order_id,employer_id,days,reason\n", "utf-8")
    monkeypatch.setattr("engine.plan.plan_workbook.MOST_ROWS", 1)
    plan, events, repaired = (str(tmp_path / name) for name in ("plan", "events.csv", "repaired"))
    for arguments in (["match", str(tmp_path / "p"), plan], ["rematch", str(tmp_path / "p"), plan, events, repaired]):
        ran = CliRunner().invoke(app, arguments)
        assert ran.exit_code == 0, ran.output
        assert "is not written as plan.xlsx" in " ".join(ran.output.split())
    assert not (tmp_path / "plan" / "plan.xlsx").exists()
