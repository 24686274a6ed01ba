"""The table of `benchmarks/README.md`, made from the newest results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- results: written by python -m benchmarks --table -->", "<!-- end of results -->"
HEADINGS = {
    "method": "method",
    "status": "status",
    "wall_s": "wall s",
    "solve_s": "clock s",
    "peak_mb": "peak MB",
    "objective": "objective",
    "gap_own": "own gap",
    "gap_best": "gap to best bound",
    "to_1pct": "to 1 %",
    "to_0.1pct": "to 0.1 %",
    "to_0.01pct": "to 0.01 %",
}


def write_table(results: Path, readme: Path = README) -> None:
    """Put the table of ``results`` between the two markers. Raises ValueError where the markers are missing."""
    text = readme.read_text("utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{readme.name} lacks the markers of the table")
    table = table_of(pd.read_csv(results), results.name)
    readme.write_text(f"{before}{BEGIN}\n\n{table}\n{END}{after}", "utf-8")


def table_of(results: pd.DataFrame, name: str) -> str:
    """One table a spec and severity, at the most workers that were measured, as Markdown."""
    pieces = [f"From `results/{name}`: {'; '.join(_machines(results))}.\n"]
    for (spec, severity), part in results.groupby(["spec", "severity"], sort=False):
        largest = part[part["workers"] == part["workers"].max()]
        first = largest.iloc[0]
        pairs = "" if pd.isna(first["pairs"]) else f", {first['pairs']:,.0f} admitted pairs"
        dial = "" if severity == 1 else f", severity {severity:g}"
        pieces.append(f"**{spec}{dial}**: {first['workers']:,} workers{pairs}, limit {first['limit']:g} s\n")
        pieces += ["| " + " | ".join(HEADINGS.values()) + " |", "|---" * len(HEADINGS) + "|"]
        pieces += [
            "| " + " | ".join(_cell(name, row[name]) for name in HEADINGS) + " |" for _, row in largest.iterrows()
        ]
        pieces.append("")
    return "\n".join(pieces)


def _machines(results: pd.DataFrame) -> list[str]:
    lines = results["date"] + ", version " + results["version"] + ", " + results["machine"] + ", "
    lines += results["threads"].astype(str) + " thread a method"
    return list(dict.fromkeys(lines))


def _cell(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value.replace("|", "/")
    if pd.isna(value):
        return "-"
    if name.startswith("gap"):
        return f"{100 * value:.4f} %"
    if name == "peak_mb":
        return f"{value:,.0f}"
    return f"{value:,.1f}" if name == "objective" else f"{value:,.2f}"
