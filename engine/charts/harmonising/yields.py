"""What each relaxation of an agreement brings in placements: proposed ones in blue, those that protect less apart."""

from __future__ import annotations

from pathlib import Path

import altair as alt
import pandas as pd

from engine.charts.plan_view import WIDE
from engine.charts.report import Figure
from engine.charts.style import BLACK, BLUE, GREEN, SKY, VERMILION, BarRows, Drawing, empty_chart, finished
from engine.words import message
from engine.words.wording import worded

NAME = "yields"
TITLE = message("What each relaxation brings")
LETTER = 6.6
MOST = 15
COLOURS = {"together": GREEN, "proposed": BLUE, "other": SKY, "lowering": VERMILION}


def draw(table: pd.DataFrame, language: str, width: int = WIDE) -> Drawing:
    """``table`` has a row a relaxation, best first: label, placements (how many more), standing (of `COLOURS`)."""
    title = worded(TITLE, language)
    shown = table[table["placements"] > 0].head(MOST)
    if shown.empty:
        return empty_chart(title, worded(message("No relaxation brings a placement."), language), width)
    texts = [worded(message("{n:+,.0f}", n=value), language) for value in shown["placements"]]
    rows = BarRows(list(shown["label"]), width, int(LETTER * max(map(len, texts))) + 8)
    base = alt.Chart(rows.named(shown.assign(text=texts))).encode(y=rows.axis(), tooltip=["label:N", "text:N"])
    scale = alt.Scale(domain=[0, float(shown["placements"].max())], nice=False)
    length = alt.X("placements:Q", title=None, axis=None, scale=scale)
    by_standing = alt.Scale(domain=list(COLOURS), range=list(COLOURS.values()))
    colour = alt.Color("standing:N", scale=by_standing, legend=None)
    bars = base.mark_bar(size=13, yOffset=rows.shift).encode(x=length, color=colour)
    text = base.mark_text(align="left", dx=4, dy=rows.shift, color=BLACK).encode(x=length, text="text:N")
    layers = [bars, text, *rows.names_above(base)]
    drawing = alt.LayerChart(layer=layers).properties(width=rows.bars, height=rows.height)
    note = worded(
        message(
            "Placements more than as it is, each relaxation alone; in blue what is proposed, in green all of that "
            "together, in vermilion what would protect workers less, or might."
        ),
        language,
    )
    return finished(drawing, title, [note], f"{title}. {note}", width)


def write_picture(folder: Path, table: pd.DataFrame, language: str) -> None:
    """Write ``yields.png`` and ``yields.svg``."""
    Figure.drawn(NAME, worded(TITLE, language), lambda width: draw(table, language, width), language).write(folder)
