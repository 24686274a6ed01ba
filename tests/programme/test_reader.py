"""What the reader must get right: defaults, tables that may be absent, the three formats, notices."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sound_programme import (
    FORMATS,
    TABLES,
    add_text,
    cells_of_text,
    change_rows,
    change_text,
    rename_column,
    set_cell,
    write_sound,
)
from sound_reading import frames, read_sound, written
from typed_rows import plain_columns, plain_tables
from typer.testing import CliRunner

from engine.cli import app
from engine.days import NO_DATE, OPEN_END, OPEN_START
from engine.programme import read_programme
from engine.programme.cells import NO_MOMENT
from engine.programme.schema import TABLES as SCHEMAS

OPTIONAL = {"workers": ("isced", "registered_at", "points"), "orders": ("filed_at",)}


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
