"""The programme of `northern_triangle` with one placement a worker: what chains cost is the difference."""

from __future__ import annotations

from pathlib import Path

from benchmarks.draft_edits import with_chains, with_tighter_caps
from benchmarks.registry import Spec
from scenarios.presets import northern_triangle


def build(workers: int, folder: Path, severity: float = 1.0) -> None:
    """Write the programme of this size."""
    draft = with_tighter_caps(northern_triangle.build(workers, 1), severity)
    with_chains(draft, 1).write(folder, "parquet")


SPEC = Spec(
    name="single",
    summary="the northern-triangle programme with one placement a worker",
    build=build,
    sizes=(10_000,),
)
