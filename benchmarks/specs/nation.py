"""A nation's season: corridor quotas, sector sub-quotas, regional caps and beds, one placement a worker."""

from __future__ import annotations

from pathlib import Path

from engine.programme import write_programme
from scenarios.presets import nation

NAME = "nation"
SIZES = (10_000,)
SMOKE = 300
GAP = 0.001


def build(workers: int, folder: Path) -> None:
    """Write the programme of this size."""
    draft = nation.build(workers, 1)
    write_programme(folder, draft.settings, draft.agreements, draft.tables, "parquet")
