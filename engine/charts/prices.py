"""What to negotiate: the most that one more unit of each limit is worth, in weeks of work and in people."""

from __future__ import annotations

from collections.abc import Iterable

import altair as alt
import pandas as pd

from engine.charts.limit_labels import MOST_OF_ONE_CLAUSE, few_of_each_clause, limit_label
from engine.charts.plan_view import PlanView
from engine.charts.style import BLACK, BLUE, GREY, BarRows, Drawing, empty_chart, finished
from engine.plan.limit_use import BEDS, CAP, HEADCOUNT, SHARE, what_limits
from engine.plan.metrics import most_gain
from engine.words import message

NAME = "prices"
TITLE = message("What limits the plan: what one more of each is worth at most")
MOST_CLAUSES, MOST_OTHERS, MOST_NARROW = 12, 8, 6
# A bar of less would be told as 0.0 weeks.
LEAST_WEEKS, LEAST_PEOPLE = 0.05, 0.005
UNITS = {
    HEADCOUNT: message("place of an order"),
    BEDS: message("bed"),
    SHARE: message("placement of slack in a share"),
    CAP: message("place of a quota"),
}


def priced_limits(view: PlanView) -> pd.DataFrame:
    """All limits with a price: clauses first, then beds, then places of orders, the highest price first in each.

    Columns ``limit``, ``clause``, ``label``, ``unit``, ``of_clause`` (false for beds and places), ``price``, and
    ``weeks`` and ``people``: the price as average paid weeks and average people of the plan.
    """
    rows = [
        (
            use.limit,
            use.clause,
            limit_label(view, use),
            view.say(UNITS[use.kind]),
            use.of_clause,
            use.price,
            view.worth.in_weeks(use.price) or 0.0,
            view.worth.in_people(use.price) or 0.0,
        )
        for use in what_limits(view.prices)
    ]
    names = ["limit", "clause", "label", "unit", "of_clause", "price", "weeks", "people"]
    return pd.DataFrame(rows, columns=names)


def tables(view: PlanView) -> list[tuple[str, pd.DataFrame]]:
    """What the chart shows as a table: each limit with a price, and what one more is worth in weeks and in people."""
    table = priced_limits(view)
    if table.empty:
        return []
    headings = {
        "label": message("Limit"),
        "unit": message("One more"),
        "weeks": message("Weeks of work"),
        "people": message("People"),
    }
    told = table[list(headings)].round({"weeks": 1, "people": 2})
    return [(view.say(TITLE), told.rename(columns={name: view.say(said) for name, said in headings.items()}))]


def draw(view: PlanView) -> Drawing:
    """Bars of what one more is worth in weeks: of clauses above, of beds and places below, on one scale."""
    title, table = view.say(TITLE), priced_limits(view)
    if table.empty:
        note = view.say(message("No limit has a price: more of any one of them alone would add nothing."))
        return empty_chart(title, note, view.width)
    seen = table[table["weeks"] >= LEAST_WEEKS]
    of_clause = seen["of_clause"].astype(bool)
    clauses = few_of_each_clause(seen[of_clause]).head(MOST_NARROW if view.narrow else MOST_CLAUSES)
    others = (
        seen[~of_clause]
        .sort_values("price", ascending=False, kind="stable")
        .head(MOST_NARROW if view.narrow else MOST_OTHERS)
    )
    by_panel = (
        (view.say(message("Clauses: what can be negotiated")), clauses, BLUE),
        (view.say(message("Beds and places of orders: what employers can add")), others, GREY),
    )
    texts = _texts(view, seen)
    rows = _rows(view, texts, pd.concat([clauses, others]))
    highest = float(seen["weeks"].max()) if len(seen) else 0.0
    panels = [
        _panel(view, rows, heading, shown.assign(text=texts[shown.index]), colour, highest)
        for heading, shown, colour in by_panel
        if not shown.empty
    ]
    notes = _notes(view, table, len(clauses) + len(others))
    if not panels:
        return empty_chart(title, " ".join(notes), view.width)
    drawing: alt.VConcatChart = alt.vconcat(*panels, spacing=22)
    return finished(drawing, title, notes, f"{title}. {_highest(view, seen)}", view.width)


