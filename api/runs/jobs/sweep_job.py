"""A sweep over one or two parameters, as a table and a chart; finished points are kept for another attempt."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from pydantic import Field

from api.answers.problems import content_fault
from api.identity.access import Principal
from api.requests.shapes import example
from api.runs.branching import branched, text_of, title_of
from api.runs.job import Job, Results, files_in
from api.runs.kind import Finished, Kind
from api.runs.own_files import Rows, drawn
from api.runs.schemas import SpokenIn
from api.runs.shown_edits import require_shown_columns
from api.runs.sweep_shown import sweep_shown
from api.uploads.safe_ids import require_safe_ids
from engine.planning.measures import MEASURES
from engine.planning.sweep import Sweep as Grid
from engine.planning.sweep import read_sweep
from engine.planning.sweep_files import write_sweep
from engine.words import message, msgid


class SweepIn(SpokenIn):
    """A sweep: a TOML file of edits with one or two `[[vary]]` tables, or the name of one of the library."""

    model_config = example({"kind": "sweep", "sweep": "sweep-guatemala-capacity", "measure": "placements"})
    kind: Literal["sweep"]
    sweep: Annotated[str, Field(min_length=1, max_length=50_000)]
    measure: Annotated[
        str | None, Field(pattern=r"^[a-z_]{1,40}$", description="The one that is drawn; without it, all that change.")
    ] = None


class Sweep(Kind):
    """A sweep."""

    name, asked = "sweep", SweepIn
    title, place = msgid("Sweep of a what if"), 13
    template = "runs/sweep.html"
    files = {"sweep.csv": Rows(), **drawn("sweep", page=True)}

    def check(self, connection: sa.Connection, principal: Principal, programme_id: str, asked: SweepIn) -> None:
        """Raise `InputError` for an unknown measure and every fault of the sweep."""
        if asked.measure is not None and asked.measure not in MEASURES:
            raise content_fault(
                "measure", asked.measure, message("is no measure"), message("one of {names}", names=tuple(MEASURES))
            )
        sweep = _sweep_of(asked.sweep)
        require_shown_columns(principal, [*sweep.common.entries, *(axis.entry for axis in sweep.axes)], "sweep")

    def is_long(self, asked: SweepIn) -> bool:
        """Always: it is many matches."""
        return True

    def compute(self, job: Job) -> Results:
        """Match the base, then each point from it."""
        asked = _sweep_of(job.options["sweep"])
        base, outcomes, manifest = branched(job, [edits for _, edits in asked.points()])
        folder = job.folder / "result"
        folder.mkdir()
        lang = job.options.get("lang") or "en"
        write_sweep(folder, base.programme, asked, base.outcome, outcomes, lang, job.options["measure"])
        title = title_of(job.options["sweep"], asked.common.title)
        failed = {outcome.id: outcome.failure for outcome in outcomes if outcome.failure}
        return Results(files_in(folder), manifest | {"failed": failed, "title": title})

    def shown(self, of: Finished) -> Mapping[str, Any]:
        """The points as a table."""
        return sweep_shown(of.connection, of.run.id)


def _sweep_of(asked: str) -> Grid:
    """A sweep as TOML text or by name. Raises `InputError` with every fault of it."""
    with tempfile.TemporaryDirectory(prefix="vaiven-") as place:
        path = Path(place, "sweep.toml")
        path.write_text(text_of("sweep", asked), "utf-8")
        sweep = read_sweep(path)
    require_safe_ids([{"id": sweep.common.id}, *sweep.common.entries, *(axis.entry for axis in sweep.axes)], "sweep")
    return sweep


KIND = Sweep()
