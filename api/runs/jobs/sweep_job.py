"""A sweep over one or two parameters, as a table and a chart; finished points are kept for another attempt."""

from __future__ import annotations

import tempfile
from pathlib import Path

from api.runs.job import Job, Results, files_in
from engine.kernel import software_version
from engine.planning.branches import Outcome, make_base
from engine.planning.pool import process_pool, run_branches
from engine.planning.sweep import Sweep, read_sweep
from engine.planning.sweep_files import folder_of_points, write_sweep
from engine.programme import read_programme
from engine.solve.result import Progress

KIND = "sweep"


def compute(job: Job) -> Results:
    """Match the base, then each point from it."""
    asked = sweep_of(job.options["sweep"])
    programme = read_programme(job.programme)
    base = make_base(programme, job.options["gap"], job.seconds_left, job.options["seed"])
    points = folder_of_points(job.done)

    def tell(outcome: Outcome) -> None:
        job.keep({f"points/{path.name}": path.read_bytes() for path in points.glob("*.json")})
        job.listen(Progress(outcome.seconds, f"point {outcome.id}", outcome.bound, outcome.bound * (1 - outcome.gap)))

    outcomes = run_branches(base, [edits for _, edits in asked.points()], process_pool, points, tell)
    folder = job.folder / "result"
    folder.mkdir()
    write_sweep(folder, asked, base.outcome, outcomes, job.options["measure"])
    manifest = {
        "programme_sha256": programme.sha256,
        "software": f"vaiven {software_version()}",
        "seed": job.options["seed"],
        "failed": {outcome.id: outcome.failure for outcome in outcomes if outcome.failure},
    }
    return Results(files_in(folder), manifest)


def sweep_of(text: str) -> Sweep:
    """A sweep as TOML text. Raises `InputError` with every fault of it."""
    with tempfile.TemporaryDirectory(prefix="vaiven-") as place:
        path = Path(place, "sweep.toml")
        path.write_text(text, "utf-8")
        return read_sweep(path)
