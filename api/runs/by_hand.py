"""Changes of a plan by hand: who is held on an order or kept from it, judged at once against what the plan read.

Nothing of the register changes by it: a re-match reads the changes as events, and its plan binds nobody until it is
published.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import BaseModel, Field

from api.requests.shapes import example
from api.runs.audience import audience_of
from api.runs.earlier import EARLIER, earlier_programme, unpack_earlier, with_others
from api.runs.plain_words import plainly
from api.runs.plan_words import Agreements
from api.storage.database import allow_computing
from engine.plan.plan_files import read_placements
from engine.planning.by_hand import changed_by_hand
from engine.planning.explain.reading import unknown_id
from engine.words.wording import say

MOST_PAIRS = 500
Id = Annotated[str, Field(min_length=1, max_length=130)]


class PairIn(BaseModel):
    """A worker and an order."""

    model_config = example({"worker": "W7K3M9P2QX", "order": "E12~O1"})
    worker: Id
    order: Id


class HandChangesIn(BaseModel):
    """Pairs of a worker and an order that are held, in the plan already or not, and pairs that are ruled out."""

    model_config = example({"hold": [{"worker": "W7K3M9P2QX", "order": "E12~O1"}], "exclude": []})
    hold: Annotated[list[PairIn], Field(max_length=MOST_PAIRS)] = []
    exclude: Annotated[list[PairIn], Field(max_length=MOST_PAIRS)] = []


class HandChangesOut(BaseModel):
    """What a plan with changes comes to when nobody else is moved: whether it is legal, by which rules not, what it was
    worth and is worth then, and the placements that end. It isn't `possible` where a rule refuses a held pair by
    itself: no re-match helps then.
    """

    model_config = example(
        {"legal": False, "possible": True, "breaches": ["headcount"], "before": 100.0, "after": 98.5, "ended": []}
    )
    legal: bool
    possible: bool
    breaches: list[str]
    before: float
    after: float
    ended: list[PairIn]


def try_by_hand(
    connection: sa.Connection, run: sa.Row[Any], asked: HandChangesIn, known: Agreements | None = None
) -> HandChangesOut:
    """Judge changes of a run's plan, against what the run read; with ``known`` agreements rules are told as pages tell
    them. Raises `CallError` for an id that isn't there, or is another's.
    """
    allow_computing(connection)
    with tempfile.TemporaryDirectory(prefix="vaiven-") as place:
        folder = Path(place, "input")
        unpack_earlier(connection, run.id, folder)
        audience = audience_of(run.role, run.country, folder / "programme")
        for what, name in _named([*asked.hold, *asked.exclude]):
            if audience.is_hidden(name):
                raise unknown_id(what, name)
        with_others(folder, audience)
        programme = earlier_programme(folder)
        worker, order = read_placements(programme, folder / EARLIER)
        found = changed_by_hand(programme, worker, order, _pairs(asked.hold), _pairs(asked.exclude))
    own = [one for one in found.ended if not audience.is_hidden(one[0])]
    return HandChangesOut(
        legal=found.legal,
        possible=found.possible,
        breaches=[audience.redacted(say(plainly(one, known) if known else one)) for one in found.breaches],
        before=found.before,
        after=found.after,
        ended=[PairIn(worker=worker, order=order) for worker, order in own],
    )


def _pairs(asked: Sequence[PairIn]) -> list[tuple[str, str]]:
    return [(one.worker, one.order) for one in asked]


def _named(asked: Sequence[PairIn]) -> list[tuple[str, str]]:
    return [pair for one in asked for pair in (("worker", one.worker), ("order", one.order))]


def swapped(first: PairIn, second: PairIn) -> HandChangesIn:
    """The changes by which two placements change places."""
    return HandChangesIn(
        hold=[PairIn(worker=first.worker, order=second.order), PairIn(worker=second.worker, order=first.order)],
        exclude=[first, second],
    )
