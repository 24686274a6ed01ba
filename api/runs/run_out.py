"""Runs on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from api.runs.schemas import RunOut
from api.runs.shares import line
from api.storage.database import utc
from api.storage.tables import runs
from engine.words.wording import spoken_language, worded_all


def run_out(connection: sa.Connection, run_id: str) -> RunOut:
    """A run as it is now."""
    return runs_out(connection, [connection.execute(sa.select(runs).where(runs.c.id == run_id)).one()])[0]


def runs_out(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> list[RunOut]:
    """Runs with how many come before those that wait."""
    waiting = line(connection, expired=False) if any(row.state == "queued" for row in rows) else None
    return [_run_out(row, None if waiting is None else waiting.before(row.id)) for row in rows]


def _run_out(row: sa.Row[Any], before: int | None) -> RunOut:
    moments = ("created_at", "started_at", "ended_at", "published_at")
    told = {name: row._mapping[name] for name in RunOut.model_fields if name != "before"}
    # What was asked for in a language is told in it.
    asked = row.options.get("lang") if {"explanation", "overview"} & set(row.manifest) else None
    told["manifest"] = worded_all(told["manifest"], asked or spoken_language())
    return RunOut.model_validate(told | {"before": before} | {name: told[name] and utc(told[name]) for name in moments})
