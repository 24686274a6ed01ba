"""The report of a plan: one page that opens from disk without any network, in the language asked."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd
import pyarrow.csv as pa_csv

from api.requests.shapes import example
from api.runs.earlier import EARLIER, earlier_programme
from api.runs.job import Job, Results
from api.runs.own_files import as_it_is
from api.runs.plan_kind import OfPlanIn, PlanKind
from engine.charts import charts
from engine.charts.plan_view import PlanView
from engine.charts.report import PAGE, write_report
from engine.plan.plan_files import read_certificate, read_placements
from engine.words import msgid


class ReportIn(OfPlanIn):
    """A report of the plan of the run `plan`."""

    model_config = example({"kind": "report", "plan": "0198", "lang": "es"})
    kind: Literal["report"]


class Report(PlanKind):
    """A report, drawn from the plan as its audience has it: a ministry's own placements, prices and checks."""

    name, asked = "report", ReportIn
    title, place = msgid("Report of a plan"), 70
    button = msgid("Draw the season calendar and the flows")
    template = "runs/pictures.html"
    files = {
        "report.html": as_it_is,
        **{f"{name}.{ending}": as_it_is for name in charts() for ending in ("svg", "narrow.svg")},
    }

    def compute(self, job: Job) -> Results:
        """Draw the page."""
        programme, plan = earlier_programme(job.folder), job.folder / EARLIER
        lang = job.options["lang"] or "en"
        prices, certificate = pa_csv.read_csv(plan / "prices.csv"), read_certificate(plan)
        view = PlanView(programme, *read_placements(programme, plan), prices, certificate, lang)
        page = write_report(view, job.folder / "result", lang)
        pictures = {path.name: path.read_bytes() for path in page.parent.glob("*.svg")}
        told = {"lang": lang, "programme_sha256": programme.sha256, "pictures": _pictures(view)}
        return Results({PAGE: page.read_bytes(), **pictures}, told)


def _pictures(view: PlanView) -> list[dict[str, Any]]:
    """The charts of the report, each with its title and what it shows as tables."""
    return [
        {"name": name, "title": view.say(module.TITLE), "tables": [_table(*one) for one in _tables(module, view)]}
        for name, module in charts().items()
    ]


def _tables(module: Any, view: PlanView) -> list[tuple[str, pd.DataFrame]]:
    found: list[tuple[str, pd.DataFrame]] = module.tables(view) if hasattr(module, "tables") else []
    return found


def _cell(value: Any) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _table(title: str, table: pd.DataFrame) -> dict[str, Any]:
    rows = [
        [f"{cell:.10g}" if isinstance(cell, float) else str(cell) for cell in row]
        for row in table.itertuples(index=False)
    ]
    return {"title": title, "columns": [str(name) for name in table.columns], "rows": rows}


KIND = Report()
