"""Workbooks of offices: the right sheet, the right row, what a cell shows, and nothing where it can't be known."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from base_programme import base
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from engine.cli import app
from engine.errors import InputError
from engine.programme.read import read_programme
from engine.programme.schema import TABLES
from engine.sheets.importer import import_sheet, warnings_of
from engine.sheets.proposal import propose_map
from engine.sheets.sheet_map import SheetMap, read_map
from engine.sheets.sheet_reading import Sought, read_sheet
from engine.sheets.template import EXAMPLES, write_template
from engine.words.catalogue import languages
from scenarios.commands import register

register(app)
PERSON = 'table = "workers"\n[columns]\nworker_id = "id"\norigin_country = { value = "GT" }\n'


def workbook(path: Path, rows: list[list[Any]], formats: dict[int, str] | None = None, other: str = "") -> Path:
    """A workbook of one sheet, with number formats by column, and a formula on another sheet."""
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("personas")
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                style = book.add_format({"num_format": (formats or {})[place]}) if place in (formats or {}) else None
                if isinstance(cell, str) and cell.startswith("#"):
                    page.write_formula(number, place, "=NA()", style, cell)
                elif cell != "":
                    page.write(number, place, cell, style)
        if other:
            book.add_worksheet("cuentas").write_formula(0, 0, "=1/0", None, other)
    return path


def imported(path: Path, columns: str = "") -> tuple[list[str], str]:
    """The lines of the table that a workbook becomes by a map, and why rows were refused."""
    (path.parent / "map.toml").write_text(PERSON + columns, "utf-8")
    out = path.parent / "out"
    done = import_sheet(path, read_map(path.parent / "map.toml"), out)
    return (out / "workers.csv").read_text("utf-8").splitlines()[1:], " ".join(map(str, done.faults))


@pytest.mark.parametrize("language", languages())
def test_the_template_is_the_workbook_of_a_programme(language: str, tmp_path: Path) -> None:
    """As it is handed out, in either language: no fault, and the rows that stand in it."""
    folder = tmp_path / "programme"
    base().programme(folder)
    for table in (*folder.glob("*.csv"), *folder.glob("*.parquet")):
        table.unlink()
    write_template(folder / "programme.xlsx", language)
    read = read_programme(folder)
    assert {name: table.size for name, table in read.tables.items()} == {name: int(name in EXAMPLES) for name in TABLES}
    assert not read.notices


@pytest.mark.parametrize("language", languages())
def test_each_table_of_the_template_is_imported_from_its_sheet(language: str, tmp_path: Path) -> None:
    """The proposal finds the sheet by the table; the map that it makes reads the example without a fault."""
    path = tmp_path / "plantilla.xlsx"
    write_template(path, language)
    for table in EXAMPLES:
        sheet = read_sheet(path, sought=Sought(table))
        assert sheet.name == table
        chosen = tmp_path / f"{table}.toml"
        chosen.write_text(propose_map(sheet, table)[0], "utf-8")
        done = import_sheet(path, read_map(chosen), tmp_path / table)
        assert (done.rows, done.refused, done.faults) == (1, 0, ())


def test_a_sheet_can_be_named(tmp_path: Path) -> None:
    """The command takes --sheet, for the proposal and for the import; a name that isn't there is told."""
    path = workbook(tmp_path / "b.xlsx", [["id"], ["P1"]])
    with xlsxwriter.Workbook(str(path)) as book:
        for name in ("uno", "dos"):
            book.add_worksheet(name).write_column(0, 0, ["worker_id", name.upper()])
    run = CliRunner().invoke
    for name in ("uno", "dos"):
        chosen, out = tmp_path / f"{name}.toml", tmp_path / name
        assert run(app, ["import", "sheet", str(path), str(chosen), "--sheet", name]).exit_code == 0
        assert f'sheet = "{name}"' in chosen.read_text("utf-8")
        chosen.write_text(PERSON.replace('"id"', '"worker_id"').replace("[", f'sheet = "{name}"\n[', 1), "utf-8")
        assert run(app, ["import", "sheet", str(path), str(out), "--map", str(chosen)]).exit_code == 0
        assert name.upper() in (out / "workers.csv").read_text("utf-8")
    call = ["import", "sheet", str(path), str(tmp_path / "o"), "--map", str(tmp_path / "uno.toml"), "--sheet", "tres"]
    assert "uno, dos" in str(run(app, call).exception)


