"""Sheets as offices keep them: headings are said on a page, what would be read is seen, faults come back marked."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
import xlsxwriter
from browser import Browser, text_of
from python_calamine import CalamineWorkbook
from starlette.datastructures import UploadFile
from world import World

from api.identity.access import Principal
from api.storage.database import now, transaction
from api.storage.housekeeping import SHEETS, keep_house
from api.storage.tables import kept_sheets
from api.uploads.kept import keep_sheet

P = "/programmes/{p}"
REGISTER = f"{P}/registers/workers/sheet"
HEADINGS = ["Nombre completo", "DPI", "Sexo", "Fecha nac.", "Oficio", "Observaciones", "País"]
ROWS = [
    ["Ana López", "2501 11111 0401", "Mujer", "17/05/1994", "Jornalero", "=1+1", "Guatemala"],
    ["Eva Díaz", "2501 22222 0401", "Mujer", "30/01/1990", "Jornalero", "", "Guatemala"],
]
TITLE = [["Padrón de Occidente", "", "", "", "", "", ""], [""] * 7]


def workbook(rows: list[list[str]], merged: str = "") -> bytes:
    """A workbook of text cells; ``merged`` is a range of its first row."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        page = book.add_worksheet("Padrón")
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                page.write_string(number, place, cell)
        if merged:
            page.merge_range(merged, rows[0][0])
    return target.getvalue()


def asked(browser: Browser, content: bytes, path: str = REGISTER, name: str = "padron.xlsx") -> Any:
    """The page to which a sheet leads."""
    sent = browser.post(path, files={"file": (name, content)})
    assert sent.status_code == 303, text_of(sent)
    return sent.headers["Location"], browser.get(sent.headers["Location"])


