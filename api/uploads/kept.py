"""Sheets kept for the hours in which whoever sent them says how they are read.

Invariant: a kept sheet is seen by the account that sent it alone, and ends with `api.storage.housekeeping.SHEETS`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from starlette.datastructures import UploadFile

from api.answers.problems import not_found
from api.identity.access import Principal
from api.storage.database import database, new_id, now, transaction
from api.storage.housekeeping import SHEETS
from api.storage.tables import kept_sheets
from api.uploads.uploads import safe_name

MOST_KEPT = 5


def keep_sheet(connection: sa.Connection, principal: Principal, programme_id: str, table: str, file: UploadFile) -> str:
    """Keep a file that was sent for a table; its id. Of an account's older ones the newest few stay."""
    mine = sa.select(kept_sheets.c.id).where(kept_sheets.c.account_id == principal.account_id)
    old = connection.scalars(mine.order_by(kept_sheets.c.created_at.desc()).offset(MOST_KEPT - 1)).all()
    connection.execute(kept_sheets.delete().where(kept_sheets.c.id.in_(old)))
    file.file.seek(0)
    values: dict[str, Any] = {
        "id": new_id(),
        "account_id": principal.account_id,
        "programme_id": programme_id,
        "register": table,
    }
    values |= {"ending": Path(safe_name(file.filename or "")).suffix, "content": file.file.read(), "created_at": now()}
    connection.execute(kept_sheets.insert().values(values))
    return str(values["id"])


def still_kept() -> sa.ColumnElement[bool]:
    """What isn't over."""
    return kept_sheets.c.created_at > now() - SHEETS


@contextmanager
def kept_file(sheet_id: str) -> Iterator[tuple[Path, str]]:
    """A kept sheet as a file that is there for a while, and its table. Whose it is was found out before."""
    with transaction(database(), read_only=True) as connection:
        row = connection.execute(sa.select(kept_sheets).where(kept_sheets.c.id == sheet_id)).one_or_none()
    if row is None:
        raise not_found()
    with tempfile.TemporaryDirectory(prefix="vaiven-") as place:
        path = Path(place, f"upload{row.ending}")
        path.write_bytes(row.content)
        yield path, row.register


def forget_sheet(connection: sa.Connection, sheet_id: str) -> None:
    """Delete a kept sheet."""
    connection.execute(kept_sheets.delete().where(kept_sheets.c.id == sheet_id))
