"""What what-ifs and sweeps share: a base, its branches side by side, finished ones kept for another attempt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from api.problems import content_fault
from api.runs.job import Job
from engine.discovery import discover
from engine.kernel import software_version
from engine.planning.branches import Base, Outcome, make_base
from engine.planning.pool import process_pool, run_branches
from engine.programme import read_programme
from engine.programme.edits import Edits
from engine.solve.result import Progress

NAME_MARKS = set("abcdefghijklmnopqrstuvwxyz0123456789-_")


def branched(job: Job, branches: Sequence[Edits], points: Path) -> tuple[Base, list[Outcome], dict[str, Any]]:
    """The base, the outcome of each branch, and what the manifest says of where they come from.

    ``points`` is the folder of finished branches. Each branch has the run's whole time limit.
    """

    def listen(progress: Progress) -> None:
        job.listen(replace(progress, checkpoint=None))  # the base is matched anew by each attempt; branches are kept

    programme = read_programme(job.programme)
    base = make_base(programme, job.options["gap"], job.time_limit, job.options["seed"], listen, job.origin)
    points.mkdir(parents=True, exist_ok=True)
    kept = {path.name for path in points.glob("*.json")}

    def tell(outcome: Outcome) -> None:
        fresh = [path for path in points.glob("*.json") if path.name not in kept]
        job.keep({f"points/{path.name}": path.read_bytes() for path in fresh})
        kept.update(path.name for path in fresh)
        objective = outcome.bound * (1 - outcome.gap)
        job.listen(Progress(outcome.seconds, f"branch {outcome.id}", outcome.bound, objective))

    outcomes = run_branches(base, branches, process_pool, points, tell, job.heed)
    manifest = {
        "programme_sha256": programme.sha256,
        "software": f"vaiven {software_version()}",
        "seed": job.options["seed"],
    }
    return base, outcomes, manifest


def text_of(column: str, asked: str) -> str:
    """TOML as it is, or that of the library's what-if or sweep of this name. Raises `InputError` for an unknown one."""
    if not asked or not set(asked) <= NAME_MARKS:
        return asked
    found = discover("what_if").get(asked.replace("_", "-"))
    if found is None:
        raise content_fault(column, asked, "is no name of the library", "one of " + ", ".join(discover("what_if")))
    return str(found.read_text("utf-8"))
