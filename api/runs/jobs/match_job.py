"""A season matched: a plan with its reasons, prices and certificate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from api.runs.job import Job, Results, files_in
from api.storage.tables import BEGUN_FROM
from engine.plan.plan_files import PlanFiles
from engine.programme import read_programme
from engine.run import Options, match_read

KIND = "match"


def compute(job: Job) -> Results:
    """Match the programme, from the last checkpoint where there is one."""
    programme = read_programme(job.programme)
    resumable = job.options["mechanism"] == "optimal" and not programme.settings.tiers
    warm = job.done / "checkpoint" if resumable and (job.done / "checkpoint" / "prices.csv").is_file() else None
    seconds = job.time_limit if warm is None else job.seconds_left
    options = Options(job.options["mechanism"], job.options["gap"], seconds, job.options["seed"], warm)
    matched = match_read(programme, options, job.listen)
    manifest = {"programme_sha256": programme.sha256, "resumed": warm is not None}
    return plan_results(matched.files, job.folder / "result", manifest, warm)


def plan_results(files: PlanFiles, folder: Path, manifest: dict[str, Any], warm: Path | None) -> Results:
    """A plan as results; what it began from is kept beside it, so that it can be replayed."""
    files.write(folder)
    found = files_in(folder)
    if warm is not None:
        found |= {f"{BEGUN_FROM}{name}": content for name, content in files_in(warm).items()}
    certificate = dict(files.certificate)
    told = manifest | {"certificate": certificate, "software": certificate["software"], "seed": certificate["seed"]}
    return Results(found, told, placed_rows(files.placements))


def placed_rows(placements: pa.Table) -> list[dict[str, Any]]:
    """The rows of placements.csv."""
    return list(placements.to_pylist())
