"""The queue of runs: a table. A lease says who computes a run, a fencing number who may write what came of it.

A run whose lease ran out is taken by another process. It may so be computed twice; whoever has an old fencing number
can't write, so it is never committed twice.

``attempts`` is 1 and one more for each death: a lease that ran out without a word. A run that was handed back, and one
whose process held on to it while the database was away, has lost none. Whose turn it is says `api.runs.shares`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from api.identity.access import Principal
from api.runs.private_files import private_files
from api.runs.shares import LIVE, line
from api.settings import settings
from api.storage.database import new_id, now, transaction
from api.storage.tables import CHECKPOINT, placements, run_files, runs
from api.webhooks.outbox import tell_run_finished
from engine.words import message

MOST_ATTEMPTS = 5


@dataclass(frozen=True)
class Claim:
    """A run that this process may compute; ``fence`` is the number that its writes must show."""

    run_id: str
    fence: int
    row: sa.Row[Any]


class LostClaim(Exception):
    """Another process has the run, or it is cancelled: what is computed here isn't wanted any more."""


def enqueue(
    connection: sa.Connection,
    principal: Principal,
    programme_id: str,
    kind: str,
    options: Mapping[str, Any],
    long: bool = False,
) -> str:
    """Put a run into the queue; a ``long`` one comes after short ones and gives way to them."""
    identifier, moment = new_id(), now()
    connection.execute(
        runs.insert().values(
            id=identifier,
            programme_id=programme_id,
            kind=kind,
            options=dict(options),
            role=principal.role,
            country=principal.country,
            account_id=principal.account_id,
            state="queued",
            long=long,
            queued_at=moment,
            spent_seconds=0.0,
            slice_seconds=0.0,
            fence=0,
            attempts=0,
            cancel_asked=False,
            replayable=True,
            progress={},
            manifest={},
            problem=None,
            created_at=moment,
        )
    )
    return identifier


def claim(engine: sa.Engine, owner: str, expired: bool = True) -> Claim | None:
    """Take the run whose turn it is, None where there is none; where ``expired``, also one whose lease ran out."""
    with transaction(engine, read_only=True) as connection:
        if not line(connection, expired).waiting:
            return None
    with transaction(engine) as connection:
        found = line(connection, expired)
        for candidate in found.waiting:
            asked = sa.select(runs).where(runs.c.id == candidate.id, _free(expired))
            row = connection.execute(asked.with_for_update(skip_locked=True)).one_or_none()
            if row is not None and _may_go_on(connection, row):
                return _take(connection, row, owner, found.overdue is candidate)
    return None


def _free(expired: bool) -> sa.ColumnElement[bool]:
    waiting = runs.c.state == "queued"
    return sa.or_(waiting, sa.and_(runs.c.state == "running", runs.c.lease_until < now())) if expired else waiting


def _may_go_on(connection: sa.Connection, row: sa.Row[Any]) -> bool:
    """Whether a run is still wanted and its process didn't die too often; else it is ended."""
    if row.cancel_asked:
        _end(connection, row.id, "cancelled", {})
    elif row.state == "running" and row.attempts >= MOST_ATTEMPTS:
        detail = message("Its process died {count} times.", count=row.attempts)
        died = {"title": message("The run failed"), "status": 500, "detail": detail}
        _end(connection, row.id, "failed", {"problem": died})
    else:
        return True
    return False


def _take(connection: sa.Connection, row: sa.Row[Any], owner: str, overdue: bool) -> Claim:
    died = row.state == "running"
    values = {
        "state": "running",
        "owner": owner,
        "lease_until": _lease(),
        "fence": row.fence + 1,
        "attempts": row.attempts + 1 if died else max(1, row.attempts),
        "started_at": row.started_at or now(),
        "overdue_at": now() if overdue else row.overdue_at,
    }
    taken = connection.execute(runs.update().where(runs.c.id == row.id).values(values).returning(runs)).one()
    return Claim(row.id, row.fence + 1, taken)


def _lease() -> Any:
    return now() + timedelta(seconds=settings().lease_seconds)


def _mine(held: Claim) -> sa.ColumnElement[bool]:
    return sa.and_(runs.c.id == held.run_id, runs.c.fence == held.fence, runs.c.state == "running")


def beat(engine: sa.Engine, held: Claim, progress: Mapping[str, Any], spent: float = 0.0) -> None:
    """Hold the lease and tell how far the run is. Raises `LostClaim` where it isn't ours any more, or cancelled.

    A lease that ran out is held again as long as nobody else took the run: its fencing number is still ours.
    """
    values = {"lease_until": _lease(), "progress": dict(progress), "spent_seconds": spent}
    with transaction(engine) as connection:
        kept = connection.execute(
            runs.update().where(_mine(held)).values(values).returning(runs.c.cancel_asked)
        ).one_or_none()
    if kept is None or kept.cancel_asked:
        raise LostClaim


