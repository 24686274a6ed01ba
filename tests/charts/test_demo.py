"""The demo goes from nothing to a plan, an audit and a page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
import xlsxwriter
from typer.testing import CliRunner

from engine.command_language import SpokenGroup
from engine.errors import CallError
from scenarios import demo

ORDER = {
    "CASE_NUMBER": "H-300-{}",
    "CASE_STATUS": "Determination Issued - Certification",
    "EMPLOYER_NAME": "Farm {}",
    "NBR_WORKERS_CERTIFIED": 12,
    "REQUESTED_START_DATE_OF_NEED": "2016-03-01",
    "REQUESTED_END_DATE_OF_NEED": "2016-10-31",
    "WORKSITE_STATE": "FL",
    "SOC_CODE": "45-2092.02",
    "BASIC_RATE_OF_PAY": 10.7,
    "BASIC_UNIT_OF_PAY": "Hour",
    "BASIC_NUMBER_OF_HOURS": 40,
    "JOB_START_DATE": "2016-01-02",
    "PRIMARY/SUB": "PRI",
}


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A disclosure workbook as published for 2016 with 30 orders, one of which asks for nobody."""
    book = xlsxwriter.Workbook(tmp_path / "orders.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, list(ORDER))
    for number in range(1, 31):
        row = {**ORDER, "NBR_WORKERS_CERTIFIED": 0} if number == 30 else ORDER
        sheet.write_row(number, 0, [cell.format(number) if isinstance(cell, str) else cell for cell in row.values()])
    book.close()
    return tmp_path / "orders.xlsx"


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> typer.Typer:
    """A command line with the demo, on a machine without the published workbook."""
    monkeypatch.setattr(demo, "H2A_BESIDE_CHECKOUT", tmp_path / "nowhere" / "workbook.xlsx")
    made = typer.Typer(cls=SpokenGroup)
    made.callback()(lambda: None)
    demo.register(made)
    return made


def test_the_demo_writes_programme_plan_and_report(app: typer.Typer, tmp_path: Path) -> None:
    """Without the workbook the demo says so, does the synthetic programme and tells where all of it is."""
    told = CliRunner().invoke(app, ["demo", str(tmp_path / "out"), "--workers", "300"], catch_exceptions=False)
    assert told.exit_code == 0
    assert "--h2a FILE" in told.stderr
    assert "audited again" in told.stdout and "Placements by corridor" in told.stdout
    made = tmp_path / "out" / demo.PRESET
    for path in ("programme/programme.toml", "plan/certificate.json", "report/report.html", "report/flows.png"):
        assert (made / path).is_file()
    assert str(made / "report" / "report.html") in told.stdout


def test_the_demo_matches_a_workbook_too(app: typer.Typer, tmp_path: Path, workbook: Path) -> None:
    """Orders of the workbook are matched to synthetic workers, and refused rows are written and counted."""
    arguments = ["demo", str(tmp_path / "out"), "--workers", "300", "--h2a", str(workbook), "--h2a-workers", "200"]
    told = CliRunner().invoke(app, [*arguments, "--lang", "es"], catch_exceptions=False)
    made = tmp_path / "out" / "h2a"
    assert told.exit_code == 0 and "Filas rechazadas de orders.xlsx: 1;" in told.stderr
    assert "H-300-30" in (made / "programme.refused.csv").read_text("utf-8")
    certificate = json.loads((made / "plan" / "certificate.json").read_text("utf-8"))
    assert certificate["placements"] > 0 and f"{certificate['placements']:,} colocaciones, legal" in told.stdout
    assert '<html lang="es">' in (made / "report" / "report.html").read_text("utf-8")


def test_the_demo_goes_on_without_drawing_packages(
    app: typer.Typer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where altair is missing the plan is made all the same and no page is promised."""

    def missing() -> None:
        raise CallError("Charts need altair.", "Install them with: pip install vaiven[plots]")

    monkeypatch.setattr("engine.charts.require_drawing_packages", missing)
    told = CliRunner().invoke(app, ["demo", str(tmp_path / "out"), "--workers", "300"], catch_exceptions=False)
    assert told.exit_code == 0 and "pip install vaiven[plots]" in told.stderr
    assert (tmp_path / "out" / demo.PRESET / "plan" / "certificate.json").is_file()
    assert "report.html" not in told.stdout


@pytest.mark.parametrize(
    ("arguments", "match"), [(["--h2a", "missing.xlsx"], "is no file"), (["--lang", "tlh"], "is no language")]
)
def test_wrong_calls_are_refused_before_any_work(
    app: typer.Typer, tmp_path: Path, arguments: list[str], match: str
) -> None:
    """A workbook that isn't there and an unknown language are errors of the call, and nothing is written."""
    with pytest.raises(CallError, match=match):
        CliRunner().invoke(app, ["demo", str(tmp_path / "out"), *arguments], catch_exceptions=False)
    assert not (tmp_path / "out").exists()


def test_an_occupied_folder_is_refused(app: typer.Typer, tmp_path: Path) -> None:
    """The demo never writes into a folder that holds something."""
    (tmp_path / "mine.txt").write_text("kept")
    with pytest.raises(CallError, match="not empty"):
        CliRunner().invoke(app, ["demo", str(tmp_path)], catch_exceptions=False)
