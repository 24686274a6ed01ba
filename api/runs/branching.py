"""What what-ifs and sweeps share: a base, its branches side by side, finished ones kept for another attempt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.answers.problems import content_fault
from api.runs.job import Job
from engine.discovery import discover
from engine.planning.branches import Base, Outcome, make_base
from engine.planning.pool import process_pool, run_branches
from engine.programme import read_programme
from engine.programme.edits import Edits
from engine.solve.result import Progress
from engine.words import Message, message

NAME_MARKS = set("abcdefghijklmnopqrstuvwxyz0123456789-_")


# The base of the run that this process computed last: where a run gave way it goes on from the same.
_bases: dict[str, Base] = {}


def branched(job: Job, branches: Sequence[Edits]) -> tuple[Base, list[Outcome], dict[str, Any]]:
    """The base, the outcome of each branch, and what the manifest says of where they come from.

    Finished branches are kept for another attempt. Each branch has the run's whole time limit.
    """
    base = base_of(job)
    outcomes = matched(job, base, branches)
    forget_base()
    return base, outcomes, job.provenance(base.programme)


def matched(job: Job, base: Base, branches: Sequence[Edits]) -> list[Outcome]:
    """The outcome of each branch; finished ones are kept for another attempt."""
    points = job.done / "points"
    points.mkdir(parents=True, exist_ok=True)
    kept = {path.name for path in points.glob("*.json")}

    def tell(outcome: Outcome) -> None:
        fresh = [path for path in points.glob("*.json") if path.name not in kept]
        job.keep({f"points/{path.name}": path.read_bytes() for path in fresh})
        kept.update(path.name for path in fresh)
        objective = outcome.bound * (1 - outcome.gap)
        job.listen(Progress(outcome.seconds, f"branch {outcome.id}", outcome.bound, objective))

    return run_branches(base, branches, process_pool, points, tell, job.heed)


def forget_base() -> None:
    """Let go of the base of the run that has ended."""
    _bases.clear()


def base_of(job: Job) -> Base:
    """The base, from the last checkpoint where there is one, which is another process's."""
    known = _bases.get(job.run_id)
    _bases.clear()
    if known is None:
        programme = read_programme(job.programme)
        begun = job.done / "checkpoint" if (job.done / "checkpoint" / "prices.csv").is_file() else None
        gap, seed = job.options["gap"], job.options["seed"]
        known = make_base(programme, gap, job.time_limit, seed, job.listen, job.origin, begun)
    _bases[job.run_id] = known
    return known


def title_of(asked: str, title: str) -> str:
    """The title of edits: a sentence of the catalogue where what was asked for is a name of the library."""
    return Message(title, {}) if set(asked) <= NAME_MARKS else title


def text_of(column: str, asked: str) -> str:
    """TOML as it is, or that of the library's what-if or sweep of this name. Raises `InputError` for an unknown one."""
    if not asked or not set(asked) <= NAME_MARKS:
        return asked
    found = discover("what_if").get(asked.replace("_", "-"))
    if found is None:
        raise content_fault(
            column,
            asked,
            message("is no name of the library"),
            message("one of {names}", names=tuple(discover("what_if"))),
        )
    return str(found.read_text("utf-8"))
