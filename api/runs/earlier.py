"""An earlier run to look at again: what it read, and the plan that came of it."""

from __future__ import annotations

import csv
from pathlib import Path
from shutil import copyfile
from typing import Any

import sqlalchemy as sa

from api.answers.problems import ServiceError, content_fault, not_found
from api.identity.access import Principal
from api.identity.visibility import runs_seen
from api.runs.audience import Audience
from api.runs.kind import Source, kinds
from api.runs.queue import file_of_run
from api.snapshots.packing import unpack
from api.storage.tables import INPUT, run_files, runs
from engine.programme import Programme, read_programme
from engine.programme.after_events import after_events
from engine.programme.events import read_events
from engine.words import message

EARLIER = "earlier"  # the folder of the plan within an input
PLAN_FILES = ("placements.csv", "prices.csv", "certificate.json")
EVENTS = "events.csv"


def require_earlier(
    connection: sa.Connection, principal: Principal, programme_id: str, run_id: str, with_plan: bool
) -> None:
    """Raise `InputError` where a run isn't one that somebody sees, ended, and with a plan if one is needed; 409 where
    what it read was deleted.
    """
    own = sa.and_(runs.c.id == run_id, runs.c.programme_id == programme_id, runs_seen(principal))
    run = connection.execute(sa.select(runs).where(own, runs.c.state.in_(("done", "failed")))).one_or_none()
    if run is None or (with_plan and not has_plan(run)):
        raise content_fault(
            "plan", run_id, message("is no run with a plan"), message("the id of a match or a re-match that is done")
        )
    kept = sa.select(run_files.c.name).where(run_files.c.run_id == run_id, run_files.c.name == INPUT)
    if connection.scalar(kept) is None:
        raise ServiceError(
            409, message("What this run read was deleted; it can't be looked at again."), message("Match again.")
        )


def has_plan(run: sa.Row[Any]) -> bool:
    """Whether a plan came of a run."""
    return bool(run.state == "done" and run.kind in kinds() and kinds()[run.kind].has_plan)


def require_plan(run: sa.Row[Any]) -> None:
    """Raise 404 where a run has no plan."""
    if not has_plan(run):
        raise not_found()


def write_earlier(source: Source, folder: Path) -> None:
    """Write what the earlier run of a run's options read, and its plan where it has one."""
    unpack_earlier(source.connection, source.run.options["plan"], folder)


def unpack_earlier(connection: sa.Connection, run_id: str, folder: Path) -> None:
    """Write what a run read, and its plan where it has one."""
    run = connection.execute(sa.select(runs).where(runs.c.id == run_id)).one()
    unpack(file_of_run(connection, run.id, INPUT), folder)
    if has_plan(run):
        folder.joinpath(EARLIER).mkdir()
        for name in PLAN_FILES:
            folder.joinpath(EARLIER, name).write_bytes(file_of_run(connection, run.id, name))
        if folder.joinpath(EVENTS).is_file():
            # All of them, as the certificate is about all; the run's own file has those of its audience alone.
            copyfile(folder / EVENTS, folder / EARLIER / EVENTS)


def earlier_programme(folder: Path) -> Programme:
    """The programme that the earlier run matched: a repair's is as the events left it."""
    programme = read_programme(folder / "programme")
    events = folder / EVENTS
    return after_events(programme, read_events(programme, events)) if events.is_file() else programme


def with_others(folder: Path, audience: Audience) -> None:
    """Put back what the gate took out of the plan's placements: workers of others keep the places they hold."""
    path = folder / EARLIER / "placements.csv"
    with path.open(encoding="utf-8", newline="") as file:
        own = [(row["worker_id"], row["order_id"]) for row in csv.DictReader(file)]
    held = folder / "programme" / "commitments.csv"
    if held.is_file():
        with held.open(encoding="utf-8", newline="") as file:
            rows = [(row["worker_id"], row["order_id"]) for row in csv.DictReader(file)]
        own += [row for row in rows if audience.is_hidden(row[0])]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("worker_id", "order_id"), *dict.fromkeys(own)])