def _texts(view: PlanView, table: pd.DataFrame) -> pd.Series[str]:
    """What is written at each bar: weeks, and people where it comes to a hundredth of one."""
    told = [
        view.say(
            message("{weeks:,.1f} weeks, {people:,.2f} people", weeks=weeks, people=people)
            if people >= LEAST_PEOPLE
            else message("{weeks:,.1f} weeks", weeks=weeks)
        )
        for weeks, people in zip(table["weeks"], table["people"], strict=True)
    ]
    return pd.Series(told, index=table.index, dtype=object)


def _rows(view: PlanView, texts: pd.Series[str], shown: pd.DataFrame) -> BarRows:
    """The rows of both panels; on a telephone the numbers stand below the names, so that the bars have all the room."""
    if view.narrow:
        return BarRows(_with_numbers(shown["label"], texts[shown.index]), view.width, 0)
    return BarRows(list(shown["label"]), view.width, 14 + 6 * int(texts[shown.index].str.len().max() or 0))


def _with_numbers(labels: Iterable[str], texts: Iterable[str]) -> list[str]:
    return [f"{label}\n{text}" for label, text in zip(labels, texts, strict=True)]


def _notes(view: PlanView, table: pd.DataFrame, shown: int) -> list[str]:
    small = int((table["weeks"] < LEAST_WEEKS).sum())
    slack = view.worth.in_weeks(most_gain(view.certificate)) or 0.0
    notes = [
        message("What one more of each is worth, told as weeks of work and as people with an average season here."),
        message(
            "A ceiling, not a promise. The gain over this plan is at most the bar and {slack:,.1f} weeks more, which "
            "this plan may lack to the best one.",
            slack=slack,
        )
        if slack >= LEAST_WEEKS
        else message("A ceiling, not a promise: the gain over this plan is at most the bar."),
        message(
            "Limits with a price: {clauses:,} of clauses, {others:,} of beds and places (of a site its highest day, of "
            "households the highest). Shown: {shown} of them, at "
            "most {of_one} of one clause; {small:,} are worth less than {least} weeks.",
            clauses=int(table["of_clause"].sum()),
            others=int((~table["of_clause"].astype(bool)).sum()),
            shown=shown,
            of_one=MOST_OF_ONE_CLAUSE,
            small=small,
            least=LEAST_WEEKS,
        ),
    ]
    return [view.say(note) for note in notes]


def _highest(view: PlanView, table: pd.DataFrame) -> str:
    first = table.iloc[0]
    told = message("First: {label}, {weeks:,.1f} weeks.", label=str(first["label"]), weeks=float(first["weeks"]))
    return view.say(told)


def _panel(
    view: PlanView, rows: BarRows, heading: str, shown: pd.DataFrame, colour: str, highest: float
) -> alt.LayerChart:
    if view.narrow:
        shown = shown.assign(label=_with_numbers(shown["label"], shown["text"]))
    rows = rows.panel(list(shown["label"]))
    base = alt.Chart(rows.named(shown)).encode(
        y=rows.axis(),
        tooltip=[
            alt.Tooltip("limit:N", title=view.say(message("Limit"))),
            alt.Tooltip("unit:N", title=view.say(message("One more"))),
            alt.Tooltip("price:Q", title=view.say(message("Price (weighted weeks)")), format=",.4f"),
            alt.Tooltip("weeks:Q", title=view.say(message("Weeks of work")), format=",.2f"),
            alt.Tooltip("people:Q", title=view.say(message("People")), format=",.3f"),
        ],
    )
    title = view.say(message("One more is worth at most (weeks of work)"))
    length = rows.length("weeks", title, alt.Scale(domain=[0, highest]))
    bars = base.mark_bar(size=13, color=colour, yOffset=rows.shift).encode(x=length)
    numbers = base.mark_text(align="left", dx=4, color=BLACK).encode(x=length, text="text:N")
    layers = [bars, *(rows.names_above(base) or [numbers])]
    return alt.LayerChart(layer=layers).properties(width=rows.bars, height=rows.height, title=rows.heading(heading))
