"""A chart of what-ifs as files: PNG, SVG, and a page that opens from disk without any network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.charts.report import picture
from engine.charts.style import Drawing


def write_chart(drawing: Drawing, folder: Path, name: str) -> None:
    """Write ``NAME.png``, ``NAME.svg`` and ``NAME.html`` to a folder that is there."""
    specification: dict[str, Any] = drawing.to_dict()
    png, svg = picture(specification, "en")
    (folder / f"{name}.png").write_bytes(png)
    (folder / f"{name}.svg").write_text(svg, "utf-8")
    drawing.save(folder / f"{name}.html", inline=True)
