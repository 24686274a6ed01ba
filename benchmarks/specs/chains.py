"""The programme of `nation` with several placements a worker: what chains cost is the difference."""

from __future__ import annotations

from pathlib import Path

from benchmarks.draft_edits import with_chains
from benchmarks.registry import Spec
from scenarios.presets import nation

PLACEMENTS = 3


def build(workers: int, folder: Path, severity: float = 1.0) -> None:
    """Write the programme of this size."""
    with_chains(nation.build(workers, 1), max(1, round(PLACEMENTS * severity))).write(folder, "parquet")


SPEC = Spec(
    name="chains",
    summary="the nation programme with chains of placements",
    build=build,
    sizes=(10_000, 100_000),
    dial="the most placements a worker may have, a third of it: 1 allows three",
)
