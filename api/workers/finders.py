"""How a request finds the worker that its path names."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from api.identity.visibility import rows_seen
from api.requests.context import Context
from api.requests.objects import Finder
from api.storage.tables import registers


def find_worker(context: Context, identifier: str) -> sa.Select[Any]:
    """A worker registered in the programme, if that is seen."""
    workers = registers["workers"]
    within = workers.c.programme_id == context.programme.id
    return sa.select(workers).where(within, workers.c.worker_id == identifier, rows_seen("workers", context.principal))


FINDERS = {"worker_id": Finder(find_worker)}
