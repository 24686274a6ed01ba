"""Years ahead over many futures: for each measure the middle of all futures, in the band from p10 to p90."""

from __future__ import annotations

from pathlib import Path

import altair as alt
import pandas as pd

from engine.charts.plan_view import NARROW_UP_TO, WIDE
from engine.charts.report import Figure
from engine.charts.seasons.words import MEASURES, PLANS, SHARES
from engine.charts.style import BLUE, ORANGE, Drawing, finished
from engine.words import message
from engine.words.wording import worded

NAME = "bands"
TITLE = message("Years ahead")
DRAWN = ("people", "newcomers_share", "crews_kept", "income", "savings", "regions")
COLOURS = {"short-sighted": BLUE, "far-sighted": ORANGE}
HEIGHT, SPACING, OF_AXIS = 130, 24, 64


def draw(bands: pd.DataFrame, language: str, width: int = WIDE) -> Drawing:
    """``bands`` has a row for each plan (a key of `COLOURS`), year and measure: p10, p50, p90."""
    title = worded(TITLE, language)
    columns = 1 if width < NARROW_UP_TO else 2
    each = (width - SPACING * (columns - 1)) // columns - OF_AXIS
    names = {plan: worded(words, language) for plan, words in PLANS.items()}
    told = bands.assign(plan=bands["plan"].map(names))
    colours = alt.Scale(domain=list(names.values()), range=[COLOURS[plan] for plan in names])
    panels = [_panel(told[told["measure"] == name], name, colours, each, language) for name in DRAWN]
    lines = [alt.hconcat(*panels[i : i + columns], spacing=SPACING) for i in range(0, len(panels), columns)]
    drawing: alt.VConcatChart = alt.vconcat(*lines, spacing=SPACING)
    notes = [
        worded(message("The line is the middle of all futures; eight of ten lie within the band."), language),
        *(
            [worded(message("In orange plans that look ahead, in blue plans of each year alone."), language)]
            if bands["plan"].nunique() > 1
            else []
        ),
    ]
    return finished(drawing, title, notes, f"{title}. {' '.join(notes)}", width)


def _panel(table: pd.DataFrame, measure: str, colours: alt.Scale, width: int, language: str) -> alt.LayerChart:
    axis = alt.Axis(format=".0%" if measure in SHARES else "~s", tickCount=4)
    year = alt.X("year:O", title=worded(message("Year"), language), axis=alt.Axis(labelAngle=0))
    colour = alt.Color("plan:N", scale=colours, legend=None)
    base = alt.Chart(table).encode(x=year, color=colour)
    band = base.mark_area(opacity=0.25).encode(
        y=alt.Y("p10:Q", title=None, axis=axis, scale=alt.Scale(zero=False)), y2="p90:Q"
    )
    line = base.mark_line(point=True, strokeWidth=2).encode(y=alt.Y("p50:Q", title=None))
    heading = worded(MEASURES[measure], language)
    return alt.LayerChart(layer=[band, line]).properties(width=width, height=HEIGHT, title=heading)


def write_picture(folder: Path, bands: pd.DataFrame, language: str) -> None:
    """Write ``bands.png`` and ``bands.svg``."""
    Figure.drawn(NAME, worded(TITLE, language), lambda width: draw(bands, language, width), language).write(folder)
