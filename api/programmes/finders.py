"""How a request finds the programme that its path names."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from api.identity.visibility import programmes_seen
from api.requests.context import Context
from api.requests.objects import Finder
from api.storage.records import ProgrammeRecord
from api.storage.revisions import taken
from api.storage.tables import programmes


def find_programme(context: Context, identifier: str) -> sa.Select[Any]:
    """A programme, if it is seen; taken by whoever changes what its plans stand on, one after another."""
    chosen = sa.select(programmes).where(programmes.c.id == identifier, programmes_seen(context.principal))
    return taken(chosen) if context.takes_programme else chosen


FINDERS = {"programme_id": Finder(find_programme, ProgrammeRecord)}
