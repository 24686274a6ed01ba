"""What all charts look like: colours, type sizes, titles, and how a chart without data looks."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import TypeAlias, TypeVar

import altair as alt
import pandas as pd

Drawing: TypeAlias = alt.Chart | alt.LayerChart | alt.HConcatChart | alt.VConcatChart
AnyDrawing = TypeVar("AnyDrawing", alt.Chart, alt.LayerChart, alt.HConcatChart, alt.VConcatChart)

# Okabe and Ito's palette, told apart with every common kind of colour blindness; grey is for what is grouped as other.
BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, YELLOW, GREY, BLACK = "#CC79A7", "#56B4E9", "#F0E442", "#9A9A9A", "#222222"
CATEGORIES = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION, YELLOW)
PALE = "#E4E7EB"
TITLE_WIDTH = 130
NOTE_WIDTH = 620


def finished(drawing: AnyDrawing, title: str, notes: Sequence[str], description: str) -> AnyDrawing:
    """Give a drawing its title, the notes below it, the description that screen readers read, and its type sizes."""
    lines = [line for note in notes for line in textwrap.wrap(note, TITLE_WIDTH, break_on_hyphens=False)]
    heading = alt.TitleParams(title, subtitle=lines, anchor="start", frame="bounds", offset=14)
    named: AnyDrawing = drawing.properties(title=heading, description=description, background="white")
    styled: AnyDrawing = (
        named.configure_title(fontSize=17, subtitleFontSize=12, subtitleColor="#444", subtitlePadding=6, color=BLACK)
        .configure_axis(
            labelFontSize=11,
            labelFlush=False,
            titleFontSize=12,
            labelColor=BLACK,
            gridColor=PALE,
            titleFontWeight="normal",
        )
        .configure_legend(labelFontSize=12, titleFontSize=12, labelLimit=260, titleFontWeight="normal", titleLimit=260)
        .configure_view(stroke=None)
    )
    return styled


def name_axis(labels: Iterable[str]) -> alt.Y:
    """The axis of a bar chart whose bars have long names, in the order given; the column is ``label``."""
    return alt.Y("label:N", sort=list(labels), title=None, axis=alt.Axis(labelLimit=330, ticks=False, domain=False))


def empty_chart(title: str, note: str) -> alt.Chart:
    """An honest chart of nothing: the title and one sentence that says why there is nothing to see."""
    mark = alt.Chart(pd.DataFrame({"note": [note]})).mark_text(fontSize=14, color=BLACK)
    text: alt.Chart = mark.encode(text="note:N")
    return finished(text.properties(width=NOTE_WIDTH, height=70), title, [], f"{title}. {note}")
