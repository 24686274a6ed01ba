"""How a request finds the run that its path names."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from api.identity.visibility import runs_seen
from api.requests.context import Context
from api.requests.objects import Finder
from api.storage.tables import runs


def find_run(context: Context, identifier: str) -> sa.Select[Any]:
    """A run of the programme, if it is seen."""
    within = runs.c.programme_id == context.programme.id
    chosen = sa.select(runs).where(within, runs.c.id == identifier, runs_seen(context.principal))
    return chosen.with_for_update() if context.takes_object else chosen


FINDERS = {"run_id": Finder(find_run)}
