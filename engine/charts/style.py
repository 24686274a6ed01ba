"""What all charts look like: colours, type sizes, titles, rows of bars, and how a chart without data looks."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, TypeVar

import altair as alt
import pandas as pd

from engine.charts.plan_view import NARROW_UP_TO, WIDE

Drawing: TypeAlias = alt.Chart | alt.LayerChart | alt.HConcatChart | alt.VConcatChart
AnyDrawing = TypeVar("AnyDrawing", alt.Chart, alt.LayerChart, alt.HConcatChart, alt.VConcatChart)

# Okabe and Ito's palette, told apart with every common kind of colour blindness; grey is for what stands aside.
BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, YELLOW, GREY, BLACK = "#CC79A7", "#56B4E9", "#F0E442", "#9A9A9A", "#222222"
CATEGORIES = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION, YELLOW)
PALE = "#E4E7EB"
# What a letter takes, in pixels, of the title, of the notes and of the names beside and above bars.
TITLE_LETTER, NOTE_LETTER, NAME_LETTER = 8.9, 5.9, 5.6
LINE = 14


def finished(drawing: AnyDrawing, title: str, notes: Sequence[str], description: str, width: int = WIDE) -> AnyDrawing:
    """Give a drawing its title, the notes below it, the description that screen readers read, and its type sizes.

    Title and notes are broken into lines of at most ``width`` pixels.
    """
    lines = [line for note in notes for line in wrapped(note, width, NOTE_LETTER)]
    heading = alt.TitleParams(
        wrapped(title, width, TITLE_LETTER), subtitle=lines, anchor="start", frame="bounds", offset=14
    )
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


def wrapped(text: str, width: float, letter: float) -> list[str]:
    """A text in lines of at most ``width`` pixels, where a letter takes ``letter`` of them."""
    return textwrap.wrap(text, max(12, int(width / letter)), break_on_hyphens=False) or [""]


@dataclass(frozen=True)
class BarRows:
    """Rows of bars with names: beside the bars where there is room, above them on a telephone, whole in either case.

    ``labels`` are the names of all bars that share a scale, ``shown`` those of one panel; the table's column is
    ``label``. ``width`` is what all of it may take and ``numbers`` what stands at the end of the bars takes, in pixels.
    """

    labels: Sequence[str]
    width: int
    numbers: int = 70
    shown: Sequence[str] | None = None

    def panel(self, labels: Sequence[str]) -> BarRows:
        """The rows of one panel of several."""
        return replace(self, shown=list(labels))

    @property
    def _shown(self) -> Sequence[str]:
        return self.labels if self.shown is None else self.shown

    @property
    def narrow(self) -> bool:
        """Whether the names stand above the bars."""
        return self.width < NARROW_UP_TO

    @property
    def names(self) -> int:
        """Pixels for the names beside the bars."""
        longest = max((len(line) for label in self.labels for line in label.split("\n")), default=0)
        return 0 if self.narrow else min(int(self.width * 0.46), int(longest * NAME_LETTER) + 12)

    @property
    def bars(self) -> int:
        """Pixels for the longest bar."""
        return self.width - self.names - self.numbers - 14

    def broken(self, label: str) -> str:
        """A name with line breaks where it is longer than its space."""
        space = self.width - 14 if self.narrow else self.names
        return "\n".join(line for part in label.split("\n") for line in wrapped(part, space, NAME_LETTER))

    def named(self, table: pd.DataFrame) -> pd.DataFrame:
        """The table with the names broken into lines, and as ``name`` with the last line next to the bar."""
        broken = [self.broken(str(label)) for label in table["label"]]
        return table.assign(label=broken, name=["\n" * (self.lines - 1 - one.count("\n")) + one for one in broken])

    @property
    def lines(self) -> int:
        """Lines that the longest name takes."""
        return max((self.broken(label).count("\n") + 1 for label in self._shown), default=1)

    @property
    def step(self) -> int:
        """Pixels from one row to the next."""
        return 28 + LINE * self.lines if self.narrow else max(24, 10 + LINE * self.lines)

    @property
    def height(self) -> int:
        """Pixels of the rows that are shown."""
        return self.step * len(self._shown)

    @property
    def shift(self) -> float:
        """How far below the middle of its row a bar stands."""
        return (LINE * self.lines - 2) / 2 if self.narrow else 0.0

    def axis(self) -> alt.Y:
        """The rows in the order given; names beside the bars are its labels."""
        order = [self.broken(label) for label in self._shown]
        scale = alt.Scale(padding=0)
        if self.narrow:
            return alt.Y("label:N", sort=order, title=None, axis=None, scale=scale)
        lines = "split(datum.value, '\\n')"
        axis = alt.Axis(labelLimit=self.names, labelExpr=lines, labelLineHeight=LINE, ticks=False, domain=False)
        return alt.Y("label:N", sort=order, title=None, axis=axis, scale=scale)

    def length(self, column: str, title: str, scale: alt.Scale, form: str = ",.3~f") -> alt.X:
        """The axis of the bars' lengths; on a telephone without lines, which would run through the names."""
        axis = alt.Axis(format=form, tickCount=4, grid=False) if self.narrow else alt.Axis(format=form, tickCount=8)
        return alt.X(f"{column}:Q", title=wrapped(title, self.bars, 6.4), axis=axis, scale=scale)

    def heading(self, text: str) -> alt.TitleParams:
        """A heading of a panel, which begins where the names do."""
        lines = wrapped(text, self.width, 7)
        return alt.TitleParams(lines, fontSize=13, anchor="start", frame="group", dx=-self.names, offset=6)

    def names_above(self, base: alt.Chart) -> list[alt.Chart]:
        """The names as a layer, where they stand above the bars."""
        if not self.narrow:
            return []
        top = LINE / 2 + 6 - self.step / 2
        lines: dict[str, Any] = {"lineBreak": "\n", "lineHeight": LINE, "baseline": "middle", "dy": top}
        mark = base.mark_text(align="left", color=BLACK, fontSize=11, **lines)
        return [mark.encode(x=alt.value(0), text="name:N")]


def empty_chart(title: str, note: str, width: int = WIDE) -> alt.Chart:
    """An honest chart of nothing: the title and one sentence that says why there is nothing to see."""
    lines = wrapped(note, width - 20, 7.5)
    mark = alt.Chart(pd.DataFrame({"note": ["\n".join(lines)]})).mark_text(
        fontSize=14, color=BLACK, align="left", lineBreak="\n", baseline="top"
    )
    text: alt.Chart = mark.encode(text="note:N", x=alt.value(0), y=alt.value(10))
    size: dict[str, Any] = {"width": width - 10, "height": 20 + 18 * len(lines)}
    return finished(text.properties(**size), title, [], f"{title}. {note}", width)
