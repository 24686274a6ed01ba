"""Rows as files: CSV and XLSX of plain text, never formulas, and iCalendar with a day-long event a stay."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import xlsxwriter
from sqlalchemy import RowMapping

from engine.spreadsheet_text import neutral

FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ics": "text/calendar; charset=utf-8",
}
# What the documentation says of an export.
EXPORTED: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {"example": "worker_id,order_id"} for kind in FORMS.values()}}
}
Cells = Mapping[str, Any] | RowMapping


def exported(form: str, columns: Sequence[str], rows: Iterable[Cells]) -> bytes:
    """Rows in one of the `FORMS`; a calendar needs ``worker_id``, ``order_id``, ``start_date`` and ``end_date``."""
    if form == "csv":
        return _csv(columns, rows)
    return _xlsx(columns, rows) if form == "xlsx" else _calendar(rows)


def _csv(columns: Sequence[str], rows: Iterable[Cells]) -> bytes:
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([neutral(row[name]) for name in columns] for row in rows)
    return target.getvalue().encode()


def _xlsx(columns: Sequence[str], rows: Iterable[Cells]) -> bytes:
    target = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, plain) as book:
        page = book.add_worksheet("placements")
        page.write_row(0, 0, columns, book.add_format({"bold": True}))
        for number, row in enumerate(rows, 1):
            for place, name in enumerate(columns):
                value = row[name]
                (page.write_number if isinstance(value, float | int) else page.write_string)(
                    number, place, value if isinstance(value, float | int) else str(value or "")
                )
        page.freeze_panes(1, 0)
    return target.getvalue()


def _calendar(rows: Iterable[Cells]) -> bytes:
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Vaiven//placements//EN")
    calendar.add("version", "2.0")
    for row in rows:
        event = icalendar.Event()
        event.add("uid", f"{row['worker_id']}.{row['order_id']}@vaiven")
        event.add("summary", f"{row['worker_id']} on {row['order_id']}")
        event.add("dtstart", date.fromisoformat(row["start_date"]))
        event.add("dtend", date.fromisoformat(row["end_date"]) + timedelta(days=1))
        event.add("dtstamp", datetime(2000, 1, 1, tzinfo=UTC))
        calendar.add_component(event)
    return calendar.to_ical()
