"""A nation in which headcounts alone join the workers: a pure network, which min-cost flow solves exactly."""

from __future__ import annotations

from pathlib import Path

from benchmarks.draft_edits import with_headcounts_alone
from benchmarks.registry import JOINT_RIVALS, Spec
from scenarios.presets import nation


def build(workers: int, folder: Path, severity: float = 1.0) -> None:
    """Write the programme of this size."""
    with_headcounts_alone(nation.build(workers, 1), severity).write(folder, "parquet")


SPEC = Spec(
    name="pure-network",
    summary="a nation with headcounts and no other limit",
    build=build,
    sizes=(100_000, 1_000_000),
    dial="what every headcount is divided by",
    rivals=(*JOINT_RIVALS, "min-cost-flow"),
)
