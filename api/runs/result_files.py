"""The files of a run's results: served one by one, or read as tables by pages."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import pandas as pd
import sqlalchemy as sa
from fastapi import Response

from api.answers.problems import not_found
from api.runs.gate import is_served
from api.storage.tables import run_files

MEDIA = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "png": "image/png",
    "svg": "image/svg+xml",
    "html": "text/html",
    "toml": "application/toml",
}


def content_of(connection: sa.Connection, run_id: str, name: str) -> bytes | None:
    """The content of a file that is served, None where there is none."""
    asked = sa.select(run_files.c.content).where(run_files.c.run_id == run_id, run_files.c.name == name)
    found = connection.scalar(asked) if is_served(name) else None
    return None if found is None else bytes(found)


def served_file(connection: sa.Connection, run_id: str, name: str) -> Response:
    """One file of a run's results, as a download. Raises 404 where it isn't there or isn't served."""
    found = content_of(connection, run_id, name)
    if found is None:
        raise not_found()
    headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
    return Response(found, media_type=MEDIA.get(name.rpartition(".")[2], "application/octet-stream"), headers=headers)


def table_of(connection: sa.Connection, run_id: str, name: str) -> list[dict[str, str]]:
    """The rows of a CSV file of a run's results, [] where there is none."""
    found = content_of(connection, run_id, name)
    return list(csv.DictReader(io.StringIO((found or b"").decode(), newline="")))


def names_of(connection: sa.Connection, run_id: str) -> dict[str, str]:
    """The files that are served, with their sha256."""
    asked = sa.select(run_files.c.name, run_files.c.sha256).where(run_files.c.run_id == run_id)
    found: Any = connection.execute(asked.order_by(run_files.c.name))
    return {row.name: row.sha256 for row in found if is_served(row.name)}


def frame_of(connection: sa.Connection, run_id: str, name: str, columns: Sequence[str]) -> pd.DataFrame:
    """Columns of a CSV file of a run's results as texts; none of them need be there where the file has no row. Raises
    404 where there is no file.
    """
    found = content_of(connection, run_id, name)
    if found is None:
        raise not_found()
    table = pd.read_csv(io.BytesIO(found), dtype=str, keep_default_na=False) if found.strip() else pd.DataFrame()
    return table.reindex(columns=list(columns)).astype(str)
