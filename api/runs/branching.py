"""What what-ifs and sweeps share: a base, its branches side by side, finished ones kept for another attempt."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from api.runs.job import Job
from engine.kernel import software_version
from engine.planning.branches import Base, Outcome, make_base
from engine.planning.pool import process_pool, run_branches
from engine.programme import read_programme
from engine.programme.edits import Edits
from engine.solve.result import Progress


def branched(job: Job, branches: Sequence[Edits], points: Path) -> tuple[Base, list[Outcome], dict[str, Any]]:
    """The base, the outcome of each branch, and what the manifest says of where they come from.

    ``points`` is the folder of finished branches. Each branch has the run's whole time limit.
    """
    programme = read_programme(job.programme)
    base = make_base(programme, job.options["gap"], job.time_limit, job.options["seed"], job.listen)
    points.mkdir(parents=True, exist_ok=True)
    kept = {path.name for path in points.glob("*.json")}

    def tell(outcome: Outcome) -> None:
        fresh = [path for path in points.glob("*.json") if path.name not in kept]
        kept.update(path.name for path in fresh)
        job.keep({f"points/{path.name}": path.read_bytes() for path in fresh})
        objective = outcome.bound * (1 - outcome.gap)
        job.listen(Progress(outcome.seconds, f"branch {outcome.id}", outcome.bound, objective))

    outcomes = run_branches(base, branches, process_pool, points, tell, job.heed)
    manifest = {
        "programme_sha256": programme.sha256,
        "software": f"vaiven {software_version()}",
        "seed": job.options["seed"],
    }
    return base, outcomes, manifest
