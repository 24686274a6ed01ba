"""What each branch changes against the base, measure by measure, in per cent of the base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import altair as alt
import pandas as pd

from engine.charts.style import BLACK, BLUE, VERMILION, Drawing, empty_chart, finished

TITLE = "What each what-if changes"
SHOWN = ("placements", "paid_weeks", "net_income", "remittances", "recalls_kept")
WIDTH, ROW_HEIGHT = 150, 22


def draw(base: Mapping[str, float], branches: Sequence[tuple[str, Mapping[str, float]]]) -> Drawing:
    """Bars from the base's line, a panel a measure; ``branches`` are names with their totals."""
    rows = [
        (name, measure.replace("_", " "), 100 * (totals[measure] / base[measure] - 1), totals[measure])
        for name, totals in branches
        for measure in SHOWN
        if base.get(measure)
    ]
    if not rows:
        return empty_chart(TITLE, "No branch has a plan to compare.")
    table = pd.DataFrame(rows, columns=["branch", "measure", "change", "value"])
    order = [name for name, _ in branches]
    panels = [_panel(table, order, name.replace("_", " "), name == SHOWN[0]) for name in SHOWN if base.get(name)]
    grid = alt.hconcat(*panels, spacing=14)
    note = "Against the base, in per cent of it. Remittances: half of the net income, less what sending it costs."
    return finished(grid, TITLE, [note], f"{TITLE}. {note}")


def _panel(table: pd.DataFrame, order: Sequence[str], measure: str, first: bool) -> alt.LayerChart:
    """The bars of one measure; the names of the branches stand beside the first panel alone."""
    own = table[table["measure"] == measure]
    axis = alt.Axis(labelLimit=420, ticks=False, domain=False) if first else None
    encoded = alt.Chart(own).encode(
        x=alt.X("change:Q", title="%", scale=alt.Scale(zero=True, padding=34)),
        y=alt.Y("branch:N", sort=list(order), title=None, axis=axis),
        tooltip=[
            "branch",
            "measure",
            alt.Tooltip("value:Q", format=",.0f"),
            alt.Tooltip("change:Q", format="+.2f"),
        ],
    )
    colour = alt.condition("datum.change < 0", alt.value(VERMILION), alt.value(BLUE))
    layers: list[alt.Chart] = [encoded.mark_bar(height=13).encode(color=colour)]
    sides: tuple[tuple[str, Literal["left", "right"], int], ...]
    sides = ("datum.change < 0", "right", -3), ("datum.change >= 0", "left", 3)
    for side, align, shift in sides:
        text = encoded.mark_text(align=align, dx=shift, fontSize=10, color=BLACK).transform_filter(side)
        layers.append(text.encode(text=alt.Text("change:Q", format="+.1f")))
    title = alt.TitleParams(measure, fontSize=12, anchor="start")
    return alt.layer(*layers).properties(width=WIDTH, height=ROW_HEIGHT * len(order), title=title)  # type: ignore[return-value]  # layers of plain charts make no facets
