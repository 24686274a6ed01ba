"""The text of report.html: the certificate, the charts and the tables of a plan, for an officer to read and print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from engine.charts.limit_labels import limit_label
from engine.charts.plan_view import PlanView
from engine.charts.report import Figure, scripts_of
from engine.plan import metrics
from engine.plan.limit_use import what_limits
from engine.plan.statuses import status_in_words
from engine.words import Message, message
from engine.words.names import country, name_in, sector
from engine.words.wording import worded

TEMPLATE = "report_page.html"
MOST_LIMITS = 20
TERMS = {
    "fill": message("places filled"),
    "skill": message("skill"),
    "income": message("income"),
    "recall": message("workers recalled by name"),
    "choice": message("workers' choice"),
    "score": message("prediction"),
}


@dataclass(frozen=True)
class FillTable:
    """A table of the page: placements, places, share filled and paid weeks by what ``heading`` names."""

    title: str
    heading: str
    lines: list[metrics.Fill]

    @property
    def has_places(self) -> bool:
        """Whether places can be said at all; a corridor has none of its own."""
        return any(line.places for line in self.lines)


def render_page(view: PlanView, figures: Sequence[Figure]) -> str:
    """The page, with the charts of a plan in it."""
    certificate = view.certificate
    return rendered(
        TEMPLATE,
        view.language,
        figures,
        view=view,
        settings=view.programme.settings,
        certificate=certificate,
        status=view.say(status_in_words(certificate["status"])),
        checked=sum(check["checked"] for check in certificate["checks"]),
        broken=sum(check["violations"] for check in certificate["checks"]),
        weights=view.say(_weights(view)),
        fill_tables=_fill_tables(view),
        limits=_limits(view),
    )


def rendered(template: str, language: str, figures: Sequence[Figure], **values: Any) -> str:
    """A page from a template of this folder: what is said through the catalogue, charts in both widths, no address.

    A template without charts leaves the block ``scripts`` empty.
    """
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(lambda name: files("engine.charts").joinpath(name).read_text("utf-8")),
    )
    return environment.get_template(template).render(
        language=language.replace("_", "-"),
        message=lambda key, **given: worded(Message(key, given), language),
        shown=lambda value, form: worded(Message("{value:" + form + "}", {"value": value}), language),
        charts=[_chart(figure) for figure in figures],
        **{name: Markup(script) for name, script in (scripts_of(figures, language) if figures else {}).items()},
        **values,
    )


def _chart(figure: Figure) -> dict[str, Any]:
    svgs = {width: Markup(svg) for width, svg in figure.pictures.items()}
    return {"name": figure.name, "title": figure.title, "svgs": svgs}


def _weights(view: PlanView) -> str:
    """How the programme weighs a week."""
    weights = {term: weight for term, weight in view.programme.settings.weights.items() if weight}
    listed = tuple(message("{term} {weight}", term=TERMS[term], weight=weight) for term, weight in weights.items())
    return message(
        "Values are weighted weeks: each paid week of a placement counts by what the programme weighs ({weights}).",
        weights=listed,
    )


def _fill_tables(view: PlanView) -> list[FillTable]:
    tables = (
        (message("Placements by corridor"), message("Corridor"), metrics.fill_by_corridor),
        (message("Fill by destination"), message("Destination"), metrics.fill_by_destination),
        (message("Fill by sector (ISIC)"), message("Sector"), metrics.fill_by_sector),
        (message("Fill by month of start"), message("Month"), metrics.fill_by_month),
    )
    return [
        FillTable(view.say(title), view.say(heading), _named(view, lines(view.placements)))
        for title, heading, lines in tables
    ]


def _named(view: PlanView, lines: list[metrics.Fill]) -> list[metrics.Fill]:
    """The same lines with countries and sectors by name: a corridor or a destination is told by two-letter codes."""
    named = []
    for line in lines:
        parts = line.name.split(" → ")
        names = [name_in(country(part) if len(part) == 2 else sector(part), view.locale) for part in parts]
        name = " → ".join(names) or view.say(message("(none)"))
        named.append(metrics.Fill(name, line.placements, line.places, line.weeks))
    return named


def _limits(view: PlanView) -> list[dict[str, Any]]:
    """The limits with a price in words, clauses first; prices and gains in average weeks and people of the plan."""
    sources = {clause.name: clause.source for clause in view.programme.all_clauses()}
    uses = what_limits(view.prices)
    chosen = [use for use in uses if use.of_clause][:MOST_LIMITS] + [use for use in uses if not use.of_clause][
        :MOST_LIMITS
    ]
    return [
        {"label": limit_label(view, use), "source": sources.get(use.clause, "") if use.of_clause else ""}
        | {"used": use.used, "count": use.count, "of_clause": use.of_clause}
        | {"weeks": view.worth.in_weeks(use.price), "people": view.worth.in_people(use.price)}
        | {"gain": view.worth.in_weeks(metrics.most_gain(view.certificate, use.price))}
        for use in chosen
    ]
