"""What a run reads, made once when it is first taken up and kept, so that every attempt sees the same.

Beside it stands what was left out of it: orders that were filed and aren't in a state that the run reads.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from api.identity.access import Principal
from api.identity.visibility import orders_seen
from api.runs.kind import Source, kinds
from api.runs.queue import Claim, keep_files, kept_file
from api.snapshots.packing import packed, unpack
from api.snapshots.scope import scope_of
from api.storage.database import one_moment
from api.storage.records import programme_of
from api.storage.tables import INPUT, orders

LEFT_OUT = "left_out.json"
NOT_READ = ("draft", "submitted", "certified")
MOST_NAMED = 200


def restore_input(engine: sa.Engine, held: Claim, folder: Path) -> None:
    """Write out what the run reads. Raises `LostClaim` where the run isn't ours any more.

    It may be called again after an outage at any moment of it: until the database has done its part, nothing is left.
    """
    kept = kept_file(engine, held.run_id, INPUT)
    if kept is None:
        with tempfile.TemporaryDirectory(prefix="fresh-", dir=folder.parent) as place:
            made = Path(place, "input")
            with one_moment(engine) as connection:
                revision = _make(connection, held.row, made)
            kept = packed(made)
        keep_files(engine, held, {INPUT: kept}, revision)
    unpack(kept, folder)


def _make(connection: sa.Connection, run: sa.Row[Any], folder: Path) -> int:
    """Write what a run reads; the revision of the programme that it is."""
    programme = programme_of(connection, run.programme_id)
    scope = replace(scope_of(run.role, run.country), states=tuple(run.options["states"]))
    folder.mkdir()
    kinds()[run.kind].write_input(Source(connection, programme, run, scope), folder)
    (folder / LEFT_OUT).write_text(json.dumps(_left_out(connection, run)), "utf-8")
    return int(programme.revision)


def _left_out(connection: sa.Connection, run: sa.Row[Any]) -> dict[str, Any]:
    """The orders that whoever asked sees and the run doesn't read: how many of each state, and which."""
    asker = Principal(run.account_id, run.role, run.country, "")
    states = [state for state in NOT_READ if state not in run.options["states"]]
    missing = sa.and_(orders.c.programme_id == run.programme_id, orders.c.state.in_(states), orders_seen(asker))
    rows = connection.execute(sa.select(orders.c.order_id, orders.c.state).where(missing).order_by(orders.c.order_id))
    found = rows.all()
    counts = {state: sum(row.state == state for row in found) for state in states}
    return {"orders": counts, "order_ids": [row.order_id for row in found[:MOST_NAMED]]}


def left_out(folder: Path) -> dict[str, Any]:
    """What was left out of an input that was written out."""
    path = folder / LEFT_OUT
    told: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return told
