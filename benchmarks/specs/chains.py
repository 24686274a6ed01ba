"""The programme of `nation` with several placements a worker: what chains cost is the difference."""

from __future__ import annotations

from pathlib import Path

from benchmarks.draft_edits import with_chains
from benchmarks.registry import JOINT_RIVALS
from scenarios.presets import nation

NAME = "chains"
SUMMARY = "the nation programme with chains of placements"
DIAL = "the most placements a worker may have, a third of it: 1 allows three"
SMOKE = 300
SIZES = (1_000, 3_000, 10_000)
SEVERITIES = (1.0,)
GAP = 0.001
RIVALS = JOINT_RIVALS
PLACEMENTS = 3


def build(workers: int, folder: Path, severity: float = 1.0) -> None:
    """Write the programme of this size."""
    with_chains(nation.build(workers, 1), max(1, round(PLACEMENTS * severity))).write(folder, "parquet")
