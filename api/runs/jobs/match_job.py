"""A season matched: a plan with its reasons, prices and certificate."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import pyarrow as pa
import sqlalchemy as sa
from pydantic import Field

from api.answers.problems import content_fault
from api.identity.access import Principal
from api.requests.shapes import example
from api.runs.job import Job, Results, files_in
from api.runs.kind import Kind
from api.runs.own_files import PLAN_FILES
from api.runs.plan_measures import plan_measures
from api.runs.reason_words import reason_words
from api.runs.schemas import RunIn
from api.storage.tables import BEGUN_FROM
from engine.plan.plan_files import PlanFiles
from engine.programme import read_programme
from engine.run import Options, match_read
from engine.solve.mechanisms import mechanisms
from engine.words import message, msgid

LONG_SECONDS = 900
Mechanism = Annotated[str, Field(pattern=r"^[a-z_-]{1,40}$")]


class MatchIn(RunIn):
    """A match."""

    model_config = example({"kind": "match", "gap": 0.001, "time_limit": 600, "seed": 0})
    kind: Literal["match"] = "match"
    mechanism: Mechanism = "optimal"


class Match(Kind):
    """A match: from the last checkpoint where there is one."""

    name, asked, has_plan = "match", MatchIn, True
    title, place = msgid("Plan of the season"), 10
    files = PLAN_FILES

    def check(self, connection: sa.Connection, principal: Principal, programme_id: str, asked: MatchIn) -> None:
        """Raise `InputError` for an unknown mechanism."""
        require_mechanism("mechanism", asked.mechanism)

    def is_long(self, asked: MatchIn) -> bool:
        """One that may go on for a quarter of an hour."""
        return asked.time_limit > LONG_SECONDS

    def compute(self, job: Job) -> Results:
        """Match the programme."""
        programme = read_programme(job.programme)
        resumable = job.options["mechanism"] == "optimal" and not programme.settings.tiers
        warm = job.done / "checkpoint" if resumable and (job.done / "checkpoint" / "prices.csv").is_file() else None
        seconds = job.time_limit if warm is None else job.seconds_left
        options = Options(
            job.options["mechanism"],
            job.options["gap"],
            seconds,
            job.options["seed"],
            warm,
            job.options.get("most_steps"),
        )
        matched = match_read(programme, options, job.listen)
        manifest: dict[str, Any] = {"programme_sha256": programme.sha256, "resumed": warm is not None}
        manifest["measures"] = plan_measures(matched, job.audience, job.origin)
        results = _plan_results(matched.files, job.folder / "result", manifest, warm)
        return replace(results, files={**results.files, **reason_words(matched.reasons)})


def require_mechanism(column: str, name: str) -> None:
    """Raise `InputError` for a name that is no mechanism's."""
    if name not in mechanisms():
        expected = message("one of {names}", names=tuple(mechanisms()))
        raise content_fault(column, name, message("is no mechanism"), expected)


def _plan_results(files: PlanFiles, folder: Path, manifest: dict[str, Any], warm: Path | None) -> Results:
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


KIND = Match()
