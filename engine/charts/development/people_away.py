"""People away by region of origin and month: a heat map of the regions from which most are away."""

from __future__ import annotations

import altair as alt
import pandas as pd

from engine.charts.place_names import region_names
from engine.charts.plan_view import NARROW_UP_TO, WIDE
from engine.charts.style import Drawing, empty_chart, finished
from engine.words import message
from engine.words.catalogue import tongue
from engine.words.wording import worded

NAME = "people_away"
TITLE = message("People away by region of origin and month")
MOST = 20
ROW = 22
# Pixels for names of regions and for the legend.
NAMES, LEGEND, NAMES_NARROW = 200, 90, 110


def draw(months: pd.DataFrame, language: str, width: int = WIDE) -> Drawing:
    """``months`` has origin_country, origin_region, month (YYYY-MM) and away; the fullest 20 regions are shown."""
    title = worded(TITLE, language)
    if months.empty:
        return empty_chart(title, worded(message("Nobody is away."), language), width)
    named = _named(months, language)
    total = named.groupby("region")["away"].sum().sort_values(ascending=False, kind="stable")
    shown = list(total.index[:MOST])
    note = worded(
        message("Whole-month equivalents; the {shown} of {all} regions with most.", shown=len(shown), all=len(total)),
        language,
    )
    narrow = width < NARROW_UP_TO
    drawing = _cells(named[named["region"].isin(shown)], shown, language, narrow).properties(
        width=width - (NAMES_NARROW if narrow else NAMES + LEGEND), height=ROW * len(shown)
    )
    return finished(drawing, title, [note], f"{title}. {note}", width)


def _named(months: pd.DataFrame, language: str) -> pd.DataFrame:
    unsaid = worded(message("no region said"), language)
    codes, countries = (months[key].to_numpy(object) for key in ("origin_region", "origin_country"))
    return months.assign(region=region_names(codes, countries, unsaid, str(tongue(language).locale)))


def _cells(table: pd.DataFrame, shown: list[str], language: str, narrow: bool) -> alt.Chart:
    people = worded(message("People away"), language)
    axis = alt.Axis(labelAngle=-90, title=None)
    legend = None if narrow else alt.Legend(title=people)
    shade = alt.Scale(type="sqrt", range=["#EAF3FB", "#08519C"])
    cells: alt.Chart = (
        alt.Chart(table)
        .mark_rect(stroke="white")
        .encode(
            x=alt.X("month:O", axis=axis),
            y=alt.Y("region:N", sort=shown, title=None, axis=alt.Axis(labelLimit=NAMES_NARROW if narrow else NAMES)),
            color=alt.Color("away:Q", scale=shade, legend=legend),
            tooltip=[
                alt.Tooltip("region:N", title=worded(message("Region of origin"), language)),
                alt.Tooltip("month:O", title=worded(message("Month"), language)),
                alt.Tooltip("away:Q", title=people, format=",.1f"),
            ],
        )
    )
    return cells
