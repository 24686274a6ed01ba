"""A nation's season: corridor quotas, sector sub-quotas, regional caps and beds, one placement a worker."""

from __future__ import annotations

from pathlib import Path

from benchmarks.draft_edits import with_tighter_caps
from benchmarks.registry import JOINT_RIVALS
from scenarios.presets import nation

NAME = "nation"
SUMMARY = "corridor quotas, sector sub-quotas, regional caps and beds"
DIAL = "what every quota is divided by"
SMOKE = 300
SIZES = (1_000, 3_000, 10_000)
SEVERITIES = (1.0, 2.0)
GAP = 0.001
RIVALS = JOINT_RIVALS


def build(workers: int, folder: Path, severity: float = 1.0) -> None:
    """Write the programme of this size."""
    with_tighter_caps(nation.build(workers, 1), severity).write(folder, "parquet")
