"""The text of report.html: the certificate, the charts and the tables of a plan, for an officer to read and print."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from engine.charts import charts
from engine.charts.limit_labels import limit_label
from engine.charts.plan_view import PlanView
from engine.plan import metrics
from engine.plan.statuses import status_in_words
from engine.words import Message, message
from engine.words.names import country, name_in

TEMPLATE = "report_page.html"
MOST_LIMITS = 20


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


def render_page(view: PlanView, svgs: dict[str, str], **scripts: str) -> str:
    """The page: ``svgs`` by chart name, and ``scripts`` that are safe inside a script element."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(files("engine.charts").joinpath(TEMPLATE).read_text("utf-8"))
    certificate = view.certificate
    return template.render(
        view=view,
        message=lambda key, **values: view.say(Message(key, values)),
        shown=lambda value, form: view.say(Message("{value:" + form + "}", {"value": value})),
        settings=view.programme.settings,
        certificate=certificate,
        status=view.say(status_in_words(certificate["status"])),
        checked=sum(check["checked"] for check in certificate["checks"]),
        broken=sum(check["violations"] for check in certificate["checks"]),
        charts=_figures(view, svgs),
        fill_tables=_fill_tables(view),
        limits=_limits(view),
        **{name: Markup(script) for name, script in scripts.items()},
    )


def _figures(view: PlanView, svgs: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"name": name, "title": view.say(module.TITLE), "svg": Markup(svgs[name])} for name, module in charts().items()
    ]


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
    """The same lines with countries by name: a corridor or a destination is told by its two-letter codes."""
    named = []
    for line in lines:
        parts = line.name.split(" → ")
        names = [name_in(country(part), view.locale) if len(part) == 2 else part for part in parts]
        name = " → ".join(names) or view.say(message("(none)"))
        named.append(metrics.Fill(name, line.placements, line.places, line.weeks))
    return named


def _limits(view: PlanView) -> list[dict[str, Any]]:
    """The limits with the highest prices, in words."""
    return [
        {"label": view.say(limit_label(use)), "used": use.used, "count": use.count, "price": use.price}
        | {"gain": metrics.most_gain(view.certificate, use.price)}
        for use in metrics.what_limits(view.prices, MOST_LIMITS)
    ]
