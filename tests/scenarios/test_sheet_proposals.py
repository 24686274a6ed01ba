"""The map that is proposed for a ministry's own sheet, and each key of a map: what they make of cells."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import InputError
from engine.sheets.importer import import_sheet, mapped
from engine.sheets.proposal import propose_map
from engine.sheets.sheet_map import read_map
from engine.sheets.sheet_reading import Sought, read_sheet

PERSON = 'table = "workers"\n[columns]\nworker_id = "id"\norigin_country = { value = "GT" }\n'
PADRON = (
    "Número de DPI;Nacionalidad;Departamento;Sexo;Oficio;Idiomas;Pasaporte vence;Examen médico;"
    "Ingreso mensual;Licencia\n"
    "1234 56789 0101;Guatemalteca;Quiché;Mujer;Peón agrícola;Español nativo, inglés básico;5 de mayo de 2029;"
    "1 de abril de 2026;3000;Sí\n"
    "2234 56789 0101;Guatemala;San Marcos;Hombre;Tractorista;Español nativo;17 de enero de 2030;;2500;No\n"
)


def proposed(folder: Path, text: str, table: str = "workers") -> str:
    """The map that is proposed for a sheet."""
    (folder / "sheet.csv").write_text(text, "utf-8")
    return propose_map(read_sheet(folder / "sheet.csv", sought=Sought(table)), table)[0]


def column(folder: Path, sheet: str, name: str, entry: str) -> list[str]:
    """The cells of a column by an entry of a map."""
    (folder / "sheet.csv").write_text(sheet, "utf-8")
    (folder / "map.toml").write_text(f"{PERSON}{name} = {entry}\n", "utf-8")
    cells: list[str] = mapped(read_sheet(folder / "sheet.csv"), read_map(folder / "map.toml")).columns[name].to_pylist()
    return cells


def test_a_register_in_spanish_is_read_by_the_map_that_is_proposed(tmp_path: Path) -> None:
    """Headings of documents, passport, medical and income; words for countries, departments, languages, occupations."""
    text = proposed(tmp_path, PADRON)
    (tmp_path / "map.toml").write_text(text, "utf-8")
    done = import_sheet(tmp_path / "sheet.csv", read_map(tmp_path / "map.toml"), tmp_path / "out")
    assert done.faults == ()
    head, *rows = [line.split(",") for line in (tmp_path / "out" / "workers.csv").read_text("utf-8").splitlines()]
    told = [dict(zip(head, row, strict=True)) for row in rows]
    first = {
        "worker_id": "1234567890101",
        "origin_country": "GT",
        "origin_region": "GT-14",
        "sex": "F",
        "occupations": "9211:0",
        "languages": "es:C2;en:A2",
        "passport_expires": "2029-05-05",
        "medical_valid_until": "2026-04-01",
        "reservation_weekly_income": "692.307",
    }
    assert {name: told[0][name] for name in first} == first
    assert (told[1]["origin_region"], told[1]["occupations"], told[1]["languages"]) == ("GT-12", "8341:0", "es:C2")
    assert "# not used: Licencia (yes or no; as a skill" in text


@pytest.mark.parametrize(
    ("cells", "proposal"),
    [
        (["30/06/2029", "mañana", "15/08/2030"], 'passport_expires = { from = "Pasaporte", dates = "DD/MM/YYYY" }'),
        (["30/06/2029", "06/30/2029", "15/08/2030"], 'passport_expires = "Pasaporte"'),  # two forms: neither is guessed
        (["30/06/2029", "mañana"], 'passport_expires = "Pasaporte"'),
    ],
)
def test_one_word_among_days_leaves_their_form(cells: list[str], proposal: str, tmp_path: Path) -> None:
    """A cell that is a day in no form is one fault; days of two forms, or few days, say nothing of the form."""
    rows = "".join(f"{n};{cell}\n" for n, cell in enumerate(cells))
    text = proposed(tmp_path, f"Código;Pasaporte\n{rows}")
    assert proposal in text.splitlines() and 'worker_id = "Código"' in text.splitlines()


@pytest.mark.parametrize(
    ("heading", "cells", "asked"),
    [
        ("Edad", ["34", "27"], 'age_on = "?"'),
        ("Pasaporte", ["Sí", "No"], '"Sí" = "?"'),
        ("Ingreso", ["Q1,500.00", "Q2,000.00"], 'factor = "?"'),
        ("Fecha de nacimiento", ["03/04/1990", "05/06/1991"], 'dates = "?"'),
        ("Sexo", ["M", "M"], '"M" = "?"'),
    ],
)
def test_what_cannot_be_known_is_asked(heading: str, cells: list[str], asked: str, tmp_path: Path) -> None:
    """The map holds a question, and is refused until somebody has answered."""
    text = proposed(tmp_path, f"DPI;{heading}\n" + "".join(f"{n};{cell}\n" for n, cell in enumerate(cells)))
    assert asked in text
    (tmp_path / "map.toml").write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"'\?'"):
        read_map(tmp_path / "map.toml")


@pytest.mark.parametrize(
    ("yes", "no"),
    [("Sí", "No"), ("yes", "no"), ("Oui", "Non"), ("1", "0"), ("V", "F"), ("Vrai", "Faux"), ("S", "N"), ("O", "N"),
     ("Verdadero", "Falso"), ("✓", "✗"), ("x", "")],
)  # fmt: skip
@pytest.mark.parametrize("heading", ["Examen médico", "Habilidades", "Licencia", "Oficio"])
def test_yes_and_no_are_known_in_each_language(heading: str, yes: str, no: str, tmp_path: Path) -> None:
    """Of a day, of labels and of a column that isn't used: no is nothing, and what yes stands for is asked."""
    text = proposed(tmp_path, f"DPI;{heading}\n1;{yes}\n2;{no}\n")
    assert f'"{yes}" = "?"' in text
    assert not no or f'"{no}" = ""' in text


