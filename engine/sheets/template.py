"""A workbook to hand out: a sheet a table, with headings, notes, lists to choose from, validation and example rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import xlsxwriter

from engine.errors import CallError
from engine.programme.column_titles import title_of
from engine.programme.schema import CEFR_LEVELS, EXIT_REASONS, SEXES, TABLES, Column, TableSchema
from engine.words import message, msgid
from engine.words.catalogue import known_language
from engine.words.wording import worded

ROWS = 5_000
KINDS = {
    "id": msgid("a code: 1 to 64 characters without spaces and ; : |"),
    "reference": msgid("a code of the table {concept}"),
    "label": msgid("a code ({concept})"),
    "date": msgid("a day, YYYY-MM-DD"),
    "moment": msgid("a moment, YYYY-MM-DDTHH:MM"),
    "number": msgid("a number"),
    "integer": msgid("a whole number"),
    "share": msgid("a number from 0 to 1"),
    "labels": msgid("codes joined by ;"),
    "levels": msgid("as {example} (a language and its level)"),
    "months": msgid("as {example} (months of experience)"),
    "text": msgid("a text"),
}
FORMS = {"levels": "es:C2;en:A2", "months": "9211:24"}
EXAMPLES: dict[str, dict[str, Any]] = {
    "workers": {
        "worker_id": "W-0001",
        "origin_country": "GT",
        "origin_region": "GT-04",
        "birth_date": "1994-05-17",
        "sex": "F",
        "occupations": "9211:24",
        "languages": "es:C2",
        "available_from": "2026-03-01",
        "available_to": "2026-11-30",
        "passport_expires": "2029-01-31",
    },
    "orders": {
        "order_id": "O-0001",
        "employer_id": "E-0001",
        "site_id": "S-0001",
        "destination_country": "CA",
        "destination_region": "CA-ON",
        "sector": "A01",
        "isco08": "9211",
        "start_date": "2026-04-15",
        "end_date": "2026-09-30",
        "headcount": 12,
        "weekly_hours": 48,
        "hourly_wage": 17.2,
    },
    "employers": {"employer_id": "E-0001", "name": "Granja Example", "country": "CA", "accredited_until": "2027-12-31"},
    "sites": {
        "site_id": "S-0001",
        "employer_id": "E-0001",
        "region": "CA-ON",
        "beds": 20,
        "inspected_until": "2026-12-31",
    },
    "corridors": {"origin_country": "GT", "destination_country": "CA", "travel_cost_to_worker": 0, "travel_days": 1},
}


def write_template(path: Path, language: str = "en") -> None:
    """Write the workbook to ``path``, to be read back as it is; English headings are those of the format.

    Raises `CallError` for a language that isn't spoken, and where ``path`` exists.
    """
    known_language(language)
    if path.exists():
        raise CallError(message("{path} exists.", path=path), message("Name a new file."))
    if path.suffix != ".xlsx":
        raise CallError(message("{path} is no workbook.", path=path), message("Name a file that ends in .xlsx."))
    aside = path.with_name(f".{path.name}.part")
    with xlsxwriter.Workbook(str(aside)) as book:
        title = book.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1})
        needed = book.add_format({"bold": True, "bg_color": "#F8D7C4", "border": 1})
        example = book.add_format({"italic": True, "font_color": "#555555"})
        for schema in sorted(TABLES.values(), key=lambda one: not one.needed):
            page = book.add_worksheet(schema.name)
            page.freeze_panes(1, 1)
            for place, column in enumerate(schema.columns):
                page.write_string(0, place, title_of(column.name, language), needed if column.filled else title)
                page.write_comment(0, place, _note(column, language))
                page.set_column(place, place, max(12, len(title_of(column.name, language)) + 2))
                _validate(page, place, column, language)
            _write_example(page, schema, example)
    aside.rename(path)


def _note(column: Column, language: str) -> str:
    """What a column holds, and whether it must be filled."""
    held = message(KINDS[column.kind], concept=column.concept, example=FORMS.get(column.kind, ""))
    return worded(message("{what}; required", what=held) if column.filled else held, language)


def _validate(page: Any, place: int, column: Column, language: str) -> None:
    """What a spreadsheet program checks while somebody types."""
    rule: dict[str, Any] | None = None
    lists = {"sex": SEXES, "exit_reason": EXIT_REASONS, "level": CEFR_LEVELS}
    if column.name in lists:
        rule = {"validate": "list", "source": list(lists[column.name])}
    elif column.kind in ("number", "share", "integer"):
        kind = "integer" if column.kind == "integer" else "decimal"
        most = 1 if column.kind == "share" else column.most
        rule = {"validate": kind, "criteria": "between", "minimum": column.least, "maximum": most}
    elif column.kind == "id":
        rule = {"validate": "length", "criteria": "between", "minimum": 1, "maximum": 64}
    if rule is not None:
        title = "Vaivén"
        page.data_validation(
            1, place, ROWS, place, rule | {"error_title": title, "error_message": _note(column, language)}
        )


def _write_example(page: Any, schema: TableSchema, style: Any) -> None:
    for place, column in enumerate(schema.columns):
        value = EXAMPLES.get(schema.name, {}).get(column.name)
        if isinstance(value, str):
            page.write_string(1, place, value, style)
        elif value is not None:
            page.write_number(1, place, value, style)
