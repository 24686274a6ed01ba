"""Chains of up to three placements, crews, travel groups and shares in eighteen corridors."""

from __future__ import annotations

from pathlib import Path

from engine.programme import write_programme
from scenarios.presets import northern_triangle

NAME = "northern-triangle"
SIZES = (10_000,)
SMOKE = 300
GAP = 0.001


def build(workers: int, folder: Path) -> None:
    """Write the programme of this size."""
    draft = northern_triangle.build(workers, 1)
    write_programme(folder, draft.settings, draft.agreements, draft.tables, "parquet")
