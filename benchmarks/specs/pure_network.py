"""A nation in which headcounts alone join the workers: a pure network, which min-cost flow solves exactly."""

from __future__ import annotations

from pathlib import Path

from benchmarks.draft_edits import with_headcounts_alone
from benchmarks.registry import JOINT_RIVALS
from scenarios.presets import nation

NAME = "pure-network"
SUMMARY = "a nation with headcounts and no other limit"
DIAL = "what every headcount is divided by"
SMOKE = 300
SIZES = (1_000, 3_000, 10_000)
SEVERITIES = (1.0,)
GAP = 0.001
RIVALS = (*JOINT_RIVALS, "min-cost-flow")


def build(workers: int, folder: Path, severity: float = 1.0) -> None:
    """Write the programme of this size."""
    with_headcounts_alone(nation.build(workers, 1), severity).write(folder, "parquet")
