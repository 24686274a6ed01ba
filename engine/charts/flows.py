"""Where the placed workers come from and where they go: two heat maps that each hold every placement."""

from __future__ import annotations

from functools import partial
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from engine.charts.largest_groups import largest_groups
from engine.charts.place_names import Texts, country_names, other_countries, other_regions, region_names
from engine.charts.plan_view import PlanView
from engine.charts.style import BLACK, LINE, NAME_LETTER, NOTE_LETTER, PALE, Drawing, empty_chart, finished, wrapped
from engine.words import message

NAME = "flows"
TITLE = message("Placements from origins to destinations")
# A Vega expression: a name in its lines.
LINES = "split(datum.value, '\\n')"
# How many rows and columns are shown, on a wide page and on a telephone.
MOST, MOST_ROWS_NARROW, MOST_COLUMNS_NARROW = 20, 12, 4
CELL_WIDTH, CELL_HEIGHT, CELL_WIDTH_NARROW, SPACING = 46, 22, 30, 40
# Beyond this part of the largest number a cell is so dark that its number is written in white.
DARK_FROM = 0.5


def to_regions(view: PlanView) -> pd.DataFrame:
    """Placements by region of destination (``row``) and country of origin (``column``): ``placements``, ``of_rest``."""
    return _counts(view, _regions(view, "orders", "destination"), _countries(view, "workers", "origin"))


def from_regions(view: PlanView) -> pd.DataFrame:
    """Placements by region of origin (``row``) and country of destination (``column``): ``placements``, ``of_rest``."""
    return _counts(view, _regions(view, "workers", "origin"), _countries(view, "orders", "destination"))


def tables(view: PlanView) -> list[tuple[str, pd.DataFrame]]:
    """What the chart shows as two tables: regions of destination by country of origin, and the other way round."""
    if not view.placements.size:
        return []
    maps = (
        (message("Regions of destination by country of origin"), to_regions(view)),
        (message("Regions of origin by country of destination"), from_regions(view)),
    )
    found = []
    for title, table in maps:
        wide = table.pivot_table(index="row", columns="column", values="placements", aggfunc="sum", observed=True)
        found.append((view.say(title), wide.fillna(0).astype(int).reset_index().rename(columns={"row": ""})))
    return found


def draw(view: PlanView) -> Drawing:
    """Two heat maps side by side; beyond the 20 largest rows or columns the others are one row or column, in grey."""
    title, total = view.say(TITLE), view.placements.size
    if not total:
        return empty_chart(title, view.say(message("The plan holds no placement.")), view.width)
    left = _heat_map(
        view,
        to_regions(view),
        view.say(message("To regions of destination (rows),")),
        view.say(message("from countries of origin (columns)")),
    )
    right = _heat_map(
        view,
        from_regions(view),
        view.say(message("From regions of origin (rows),")),
        view.say(message("to countries of destination (columns)")),
    )
    note = view.say(
        message(
            "Number of placements. Each map holds all {total:,}, returns home included; a worker with two "
            "campaigns counts twice.",
            total=total,
        )
    )
    told = title, [note], f"{title}. {note}", view.width
    if view.narrow:
        below: alt.VConcatChart = alt.vconcat(left, right, spacing=SPACING).resolve_scale(color="independent")
        return finished(below, *told)
    beside: alt.HConcatChart = alt.hconcat(left, right, spacing=SPACING).resolve_scale(color="independent")
    return finished(beside, *told)


def _regions(view: PlanView, table: str, side: str) -> Texts:
    placements = view.placements
    unsaid = view.say(message("no region said"))
    countries = placements.text(table, f"{side}_country")
    return region_names(placements.text(table, f"{side}_region"), countries, unsaid, view.locale)


def _countries(view: PlanView, table: str, side: str) -> Texts:
    return country_names(view.placements.text(table, f"{side}_country"), view.locale)


