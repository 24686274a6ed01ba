"""What each what-if changes against the season as it is, measure by measure, in the measure's own unit."""

from __future__ import annotations

import altair as alt
import pandas as pd

from engine.charts.style import BLACK, BLUE, VERMILION, BarRows, Drawing, empty_chart, finished
from engine.charts.what_ifs.view import BranchesView, Measure
from engine.words import message

NAME, AXES = "comparison", 0
TITLE = message("What each what-if changes")
# Pixels of a letter of the numbers at the ends of bars, with their distance.
LETTER = 6.6


def changes(view: BranchesView) -> pd.DataFrame:
    """Columns ``label`` (the what-if), ``measure``, ``change`` and ``text``; a row for each measure that a branch
    changes.
    """
    rows = [
        (one.title or one.id, measure.name, view.difference(one, measure), view.change_in_words(one, measure))
        for measure in view.changing()
        for one in view.sound
        if view.changes(one, measure)
    ]
    return pd.DataFrame(rows, columns=["label", "measure", "change", "text"])


def draw(view: BranchesView) -> Drawing:
    """A panel for each measure that any branch changes, with bars to the right for more and to the left for less."""
    title, table = view.say(TITLE), changes(view)
    notes = [*_idle(view), *view.unchanged_in_words(), *view.failed_in_words(), view.proof_in_words()]
    if not view.sound:
        nothing = view.say(message("No branch has a plan to compare."))
        return empty_chart(title, " ".join([nothing, *view.failed_in_words()]), view.width)
    if table.empty:
        return empty_chart(title, " ".join([view.say(message("No branch changes anything.")), *notes]), view.width)
    labels = list(dict.fromkeys(table["label"]))
    if view.narrow:
        labels = [f"{label}\n{text}" for label, text in zip(table["label"], table["text"], strict=True)]
    rows = BarRows(labels, view.width, 0)
    panels = [_panel(view, rows, measure, table[table["measure"] == measure.name]) for measure in view.changing()]
    note = view.say(message("More than as it is in blue, less in vermilion."))
    drawing: alt.VConcatChart = alt.vconcat(*panels, spacing=20)
    return finished(drawing, title, [note, *notes], f"{title}. {' '.join(notes)}", view.width)


def _idle(view: BranchesView) -> list[str]:
    """A sentence on the branches that change nothing that is shown; none where all do."""
    idle = [one.title or one.id for one in view.sound if not any(view.changes(one, each) for each in view.drawn)]
    if not idle or len(idle) == len(view.sound):
        return []
    return [view.say(message("Without any effect: {names:each}.", names=tuple(idle)))]


def _panel(view: BranchesView, rows: BarRows, measure: Measure, shown: pd.DataFrame) -> alt.LayerChart:
    if view.narrow:
        shown = shown.assign(label=[f"{a}\n{b}" for a, b in zip(shown["label"], shown["text"], strict=True)])
    rows = rows.panel(list(shown["label"]))
    base = alt.Chart(rows.named(shown)).encode(
        y=rows.axis(),
        tooltip=[
            alt.Tooltip("label:N", title=view.say(message("What-if"))),
            alt.Tooltip("text:N", title=view.say(measure.heading)),
        ],
    )
    low, high = min(0.0, float(shown["change"].min())), max(0.0, float(shown["change"].max()))
    # Numbers stand beyond the ends of the bars: so many pixels on each side, as parts of the scale.
    beyond = [0.0 if view.narrow else max(map(len, side), default=0) * LETTER for side in _by_sign(shown)]
    pixel = (high - low) / max(40.0, rows.bars - sum(beyond))
    domain = [low - beyond[0] * pixel, high + beyond[1] * pixel]
    length = rows.length("change", view.say(measure.unit), alt.Scale(domain=domain, nice=False), "+,.3~s")
    colour = alt.when(alt.datum.change < 0).then(alt.value(VERMILION)).otherwise(alt.value(BLUE))
    bars = base.mark_bar(size=13, yOffset=rows.shift).encode(x=length, color=colour)
    layers = [bars, *rows.names_above(base)]
    if not view.narrow:
        left, right = base.transform_filter("datum.change < 0"), base.transform_filter("datum.change >= 0")
        layers.append(left.mark_text(align="right", dx=-4, color=BLACK).encode(x=length, text="text:N"))
        layers.append(right.mark_text(align="left", dx=4, color=BLACK).encode(x=length, text="text:N"))
    heading = rows.heading(view.base_in_words(measure))
    return alt.LayerChart(layer=layers).properties(width=rows.bars, height=rows.height, title=heading)


def _by_sign(shown: pd.DataFrame) -> tuple[list[str], list[str]]:
    """The texts of what is less, and of what is more."""
    less = shown["change"] < 0
    return list(shown["text"][less]), list(shown["text"][~less])
