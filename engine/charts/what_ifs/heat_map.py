"""A sweep over two things: a map for each measure that it changes, coloured by the difference from the base."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from engine.charts.style import BLACK, BLUE, NOTE_LETTER, VERMILION, Drawing, empty_chart, finished, wrapped
from engine.charts.what_ifs.view import BranchesView, Measure
from engine.words import message

NAME, AXES = "sweep", 2
TITLE = message("What the sweep changes")
# Beyond this part of the largest difference blue is so dark that numbers on it are white.
DARK_FROM = 0.6
CELL_HEIGHT, SPACING, OF_AXIS, LETTER = 34, 24, 76, 6.2


def points(view: BranchesView) -> pd.DataFrame:
    """Columns ``across``, ``up`` (the values along the axes), ``measure``, ``value``, ``change``, ``text`` and ``base``
    (whether the point is the season as it is); a row for each point with a plan and measure that changes.
    """
    rows = [
        (
            *_places(view, number),
            measure.name,
            one.totals[measure.name],
            view.difference(one, measure),
            view.change_in_words(one, measure),
            _is_base(view, number),
        )
        for measure in view.changing()
        for number, one in enumerate(view.branches)
        if not one.failure
    ]
    return pd.DataFrame(rows, columns=["across", "up", "measure", "value", "change", "text", "base"])


def draw(view: BranchesView) -> Drawing:
    """A panel a measure: blue is more than as it is, vermilion less; the cell that is as it is has a frame."""
    title, measures = view.say(TITLE), view.changing()
    notes = [*view.unchanged_in_words(), *view.failed_in_words(), view.proof_in_words()]
    if not view.sound:
        return empty_chart(title, view.say(message("No point of the sweep has a plan.")), view.width)
    if not measures:
        return empty_chart(title, " ".join([view.say(message("The sweep changes nothing.")), *notes]), view.width)
    on_grid = all(axis.base is not None for axis in view.axes)
    table = points(view)
    panels = [_panel(view, measure, table[table["measure"] == measure.name]) for measure in measures]
    told = [
        view.say(message("Across: {across}. Upwards: {up}.", across=view.axes[0].name, up=view.axes[1].name)),
        view.say(message("Differences from the season as it is: more in blue, less in vermilion.")),
        view.say(
            message("The cell with a frame is as it is.") if on_grid else message("No point of the sweep is as it is.")
        ),
        *notes,
    ]
    columns = 1 if view.narrow or len(panels) == 1 else 2
    lines = [
        alt.hconcat(*panels[i : i + columns], spacing=SPACING).resolve_scale(color="independent")
        for i in range(0, len(panels), columns)
    ]
    drawing: alt.VConcatChart = alt.vconcat(*lines, spacing=SPACING).resolve_scale(color="independent")
    return finished(drawing, title, told, f"{title}. {' '.join(told)}", view.width)


def _places(view: BranchesView, number: int) -> tuple[str, str]:
    across, up = divmod(number, len(view.axes[1].values))
    return str(view.axes[0].values[across]), str(view.axes[1].values[up])


def _is_base(view: BranchesView, number: int) -> bool:
    return divmod(number, len(view.axes[1].values)) == (view.axes[0].base, view.axes[1].base)


def _panel(view: BranchesView, measure: Measure, table: pd.DataFrame) -> alt.LayerChart:
    wide = not view.narrow and len(view.changing()) > 1
    width = (view.width - SPACING) // 2 - OF_AXIS if wide else view.width - OF_AXIS
    across, up = view.axes
    cells = alt.Chart(table).encode(
        x=_axis("across", across.name, [str(value) for value in across.values], alt.X),
        y=_axis("up", up.name, [str(value) for value in reversed(up.values)], alt.Y),
        tooltip=[
            alt.Tooltip("across:N", title=across.name),
            alt.Tooltip("up:N", title=up.name),
            alt.Tooltip("value:Q", title=view.say(measure.heading), format=",.1f"),
            alt.Tooltip("text:N", title=view.say(message("Against as it is"))),
        ],
    )
    most = max(abs(float(table["change"].min())), abs(float(table["change"].max())))
    shade = alt.Scale(domain=[-most, 0, most], range=[VERMILION, "#F6F7F8", BLUE], interpolate="rgb")
    tiles = cells.mark_rect(stroke="white").encode(color=alt.Color("change:Q", scale=shade, legend=None))
    frame = cells.mark_rect(filled=False, stroke=BLACK, strokeWidth=3).transform_filter("datum.base")
    layers = [tiles, frame, *_numbers(cells, table, most, width / len(across.values))]
    heading = wrapped(view.base_in_words(measure), width + OF_AXIS, NOTE_LETTER + 0.8)
    title = alt.TitleParams(heading, fontSize=12, anchor="start", frame="bounds")
    return alt.LayerChart(layer=layers).properties(width=width, height=CELL_HEIGHT * len(up.values), title=title)


def _numbers(cells: alt.Chart, table: pd.DataFrame, most: float, room: float) -> list[alt.Chart]:
    """The differences in the cells, shorter where there is little room, and none where there is too little."""
    whole = max(len(f"{change:+,.0f}") for change in table["change"])
    form = "+,.0f" if whole * LETTER <= room else "+.2~s"
    if LETTER * min(whole, 5) > room:
        return []
    dark = alt.datum.change > DARK_FROM * most
    colour = alt.when(dark).then(alt.value("white")).otherwise(alt.value(BLACK))
    return [cells.mark_text(fontSize=11).encode(text=alt.Text("change:Q", format=form), color=colour)]


def _axis(column: str, title: str, order: list[str], kind: Any) -> Any:
    axis = alt.Axis(labelAngle=0, labelOverlap=True, ticks=False, domain=False)
    return kind(f"{column}:N", sort=order, title=title, axis=axis)
