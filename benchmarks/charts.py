"""The two charts of a spec: the gap against time, and time and memory against the number of workers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd

from benchmarks.growth import exponents
from benchmarks.registry import rivals
from benchmarks.results import trace_path
from benchmarks.whole_command import NAME as WHOLE_COMMAND
from engine.charts.style import BLACK, CATEGORIES, GREY, Drawing, finished

COLOURS = (*CATEGORIES, BLACK, GREY, "#882255")
WIDTH, HEIGHT, PANEL = 720, 340, 330
LEAST_GAP, LEAST_SECONDS = 1e-6, 1e-3
PIXELS_PER_POINT = 1


def draw_charts(results: Path, most: int | None = None) -> list[Path]:
    """Draw both charts of every spec and severity, or the first ``most``, beside the results; the paths of the PNGs."""
    rows, trace = pd.read_csv(results), pd.read_csv(trace_path(results))
    drawn = []
    for (spec, severity), part in list(rows.groupby(["spec", "severity"], sort=False))[:most]:
        mine = trace[(trace["spec"] == spec) & (trace["severity"] == severity)]
        name = f"{results.stem}-{spec}" + ("" if severity == 1 else f"-{severity:g}")
        title = f"{spec}" + ("" if severity == 1 else f" at severity {severity:g}")
        drawn.append(_write(gap_chart(mine, title), results.with_name(f"{name}-gap.png")))
        drawn.append(_write(growth_chart(part, title), results.with_name(f"{name}-growth.png")))
    return drawn


def gap_chart(trace: pd.DataFrame, title: str) -> Drawing:
    """The gap of each method's best plan to the best bound known, against its own clock; one line a method."""
    most = int(trace["workers"].max()) if len(trace) else 0
    shown = trace[(trace["workers"] == most) & trace["gap_best"].notna()].assign(
        gap=lambda rows: rows["gap_best"].clip(lower=LEAST_GAP),
        clock=lambda rows: rows["seconds"].clip(lower=LEAST_SECONDS),
    )
    chart: alt.Chart = (
        alt.Chart(shown[["method", "gap", "clock"]])
        .mark_line(interpolate="step-after", point=True)
        .encode(
            x=alt.X("clock:Q", scale=alt.Scale(type="log"), title="Seconds of the method's own clock"),
            y=alt.Y("gap:Q", scale=alt.Scale(type="log"), title="Gap to the best bound", axis=alt.Axis(format="%")),
            color=_colour(trace),
        )
        .properties(width=WIDTH, height=HEIGHT)
    )
    note = f"{most:,} workers. Gaps below {LEAST_GAP:.4%} are drawn there. Every plan was scored by the harness."
    return finished(chart, f"Gap against time: {title}", [note], f"Gap against time on {title}. {note}")


def growth_chart(results: pd.DataFrame, title: str) -> Drawing:
    """Time and memory against workers on logarithmic axes, with the fitted exponents below the title."""
    panels = [
        _growth_panel(results, "solve_s", "Seconds of the method's own clock"),
        _growth_panel(results, "peak_mb", "Peak memory of the largest process, MB"),
    ]
    notes = [
        f"Fitted exponent of {what}: {_exponents_text(results, amount)}."
        for what, amount in (("time", "solve_s"), ("memory", "peak_mb"))
    ]
    notes.append("Methods that were stopped at the limit are drawn, but not fitted.")
    drawing = alt.HConcatChart(hconcat=panels)
    return finished(drawing, f"Growth with the workers: {title}", notes, f"Growth on {title}. {' '.join(notes)}")


def _growth_panel(results: pd.DataFrame, amount: str, title: str) -> alt.Chart:
    shown = results[results[amount] > 0][["method", "workers", amount]]
    panel: alt.Chart = (
        alt.Chart(shown)
        .mark_line(point=True)
        .encode(
            x=alt.X("workers:Q", scale=alt.Scale(type="log", nice=False), title="Workers", axis=alt.Axis(format="~s")),
            y=alt.Y(f"{amount}:Q", scale=alt.Scale(type="log"), title=title),
            color=_colour(results),
        )
        .properties(width=PANEL, height=HEIGHT)
    )
    return panel


def _exponents_text(results: pd.DataFrame, amount: str) -> str:
    found = exponents(results, amount)
    return ", ".join(f"{method} {exponent:.2f}" for method, exponent in found.items()) or "needs two sizes"


def _colour(rows: pd.DataFrame) -> alt.Color:
    """A colour for each method that is there, the same in every chart."""
    there = list(dict.fromkeys(rows["method"]))
    known = [WHOLE_COMMAND, *rivals()]
    every = [*known, *(method for method in there if method not in known)]
    scale = alt.Scale(domain=there, range=[COLOURS[every.index(method) % len(COLOURS)] for method in there])
    return alt.Color("method:N", scale=scale, legend=alt.Legend(title="Method"))


def _write(drawing: Drawing, path: Path) -> Path:
    """Write PNG and SVG; the chart brings its own data, no address is asked."""
    import vl_convert

    version = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])
    offline: dict[str, Any] = {"vl_version": version, "allowed_base_urls": []}
    svg = vl_convert.vegalite_to_svg(drawing.to_dict(), **offline)
    path.with_suffix(".svg").write_text(svg, "utf-8")
    path.write_bytes(vl_convert.svg_to_png(svg, scale=PIXELS_PER_POINT))
    return path
