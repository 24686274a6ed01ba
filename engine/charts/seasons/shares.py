"""What each policy reaches of the best in hindsight: a bar for the mean, a mark for the worst season."""

from __future__ import annotations

from pathlib import Path

import altair as alt
import pandas as pd

from engine.charts.plan_view import WIDE
from engine.charts.report import Figure
from engine.charts.style import BLACK, BLUE, BarRows, Drawing, finished
from engine.words import message
from engine.words.wording import worded

NAME = "policies"
TITLE = message("What each policy reaches of the best in hindsight")


def draw(table: pd.DataFrame, language: str, width: int = WIDE) -> Drawing:
    """``table`` has a row a policy, best first: label, share (the mean over seasons) and least, parts of the bound."""
    title = worded(TITLE, language)
    texts = [
        worded(message("{share:.1%}, {least:.1%} at least", share=share, least=least), language)
        for share, least in zip(table["share"], table["least"], strict=True)
    ]
    rows = BarRows(list(table["label"]), width, 150)
    base = alt.Chart(rows.named(table.assign(text=texts))).encode(y=rows.axis(), tooltip=["label:N", "text:N"])
    scale = alt.Scale(domain=[0, 1], nice=False)
    length = alt.X("share:Q", title=None, axis=None, scale=scale)
    bars = base.mark_bar(size=13, yOffset=rows.shift, color=BLUE).encode(x=length)
    mark = base.mark_tick(size=17, thickness=3, yOffset=rows.shift, color=BLACK)
    least = mark.encode(x=alt.X("least:Q", title=None, axis=None, scale=scale))
    text = base.mark_text(align="left", dx=6, dy=rows.shift, color=BLACK).encode(x=length, text="text:N")
    layers = [bars, least, text, *rows.names_above(base)]
    drawing = alt.LayerChart(layer=layers).properties(width=rows.bars, height=rows.height)
    note = worded(
        message("Share of a bound that no policy can pass: what was possible with all known beforehand."), language
    )
    return finished(drawing, title, [note], f"{title}. {note}", width)


def write_picture(folder: Path, table: pd.DataFrame, language: str) -> None:
    """Write ``policies.png`` and ``policies.svg``."""
    Figure.drawn(NAME, worded(TITLE, language), lambda width: draw(table, language, width), language).write(folder)
