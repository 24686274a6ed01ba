"""A sweep over one or two parameters, as a table and a chart; finished points are kept for another attempt."""

from __future__ import annotations

import tempfile
from pathlib import Path

from api.registers.safe_ids import require_safe_ids
from api.runs.branching import branched
from api.runs.job import Job, Results, files_in
from engine.planning.sweep import Sweep, read_sweep
from engine.planning.sweep_files import folder_of_points, write_sweep

KIND = "sweep"


def compute(job: Job) -> Results:
    """Match the base, then each point from it."""
    asked = sweep_of(job.options["sweep"])
    base, outcomes, manifest = branched(job, [edits for _, edits in asked.points()], folder_of_points(job.done))
    folder = job.folder / "result"
    folder.mkdir()
    write_sweep(folder, asked, base.outcome, outcomes, job.options["measure"])
    failed = {outcome.id: outcome.failure for outcome in outcomes if outcome.failure}
    return Results(files_in(folder), manifest | {"failed": failed})


def sweep_of(text: str) -> Sweep:
    """A sweep as TOML text. Raises `InputError` with every fault of it."""
    with tempfile.TemporaryDirectory(prefix="vaiven-") as place:
        path = Path(place, "sweep.toml")
        path.write_text(text, "utf-8")
        sweep = read_sweep(path)
    require_safe_ids([{"id": sweep.common.id}, *sweep.common.entries, *(axis.entry for axis in sweep.axes)], "sweep")
    return sweep
