"""A nation of few trades: about one pair in twenty is admitted, so that pairs grow with the square of the workers."""

from __future__ import annotations

from pathlib import Path

from benchmarks.draft_edits import with_tighter_caps
from benchmarks.registry import JOINT_RIVALS
from scenarios.presets import nation

NAME = "dense"
SUMMARY = "a nation of few trades, in which a fixed share of all pairs is admitted"
DIAL = "what every quota is divided by"
SMOKE = 300
SIZES = (1_000, 3_000, 10_000)
SEVERITIES = (1.0,)
GAP = 0.005
RIVALS = JOINT_RIVALS


def build(workers: int, folder: Path, severity: float = 1.0) -> None:
    """Write the programme of this size."""
    with_tighter_caps(nation.build(workers, 1, "dense"), severity).write(folder, "parquet")
