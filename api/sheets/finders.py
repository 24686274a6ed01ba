"""How a request finds the kept sheet that its path names."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from api.requests.context import Context
from api.requests.objects import Finder
from api.storage.tables import kept_sheets
from api.uploads.kept import still_kept


def find_sheet(context: Context, identifier: str) -> sa.Select[Any]:
    """A sheet that the account itself has sent for the programme, without its content."""
    mine = kept_sheets.c.account_id == context.principal.account_id
    within = kept_sheets.c.programme_id == context.programme.id
    asked = sa.select(kept_sheets.c.id, kept_sheets.c.register)
    return asked.where(kept_sheets.c.id == identifier, mine, within, still_kept())


FINDERS = {"sheet_id": Finder(find_sheet)}
