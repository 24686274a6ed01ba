"""The development report as files: tables, an export for a statistics office, the chart, and a page to print."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from engine.accounts.development import LEAST_PEOPLE, Development
from engine.charts import require_drawing_packages
from engine.planning.accounts_files import write_table
from engine.words import Message, message
from engine.words.names import country, region
from engine.words.wording import worded, worded_all

SHOWN = {
    "registered": message("Registered"),
    "people": message("People abroad"),
    "months_away": message("Months away"),
    "income_at_home": message("Income that reaches home"),
    "remittances_received": message("Remittances received"),
    "savings": message("Savings carried home"),
    "occupations": message("Kinds of work that come home"),
    "returnees_at_home": message("Returnees with an opening at home"),
}
TABLES = ("regions", "countries", "months", "away", "skills", "records", "openings", "statistics")


def write_development(folder: Path, found: Development, language: str = "en") -> None:
    """Write each table as CSV, the chart as SVG and PNG, and the page ``development.html``.

    Raises `CallError` where what pages are made with is missing.
    """
    require_drawing_packages()
    from engine.charts.development import people_away
    from engine.charts.report import Figure
    from engine.charts.report_page import rendered

    for name in TABLES:
        write_table(folder / f"{name}.csv", getattr(found, name))
    figure = Figure.drawn(
        people_away.NAME,
        worded(people_away.TITLE, language),
        lambda width: people_away.draw(found.months, language, width),
        language,
    )
    figure.write(folder)
    told = worded_all(development_told(found), language)
    settings = found.accounts.ledger.placements.programme.settings
    page = rendered("development_page.html", language, [figure], settings=settings, **told)
    (folder / "development.html").write_text(page, "utf-8")


def development_told(found: Development) -> dict[str, Any]:
    """The report as plain values and sentences: ``share`` of those abroad who have an opening at home, how many
    ``places`` there are and are ``filled``, and ``tables`` (a title, rows with a name and the figures of ``headings``).
    """
    return {
        "currency": found.accounts.ledger.placements.programme.settings.currency,
        "share": found.share_at_home,
        "filled": int(found.openings["filled"].sum()),
        "places": int(found.openings["headcount"].sum()),
        "least": LEAST_PEOPLE,
        "headings": list(SHOWN.values()),
        "tables": [
            (message("By country"), _rows(found.countries)),
            (message("By region"), _rows(found.regions)),
        ],
    }


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{"name": _name(row), "figures": [row[name] for name in SHOWN]} for row in table.to_dict("records")]


def _name(row: Any) -> Message:
    named = region(row["origin_region"]) if row.get("origin_region") else country(row["origin_country"])
    return Message("{name}", {"name": named})
