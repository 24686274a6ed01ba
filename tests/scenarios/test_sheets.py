"""Sheets as they are: a template that reads back, headings of a ministry's own, and refused rows in a marked copy."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from engine.cli import app
from engine.errors import CallError, InputError
from engine.programme.column_titles import TITLES, plain, title_of, with_own_columns
from engine.programme.earlier_titles import EARLIER_TITLES
from engine.programme.raw_table import RawTable
from engine.programme.schema import TABLES
from engine.sheets.importer import import_sheet
from engine.sheets.proposal import propose_map
from engine.sheets.sheet_map import read_map
from engine.sheets.sheet_reading import read_sheet
from engine.sheets.template import write_template
from engine.words.catalogue import languages
from scenarios.commands import register

register(app)
REGISTER = """Ministerio de Trabajo;;;;;
DPI;Sexo;Fecha de nacimiento;Departamento;Oficio;Disponible desde;Observaciones
1001;Mujer;17/05/1994;GT-04;9211:24;01/03/2026;
1002;Hombre;31/12/1990;GT-05;9211:12;15/02/2026;=HYPERLINK("x")
1003;Hombre;31/02/1990;GT-05;9211:12;15/02/2026;
1003;Hombre;01/02/1990;GT-05;9211:12;15/02/2026;twice
;Mujer;01/02/1990;GT-05;9211:12;15/02/2026;no id
"""


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A register with a title above its headings, in Spanish, semicolons and the dates of the country."""
    path = tmp_path / "padron.csv"
    path.write_bytes(REGISTER.encode("cp1252"))
    return path


def _map(sheet: Path) -> Path:
    text, _ = propose_map(read_sheet(sheet), "workers")
    path = sheet.with_name("map.toml")
    path.write_text(text.replace('origin_country = { value = "" }', 'origin_country = { value = "GT" }'), "utf-8")
    return path


def test_a_map_is_proposed(sheet: Path) -> None:
    """Headings, the form of the dates and the words for codes are found; what isn't used is said."""
    text, left = propose_map(read_sheet(sheet), "workers")
    assert 'worker_id = "DPI"' in text
    assert 'birth_date = { from = "Fecha de nacimiento", dates = "DD/MM/YYYY" }' in text
    assert '"Mujer" = "F"' in text
    assert left == ["Observaciones"]
    assert read_map(_map(sheet)).columns["sex"].words["mujer"] == "F"


def test_rows_are_read_and_refused_by_name(sheet: Path, tmp_path: Path) -> None:
    """Good rows are in the table, the others marked in a copy with the reason, in their own places."""
    done = import_sheet(sheet, read_map(_map(sheet)), tmp_path / "out")
    lines = (tmp_path / "out" / "workers.csv").read_text("utf-8").splitlines()
    assert (done.rows, done.refused) == (5, 3)
    assert lines[1].startswith("1001,GT,GT-04,1994-05-17,F,9211:24")
    assert len(lines) == 3
    rows = CalamineWorkbook.from_path(str(tmp_path / "out" / "refused.xlsx")).get_sheet_by_index(0).to_python()
    assert rows[1][0] == "refused because"
    assert rows[2][0] == ""
    assert "1003" in rows[4][0] and "31/02/1990" in str(rows[4])
    assert "empty" in rows[6][0]


def test_formulas_stay_text(sheet: Path, tmp_path: Path) -> None:
    """A cell that begins with = must not become a formula in the marked copy."""
    import_sheet(sheet, read_map(_map(sheet)), tmp_path / "out")
    rows = CalamineWorkbook.from_path(str(tmp_path / "out" / "refused.xlsx")).get_sheet_by_index(0).to_python()
    assert rows[3][7] == '=HYPERLINK("x")'


def test_cells_may_hold_line_breaks(tmp_path: Path) -> None:
    """A quoted cell over two lines is one cell."""
    path = tmp_path / "sheet.csv"
    path.write_text('worker_id,notes\n1,"first\nsecond"\n2,x\n', "utf-8")
    assert read_sheet(path).records == [["1", "first\nsecond"], ["2", "x"]]


def test_what_no_encoding_holds_is_refused(tmp_path: Path) -> None:
    """Nothing is read as something else."""
    path = tmp_path / "sheet.csv"
    path.write_bytes(b"worker_id,notes\n1,\x81\n")
    with pytest.raises(InputError, match="row 2"):
        read_sheet(path)


@pytest.mark.parametrize("language", languages())
def test_the_template_reads_back(language: str, tmp_path: Path) -> None:
    """Every table, with the headings of its language, through a proposed map; there is a template in every language."""
    path = tmp_path / "template.xlsx"
    write_template(path, language)
    book = CalamineWorkbook.from_path(str(path))
    assert set(book.sheet_names) == set(TABLES)
    for name in TABLES:
        read = read_sheet(path, name)
        assert read.titles == [title_of(column, language) for column in TABLES[name].column_names]
        assert len({plain(title) for title in read.titles}) == len(read.titles)
        text, left = propose_map(read, name)
        assert left == [], (name, left)
        (tmp_path / "map.toml").write_text(text, "utf-8")
        assert set(read_map(tmp_path / "map.toml").columns) == set(TABLES[name].column_names)
    with pytest.raises(CallError, match="exists"):
        write_template(path, language)


def test_what_a_template_called_a_column_before_is_read() -> None:
    """Such a title names its column wherever a table has that column, and nothing else."""
    for table, schema in TABLES.items():
        for column in set(schema.column_names) & set(EARLIER_TITLES):
            for title in EARLIER_TITLES[column]:
                raw = RawTable(table, f"{table}.csv", {title: pa.array(["x"])}, 1)
                assert list(with_own_columns(raw).columns) == [column]
    assert {plain(one) for titles in EARLIER_TITLES.values() for one in titles}.isdisjoint(
        plain(title_of(column, language)) for column in TITLES for language in languages()
    )


def test_a_wrong_map_is_named_all_at_once(sheet: Path, tmp_path: Path) -> None:
    """Unknown columns, keys, forms of dates and headings."""
    path = tmp_path / "map.toml"
    path.write_text(
        'table = "workers"\n[columns]\nwrker_id = "DPI"\nsex = { from = "Sexo", wrds = {} }\n'
        'birth_date = { from = "x", dates = "DDMM" }\nskills = 3\n'
    )
    with pytest.raises(InputError) as caught:
        read_map(path)
    for word in ("wrker_id", "wrds", "DDMM", "columns.skills"):
        assert word in str(caught.value)
    path.write_text('table = "workers"\nheader_row = "two"\ncolumns = 3\n')
    with pytest.raises(InputError, match=r"columns[^$]*header_row"):
        read_map(path)
    path.write_text('table = "workers"\n[columns]\nworker_id = "DPY"\n')
    with pytest.raises(InputError, match="DPY"):
        import_sheet(sheet, read_map(path), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_commands_propose_read_and_hand_out(sheet: Path, tmp_path: Path) -> None:
    """From a sheet to a map, to a table; and a template."""
    run = CliRunner().invoke
    asked = run(app, ["import", "sheet", str(sheet), str(tmp_path / "new.toml")])
    assert asked.exit_code == 0, asked.output
    done = run(app, ["import", "sheet", str(sheet), str(tmp_path / "out"), "--map", str(_map(sheet))])
    assert done.exit_code == 0, done.output
    assert "2 of 5 rows" in done.output
    assert run(app, ["template", str(tmp_path / "t.xlsx"), "--lang", "es"]).exit_code == 0
