"""The page of what-ifs or of a sweep, with its charts as files beside it: opens from disk without any network."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.charts.report import Figure
from engine.charts.report_page import rendered
from engine.charts.what_ifs import charts_over
from engine.charts.what_ifs.view import BranchesView, Measure
from engine.plan.statuses import status_in_words
from engine.words import message
from engine.words.names import country, name_in, region, sector

if TYPE_CHECKING:
    from engine.planning.branches import Outcome

TEMPLATE = "what_ifs_page.html"
MOST_GROUPS = 5
GROUPINGS = {
    "origin_country": (message("Country of origin"), country),
    "origin_region": (message("Region of origin"), region),
    "destination_country": (message("Country of destination"), country),
    "sector": (message("Sector (ISIC)"), sector),
}


@dataclass(frozen=True)
class Line:
    """A row of the page's table: a branch with ``cells``, each a value and its difference from the base in words."""

    name: str
    id: str
    cells: list[tuple[str, str]]
    ceiling: str
    status: str


def write_what_ifs(view: BranchesView, folder: Path, name: str, heading: str) -> None:
    """Write the charts as ``NAME.png`` and ``NAME.svg``, and the page ``NAME.html``, to a folder that is there."""
    figures = [_figure(view, module) for module in charts_over(len(view.axes))]
    for figure in figures:
        figure.write(folder)
    page = rendered(
        TEMPLATE,
        view.language,
        figures,
        heading=view.say(heading),
        base=view.base,
        measures=[view.say(measure.heading) for measure in view.measures if measure.tabled],
        lines=[_line(view, one) for one in (view.base, *view.branches)],
        proof=view.proof_in_words(),
        details=[] if view.axes else [_details(view, one) for one in view.branches],
    )
    (folder / f"{name}.html").write_text(page, "utf-8")


def _figure(view: BranchesView, module: Any) -> Figure:
    return Figure.drawn(
        module.NAME, view.say(module.TITLE), lambda width: module.draw(replace(view, width=width)), view.language
    )


def _line(view: BranchesView, one: Outcome) -> Line:
    is_base = one is view.base
    name = view.say(message("As it is")) if is_base else one.title or one.id
    if one.failure:
        return Line(name, one.id, [], "", view.say(message("no plan: {why}", why=one.failure)))
    cells = [_cell(view, one, measure, is_base) for measure in view.measures if measure.tabled]
    ceiling = view.say(message("{value:,.1f}", value=max(0.0, one.bound - view.base.totals["objective"])))
    return Line(name, one.id, cells, ceiling, view.say(status_in_words(one.status)))


def _cell(view: BranchesView, one: Outcome, measure: Measure, is_base: bool) -> tuple[str, str]:
    value = view.say(message("{value:,.0f}", value=one.totals[measure.name]))
    same = is_base or not view.changes(one, measure)
    return value, ("" if is_base else "=") if same else view.change_in_words(one, measure)


def _details(view: BranchesView, one: Outcome) -> dict[str, Any]:
    """What a what-if touches, and who gains and loses most by it."""
    gains = [] if one.failure else [_gains(view, one, grouping) for grouping in GROUPINGS]
    return {
        "name": one.title or one.id,
        "notices": [view.say(notice) for notice in one.notices],
        "groups": [found for found in gains if found["changes"]],
    }


def _gains(view: BranchesView, one: Outcome, grouping: str) -> dict[str, Any]:
    title, named = GROUPINGS[grouping]
    own, theirs = one.groups[grouping], view.base.groups[grouping]
    change = {name: own.get(name, (0, 0.0))[0] - theirs.get(name, (0, 0.0))[0] for name in {*own, *theirs}}
    moved = sorted((name for name in change if change[name]), key=lambda name: (-abs(change[name]), name))
    words = {name: name_in(named(name), view.locale) if name else name for name in moved}
    told = tuple(
        message("{group} {change:+,}", group=words[name] or message("(none)"), change=change[name])
        for name in moved[:MOST_GROUPS]
    )
    return {"title": view.say(title), "changes": view.say(message("{changes}", changes=told)) if told else ""}