@pytest.mark.parametrize("cells", [["1", "2"], ["1", "1"], ["F", "F"], ["Sí", "quizás"]])
def test_figures_and_letters_alone_are_not_yes_and_no(cells: list[str], tmp_path: Path) -> None:
    """Only beside each other, or with no other word in the column."""
    text = proposed(tmp_path, "DPI;Licencia\n" + "".join(f"{n};{cell}\n" for n, cell in enumerate(cells)))
    assert "# not used: Licencia\n" in text


def test_skills_of_yes_and_no_become_the_skill_that_is_named(tmp_path: Path) -> None:
    """The question answered: those who say yes have it."""
    (tmp_path / "sheet.csv").write_text("DPI;País;Habilidades\n1;GT;Sí\n2;GT;No\n", "utf-8")
    text = proposed(tmp_path, "DPI;País;Habilidades\n1;GT;Sí\n2;GT;No\n").replace('"?"', '"pruning"')
    (tmp_path / "map.toml").write_text(text, "utf-8")
    raw = mapped(read_sheet(tmp_path / "sheet.csv"), read_map(tmp_path / "map.toml"))
    assert raw.columns["skills"].to_pylist() == ["pruning", ""]


def test_a_number_of_a_passport_is_not_when_it_ends(tmp_path: Path) -> None:
    """Cells without days can't be those of a date."""
    assert "passport_expires = { value" in proposed(tmp_path, "DPI;Pasaporte\n1;P123456\n2;P223456\n")


def test_m_beside_h_is_a_woman_in_the_proposal(tmp_path: Path) -> None:
    """Mujer and hombre."""
    text = proposed(tmp_path, "DPI;Sexo\n1;H\n2;M\n")
    assert '"H" = "M"' in text and '"M" = "F"' in text


@pytest.mark.parametrize(
    ("sheet", "name", "entry", "right"),
    [
        ("id;x\n1;No. 12 kg\n", "household_id", '{ from = "x", strip = ["No.", "kg"] }', ["12"]),
        ("id;x\n1;AB 12 3\n", "household_id", '{ from = "x", spaces = "-" }', ["AB-12-3"]),
        ("id;x\n1;Q1,500.50\n2;300\n", "reservation_weekly_income", '{ from = "x", currency = "GTQ", factor = 0.13 }',
         ["195.065", "39"]),
        ("id;x\n1;2\n", "isced", '{ from = "x", factor = 3 }', ["6"]),
        ("id;o;m\n1;peón;24\n2;;\n", "occupations", '{ from = ["o", "m"], join = ":", words = { "peón" = "9211" } }',
         ["9211:24", ""]),
        ("id;o;a\n1;9211;1,5\n", "occupations", '{ from = ["o", "a"], join = ":", factor = 12 }', ["9211:18"]),
        ("id;x\n1;30\n", "birth_date", '{ from = "x", age_on = 2026-07-15 }', ["1996-01-15"]),
        ("id;x\n1;17-may-1994\n", "birth_date", '{ from = "x", dates = "DD MONTH YYYY" }', ["1994-05-17"]),
        ("id;x\n1;May 17, 1994\n", "birth_date", '{ from = "x", dates = "MONTH DD YYYY" }', ["1994-05-17"]),
        ("id;x\n1;inglés, español\n", "languages",
         '{ from = "x", separator = ",", words = { "inglés" = "en", "español" = "es" }, suffix = ":B1" }',
         ["en:B1;es:B1"]),
        ("id;x\n1;✓\n2;✗\n", "skills", '{ from = "x", words = { "✓" = "pruning", "✗" = "" } }', ["pruning", ""]),
        ("id;x\n1;да\n2;нет\n", "skills", '{ from = "x", words = { "да" = "pruning", "нет" = "" } }', ["pruning", ""]),
    ],
)  # fmt: skip
def test_each_key_of_a_map(sheet: str, name: str, entry: str, right: list[str], tmp_path: Path) -> None:
    """What a key makes of a cell."""
    assert column(tmp_path, sheet, name, entry) == right


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ('{ from = "x", factor = 0 }', "no factor"),
        ('{ from = "x", currency = "GTQ" }', "has no rate"),
        ('{ from = "x", currency = "QQQ", factor = 1 }', "no currency"),
        ('{ from = "x", age_on = "hoy" }', "no day"),
        ('{ from = ["x", "y"] }', "several headings"),
    ],
)
def test_a_key_that_says_nothing_sound_is_refused(entry: str, told: str, tmp_path: Path) -> None:
    """Each with what would be right."""
    with pytest.raises(InputError, match=told):
        column(tmp_path, "id;x;y\n1;2;3\n", "birth_date", entry)


def test_ages_are_warned_of(tmp_path: Path) -> None:
    """Who imports ages is told that birth dates are estimates."""
    (tmp_path / "sheet.csv").write_text("id;edad\n1;30\n", "utf-8")
    (tmp_path / "map.toml").write_text(PERSON + 'birth_date = { from = "edad", age_on = 2026-07-15 }\n', "utf-8")
    done = import_sheet(tmp_path / "sheet.csv", read_map(tmp_path / "map.toml"), tmp_path / "out")
    assert done.refused == 0 and "six months" in done.warnings[0]
