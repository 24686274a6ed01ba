"""A sweep over one thing: a curve for each measure that it changes, with the season as it is marked."""

from __future__ import annotations

from math import ceil, floor
from typing import Any

import altair as alt
import pandas as pd

from engine.charts.style import BLACK, BLUE, GREY, NOTE_LETTER, Drawing, empty_chart, finished, wrapped
from engine.charts.what_ifs.view import BranchesView, Measure
from engine.words import message

NAME, AXES = "sweep", 1
TITLE = message("What the sweep changes")
HEIGHT, OF_AXIS, SPACING, MOST_TICKS = 170, 74, 24, 5


def points(view: BranchesView) -> pd.DataFrame:
    """Columns ``at`` (the value along the axis), ``measure``, ``value``, ``change`` and ``text`` (the value, with its
    difference from the base); a row for each point with a plan and measure that changes.
    """
    rows = [
        (
            _at(view, number),
            measure.name,
            one.totals[measure.name],
            view.difference(one, measure),
            _text(view, one, measure),
        )
        for measure in view.changing()
        for number, one in enumerate(view.branches)
        if not one.failure
    ]
    return pd.DataFrame(rows, columns=["at", "measure", "value", "change", "text"])


def draw(view: BranchesView) -> Drawing:
    """A panel a measure: points joined by a line, a dashed line where the season as it is stands."""
    axis, title = view.axes[0], view.say(TITLE)
    notes = [*view.unchanged_in_words(), *view.failed_in_words(), view.proof_in_words()]
    if not view.sound:
        return empty_chart(title, view.say(message("No point of the sweep has a plan.")), view.width)
    measures = view.changing()
    if not measures:
        return empty_chart(title, " ".join([view.say(message("The sweep changes nothing.")), *notes]), view.width)
    table = points(view)
    panels = [_panel(view, measure, table[table["measure"] == measure.name]) for measure in measures]
    told = [
        view.say(message("Along the axis: {axis}. Dashed line and ring: the season as it is.", axis=axis.name)),
        *([] if axis.base is not None else [view.say(message("No point of the sweep is as it is."))]),
        *notes,
    ]
    columns = 1 if view.narrow or len(panels) == 1 else 2
    lines = [alt.hconcat(*panels[i : i + columns], spacing=SPACING) for i in range(0, len(panels), columns)]
    drawing: alt.VConcatChart = alt.vconcat(*lines, spacing=SPACING)
    return finished(drawing, title, told, f"{title}. {' '.join(told)}", view.width)


def _at(view: BranchesView, number: int) -> Any:
    value = view.axes[0].values[number]
    return float(value) if view.axes[0].numeric else str(value)


def _text(view: BranchesView, one: Any, measure: Measure) -> str:
    value = view.say(message("{value:,.0f}", value=one.totals[measure.name]))
    return f"{value}, {view.change_in_words(one, measure)}"


def _panel(view: BranchesView, measure: Measure, table: pd.DataFrame) -> alt.LayerChart:
    axis, wide = view.axes[0], not view.narrow and len(view.changing()) > 1
    width = (view.width - SPACING) // 2 - OF_AXIS if wide else view.width - OF_AXIS
    kind = "Q" if axis.numeric else "N"
    x = alt.X(
        f"at:{kind}",
        title=axis.name,
        sort=None,
        scale=alt.Scale(zero=False, padding=14) if axis.numeric else alt.Undefined,
        axis=alt.Axis(values=sorted(set(table["at"])), labelOverlap=True, grid=False, format=",.4~g")
        if axis.numeric
        else alt.Axis(),
    )
    before = view.base.totals[measure.name]
    low, high = min(before, float(table["value"].min())), max(before, float(table["value"].max()))
    scale = alt.Scale(zero=False, nice=True, domain=[low - 0.22 * (high - low), high + 0.22 * (high - low)])
    y = alt.Y("value:Q", title=view.say(measure.unit), scale=scale, axis=_ticks(low, high))
    base = alt.Chart(table).encode(
        x=x,
        y=y,
        tooltip=[
            alt.Tooltip("at:N", title=axis.name),
            alt.Tooltip("text:N", title=view.say(measure.words)),
        ],
    )
    line = base.mark_line(color=BLUE)
    dots = base.mark_point(color=BLUE, filled=True, size=45)
    as_it_is = alt.Chart(pd.DataFrame({"value": [before]})).mark_rule(color=GREY, strokeDash=[5, 3]).encode(y=y)
    layers: list[alt.Chart] = [
        as_it_is,
        line,
        dots,
        *_base_point(view, table, x, y),
        *_ends(view, table, x, y),
    ]
    heading = wrapped(view.base_in_words(measure), width + OF_AXIS, NOTE_LETTER + 0.8)
    title = alt.TitleParams(heading, fontSize=12, anchor="start", frame="bounds")
    return alt.LayerChart(layer=layers).properties(width=width, height=HEIGHT, title=title)


def _base_point(view: BranchesView, table: pd.DataFrame, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The point that is the season as it is, ringed."""
    axis = view.axes[0]
    if axis.base is None:
        return []
    ring = alt.Chart(table[table["at"] == _at(view, axis.base)])
    return [ring.mark_point(color=BLACK, size=150, strokeWidth=2, filled=False).encode(x=x, y=y)]


def _ends(view: BranchesView, table: pd.DataFrame, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """What the first and the last point gain or lose over the plan of the base."""
    ends = []
    value = list(table["value"])
    # The number stands on the side that the curve leaves free.
    beside = ((table.head(1), "left", value[1] > value[0]), (table.tail(1), "right", value[-2] > value[-1]))
    for row, align, below in beside if len(value) > 1 else ():
        text = view.say(message("{change:+,.0f}", change=float(row["change"].iloc[0])))
        mark = alt.Chart(row.assign(end=text)).mark_text(align=align, dy=14 if below else -12, color=BLACK, fontSize=11)  # type: ignore[arg-type]  # one of two literals
        ends.append(mark.encode(x=x, y=y, text="end:N"))
    return ends


def _ticks(low: float, high: float) -> alt.Axis:
    """Ticks at whole numbers wherever two of them are in reach."""
    if high - low > MOST_TICKS:
        return alt.Axis(format=",.0f", tickCount=MOST_TICKS)
    whole = [float(number) for number in range(ceil(low), floor(high) + 1)]
    return alt.Axis(format=",.0f", values=whole) if len(whole) > 1 else alt.Axis(format=",.2f", tickCount=MOST_TICKS)
