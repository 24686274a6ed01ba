"""Chains of up to three placements, crews, travel groups and shares in eighteen corridors."""

from __future__ import annotations

from pathlib import Path

from benchmarks.draft_edits import with_tighter_caps
from benchmarks.registry import Spec
from scenarios.presets import northern_triangle


def build(workers: int, folder: Path, severity: float = 1.0) -> None:
    """Write the programme of this size."""
    with_tighter_caps(northern_triangle.build(workers, 1), severity).write(folder, "parquet")


SPEC = Spec(
    name="northern-triangle",
    summary="five schemes with chains of up to three placements, crews, travel groups and a share of women",
    build=build,
    sizes=(10_000,),
)