def test_a_title_and_an_unnamed_column_hide_no_headings(tmp_path: Path) -> None:
    """Row 1 a title, row 2 headings, one column of remarks without a name: a record fills more cells than they do."""
    rows = [["Ministerio"], ["DPI", "Sexo", ""], ["P1", "F", "llamar"], ["P2", "M", "llamar"]]
    path = workbook(tmp_path / "b.xlsx", rows)
    assert read_sheet(path, sought=Sought("workers")).titles == ["DPI", "Sexo", ""]


def test_digits_that_a_spreadsheet_lost_are_refused(tmp_path: Path) -> None:
    """An id of 17 digits kept as a number is no longer what was typed; as text it is."""
    rows: list[list[Any]] = [["id"], [90071992547409931], ["90071992547409931"], [999999999999999]]
    lines, why = imported(workbook(tmp_path / "b.xlsx", rows))
    assert [line.split(",")[0] for line in lines] == ["90071992547409931", "999999999999999"]
    assert "more digits" in why and "row 2" in why


@pytest.mark.parametrize(
    ("form", "number", "shown"),
    [("00000", 123, "00123"), ("0000", 12345, "12345"), ("0", 123, "123"), ('"W-"000', 7, "W-007"), ("0.00", 5, "5")],
)
def test_zeros_that_a_format_shows_are_kept(form: str, number: int, shown: str, tmp_path: Path) -> None:
    """What stands on paper is the id."""
    lines, _ = imported(workbook(tmp_path / "b.xlsx", [["id"], [number]], {0: form}))
    assert lines[0].split(",")[0] == shown


def test_errors_of_a_spreadsheet_count_where_a_cell_is_used(tmp_path: Path) -> None:
    """On another sheet and in a column that isn't read they are nothing; in a cell that is read they refuse the row."""
    rows = [["id", "nace", "cuota"], ["W1", "1990-01-01", "#N/A"], ["W2", "#N/A", 3], ["#REF!", "1990-01-01", 4]]
    lines, why = imported(workbook(tmp_path / "b.xlsx", rows, other="#DIV/0!"), 'birth_date = "nace"\n')
    assert [line.split(",")[0] for line in lines] == ["W1"]
    assert why.count("error of the spreadsheet") == 2 and "#N/A" in why and "#REF!" in why


def test_errors_of_a_spreadsheet_are_faults_of_a_programme(tmp_path: Path) -> None:
    """In a workbook of a programme too, in a column of plain text as well."""
    folder = tmp_path / "programme"
    base().programme(folder)
    (folder / "employers.csv").write_text("employer_id,name,country,accredited_until,debarred_from,debarred_until\n"
                                          "E01,#N/A,ES,,,\n")  # fmt: skip
    with pytest.raises(InputError, match="error of the spreadsheet"):
        read_programme(folder)


def test_what_is_marked_stands_in_the_copy(tmp_path: Path) -> None:
    """The copy shows the error as the sheet did."""
    path = workbook(tmp_path / "b.xlsx", [["id"], ["#N/A"], ["W1"]])
    imported(path)
    rows = CalamineWorkbook.from_path(str(tmp_path / "out" / "refused.xlsx")).get_sheet_by_index(0).to_python()
    assert rows[1][1] == "#N/A" and "error of the spreadsheet" in rows[1][0]


