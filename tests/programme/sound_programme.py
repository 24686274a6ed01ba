"""A small sound programme with every table, written without the engine's own writer, and hands that break it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pa_parquet
import xlsxwriter

Cells = list[list[str]]
FORMATS = ("csv", "parquet", "xlsx")

PROGRAMME_TOML = """\
format = 1
id = "small-2026"
title = "Una campaña pequeña"
as_of = 2026-01-05
horizon = { start = 2026-01-01, end = 2026-12-31 }
currency = "CAD"
max_placements_per_worker = 2
reference_weekly_income = 400

[objective]
fill = 1.0
skill = 0.2
income = 0.3
recall = 0.5
choice = 0.3
score = 0.1

[[clause]]
id = "national-cap"
kind = "cap"
count = 20

[[clause]]
id = "kept"
kind = "set_aside"
within = "national-cap"
count = 2
where = { worker_class = ["returning"] }
release_on = 2026-06-01

[[clause]]
id = "women"
kind = "share"
min_share = 0.25
where = { sex = "F" }
"""

GT_CA_TOML = """\
id = "GT-CA-2026"
version = "2026.1"
title = "Guatemala and Canada"
origins = ["GT"]
destination = "CA"
sectors = ["A01"]
effective_from = 2026-01-01
effective_to = 2026-12-31
source = "a made up text"

[[clause]]
id = "age"
kind = "age"
min = 18
max = 60

[[clause]]
id = "stay"
kind = "stay_window"
max_days = 240
window_days = 365
source = "Art. 4(2)"

[[clause]]
id = "halves"
kind = "cap"
periods = [[2026-01-01, 2026-06-30], [2026-07-01, 2026-12-31]]
counts = [8, 8]
rollover = true
"""

HN_ES_TOML = """\
id = "HN-ES-2026"
origins = ["HN"]
destination = "ES"
sectors = []
effective_from = 2026-01-01
effective_to = 2026-12-31

[[clause]]
id = "season"
kind = "season_window"
from = "01-01"
to = "12-15"

[[clause]]
id = "speaks"
kind = "language"
language = "es"
level = "A2"
"""

TOML_FILES = {
    "programme.toml": PROGRAMME_TOML,
    "agreements/GT-CA-2026.toml": GT_CA_TOML,
    "agreements/HN-ES-2026.toml": HN_ES_TOML,
}

TABLES: dict[str, str] = {
    "workers": """\
worker_id,origin_country,origin_region,birth_date,sex,occupations,skills,languages,available_from,available_to,\
reservation_weekly_income,passport_expires,medical_valid_until,household_id,travel_group_id,refuses,isced,\
registered_at,points
007,GT,GT-13,1990-02-28,F,9211:24;6111:12,pruning;grafting,es:C2;en:A2,2026-01-01,2026-12-31,150.5,2028-01-01,\
2026-12-31,H1,,CA;acme-farms,2,2025-11-03T09:30:00,12.5
W2,GT,GT-01,1985-07-14,M,9211:60,pruning,es:C2,2026-02-01,2026-11-30,100,2027-06-30,2026-10-31,H1,G1,,3,\
2025-11-03T09:31:00,7
W3,GT,,2000-02-29,X,9211:6,,es:C1,,,,2029-12-31,,H2,G1,,,,
W4,HN,HN-CR,1995-12-01,F,6111:36,http://data.europa.eu/esco/skill/1,es:C2;fr:B1,2026-03-01,,90,2030-01-01,\
2027-01-01,,,GT,4,2025-12-01,3
""",
    "orders": """\
order_id,employer_id,site_id,destination_country,destination_region,sector,isco08,required_skills,desired_skills,\
languages,min_experience_months,start_date,end_date,headcount,min_crew,weekly_hours,guaranteed_weekly_hours,\
hourly_wage,weekly_deductions,worker_cost,labour_market_test_until,priority,filed_at
O1,acme-farms,S1,CA,CA-ON,A01,9211,,pruning,,6,2026-04-01,2026-06-30,3,2,40,36,17.2,50,0,2026-06-01,1,\
2025-10-01T08:00:00
O2,acme-farms,S1,CA,CA-ON,A012,9211,pruning,grafting,en:A1,12,2026-07-06,2026-09-30,2,1,45,,18.25,,,,1.5,
O3,huerta,S2,ES,ES-H,A01,6111,,,es:B1,0,2026-03-02,2026-06-15,4,,39,39,9.9,20,15,,,2025-12-24
""",
    "employers": """\
employer_id,name,country,accredited_until,debarred_from,debarred_until
acme-farms,"Acme Farms, Ltd.",CA,2027-12-31,,
huerta,Huerta de Moguer,ES,2026-12-31,2020-01-01,2021-12-31
""",
    "sites": """\
site_id,employer_id,region,beds,inspected_until
S1,acme-farms,CA-ON,6,2026-12-31
S2,huerta,ES-H,,2026-12-31
""",
    "history": """\
worker_id,employer_id,isco08,destination_country,start_date,end_date,exit_reason
007,acme-farms,9211,CA,2024-04-01,2024-08-31,completed
007,gone-farms,9211,CA,2025-04-01,2025-08-31,completed
W4,huerta,6111,ES,2025-10-01,2026-02-15,
""",
    "recalls": """\
order_id,worker_id
O2,007
O3,W4
""",
    "preferences": """\
worker_id,order_id,employer_id,rank
W2,O1,,1
W2,,acme-farms,2
W4,,huerta,1
""",
    "corridors": """\
