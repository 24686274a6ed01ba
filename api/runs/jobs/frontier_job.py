"""The equity frontier: what each step towards equity between regions or households gives up, each plan certified."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated, Literal

import sqlalchemy as sa
from pydantic import Field

from api.answers.problems import content_fault
from api.identity.access import DESTINATION, Principal
from api.requests.shapes import example
from api.runs.job import Job, Results, files_in
from api.runs.own_files import Rows, RowsOfWorkers, drawn
from api.runs.own_people import OwnPeopleKind
from api.runs.schemas import EACH_ONCE, SpokenIn
from api.runs.told_reports import told_manifest
from engine.planning.fairness.frontier import SMALLEST, equity_frontier, every_measure
from engine.planning.fairness.frontier_files import frontier_told, write_frontier
from engine.programme import read_programme
from engine.run import Options
from engine.words import message, msgid

Measure = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
GROUPS, PLANS = "group_rates.csv", "frontier_placements.csv"  # names of their own: other kinds have files of the others


class FrontierIn(SpokenIn):
    """A frontier along measures of `equity`, along all without any, in so many `steps` from the best plan on. Regions
    with fewer than `smallest` workers admitted are left out.
    """

    model_config = example({"kind": "frontier", "equity": ["least_rate"], "steps": 5})
    kind: Literal["frontier"]
    equity: Annotated[list[Measure], Field(max_length=20), EACH_ONCE] = []
    steps: Annotated[int, Field(ge=1, le=20)] = 5
    smallest: Annotated[int, Field(ge=1, le=1_000_000)] = SMALLEST


class Frontier(OwnPeopleKind):
    """A frontier of one's own people. Rates by sex, age and region stand on records, so no other end is told them."""

    name, asked = "frontier", FrontierIn
    title, place = msgid("What equity costs"), 25
    form, template = "frontier", "runs/told.html"
    files = {
        "frontier.csv": Rows(),
        GROUPS: RowsOfWorkers(("group",)),
        PLANS: Rows(("worker_id", "order_id")),
        **drawn("frontier"),
    }

    def check(self, connection: sa.Connection, principal: Principal, programme_id: str, asked: FrontierIn) -> None:
        """Raise `InputError` for a measure that isn't known."""
        for name in asked.equity:
            if name not in every_measure():
                expected = message("one of {names}", names=tuple(every_measure()))
                raise content_fault("equity", name, message("is no measure of equity"), expected)

    def compute(self, job: Job) -> Results:
        """Match the season, then with ever more equity."""
        programme, asked = read_programme(job.programme), job.options
        options = Options(gap=asked["gap"], time_limit=job.time_limit, seed=asked["seed"])
        found = equity_frontier(programme, options, asked["equity"], asked["steps"], asked["smallest"])
        folder = job.folder / "result"
        folder.mkdir()
        write_frontier(folder, found, asked["lang"] or "en")
        folder.joinpath("groups.csv").rename(folder / GROUPS)
        _join_plans(folder)
        told = frontier_told(found, job.audience.role != DESTINATION)
        return Results(files_in(folder), told_manifest(told) | job.provenance(programme))


def _join_plans(folder: Path) -> None:
    """The placements of all steps as one file in place of one each."""
    with (folder / PLANS).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("equity", "step", "worker_id", "order_id"))
        for path in sorted(folder.joinpath("plans").iterdir()):
            equity, _, step = path.stem.rpartition("-")
            with path.open(encoding="utf-8", newline="") as plan:
                writer.writerows((equity, step, *row) for row in list(csv.reader(plan))[1:])
            path.unlink()
    folder.joinpath("plans").rmdir()


KIND = Frontier()