def answers(page: Any) -> dict[str, str]:
    """What a form holds as it stands: hidden fields, texts, and what is chosen in lists."""
    found = {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input(?=[^>]*\bname="([^"]+)")(?=[^>]*\bvalue="([^"]*)")[^>]*>', page.text)
        if name not in ("form_token", "submit", "language", "next")
    }
    for name, options in re.findall(r'<select[^>]*\bname="([^"]+)"[^>]*>(.*?)</select>', page.text, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected>', options)
        found[name] = unescape((chosen or re.search(r'<option value="([^"]*)"', options))[1])  # type: ignore[index]
    return {name: value for name, value in found.items() if "." in name}


def test_a_register_as_the_office_keeps_it_is_taken(world: World) -> None:
    """Proposed, corrected, seen, taken; nothing before; nobody else sees the sheet, and it is gone afterwards."""
    officer = Browser(world, "gt")
    place, page = asked(officer, workbook([*TITLE, HEADINGS, *ROWS], "A1:G1"))
    assert page.status_code == 200 and "Ana López · Eva Díaz" in text_of(page)
    proposed = answers(page)
    assert [proposed[f"is.{at}"] for at in "ABCDEFG"] == [
        *("name", "worker_id", "sex", "birth_date", "occupations", "-", "origin_country")
    ]
    assert proposed["code.C.0"] == "F" and proposed["code.G.0"] == "GT" and proposed["code.E.0"] == "9211"
    for who in ("hn", "ca", "planner"):
        assert Browser(world, who).get(place).status_code in (403, 404)
    wrong = officer.post(place, {**proposed, "is.F": "sex", "do": "look"})
    assert wrong.status_code == 422 and "is chosen for two columns" in text_of(wrong)
    less = officer.post(place, {**proposed, "is.G": "-", "do": "look"})
    assert less.status_code == 422 and 'name="value.origin_country"' in less.text
    assert answers(less)["value.origin_country"] == "GT"  # the officer's own country stands there already
    seen = officer.post(place, {**answers(less), "do": "look"})
    assert seen.status_code == 200 and "Rows read: 2; refused: 0. Of them 2 are new" in text_of(seen), text_of(seen)
    assert "1994-05-17" in seen.text and "2501111110401" in seen.text and "9211:0" in seen.text
    rows = world.must("gt", "GET", "/v1/programmes/{p}/registers/workers?limit=200")["items"]
    revision = world.must("gt", "GET", "/v1/programmes/{p}")["revision"]
    back = officer.post(place, {**answers(seen), "do": "headings"})
    assert back.status_code == 200 and answers(back)["value.origin_country"] == "GT"
    done = officer.post(place, {**answers(seen), "do": "take"})
    assert done.status_code == 200 and "2 rows added, 0 changed" in text_of(done)
    after = world.must("gt", "GET", "/v1/programmes/{p}/registers/workers?limit=200")["items"]
    assert len(after) == len(rows) + 2 and officer.get(place).status_code == 404
    assert world.must("gt", "GET", "/v1/programmes/{p}")["revision"] == revision + 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_faults_come_back_in_a_marked_copy(world: World) -> None:
    """All of them, of form and of what stands; cells where they were, formulas as text; in the user's language."""
    officer = Browser(world, "gt")
    faulty = [["Eva", "2501 33333 0401", "Mujer", "31/02/1990", "Jornalero", "=2+2", "Honduras"]]
    place, page = asked(officer, workbook([*TITLE, HEADINGS, *ROWS, *faulty]))
    seen = officer.post(place, {**answers(page), "do": "look"})
    assert seen.status_code == 422 and "Rows read: 3; refused: 1." in text_of(seen)
    assert "Take these rows" not in seen.text
    spanish = {"Accept-Language": "es"}
    file = officer.post(place, {**answers(seen), "do": "marked"}, **spanish)
    assert file.status_code == 200 and file.headers["Content-Type"].startswith("application/vnd.openxml")
    book = CalamineWorkbook.from_filelike(io.BytesIO(file.content))
    listed, copy = (book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names)
    assert copy[2] == HEADINGS and copy[5][5] == "=2+2" and copy[0][0] == "Padrón de Occidente"
    assert listed[0] == ["Celda", "Columna", "Qué está mal"] and listed[1][:2] == ["D6", "Fecha nac."]
    assert "«1990-02-31» no es una fecha" in listed[1][2] and "expected" not in listed[1][2]
    again = officer.post(REGISTER, files={"file": ("faults.xlsx", file.content)})  # the copy is read back
    assert "Ana López" in text_of(officer.get(again.headers["Location"]))


def test_a_refused_sheet_of_our_headings_is_marked_too(world: World) -> None:
    """Orders and registers; what depends on what stands there is told, and nothing is written."""
    titles = "site_id,employer_id,region,beds,inspected_until"
    sheet = f"{titles}\nS8,E1,CA-ON,4,\nS9,NO,CA-ON,many,\n"
    ministry = Browser(world, "ca")
    revision = world.must("ca", "GET", "/v1/programmes/{p}")["revision"]
    refused = ministry.post(f"{P}/registers/sites/sheet", files={"file": ("sites.csv", sheet)})
    found = re.search(r'action="([^"]*/sheets/[^"]*)"', refused.text)
    assert refused.status_code == 422 and found
    file = ministry.post(found[1], {"do": "marked"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(file.content))
    listed = book.get_sheet_by_index(0).to_python()
    assert [row[0] for row in listed[1:]] == ["D3"] and "many" in listed[1][2]
    assert world.must("ca", "GET", "/v1/programmes/{p}")["revision"] == revision
    sites = world.must("ca", "GET", "/v1/programmes/{p}/registers/sites")["items"]
    assert "S8" not in {row["cells"]["site_id"] for row in sites}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_employer_sends_a_demand_sheet(world: World) -> None:
    """With its own headings; as drafts, or submitted at once."""
    head = ["Oferta", "Lugar", "País de destino", "Sector", "Ocupación", "Inicio", "Fin", "Vacantes", "Horas semanales"]
    row = ["A1", "S1", "Canadá", "A01", "Jornalero", "01/03/2026", "31/08/2026", "3", "45"]
    content = workbook([[*head, "Salario", "Notas"], [*row, "15", "urgente"]])
    employer = Browser(world, "e1")
    place, page = asked(employer, content, f"{P}/order-sheet")
    typed = answers(page)
    assert typed["is.K"] == "-" and typed["is.H"] == "headcount" and "dates.F" in typed
    seen = employer.post(place, {**typed, "dates.F": "DD/MM/YYYY", "dates.G": "DD/MM/YYYY", "do": "look"})
    assert seen.status_code == 200 and "2026-03-01" in seen.text, text_of(seen)
    assert world.must("e1", "GET", "/v1/programmes/{p}/orders")["items"] == []
    done = employer.post(place, {**answers(seen), "do": "take", "submit": "1"})
    assert "1 rows added" in text_of(done)
    found = world.must("e1", "GET", "/v1/programmes/{p}/orders")["items"]
    assert [(one["order_id"], one["state"], one["headcount"]) for one in found] == [("E1~A1", "submitted", 3)]


HOSTILE = {
    "no rows": [HEADINGS],
    "a heading twice": [[*HEADINGS, "Sexo"], [*ROWS[0], "Hombre"]],
    "300 columns": [[*HEADINGS, *(f"<i>{n}</i>" for n in range(293))], ROWS[0] + ["x" * 900] * 293],
    "301 columns": [[*HEADINGS, *(f"c{n}" for n in range(294))], ROWS[0] + ["x"] * 294],
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_odd_sheets_are_asked_about_or_refused(world: World) -> None:
    """None brings the page down, and none is taken without being seen."""
    officer = Browser(world, "gt")
    told = {}
    for what, rows in HOSTILE.items():
        place, page = asked(officer, workbook(rows))
        seen = officer.post(place, {**answers(page), "do": "look"})
        told[what] = (page.status_code, seen.status_code, text_of(seen))
        assert "<i>" not in page.text
    assert told["no rows"][:2] == (200, 200) and "Rows read: 0" in told["no rows"][2]
    assert told["a heading twice"][:2] == (200, 200) and "1 are new" in told["a heading twice"][2]
    assert told["300 columns"][:2] == (200, 200) and told["301 columns"][:2] == (422, 422)


def test_a_kept_sheet_ends(world: World) -> None:
    """Of an account's sheets the newest five stay, none for longer than two hours; housekeeping deletes it."""
    officer, who = Browser(world, "gt"), Principal(world.accounts["gt"], "origin", "GT", "")
    with transaction(world.engine) as connection:
        for _ in range(7):
            file = UploadFile(io.BytesIO(workbook([HEADINGS, *ROWS])), filename="a.xlsx")
            kept = keep_sheet(connection, who, world.programme, "workers", file)
        assert connection.scalar(sa.select(sa.func.count()).select_from(kept_sheets)) == 5
    assert officer.get(f"{P}/sheets/{kept}").status_code == 200
    with transaction(world.engine) as connection:
        connection.execute(kept_sheets.update().values(created_at=now() - SHEETS * 1.1))
    assert officer.get(f"{P}/sheets/{kept}").status_code == 404
    keep_house(world.engine)
    with world.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(kept_sheets)) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_marked_copy_comes_over_the_interface_too(world: World) -> None:
    """Faults of form and of what stands, in the language asked; nothing is taken; a sound sheet has none to mark."""
    path = "/v1/programmes/{p}/marked-sheets"
    before = world.must("gt", "GET", "/v1/programmes/{p}")["revision"]

    def sent(rows: list[list[str]] | bytes, who: str = "gt", table: str = "workers", **headers: str) -> Any:
        file = {"file": ("padron.xlsx", rows if isinstance(rows, bytes) else workbook([HEADINGS, *rows]))}
        return world.call(who, "POST", path, files=file, data={"table": table}, headers=headers)

    faulty = [["Eva", "2501 33333 0401", "Mujer", "31/02/1990", "Jornalero", "=2+2", "Guatemala"]]
    theirs = [["Eva", "2501 44444 0401", "Mujer", "01/02/1990", "Jornalero", "", "Honduras"]]
    for rows, told in ((faulty, "1990-02-31"), (theirs, "de otro Estado")):
        answer = sent([*ROWS, *rows], **{"Accept-Language": "es"})
        assert answer.status_code == 200, answer.text
        listed = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
        assert listed[0][0] == "Celda" and any(told in str(row[2]) for row in listed[1:]), listed
    keyed = {"Idempotency-Key": "a-sheet-of-one"}  # of a file it is known that it was given, not what is in it
    same = workbook([HEADINGS, *ROWS, *faulty])  # once: a workbook holds the second at which it was made
    assert [sent(same, **keyed).status_code for _ in range(2)] == [200, 409]
    assert sent(ROWS).status_code == 409 and sent(ROWS, table="orders").status_code == 200
    assert (
        world.call("gt", "POST", path, files={"file": ("a.pdf", b"%PDF")}, data={"table": "workers"}).status_code == 422
    )
    for who, status in (("planner", 403), ("auditor", 403), ("administrator", 404)):
        assert sent(ROWS, who).status_code in (status, 403), who
    assert world.must("gt", "GET", "/v1/programmes/{p}")["revision"] == before
