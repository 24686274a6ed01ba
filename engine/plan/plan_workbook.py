"""A plan as a workbook beside its tables: the same rows, with the names that the register has."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter

from engine.programme.programme import Programme

PLAN_WORKBOOK = "plan.xlsx"
# A spreadsheet is for reading: beyond this many rows the tables serve, and writing would take longer than matching.
MOST_ROWS = 20_000
# Of every workbook: the same plan gives the same bytes.
_WRITTEN = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write_plan_workbook(path: Path, programme: Programme, tables: dict[str, pa.Table]) -> bool:
    """Write a sheet a table, those of orders with names; False, and nothing, where there are too many rows."""
    if sum(table.num_rows for table in tables.values()) > MOST_ROWS:
        return False
    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        book.set_properties({"created": _WRITTEN})
        bold = book.add_format({"bold": True})
        for name, table in tables.items():
            _write_sheet(book.add_worksheet(name), with_names(programme, table), bold)
    return True


def with_names(programme: Programme, table: pa.Table) -> pa.Table:
    """A table of a plan; where it names orders, with the employer's name, the site, the region and the occupation."""
    if "order_id" not in table.column_names:
        return table
    orders = programme.orders
    found = pc.index_in(table["order_id"].combine_chunks(), value_set=orders.ids("order_id"))
    row = np.asarray(found).astype(np.int64)
    employer = orders.values("employer_id")[row]
    more = {
        "employer_name": programme["employers"].ids("name").take(pa.array(employer)),
        "site_id": programme["sites"].ids("site_id").take(pa.array(orders.values("site_id")[row])),
        "destination_region": pa.array(orders.labels("destination_region").text()[row].astype(str)),
        "isco08": pa.array(orders.labels("isco08").text()[row].astype(str)),
    }
    for name, column in more.items():
        table = table.append_column(name, column)
    return table


def _write_sheet(page: Any, table: pa.Table, bold: Any) -> None:
    page.freeze_panes(1, 1)
    for place, name in enumerate(table.column_names):
        page.write_string(0, place, name, bold)
        page.set_column(place, place, max(12, len(name) + 2))
        for row, value in enumerate(table[name].to_pylist(), 1):
            if isinstance(value, str):
                page.write_string(row, place, value)
            elif value is not None and np.isfinite(value):
                page.write_number(row, place, value)
