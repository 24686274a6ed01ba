"""Which limits hold the plan back most: their prices, what one more unit could at most add to the bound."""

from __future__ import annotations

import altair as alt
import pandas as pd
import pyarrow.compute as pc

from engine.charts.limit_labels import (
    MOST_OF_ONE_CLAUSE,
    clause_of,
    few_of_each_clause,
    is_beds,
    is_headcount,
    limit_label,
)
from engine.charts.plan_view import PlanView
from engine.charts.style import BLACK, BLUE, GREEN, ORANGE, PURPLE, Drawing, empty_chart, finished, name_axis
from engine.plan import metrics
from engine.words import message

NAME = "prices"
TITLE = message("What limits the plan: the most that one more unit could add to the bound")
MOST = 12
WIDTH, ROW_HEIGHT = 470, 22
COLOURS = (ORANGE, GREEN, PURPLE, BLUE)


def priced_limits(view: PlanView) -> pd.DataFrame:
    """All limits with a price, the highest first.

    Columns ``limit``, ``clause``, ``label``, ``unit``, ``of_clause`` (false for places and beds) and ``price``.
    """
    shares = set(view.prices.filter(pc.is_null(view.prices["count"]))["limit"].to_pylist())
    units = _units(view)
    rows = [
        (use.limit, clause_of(use), view.say(limit_label(use)), units[_kind(use, shares)], _of_clause(use), use.price)
        for use in metrics.what_limits(view.prices, view.prices.num_rows)
    ]
    return pd.DataFrame(rows, columns=["limit", "clause", "label", "unit", "of_clause", "price"])


def draw(view: PlanView) -> Drawing:
    """Bars of the highest prices, of clauses above and of places and beds below, on one scale."""
    title, table = view.say(TITLE), priced_limits(view)
    if table.empty:
        note = view.say(message("No limit has a price: more of any one of them alone would add nothing."))
        return empty_chart(title, note)
    of_clause = table["of_clause"].astype(bool)
    by_panel = (
        (view.say(message("Clauses")), few_of_each_clause(table[of_clause]).head(MOST)),
        (view.say(message("Places and beds")), table[~of_clause].head(MOST)),
    )
    shown = [(heading, rows) for heading, rows in by_panel if not rows.empty]
    colour, highest = _colour(view, pd.concat([rows["unit"] for _, rows in shown])), float(table["price"].max())
    panels = [_panel(view, heading, rows, colour, highest) for heading, rows in shown]
    return finished(alt.vconcat(*panels, spacing=22), title, _notes(view, table), f"{title}. {_highest(view, table)}")


def _notes(view: PlanView, table: pd.DataFrame) -> list[str]:
    clauses = int(table["of_clause"].sum())
    return [
        view.say(
            message(
                "With one more place, bed or cap place no legal plan is worth more than the proven bound plus "
                "the price. The price of a share is per placement of slack."
            )
        ),
        view.say(
            message(
                "{clauses:,} limits of clauses and {others:,} of places and beds have a price. Shown: the "
                "{most} highest of each, at most {of_one} of one clause.",
                clauses=clauses,
                others=len(table) - clauses,
                most=MOST,
                of_one=MOST_OF_ONE_CLAUSE,
            )
        ),
    ]


def _highest(view: PlanView, table: pd.DataFrame) -> str:
    label, price = table["label"][0], table["price"][0]
    return view.say(message("The highest is {price:,.2f}: {label}.", price=price, label=label))


def _units(view: PlanView) -> dict[str, str]:
    """What one more unit is, by kind of limit."""
    return {
        "headcount": view.say(message("place of an order")),
        "beds": view.say(message("bed")),
        "share": view.say(message("placement of slack in a share")),
        "cap": view.say(message("place of a cap or set-aside")),
    }


def _kind(use: metrics.LimitUse, shares: set[str]) -> str:
    if is_headcount(use):
        return "headcount"
    if is_beds(use):
        return "beds"
    return "share" if use.limit in shares else "cap"


def _of_clause(use: metrics.LimitUse) -> bool:
    return not (is_headcount(use) or is_beds(use))


def _colour(view: PlanView, units: pd.Series[str]) -> alt.Color:
    """A colour for each kind of unit, always the same one; the legend names those that are there."""
    there = {unit: colour for unit, colour in zip(_units(view).values(), COLOURS, strict=True) if (units == unit).any()}
    return alt.Color(
        "unit:N",
        scale=alt.Scale(domain=list(there), range=list(there.values())),
        legend=alt.Legend(title=view.say(message("One more")), orient="top", columns=4),
    )


def _panel(view: PlanView, heading: str, shown: pd.DataFrame, colour: alt.Color, highest: float) -> alt.LayerChart:
    base = alt.Chart(shown).encode(
        y=name_axis(shown["label"]),
        tooltip=[
            alt.Tooltip("limit:N", title=view.say(message("Limit"))),
            alt.Tooltip("price:Q", title=view.say(message("Price")), format=",.4f"),
        ],
    )
    title = view.say(message("Price: most that one more unit could add to the bound"))
    length = alt.X("price:Q", title=title, scale=alt.Scale(domain=[0, highest]))
    bars = base.mark_bar(size=13).encode(x=length, color=colour)
    numbers = base.mark_text(align="left", dx=4, color=BLACK).encode(x=length, text=alt.Text("price:Q", format=",.2f"))
    above = alt.TitleParams(heading, fontSize=13, anchor="start", frame="group", offset=4)
    return alt.LayerChart(layer=[bars, numbers]).properties(width=WIDTH, height=ROW_HEIGHT * len(shown), title=above)
