"""A nation of few trades: about one pair in twenty is admitted, so that pairs grow with the square of the workers."""

from __future__ import annotations

from pathlib import Path

from benchmarks.draft_edits import with_tighter_caps
from benchmarks.registry import Spec
from scenarios.presets import nation


def build(workers: int, folder: Path, severity: float = 1.0) -> None:
    """Write the programme of this size."""
    with_tighter_caps(nation.build(workers, 1, "dense"), severity).write(folder, "parquet")


SPEC = Spec(
    name="dense",
    summary="a nation of few trades, in which a fixed share of all pairs is admitted",
    build=build,
    sizes=(10_000, 100_000),
)