def ods(path: Path, rows: str) -> Path:
    """An OpenDocument sheet with these rows, as XML."""
    spaces = {"office": "office", "table": "table", "text": "text"}
    names = "".join(f' xmlns:{a}="urn:oasis:names:tc:opendocument:xmlns:{b}:1.0"' for a, b in spaces.items())
    names += ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    inside = f'<table:table table:name="uno">{rows}</table:table>'
    body = f"<office:body><office:spreadsheet>{inside}</office:spreadsheet></office:body>"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", f"<office:document-content{names}>{body}</office:document-content>")
    return path


def _said(*cells: str) -> str:
    texts = (f'<table:table-cell office:value-type="string"><text:p>{one}</text:p></table:table-cell>' for one in cells)
    return "".join(texts)


def _wrong(shown: str, value: str = 'office:value-type="string" office:string-value=""') -> str:
    return f'<table:table-cell {value} calcext:value-type="error"><text:p>{shown}</text:p></table:table-cell>'


@pytest.mark.parametrize("shown", ["#DIV/0!", "#N/A", "Err:502", "#¡VALOR!"])
@pytest.mark.parametrize(
    "value", ['office:value-type="string" office:string-value=""', 'office:value-type="float" office:value="0"']
)
def test_errors_of_an_opendocument_sheet_refuse_the_rows_that_use_them(shown: str, value: str, tmp_path: Path) -> None:
    """There they have no value or 0, which would be read as nothing said; repeated rows and gaps are counted."""
    gap = '<table:table-cell table:number-columns-repeated="2"/>'
    rows = (
        f"<table:table-row>{_said('id', 'nace', 'cuota')}</table:table-row>",
        f"<table:table-row>{_said('W1', '1990-01-01')}{_wrong(shown, value)}</table:table-row>",
        f'<table:table-row table:number-rows-repeated="2">{gap}{_wrong(shown, value)}</table:table-row>',
        f"<table:table-row>{_said('W2')}{_wrong(shown, value)}</table:table-row>",
    )
    lines, why = imported(ods(tmp_path / "b.ods", "".join(rows)), 'birth_date = "nace"\n')
    assert [line.split(",")[0] for line in lines] == ["W1"]
    assert "error of the spreadsheet" in why and "row 5, column birth_date" in why


def test_zeros_that_an_opendocument_sheet_shows_are_kept(tmp_path: Path) -> None:
    """Where the number is 123 and 00123 stands on the sheet."""
    number = '<table:table-cell office:value-type="float" office:value="123"><text:p>00123</text:p></table:table-cell>'
    rows = f"<table:table-row>{_said('id')}</table:table-row><table:table-row>{number}</table:table-row>"
    lines, _ = imported(ods(tmp_path / "b.ods", rows))
    assert lines[0].split(",")[0] == "00123"


@pytest.mark.parametrize("shown", ["#N/A", "#N/D", "#¡DIV/0!", "#¿NOMBRE?", "#VALEUR!", "#NOM?"])
def test_errors_in_a_file_of_text_count_in_each_language(shown: str, tmp_path: Path) -> None:
    """As Excel saves them in English, Spanish and French: in a used cell no id and no skill is called so."""
    path = tmp_path / "b.csv"
    path.write_text(f"id,oficio,cuota\nW1,pruning,{shown}\nW2,{shown},1\n{shown},pruning,1\n", "utf-8")
    lines, why = imported(path, 'skills = "oficio"\n')
    assert [line.split(",")[0] for line in lines] == ["W1"]
    assert why.count("error of the spreadsheet") == 2


def test_an_old_workbook_says_what_it_hides() -> None:
    """Cells that show an error are read as empty from .xls alone: that is said, and how to have them told."""
    chosen = SheetMap("workers", "", 0, {})
    assert ".xlsx" in warnings_of(chosen, Path("a.XLS"))[0]
    assert not warnings_of(chosen, Path("a.xlsx"))