origin_country,destination_country,travel_cost_to_worker,travel_days,remittance_cost_share,lead_time_days
GT,CA,120,2,0.06,30
HN,ES,200.75,1,,
""",
    "commitments": """\
worker_id,order_id,agreed_on
W4,O3,2025-12-30
""",
    "exclusions": """\
worker_id,order_id,reason
W3,O2,"ruled out by the ministry, in writing"
W2,O3,no agreement
""",
    "scores": """\
worker_id,order_id,score
W2,O1,0.82
W4,O3,1
""",
}
_DATES = {
    *("birth_date", "available_from", "available_to", "passport_expires", "medical_valid_until"),
    *("start_date", "end_date", "labour_market_test_until", "agreed_on"),
    *("accredited_until", "debarred_from", "debarred_until", "inspected_until"),
}
_NUMBERS = {
    *("reservation_weekly_income", "isced", "points", "min_experience_months", "headcount", "min_crew"),
    *("weekly_hours", "guaranteed_weekly_hours", "hourly_wage", "weekly_deductions", "worker_cost", "priority"),
    *("beds", "rank", "travel_cost_to_worker", "travel_days", "remittance_cost_share", "lead_time_days", "score"),
}


def write_sound(folder: Path, table_format: str = "csv") -> Path:
    """Write the sound programme into ``folder`` with its tables as csv, parquet or sheets of programme.xlsx."""
    (folder / "agreements").mkdir(parents=True)
    for name, text in TOML_FILES.items():
        (folder / name).write_text(text, "utf-8")
    tables = {name: cells_of_text(text) for name, text in TABLES.items()}
    if table_format == "xlsx":
        write_workbook(folder / "programme.xlsx", tables)
        return folder
    for name, text in TABLES.items():
        if table_format == "csv":
            (folder / f"{name}.csv").write_text(text, "utf-8", newline="")
        else:
            pa_parquet.write_table(typed(tables[name]), folder / f"{name}.parquet")
    return folder


def cells_of_text(text: str) -> Cells:
    """The rows of a CSV text, the header first."""
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def text_of_cells(rows: Iterable[Iterable[str]]) -> str:
    """The CSV text of rows."""
    sink = io.StringIO(newline="")
    csv.writer(sink, lineterminator="\n").writerows(rows)
    return sink.getvalue()


def typed(rows: Cells) -> pa.Table:
    """The rows as a data frame would hold them: dates as dates, numbers as doubles, empty cells as nulls."""
    columns = zip(*rows, strict=True)
    return pa.table({name: _typed_column(name, cells) for name, *cells in columns})


def _typed_column(name: str, cells: list[str]) -> pa.Array:
    if name in _DATES:
        return pa.array([date.fromisoformat(cell) if cell else None for cell in cells], pa.date32())
    if name in _NUMBERS:
        return pa.array([float(cell) if cell else None for cell in cells], pa.float64())
    return pa.array(cells, pa.string())


def write_workbook(path: Path, sheets: dict[str, Cells]) -> None:
    """Write sheets as a spreadsheet program would: real dates and numbers under a header of text."""
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as workbook:
        workbook.set_properties({"created": datetime(2026, 1, 1)})
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for column, title in enumerate(rows[0] if rows else []):
                sheet.write_string(0, column, title)
                for row, cells in enumerate(rows[1:], 1):
                    _write_cell(sheet, row, column, title, cells[column])


def _write_cell(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, title: str, cell: str) -> None:
    if not cell:
        return
    if title in _DATES:
        sheet.write_datetime(row, column, date.fromisoformat(cell))
    elif title in _NUMBERS:
        sheet.write_number(row, column, float(cell))
    else:
        sheet.write_string(row, column, cell)


# Hands that change one thing of a folder with CSV tables; rows count as a spreadsheet does, the header is row 1.


def set_cell(folder: Path, table: str, row: int, column: str, value: str) -> None:
    """Put ``value`` into one cell."""

    def change(rows: Cells) -> Cells:
        rows[row - 1][rows[0].index(column)] = value
        return rows

    change_rows(folder, table, change)


def add_row(folder: Path, table: str, *cells: str) -> None:
    """Add a record to the end of a table."""
    change_rows(folder, table, lambda rows: [*rows, list(cells)])


def repeat_row(folder: Path, table: str, row: int) -> None:
    """Add a record that is already there once more."""
    change_rows(folder, table, lambda rows: [*rows, list(rows[row - 1])])


def rename_column(folder: Path, table: str, column: str, name: str) -> None:
    """Give a column another name."""
    set_cell(folder, table, 1, column, name)


def change_rows(folder: Path, table: str, change: Callable[[Cells], Cells]) -> None:
    """Rewrite a table from its rows."""
    path = folder / f"{table}.csv"
    path.write_text(text_of_cells(change(cells_of_text(path.read_text("utf-8")))), "utf-8", newline="")


def change_text(folder: Path, file: str, old: str, new: str) -> None:
    """Replace the one place at which a file says ``old``."""
    text = (folder / file).read_text("utf-8")
    assert text.count(old) == 1, (file, old)
    (folder / file).write_text(text.replace(old, new), "utf-8", newline="")


def add_text(folder: Path, file: str, text: str) -> None:
    """Add text to the end of a file."""
    with (folder / file).open("a", encoding="utf-8") as open_file:
        open_file.write(text)


def change_bytes(folder: Path, file: str, change: Callable[[bytes], bytes]) -> None:
    """Rewrite a file from its bytes."""
    (folder / file).write_bytes(change((folder / file).read_bytes()))
