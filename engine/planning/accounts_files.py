"""The accounts as files: tables for those who go on with them, JSON, and a page to print."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv

from engine.accounts.accounts import KEYS, Accounts
from engine.accounts.amounts import READINGS
from engine.accounts.away import away
from engine.accounts.evaluations import beside_evaluations
from engine.accounts.ledger import Unit, every_line
from engine.charts import require_drawing_packages
from engine.spreadsheet_text import neutral_table
from engine.words import Message, message
from engine.words.wording import worded, worded_all

VIEWS = {
    "corridors": ("origin_country", "destination_country"),
    "regions": ("origin_country", "origin_region"),
    "sectors": ("sector",),
    "years": ("year",),
}
SHOWN = ("wages", "take_home_pay", "remittances_received", "savings", "income_at_home", "value_to_host")


def write_accounts(folder: Path, found: Accounts, language: str = "en") -> None:
    """Write the tables as CSV, ``accounts.json`` and the page ``accounts.html``.

    Raises `CallError` where what pages are made with is missing.
    """
    require_drawing_packages()
    from engine.charts.report_page import rendered

    tables = {"accounts": found.by(KEYS), "totals": found.by([])} | {
        name: found.by(keys) for name, keys in VIEWS.items()
    }
    told = worded_all(accounts_told(found), language)
    evaluations = beside_evaluations(found.ledger)
    for column in ("measures", "source", "explains"):
        evaluations[column] = [worded(text, language) for text in evaluations[column]]
    tables |= {
        "placements": found.by_placement,
        "uses": found.uses,
        "away": away(found.ledger.placements, found.ledger.rates),
        "evaluations": evaluations,
        "rates": found.rates,
    }
    for name, table in tables.items():
        write_table(folder / f"{name}.csv", table)
    text = json.dumps(as_json(found, language), indent=1, ensure_ascii=False)
    (folder / "accounts.json").write_text(text + "\n", "utf-8")
    page = rendered(
        "accounts_page.html",
        language,
        (),
        settings=found.ledger.placements.programme.settings,
        told=told,
        headings=[line["title"] for line in told["lines"] if line["line"] in SHOWN],
        corridors=told["corridors"],
        evaluations=told["evaluations"],
        rates=found.rates.astype({"as_of": str}).to_dict("records"),
    )
    (folder / "accounts.html").write_text(page, "utf-8")


def write_table(path: Path, table: pd.DataFrame) -> None:
    """Write a table that people open in a spreadsheet."""
    arrow = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata()
    for number, column in enumerate(arrow.schema):
        if pa.types.is_large_string(column.type):
            arrow = arrow.set_column(number, column.name, arrow.column(number).cast(pa.string()))
    pa_csv.write_csv(neutral_table(arrow), path, pa_csv.WriteOptions(quoting_style="needed"))


def accounts_told(found: Accounts) -> dict[str, Any]:
    """The accounts as a page tells them: those of `as_json`, ``corridors`` with the lines that are `SHOWN`, and
    ``evaluations`` beside the plan.
    """
    evaluations = beside_evaluations(found.ledger).astype(object)
    return {
        **_totals(found),
        "corridors": _across(found.by(VIEWS["corridors"]), VIEWS["corridors"]),
        "evaluations": evaluations.where(evaluations.notna(), None).to_dict("records"),
    }


def as_json(found: Accounts, language: str = "en") -> dict[str, Any]:
    """The accounts over all placements: for each line its formula, the rates that it uses, and its readings."""
    told: dict[str, Any] = worded_all(_totals(found), language)
    return told


def _totals(found: Accounts) -> dict[str, Any]:
    placements = found.ledger.placements
    settings = placements.programme.settings
    totals = {row["line"]: row for row in found.by([]).to_dict("records")}
    lines = [
        {
            "line": name,
            "title": kind.TITLE,
            "formula": kind.FORMULA,
            "rates": list(kind.RATES),
            "unit": str(kind.UNIT),
            **{reading: totals[name][reading] for reading in READINGS},
        }
        for name, kind in every_line().items()
    ]
    return {
        "programme": settings.id,
        "as_of": str(settings.as_of),
        "currency": settings.currency,
        "placements": placements.size,
        "lines": lines,
    }


def unit_in_words(unit: str, currency: str) -> Message | str:
    """What a line is told in: the programme's currency, or days."""
    return currency if unit == Unit.MONEY else message("days, on average")


def _across(table: pd.DataFrame, keys: tuple[str, ...]) -> list[dict[str, Any]]:
    """A row a group with the middle readings of the lines that the page shows."""
    wide = table[table["line"].isin(SHOWN)].pivot_table(
        index=[*keys, "placements"], columns="line", values="middle", aggfunc="sum"
    )
    rows = wide.reindex(columns=[name for name in every_line() if name in SHOWN]).reset_index().to_dict("records")
    return [
        {"name": " → ".join(str(row[key]) for key in keys), "placements": row["placements"]}
        | {"figures": [row[name] for name in every_line() if name in SHOWN]}
        for row in rows
    ]
