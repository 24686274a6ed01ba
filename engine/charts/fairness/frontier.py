"""The equity frontier: for each measure three panels, placements, weeks and income that each step gives up."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import altair as alt
import pandas as pd

from engine.charts.plan_view import NARROW_UP_TO, WIDE
from engine.charts.report import Figure
from engine.charts.style import BLACK, BLUE, GREY, Drawing, empty_chart, finished, wrapped
from engine.words import Message, message
from engine.words.wording import worded

NAME = "frontier"
TITLE = message("What each step towards equity gives up")
HEIGHT, OF_AXIS, SPACING = 130, 64, 24
GIVEN_UP = {
    "placements_given_up": message("Placements given up"),
    "paid_weeks_given_up": message("Paid weeks given up"),
    "net_income_given_up": message("Net income given up"),
}


def draw(
    table: pd.DataFrame, titles: Mapping[str, Message], currency: str, language: str, width: int = WIDE
) -> Drawing:
    """``table`` has the columns of frontier.csv; a measure without a step from the best plan is left out."""
    title = worded(TITLE, language)
    stepping = [name for name in titles if (table["equity"] == name).sum() > 1]
    if not stepping:
        nothing = message("No plan has more equity than the best one, by any measure that was asked for.")
        return empty_chart(title, worded(nothing, language), width)
    columns = 1 if width < NARROW_UP_TO else len(GIVEN_UP)
    each = (width - (columns - 1) * SPACING) // columns - OF_AXIS
    rows = []
    for name in stepping:
        own = table[table["equity"] == name]
        own = own.assign(reached=own[name])
        panels = [_panel(own, given_up, worded(titles[name], language), language, each) for given_up in GIVEN_UP]
        rows += [alt.hconcat(*panels[i : i + columns], spacing=SPACING) for i in range(0, len(panels), columns)]
    drawing: alt.VConcatChart = alt.vconcat(*rows, spacing=SPACING)
    note = worded(
        message(
            "The grey ring is the best plan. Each point is a plan with a certified bound; the largest gap is "
            "{gap:.2%}. Income in {currency}.",
            gap=float(table["gap"].max()),
            currency=currency,
        ),
        language,
    )
    return finished(drawing, title, [note], f"{title}. {note}", width)


def _panel(table: pd.DataFrame, given_up: str, measure: str, language: str, width: int) -> alt.LayerChart:
    base = alt.Chart(table).encode(
        x=alt.X(
            "reached:Q",
            title=wrapped(measure, width, 6),
            scale=alt.Scale(zero=False, padding=10),
            axis=alt.Axis(format=".0%", tickCount=5),
        ),
        y=alt.Y(f"{given_up}:Q", title=None, scale=alt.Scale(padding=10), axis=alt.Axis(format=",.3~s", tickCount=5)),
        order="step:O",
        tooltip=[
            "step:O",
            alt.Tooltip("reached:Q", format=".1%"),
            alt.Tooltip(f"{given_up}:Q", format=",.0f"),
            "status:N",
        ],
    )
    heading = alt.TitleParams(
        worded(GIVEN_UP[given_up], language), fontSize=12, anchor="start", frame="bounds", color=BLACK
    )
    ring = base.transform_filter("datum.step == 0").mark_point(color=GREY, size=150, strokeWidth=2, filled=False)
    dots = base.mark_point(color=BLUE, filled=True, size=45)
    layers = [base.mark_line(color=BLUE), dots, ring]
    return alt.LayerChart(layer=layers).properties(width=width, height=HEIGHT, title=heading)


def write_picture(
    folder: Path, table: pd.DataFrame, titles: Mapping[str, Message], currency: str, language: str
) -> None:
    """Write ``frontier.png`` and ``frontier.svg``."""
    figure = Figure.drawn(
        NAME, worded(TITLE, language), lambda width: draw(table, titles, currency, language, width), language
    )
    figure.write(folder)
