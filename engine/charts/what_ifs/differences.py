"""What each branch changes against the base, measure by measure, in per cent of the base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from engine.charts.style import BLACK, BLUE, VERMILION, Drawing, empty_chart, finished

TITLE = "What each what-if changes"
SHOWN = ("placements", "paid_weeks", "net_income", "remittances", "recalls_kept")
WIDTH, ROW_HEIGHT = 230, 20


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
    bars = (
        alt.Chart(table)
        .mark_bar(height=13)
        .encode(
            x=alt.X("change:Q", title="change, %", scale=alt.Scale(zero=True)),
            y=alt.Y("branch:N", sort=order, title=None, axis=alt.Axis(labelLimit=230)),
            color=alt.condition("datum.change < 0", alt.value(VERMILION), alt.value(BLUE)),
            tooltip=[
                "branch",
                "measure",
                alt.Tooltip("value:Q", format=",.0f"),
                alt.Tooltip("change:Q", format="+.2f"),
            ],
        )
    )
    text = bars.mark_text(align="left", dx=4, fontSize=10, color=BLACK).encode(
        text=alt.Text("change:Q", format="+.1f"), color=alt.value(BLACK)
    )
    panels = (bars + text).properties(width=WIDTH, height=ROW_HEIGHT * len(order))
    grid = alt.hconcat(
        *(
            panels.transform_filter(alt.datum.measure == name.replace("_", " ")).properties(
                title=alt.TitleParams(name.replace("_", " "), fontSize=13, anchor="start")
            )
            for name in SHOWN
            if base.get(name)
        ),
        spacing=18,
    )
    note = "Against the base, in per cent of it. Remittances: half of the net income, less what sending it costs."
    return finished(grid, TITLE, [note], f"{TITLE}. {note}")
