"""A chart: how many people each region of origin sends."""

from __future__ import annotations

import altair as alt
import pandas as pd

from engine.charts.plan_view import PlanView
from engine.charts.style import BLUE, Drawing, finished

NAME = "placements_by_region"
TITLE = "Placements by region of origin"


def draw(view: PlanView) -> Drawing:
    """Bars, the longest first."""
    regions = pd.Series(view.placements.text("workers", "origin_region"), dtype="str")
    table = regions.value_counts().rename_axis("region").reset_index(name="placements")
    bars = alt.Chart(table).mark_bar(color=BLUE)
    drawn = bars.encode(x="placements:Q", y=alt.Y("region:N", sort="-x", title=None), tooltip=["region", "placements"])
    # The report asks twice: for a desk and for a telephone. The names of regions take some 60 pixels.
    return finished(drawn.properties(width=view.width - 60), TITLE, [], TITLE, view.width)
