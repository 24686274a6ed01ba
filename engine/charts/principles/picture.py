"""The price of each principle: one panel a measure, one bar a mechanism, the best of each measure in blue."""

from __future__ import annotations

from pathlib import Path

import altair as alt
import pandas as pd

from engine.charts.plan_view import NARROW_UP_TO, WIDE
from engine.charts.report import Figure
from engine.charts.style import BLACK, BLUE, SKY, BarRows, Drawing, finished
from engine.solve.mechanisms import mechanism_in_words
from engine.words import Message, message
from engine.words.wording import worded

NAME = "principles"
TITLE = message("What each principle gives, and what it costs")
SPACING = 24
LETTER = 6.6
# Column, its words, whether it is a share, and whether more is better.
MEASURES = (
    ("share_of_bound", message("Value, of the most that any plan could have"), True, True),
    ("workers", message("People placed"), False, True),
    ("net_income", message("Net income after costs"), False, True),
    ("first_choices", message("Placements on a first choice"), False, True),
    ("least_region_share", message("Placed of those registered, in the region with least"), True, True),
    ("households_placed", message("Households with somebody at work"), True, True),
    ("envy_pairs", message("Pairs of justified envy"), False, False),
    ("worse_off", message("People worse off than by last year's rule"), False, False),
)


def tables(table: pd.DataFrame, language: str) -> pd.DataFrame:
    """What the chart shows as a table: a row a mechanism, a column a measure."""
    headings = {name: worded(words, language) for name, words, _, _ in MEASURES}
    return table[["mechanism", *headings]].rename(columns=headings)


def draw(table: pd.DataFrame, against: str, currency: str, language: str, width: int = WIDE) -> Drawing:
    """Panels of bars, two beside each other on a desk. ``table`` has a row a mechanism."""
    title = worded(TITLE, language)
    narrow = width < NARROW_UP_TO
    each = width if narrow else (width - SPACING) // 2
    panels = [_panel(table, one, language, each) for one in MEASURES if table[one[0]].notna().all()]
    columns = 1 if narrow else 2
    lines = [alt.hconcat(*panels[i : i + columns], spacing=SPACING) for i in range(0, len(panels), columns)]
    drawing: alt.VConcatChart = alt.vconcat(*lines, spacing=16)
    notes = [
        worded(
            message(
                "Last year's rule: {rule}. Income in {currency}. In blue the best of each measure.",
                rule=mechanism_in_words(against),
                currency=currency,
            ),
            language,
        )
    ]
    return finished(drawing, title, notes, f"{title}. {notes[0]}", width)


def _panel(table: pd.DataFrame, measure: tuple[str, str, bool, bool], language: str, width: int) -> alt.LayerChart:
    name, words, is_share, more = measure
    values = table[name].astype(float)
    texts = [worded(_number(float(value), is_share), language) for value in values]
    best = values.max() if more else values.min()
    labels = [worded(mechanism_in_words(one), language) for one in table["mechanism"]]
    shown = pd.DataFrame({"label": labels, "value": values, "text": texts, "best": values == best})
    rows = BarRows(list(shown["label"]), width, int(LETTER * max(map(len, texts))) + 8)
    base = alt.Chart(rows.named(shown)).encode(y=rows.axis(), tooltip=["label:N", "text:N"])
    scale = alt.Scale(domain=[0, max(float(values.max()), 1e-9)], nice=False)
    length = alt.X("value:Q", title=None, axis=None, scale=scale)
    colour = alt.when(alt.datum.best).then(alt.value(BLUE)).otherwise(alt.value(SKY))
    bars = base.mark_bar(size=13, yOffset=rows.shift).encode(x=length, color=colour)
    text = base.mark_text(align="left", dx=4, dy=rows.shift, color=BLACK).encode(x=length, text="text:N")
    heading = rows.heading(worded(words, language))
    layers = [bars, text, *rows.names_above(base)]
    return alt.LayerChart(layer=layers).properties(width=rows.bars, height=rows.height, title=heading)


def _number(value: float, is_share: bool) -> Message:
    return message("{value:.1%}", value=value) if is_share else message("{value:,.0f}", value=value)


def write_picture(folder: Path, table: pd.DataFrame, against: str, currency: str, language: str) -> None:
    """Write ``principles.png`` and ``principles.svg``."""
    figure = Figure.drawn(
        NAME, worded(TITLE, language), lambda width: draw(table, against, currency, language, width), language
    )
    figure.write(folder)
