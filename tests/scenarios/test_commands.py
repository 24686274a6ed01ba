"""The commands `generate` and `import`: what they write, what they say, and how they refuse."""

from pathlib import Path

import pandas as pd
import pytest
import typer
from h2a_workbook import write_workbook
from typer.testing import CliRunner

from engine.errors import CallError
from engine.programme import read_programme
from scenarios import catalogue
from scenarios.commands import register
from scenarios.source import load_source

RUNNER = CliRunner()


def app() -> typer.Typer:
    commands = typer.Typer()
    register(commands)
    return commands


def refusal(*arguments: str | Path) -> CallError:
    """Call a command that must refuse, and give its error."""
    result = RUNNER.invoke(app(), [str(argument) for argument in arguments])
    assert isinstance(result.exception, CallError), result.output
    assert result.exception.status == 2
    return result.exception


@pytest.mark.parametrize("table_format", ["csv", "parquet"])
def test_generate_writes_a_programme(table_format: str, tmp_path: Path) -> None:
    """Tests that the folder is a programme of the size asked, in the format asked."""
    out = tmp_path / "programme"
    result = RUNNER.invoke(
        app(), ["generate", "nation", str(out), "--workers", "200", "--seed", "3", "--format", table_format]
    )
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert "200 workers" in result.stderr
    assert (out / f"workers.{table_format}").is_file()
    assert read_programme(out).tables["workers"].size == 200


def test_dense_is_passed_on(tmp_path: Path) -> None:
    """Tests that density reaches the preset: fewer trades at the same size."""
    for density in ("sparse", "dense"):
        out = tmp_path / density
        RUNNER.invoke(app(), ["generate", "nation", str(out), "--workers", "20000", "--density", density])
    skills = [pd.read_csv(tmp_path / name / "orders.csv").required_skills.nunique() for name in ("sparse", "dense")]
    assert skills[1] < skills[0] / 2


def test_an_unknown_preset_is_told_with_the_known_ones(tmp_path: Path) -> None:
    """Tests the hint: the nearest name and all names."""
    error = refusal("generate", "natoin", tmp_path / "out")
    assert "Did you mean nation?" in error.hint
    assert "northern-triangle" in error.hint


def test_a_register_too_small_is_told(tmp_path: Path) -> None:
    """Tests that each preset has its own least size."""
    assert "100 or more" in refusal("generate", "nation", tmp_path / "out", "--workers", "99").hint
    assert "6 or more" in refusal("generate", "adversarial", tmp_path / "out", "--workers", "5").hint


def test_a_target_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    """Tests that nothing is written over."""
    (tmp_path / "note.txt").write_text("mine")
    assert "not empty" in refusal("generate", "nation", tmp_path).message
    assert [file.name for file in tmp_path.iterdir()] == ["note.txt"]


def test_import_writes_the_programme_and_what_it_refused(tmp_path: Path) -> None:
    """Tests the programme, the table on stderr, and the file of all refusals beside the folder."""
    rows: list[dict[str, int]] = [{}] * 5 + [{"workers": 0}] * 25
    file, out = write_workbook(tmp_path / "h2a.xlsx", 2016, rows), tmp_path / "programme"
    result = RUNNER.invoke(app(), ["import", "h2a", str(file), str(out), "--workers", "50"])
    assert result.exit_code == 0, result.output
    assert "5 orders for 60 positions" in result.stderr
    assert "25 rows refused" in result.stderr
    assert "and 5 more" in result.stderr
    refused = pd.read_csv(tmp_path / "programme.refused.csv")
    assert list(refused.columns) == ["row", "case_number", "column", "value", "reason"]
    assert list(refused.row) == list(range(7, 32))
    assert read_programme(out).tables["orders"].size == 5


def test_import_refuses_wrong_calls(tmp_path: Path) -> None:
    """Tests an unknown source, a missing file, a missing folder, two workbooks."""
    file = write_workbook(tmp_path / "h2a.xlsx", 2016, [{}])
    assert "h2a" in refusal("import", "h2x", file, tmp_path / "out").hint
    assert "is no file" in refusal("import", "h2a", tmp_path / "none.xlsx", tmp_path / "out").message
    assert "missing" in refusal("import", "h2a", file).message
    assert "one workbook" in refusal("import", "h2a", file, file, tmp_path / "out").message
    assert not (tmp_path / "out").exists()


def test_a_source_is_found_by_its_name() -> None:
    """Tests that a package that names itself in SOURCE is enough."""
    assert list(catalogue.sources()) == ["h2a", "h2b"]
    assert load_source("h2a").SOURCE == "h2a"


def test_the_commands_have_help() -> None:
    """Tests that help names every preset and source."""
    assert "northern-triangle" in RUNNER.invoke(app(), ["generate", "--help"]).output
    helped = RUNNER.invoke(app(), ["import", "--help"]).output
    assert "h2a" in helped and "h2b" in helped
