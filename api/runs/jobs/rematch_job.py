"""A published plan repaired: who declined or dropped out is replaced, what is under way is held."""

from __future__ import annotations

from api.runs.job import Job, Results, files_in
from api.runs.jobs.match_job import placed_rows
from engine.planning.rematch import rematch
from engine.run import Options

KIND = "rematch"


def compute(job: Job) -> Results:
    """Repair the plan; changes.csv and reserves.csv stand beside it."""
    options = Options(gap=job.options["gap"], time_limit=job.time_limit, seed=job.options["seed"])
    out = job.folder / "result"
    found = rematch(
        job.programme, job.folder / "plan", job.folder / "events.csv", out, job.options["charge"], options, job.listen
    )
    certificate = dict(found.matched.files.certificate)
    manifest = {
        "programme_sha256": certificate["programme_sha256"],
        "software": certificate["software"],
        "seed": certificate["seed"],
        "certificate": certificate,
        "events": found.events,
        "lost": found.lost,
        "altered": found.altered,
        "added": found.added,
    }
    return Results(files_in(out), manifest, placed_rows(found.matched.files.placements))
