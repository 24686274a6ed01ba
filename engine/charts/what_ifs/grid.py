"""A sweep as a curve over one parameter, or as a heat map over two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from engine.charts.style import BLACK, BLUE, Drawing, empty_chart, finished

WIDTH, HEIGHT = 560, 320


def draw(axes: Sequence[str], points: Sequence[tuple[tuple[Any, ...], float]], measure: str) -> Drawing:
    """``points`` are the values along the ``axes`` with the measure reached there."""
    title = f"Sweep: {measure.replace('_', ' ')}"
    if not points:
        return empty_chart(title, "No point of the sweep has a plan.")
    rows = [[float(value) if _is_number(value) else str(value) for value in values] + [y] for values, y in points]
    names = [f"axis {number}" for number in range(len(axes))]
    table = pd.DataFrame(rows, columns=[*names, "value"])
    tips = [alt.Tooltip(names[i], title=axes[i]) for i in range(len(axes))]
    tips.append(alt.Tooltip("value:Q", title=measure, format=",.1f"))
    drawing = _curve(table, axes[0], measure, tips) if len(axes) == 1 else _heat_map(table, axes, measure, tips)
    return finished(drawing, title, [], f"{title} over {' and '.join(axes)}.")


def _curve(table: pd.DataFrame, axis: str, measure: str, tips: list[Any]) -> Any:
    kind = "Q" if table["axis 0"].dtype.kind == "f" else "N"
    x = alt.X(f"axis 0:{kind}", title=axis, scale=alt.Scale(zero=False) if kind == "Q" else alt.Undefined)
    y = alt.Y("value:Q", title=measure.replace("_", " "), scale=alt.Scale(zero=False), axis=alt.Axis(format=",.0f"))
    line = alt.Chart(table).encode(x=x, y=y, tooltip=tips).properties(width=WIDTH, height=HEIGHT)
    return alt.layer(line.mark_line(color=BLUE), line.mark_point(color=BLUE, filled=True, size=45))


def _heat_map(table: pd.DataFrame, axes: Sequence[str], measure: str, tips: list[Any]) -> Any:
    x = alt.X("axis 0:O", title=axes[0], axis=alt.Axis(labelAngle=0))
    cells = alt.Chart(table).encode(x=x, y=alt.Y("axis 1:O", title=axes[1], sort="descending"), tooltip=tips)
    low, high = float(table["value"].min()), float(table["value"].max())
    colour = alt.Color("value:Q", title=measure.replace("_", " "), scale=alt.Scale(scheme="viridis"))
    number = cells.mark_text(fontSize=11).encode(
        text=alt.Text("value:Q", format=",.0f"),
        color=alt.condition(f"datum.value > {(low + high) / 2}", alt.value(BLACK), alt.value("white")),
    )
    drawn = alt.layer(cells.mark_rect().encode(color=colour), number)
    return drawn.properties(width=WIDTH, height=HEIGHT)


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True
