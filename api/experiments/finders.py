"""How a request finds the experiment that its path names."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from api.experiments.experiments import experiments_seen
from api.requests.context import Context
from api.requests.objects import Finder
from api.storage.tables import experiments


def find_experiment(context: Context, identifier: str) -> sa.Select[Any]:
    """An experiment of the programme, if it is seen."""
    within = experiments.c.programme_id == context.programme.id
    chosen = sa.select(experiments).where(within, experiments.c.id == identifier, experiments_seen(context.principal))
    return chosen.with_for_update() if context.takes_object else chosen


FINDERS = {"experiment_id": Finder(find_experiment)}
