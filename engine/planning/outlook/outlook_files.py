"""An outlook as files: bands, years, what looking ahead gains, what was assumed, and the picture."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from engine.charts import DRAWING_PACKAGES
from engine.planning.assumptions import Assumptions
from engine.planning.outlook.many_futures import Futures


def write_outlook(folder: Path, found: Futures, assumptions: Assumptions, language: str = "en") -> bool:
    """Write ``years.csv``, ``bands.csv``, ``gain.csv`` and ``assumptions.csv``, and ``bands.png`` and ``.svg`` where
    the drawing libraries are installed; whether they are.
    """
    for name, table in (("years", found.years), ("bands", found.bands), ("gain", found.gain)):
        table.to_csv(folder / f"{name}.csv", index=False)
    assumptions.write(folder / "assumptions.csv")
    if any(find_spec(name) is None for name in DRAWING_PACKAGES):
        return False
    from engine.charts.seasons.bands import write_picture

    write_picture(folder, found.bands, language)
    return True
