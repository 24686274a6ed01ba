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
from api.runs.beginning import left_out_of, orders_by_state
from api.runs.kind import Source, kinds
from api.runs.queue import Claim, keep_files, kept_file
from api.snapshots.packing import packed, unpack
from api.snapshots.scope import scope_of
from api.storage.database import allow_computing, one_moment
from api.storage.records import programme_of
from api.storage.tables import INPUT

LEFT_OUT = "left_out.json"
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
                allow_computing(connection)  # the first of a process imports all kinds, which may take a minute
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
    found = orders_by_state(connection, asker, run.programme_id)
    return left_out_of(found, run.options["states"], MOST_NAMED)


def left_out(folder: Path) -> dict[str, Any]:
    """What was left out of an input that was written out."""
    path = folder / LEFT_OUT
    told: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return told
