"""Farm orders under beds by day that bind, one placement a worker: the season of the preset `us-h2a`."""

from __future__ import annotations

from pathlib import Path

from benchmarks.draft_edits import with_tighter_caps
from benchmarks.registry import Spec
from scenarios.presets import us_h2a


def build(workers: int, folder: Path, severity: float = 1.0) -> None:
    """Write the programme of this size."""
    with_tighter_caps(us_h2a.build(workers, 1), severity).write(folder, "parquet")


SPEC = Spec(
    name="us-h2a",
    summary="farm orders under beds by day, quotas of states that hardly bind",
    build=build,
    sizes=(20_000, 200_000),
    gap=0.0005,
)
