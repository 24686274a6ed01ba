"""The programme of `northern_triangle` with one placement a worker: what chains cost is the difference."""

from __future__ import annotations

from pathlib import Path

from benchmarks.draft_edits import with_chains, with_tighter_caps
from benchmarks.registry import JOINT_RIVALS
from scenarios.presets import northern_triangle

NAME = "single"
SUMMARY = "the northern-triangle programme with one placement a worker"
DIAL = "what every quota is divided by"
SMOKE = 300
SIZES = (1_000, 3_000, 10_000)
SEVERITIES = (1.0,)
GAP = 0.001
RIVALS = JOINT_RIVALS


def build(workers: int, folder: Path, severity: float = 1.0) -> None:
    """Write the programme of this size."""
    draft = with_tighter_caps(northern_triangle.build(workers, 1), severity)
    with_chains(draft, 1).write(folder, "parquet")