def keep_files(engine: sa.Engine, held: Claim, files: Mapping[str, bytes], revision: int | None = None) -> None:
    """Keep files of a run under way, in place of older ones of the same names; with ``revision``, that of the programme
    as the run read it. Raises `LostClaim`.
    """
    with transaction(engine) as connection:
        _require(connection, held)
        if revision is not None:
            connection.execute(runs.update().where(_mine(held)).values(revision=revision))
        _write_files(connection, held.run_id, files)


def finish(
    engine: sa.Engine,
    held: Claim,
    manifest: Mapping[str, Any],
    files: Mapping[str, bytes],
    placed: list[dict[str, Any]],
    keep_input: bool = True,
) -> None:
    """Commit what came of a run, whole and once, without what it read unless that is kept. Raises `LostClaim`."""
    with transaction(engine) as connection:
        _require(connection, held)
        _write_files(connection, held.run_id, files)
        for begin in range(0, len(placed), 5000):
            rows = [{**row, "run_id": held.run_id} for row in placed[begin : begin + 5000]]
            connection.execute(placements.insert(), rows)
        told = {"manifest": dict(manifest)}
        _end(connection, held.run_id, "done", told if keep_input else told | {"replayable": False})


def fail(engine: sa.Engine, held: Claim, problem: Mapping[str, Any]) -> None:
    """Say why a run came to nothing. Raises `LostClaim`."""
    with transaction(engine) as connection:
        _require(connection, held)
        _end(connection, held.run_id, "failed", {"problem": dict(problem)})


def release(engine: sa.Engine, held: Claim, spent: float | None = None, slice_seconds: float = 0.0) -> None:
    """Give up a claim: cancelled where that was asked, else back to the queue at once, without the loss of an attempt.

    ``slice_seconds`` is how long it keeps its turn the next time at least.
    """
    with transaction(engine) as connection:
        row = connection.execute(sa.select(runs).where(_mine(held)).with_for_update()).one_or_none()
        if row is None:
            return
        if row.cancel_asked:
            _end(connection, held.run_id, "cancelled", {})
            return
        values = {"state": "queued", "queued_at": now(), "slice_seconds": slice_seconds, "owner": None}
        values |= {} if spent is None else {"spent_seconds": spent}
        connection.execute(runs.update().where(runs.c.id == held.run_id).values(values | {"lease_until": None}))


def ask_cancel(connection: sa.Connection, run_id: str) -> None:
    """Cancel a run that waits, and ask the process that computes one to stop."""
    live = sa.and_(runs.c.id == run_id, runs.c.state.in_(LIVE))
    asked = runs.update().where(live).values(cancel_asked=True).returning(runs.c.state)
    if connection.scalar(asked) == "queued":
        _end(connection, run_id, "cancelled", {})


def kept_files(engine: sa.Engine, run_id: str, prefix: str) -> dict[str, bytes]:
    """The kept files of a run whose names begin so, by what follows."""
    asked = sa.select(run_files.c.name, run_files.c.content).where(
        run_files.c.run_id == run_id, run_files.c.name.startswith(prefix, autoescape=True)
    )
    with transaction(engine, read_only=True) as connection:
        return {name.removeprefix(prefix): bytes(content) for name, content in connection.execute(asked)}


def kept_file(engine: sa.Engine, run_id: str, name: str) -> bytes | None:
    """One kept file of a run, None where there is none of this name."""
    asked = sa.select(run_files.c.content).where(run_files.c.run_id == run_id, run_files.c.name == name)
    with transaction(engine, read_only=True) as connection:
        found = connection.scalar(asked)
    return None if found is None else bytes(found)


def file_of_run(connection: sa.Connection, run_id: str, name: str) -> bytes:
    """A file that a run has for certain, as one of a plan that is published."""
    mine = sa.and_(run_files.c.run_id == run_id, run_files.c.name == name)
    return bytes(connection.execute(sa.select(run_files.c.content).where(mine)).scalar_one())


def _require(connection: sa.Connection, held: Claim) -> None:
    asked = sa.select(runs.c.cancel_asked).where(_mine(held)).with_for_update()
    row = connection.execute(asked).one_or_none()
    if row is None or row.cancel_asked:
        raise LostClaim


def _end(connection: sa.Connection, run_id: str, state: str, values: Mapping[str, Any]) -> None:
    at = now()
    ended = {**values, "state": state, "ended_at": at, "lease_until": None, "owner": None}
    replayable = connection.scalar(runs.update().where(runs.c.id == run_id).values(ended).returning(runs.c.replayable))
    leftovers = run_files.c.name.startswith(CHECKPOINT) if replayable else private_files()
    connection.execute(run_files.delete().where(run_files.c.run_id == run_id, leftovers))
    tell_run_finished(connection, run_id, at)


def _write_files(connection: sa.Connection, run_id: str, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        mine = sa.and_(run_files.c.run_id == run_id, run_files.c.name == name)
        connection.execute(run_files.delete().where(mine))
        digest = hashlib.sha256(content).hexdigest()
        connection.execute(run_files.insert().values(run_id=run_id, name=name, sha256=digest, content=content))
