"""A nation's season: corridor quotas, sector sub-quotas, regional caps and beds, one placement a worker."""

from __future__ import annotations

from pathlib import Path

from benchmarks.draft_edits import with_tighter_caps
from benchmarks.registry import Spec
from scenarios.presets import nation


def build(workers: int, folder: Path, severity: float = 1.0) -> None:
    """Write the programme of this size."""
    with_tighter_caps(nation.build(workers, 1), severity).write(folder, "parquet")


SPEC = Spec(
    name="nation",
    summary="corridor quotas, sector sub-quotas, regional caps and beds",
    build=build,
    sizes=(10_000, 20_000, 100_000, 1_000_000),
    severities=(1.0, 2.0),
    gap=0.0002,
)
