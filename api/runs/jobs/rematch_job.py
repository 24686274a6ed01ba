"""A published plan repaired: who declined or dropped out is replaced, what is under way is held."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import sqlalchemy as sa
from pydantic import Field

from api.answers.problems import content_fault, refused
from api.identity.access import PLANNER, Principal
from api.identity.visibility import runs_seen
from api.requests.shapes import example
from api.runs.by_hand import HandChangesIn
from api.runs.earlier import require_earlier
from api.runs.job import Job, Results, files_in
from api.runs.jobs.match_job import LONG_SECONDS, placed_rows
from api.runs.kind import Kind, Source
from api.runs.own_files import PLAN_FILES, Rows
from api.runs.plan_measures import plan_measures
from api.runs.queue import file_of_run
from api.runs.reason_words import reason_words
from api.runs.schemas import PlanId, RunIn
from api.snapshots.snapshot import write_snapshot
from api.storage.operation_states import PLACED
from api.storage.tables import operations, runs
from engine.planning import CHARGE
from engine.planning.rematch import rematch
from engine.programme import read_programme
from engine.run import Options
from engine.words import message, msgid

EVENTS = {"declined": "exclude", "dropped": "drop_out"}


class RematchIn(HandChangesIn, RunIn):
    """A re-match of a published plan after what happened to it, or of any plan with changes by hand: pairs of a worker
    and an order that are held or ruled out.
    """

    model_config = example({"kind": "rematch", "plan": "0198", "charge": 2.0})
    kind: Literal["rematch"]
    plan: PlanId
    charge: Annotated[float, Field(ge=0, le=1e6, description="What a kept placement counts more.")] = CHARGE


class Rematch(Kind):
    """A repair; changes.csv and reserves.csv stand beside its plan."""

    name, asked, has_plan = "rematch", RematchIn, True
    title, place = msgid("Repair of a plan"), 11
    files = {
        **PLAN_FILES,
        **dict.fromkeys(("changes.csv", "reserves.csv"), Rows(("worker_id", "order_id"))),
        "events.csv": Rows(("worker_id", "order_id", "employer_id")),
    }

    def check(self, connection: sa.Connection, principal: Principal, programme_id: str, asked: RematchIn) -> None:
        """Raise 403 for a planner, `InputError` where the plan isn't one of the ministry's own, and published unless
        something of it is changed by hand, or where a pair is both held and ruled out.
        """
        if principal.role == PLANNER:
            raise refused(message("Plans are repaired by the ministry that published them."))
        both = {(one.worker, one.order) for one in asked.hold} & {(one.worker, one.order) for one in asked.exclude}
        if both:
            raise content_fault("hold", min(both)[0], message("is held and ruled out"), message("one of the two"))
        if asked.hold or asked.exclude:
            require_earlier(connection, principal, programme_id, asked.plan, True)
            return
        mine = sa.and_(runs.c.id == asked.plan, runs.c.programme_id == programme_id, runs_seen(principal))
        published = sa.select(runs.c.id).where(mine, runs.c.published_at.is_not(None))
        if connection.scalar(published) is None:
            raise content_fault(
                "plan", asked.plan, message("is no published plan"), message("the id of a run whose plan is published")
            )

    def is_long(self, asked: RematchIn) -> bool:
        """One that may go on for a quarter of an hour."""
        return asked.time_limit > LONG_SECONDS

    def write_input(self, source: Source, folder: Path) -> None:
        """The programme with what is offered held, the plan to repair, and what has happened to it."""
        scope = replace(source.scope, held=("offered", *PLACED), without_declined=False)
        write_snapshot(source.connection, source.programme, scope, folder / "programme")
        _write_repair(source, folder)

    def compute(self, job: Job) -> Results:
        """Repair the plan."""
        most = job.options.get("most_steps")  # of a replay
        options = Options(gap=job.options["gap"], time_limit=job.time_limit, seed=job.options["seed"], most_steps=most)
        plan, out, charge = job.folder / "plan", job.folder / "result", job.options["charge"]
        found = rematch(
            read_programme(job.programme), plan, job.folder / "events.csv", out, charge, options, job.listen
        )
        certificate = dict(found.matched.files.certificate)
        manifest = {
            "programme_sha256": certificate["programme_sha256"],
            "software": certificate["software"],
            "seed": certificate["seed"],
            "certificate": certificate,
            "measures": plan_measures(found.matched, job.audience, job.origin),
            "events": found.events,
            "lost": found.lost,
            "altered": found.altered,
            "added": found.added,
        }
        files = files_in(out) | reason_words(found.matched.reasons)
        return Results(files, manifest, placed_rows(found.matched.files.placements))


def _write_repair(source: Source, folder: Path) -> None:
    """The plan to repair and what has happened to it; what names somebody erased, or a closed order, is left out."""
    run, connection = source.run, source.connection
    workers = _ids(folder / "programme" / "workers.csv", "worker_id")
    orders = _ids(folder / "programme" / "orders.csv", "order_id")
    plan = folder / "plan"
    plan.mkdir()
    # Without its certificate, which is about what was registered then and not what is now.
    (plan / "prices.csv").write_bytes(file_of_run(connection, run.options["plan"], "prices.csv"))
    lines = file_of_run(connection, run.options["plan"], "placements.csv").decode().splitlines()
    chosen = [row for row in csv.DictReader(lines) if row["worker_id"] in workers and row["order_id"] in orders]
    _write(plan / "placements.csv", ("worker_id", "order_id"), [(r["worker_id"], r["order_id"]) for r in chosen])
    happened = connection.execute(
        sa.select(operations.c.state, operations.c.worker_id, operations.c.order_id)
        .where(operations.c.programme_id == run.programme_id, operations.c.state.in_(tuple(EVENTS)))
        .order_by(operations.c.worker_id, operations.c.order_id)
    )
    events = [
        (EVENTS[state], worker, order if state == "declined" else "")
        for state, worker, order in happened
        if worker in workers and (state == "dropped" or order in orders)
    ]
    # What runs waited for since before changes by hand were known has none.
    for event in ("exclude", "hold"):
        events += [(event, one["worker"], one["order"]) for one in run.options.get(event, ())]
    _write(folder / "events.csv", ("event", "worker_id", "order_id"), list(dict.fromkeys(events)))


def _ids(path: Path, column: str) -> set[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row[column] for row in csv.DictReader(file)}


def _write(path: Path, titles: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([titles, *rows])


KIND = Rematch()