def _counts(view: PlanView, rows: Texts, columns: Texts) -> pd.DataFrame:
    """Placements of each row and column that have any; ``of_rest`` marks those that stand for several."""
    one = np.ones(len(rows))
    most = (MOST_ROWS_NARROW, MOST_COLUMNS_NARROW) if view.narrow else (MOST, MOST)
    row = largest_groups(rows, one, most[0], partial(other_regions, view), totals=True)
    column = largest_groups(columns, one, most[1], partial(other_countries, view), totals=True)
    table = pd.DataFrame({"row": row.group, "column": column.group}).value_counts().rename("placements").reset_index()
    table["of_rest"] = (table["row"] == row.rest) | (table["column"] == column.rest)
    for name, grouped in (("row", row), ("column", column)):
        table[name] = pd.Categorical(table[name], grouped.labels, ordered=True)
    return table.sort_values(["row", "column"], ignore_index=True)


def _heat_map(view: PlanView, table: pd.DataFrame, *title: str) -> alt.LayerChart:
    table, rows = _with_whole_names(view, table)
    columns, lines = list(table["column"].cat.categories), max((row.count("\n") + 1 for row in rows), default=1)
    base = alt.Chart(table.astype({"row": str, "column": str})).encode(
        x=alt.X("column:N", sort=columns, title=None, axis=_axis(orient="top", labelAngle=-90 if view.narrow else -35)),
        y=alt.Y(
            "row:N", sort=rows, title=None, axis=_axis(labelExpr=LINES, labelLineHeight=LINE, labelLimit=_names(view))
        ),
        tooltip=[
            alt.Tooltip("row:N", title=view.say(message("Row"))),
            alt.Tooltip("column:N", title=view.say(message("Column"))),
            alt.Tooltip("placements:Q", title=view.say(message("Placements")), format=","),
        ],
    )
    largest = int(table.loc[~table["of_rest"], "placements"].max() if not table["of_rest"].all() else 1)
    return alt.LayerChart(layer=[_cells(base, largest), _numbers(base, largest)]).properties(
        width=(CELL_WIDTH_NARROW if view.narrow else CELL_WIDTH) * len(columns),
        height=(CELL_HEIGHT if lines == 1 else 4 + LINE * lines) * len(rows),
        view=alt.ViewBackground(fill="#F6F7F8"),
        title=alt.TitleParams(
            [line for part in title for line in wrapped(part, view.width / (1 if view.narrow else 2), NOTE_LETTER)],
            fontSize=12,
            fontWeight="normal",
            anchor="start",
            frame="bounds",
        ),
    )


def _cells(base: alt.Chart, largest: int) -> alt.Chart:
    shade = alt.Scale(type="sqrt", range=["#EAF3FB", "#08519C"], domain=[0, largest])
    shaded = alt.Color("placements:Q", scale=shade, legend=None)
    colour = alt.when(alt.datum.of_rest).then(alt.value(PALE)).otherwise(shaded)
    cells: alt.Chart = base.mark_rect(stroke="white").encode(color=colour)
    return cells


def _numbers(base: alt.Chart, largest: int) -> alt.Chart:
    dark = (alt.datum.placements > DARK_FROM * largest) & ~alt.datum.of_rest
    colour = alt.when(dark).then(alt.value("white")).otherwise(alt.value(BLACK))
    numbers: alt.Chart = base.mark_text(fontSize=11).encode(text=alt.Text("placements:Q", format=","), color=colour)
    return numbers


def _axis(**choices: Any) -> alt.Axis:
    return alt.Axis(**{"domain": False, "ticks": False, "labelLimit": 240, "grid": False} | choices)


def _with_whole_names(view: PlanView, table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The table and its names of rows in order, in which names that are longer than their space have several lines."""
    broken = {name: "\n".join(wrapped(name, _names(view), NAME_LETTER)) for name in table["row"].cat.categories}
    return table.assign(row=table["row"].cat.rename_categories(broken)), list(broken.values())


def _names(view: PlanView) -> int:
    """Pixels for the names of rows."""
    return view.width - 12 - CELL_WIDTH_NARROW * (MOST_COLUMNS_NARROW + 1) if view.narrow else 240
