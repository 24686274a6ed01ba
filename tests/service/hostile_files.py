"""Forty files that nobody well-meaning sends, each with the table that it is sent for."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import xlsxwriter
from world import WORKER_COLUMNS

TITLES = "site_id,employer_id,region,beds,inspected_until\n"
GOOD = "S8,E1,CA-ON,4,\n"
CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)


def hostile_files() -> Iterator[tuple[str, str, str, bytes]]:
    """(what it is, name of the file, table, content)."""
    yield from _texts()
    yield from _encodings()
    yield from _workbooks()
    yield from _names()
    yield from _swelling()


def _texts() -> Iterator[tuple[str, str, str, bytes]]:
    formulas = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")', "\t=1+1")
    for number, formula in enumerate(formulas):
        cell = '"' + formula.replace('"', '""') + '"'
        text = f"employer_id,name,country,accredited_until,debarred_from,debarred_until\nE{number + 20},{cell},CA,,,\n"
        yield f"formula {formula!r}", "t.csv", "employers", text.encode()
    yield "a formula as an id", "t.csv", "sites", (TITLES + "=1+1,E1,CA-ON,4,\n").encode()
    yield "one line of 60 MB", "t.csv", "sites", TITLES.encode() + b"S" * 60_000_000
    yield "a header of 60 MB", "t.csv", "sites", b"s" * 60_000_000
    yield "many columns", "t.csv", "sites", (",".join(f"c{i}" for i in range(100_000)) + "\n").encode()
    yield "an open quote", "t.csv", "sites", (TITLES + '"S8,E1,CA-ON,4,\n' * 1000).encode()
    yield "quotes out of place", "t.csv", "sites", (TITLES + 'S"8,E"1,CA-ON,4,\n').encode()
    yield "NUL bytes", "t.csv", "sites", (TITLES + "S\x008,E1,CA-ON,4,\n").encode()
    yield "control characters", "t.csv", "sites", (TITLES + "S\x1b[2J,E1,CA-ON,4,\n").encode()
    yield "a row twice", "t.csv", "sites", (TITLES + GOOD + GOOD).encode()
    yield "short rows", "t.csv", "sites", (TITLES + "S8\n" * 50).encode()
    yield "a column twice", "t.csv", "sites", b"site_id,site_id,employer_id\nS8,S8,E1\n"
    yield "a column of a stranger", "t.csv", "sites", (TITLES.strip() + ",password\n" + GOOD.strip() + ",x\n").encode()
    yield "nothing", "t.csv", "sites", b""
    yield "a header alone and rubbish", "t.csv", "sites", TITLES.encode() + bytes(range(128, 256))
    yield "numbers beyond any", "t.csv", "sites", (TITLES + "S8,E1,CA-ON," + "9" * 400 + ",\n").encode()
    yield "not a number", "t.csv", "sites", (TITLES + "S8,E1,CA-ON,NaN,\nS9,E1,CA-ON,1e309,\n").encode()
    yield "script", "t.csv", "workers", (WORKER_COLUMNS + "\n<script>,GT,,,,,,,,,,,,,,\n").encode()
    yield "a reference to another's", "t.csv", "sites", (TITLES + "S8,E2,US-FL,4,\n").encode()


def _encodings() -> Iterator[tuple[str, str, str, bytes]]:
    for encoding in ("utf-16", "utf-32", "utf-7", "cp037"):
        yield f"in {encoding}", "t.csv", "sites", (TITLES + GOOD).encode(encoding)
    yield "half a character", "t.csv", "sites", (TITLES + "S8,E1,CA-ON,4,").encode() + b"\xc3\n"


def _swelling() -> Iterator[tuple[str, str, str, bytes]]:
    """Small files that swell in a reader."""
    for columns, rows in ((16_384, 1_048_576), (1, 1_048_576), (16_384, 50)):
        yield f"cells repeated {columns} by {rows}", "t.ods", "sites", _repeating(columns, rows)
    yield "30,000 headings", "t.csv", "sites", (";".join(f"cabeza {i}" for i in range(30_000)) + "\n").encode()
    yield "16,000 headings in a workbook", "t.xlsx", "sites", _workbook([[f"cabeza {i}" for i in range(16_000)]])


def _repeating(columns: int, rows: int) -> bytes:
    """An OpenDocument sheet of one cell, repeated."""
    office = "urn:oasis:names:tc:opendocument:xmlns"
    repeated = f'office:value-type="string" table:number-columns-repeated="{columns}"'
    cell = f"<table:table-cell {repeated}><text:p>x</text:p></table:table-cell>"
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{office}:office:1.0" '
        f'xmlns:table="{office}:table:1.0" xmlns:text="{office}:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="sites"><table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return target.getvalue()


def _workbook(rows: list[list[object]], sheet: str = "sites") -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                page.write(number, place, cell)
    return target.getvalue()


def _zip(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def _workbooks() -> Iterator[tuple[str, str, str, bytes]]:
    head = ["site_id", "employer_id", "region", "beds", "inspected_until"]
    yield "formula cells", "t.xlsx", "sites", _workbook([head, ["S8", "E1", "CA-ON", "=1+1", ""]])
    yield "a formula that shows an error", "t.xlsx", "sites", _workbook([head, ["S8", "E1", "CA-ON", "=1/0", ""]])
    sheet = b'<worksheet><sheetData><row><c r="XFD1048576" t="n"><v>1</v></c></row></sheetData></worksheet>'
    yield (
        "a cell far out",
        "t.xlsx",
        "sites",
        _zip({"[Content_Types].xml": CONTENT_TYPES.encode(), "xl/worksheets/sheet1.xml": sheet}),
    )
    bomb = {"[Content_Types].xml": CONTENT_TYPES.encode(), "xl/worksheets/sheet1.xml": b" " * 300_000_000}
    yield "a zip bomb", "t.xlsx", "sites", _zip(bomb)
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
    yield (
        "entities",
        "t.xlsx",
        "sites",
        _zip({"[Content_Types].xml": CONTENT_TYPES.encode(), "xl/worksheets/sheet1.xml": entities}),
    )
    yield "paths in the archive", "t.xlsx", "sites", _zip({"../../etc/passwd": b"x"})
    yield "no workbook", "t.xlsx", "sites", b"PK\x03\x04" + b"x" * 1000
    yield "text called a workbook", "t.xlsx", "sites", (TITLES + GOOD).encode()
    yield "a cut workbook", "t.xlsx", "sites", _workbook([head, ["S8", "E1", "CA-ON", 4, ""]])[:2000]
    yield "an old workbook of rubbish", "t.xls", "sites", b"\xd0\xcf\x11\xe0" + b"x" * 4000
    yield "an .ods of nothing", "t.ods", "sites", _zip({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"})


def _names() -> Iterator[tuple[str, str, str, bytes]]:
    yield "a path as a name", "../../../tmp/evil.csv", "sites", (TITLES + "S7,E1,CA-ON,4,\n").encode()
    yield "a program", "t.exe", "sites", b"MZ"
    yield "no ending", "t", "sites", (TITLES + GOOD).encode()
    yield "two endings", "t.csv.php", "sites", (TITLES + GOOD).encode()
