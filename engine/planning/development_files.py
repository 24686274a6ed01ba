"""The development report as files: tables, an export for a statistics office, the chart, and a page to print."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from engine.accounts.development import LEAST_PEOPLE, Development
from engine.charts import require_drawing_packages
from engine.planning.accounts_files import write_table
from engine.words import message
from engine.words.catalogue import tongue
from engine.words.names import country, name_in, region
from engine.words.wording import worded

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
    page = rendered(
        "development_page.html",
        language,
        [figure],
        settings=found.accounts.ledger.placements.programme.settings,
        share=found.share_at_home,
        filled=int(found.openings["filled"].sum()),
        places=int(found.openings["headcount"].sum()),
        least=LEAST_PEOPLE,
        headings=[worded(words, language) for words in SHOWN.values()],
        tables=[
            (worded(message("By country"), language), _rows(found.countries, language)),
            (worded(message("By region"), language), _rows(found.regions, language)),
        ],
    )
    (folder / "development.html").write_text(page, "utf-8")


def _rows(table: pd.DataFrame, language: str) -> list[dict[str, Any]]:
    locale = str(tongue(language).locale)
    return [{"name": _name(row, locale), "figures": [row[name] for name in SHOWN]} for row in table.to_dict("records")]


def _name(row: Any, locale: str) -> str:
    return name_in(region(row["origin_region"]) if row.get("origin_region") else country(row["origin_country"]), locale)
