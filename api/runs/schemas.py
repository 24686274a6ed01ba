"""Runs, plans and operations on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from api.answers.problems import Problem
from api.requests.shapes import Name, Text, example
from engine.errors import CallError
from engine.words.catalogue import known_language

RunState = Literal["queued", "running", "done", "failed", "cancelled"]
OperationState = Literal[
    "proposed", "offered", "accepted", "declined", "travelling", "arrived", "home", "dropped", "withdrawn"
]


class RunIn(BaseModel):
    """What to run: what all kinds of run share. Each kind adds its own, with an example (`api.runs.jobs`)."""

    kind: str
    gap: Annotated[float, Field(ge=0, le=1)] = 0.001
    time_limit: Annotated[float, Field(gt=0, le=86_400, description="Seconds of the solve stage.")] = 600
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    states: Annotated[list[Literal["submitted", "certified"]], Field(min_length=1, max_length=2)] = ["certified"]


def _spoken(tag: str) -> str:
    """Raise `ValueError` for a language that isn't spoken."""
    try:
        return known_language(tag)
    except CallError as error:
        raise ValueError(error.message) from error


Language = Annotated[str, Field(max_length=35, examples=["es", "fr-CA"]), AfterValidator(_spoken)]


class SpokenIn(RunIn):
    """What is told in a language: that of `lang`, or the first of the request's `Accept-Language` that is spoken."""

    lang: Annotated[Language | None, Field(description="Without it, what `Accept-Language` asks.")] = None


PlanId = Annotated[Text, Field(min_length=1, max_length=64, description="A run that has a plan.")]


class RunOut(BaseModel):
    """A run: its state, how far it is, and once it has ended its manifest or its problem."""

    model_config = example(
        {
            "id": "0198",
            "kind": "match",
            "state": "running",
            "options": {"gap": 0.001},
            "progress": {"phase": "prices", "bound": 1000.0, "objective": 990.0, "gap": 0.01, "seconds": 3.2},
            "manifest": {},
            "problem": None,
            "attempts": 1,
            "replayable": True,
            "before": None,
            "created_at": "2026-01-05T09:00:00Z",
            "started_at": "2026-01-05T09:00:01Z",
            "ended_at": None,
            "published_at": None,
        }
    )
    id: str
    kind: str
    state: RunState
    options: dict[str, Any]
    progress: dict[str, Any]
    manifest: dict[str, Any]
    problem: Problem | None
    attempts: int
    replayable: bool
    revision: Annotated[int | None, Field(description="Of the programme, as the run read it.")] = None
    before: Annotated[int | None, Field(description="How many runs come before this one, as long as it waits.")] = None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    published_at: datetime | None


class QueuedOut(BaseModel):
    """A run in the queue as administrators see it: whose it is and how long it goes on, nothing of its content."""

    model_config = example(
        {
            "id": "0198",
            "kind": "sweep",
            "state": "queued",
            "role": "planner",
            "account_id": "0197",
            "long": True,
            "attempts": 1,
            "spent_seconds": 61.5,
            "before": 3,
            "created_at": "2026-01-05T09:00:00Z",
        }
    )
    id: str
    kind: str
    state: RunState
    role: str
    account_id: str
    long: bool
    attempts: int
    spent_seconds: float
    before: int | None
    created_at: datetime


class PlacementOut(BaseModel):
    """A placement of a plan."""

    model_config = example(
        {
            "worker_id": "W7K3M9P2QX",
            "order_id": "O12",
            "employer_id": "E12",
            "agreement_id": "GT-CA",
            "start_date": "2026-05-04",
            "end_date": "2026-10-30",
            "value": 31.2,
        }
    )
    worker_id: str
    order_id: str
    employer_id: str
    agreement_id: str
    start_date: str
    end_date: str
    value: float


class LeftOutOut(BaseModel):
    """A placement that was left out, with the rule that it breaks and the rule in words."""

    worker_id: str
    order_id: str
    rule: str
    sentence: str


class PublishedOut(BaseModel):
    """What publishing did: new placements are proposed, those that stay are left as they are, others are withdrawn."""

    model_config = example({"proposed": 120, "kept": 0, "withdrawn": 0, "left_out": []})
    proposed: int
    kept: int
    withdrawn: int
    left_out: list[LeftOutOut]


class OperationOut(BaseModel):
    """What has become of a placement."""

    model_config = example(
        {
            "id": "0198",
            "worker_id": "W7K3M9P2QX",
            "order_id": "O12",
            "employer_id": "E12",
            "origin_country": "GT",
            "destination_country": "CA",
            "start_date": "2026-05-04",
            "end_date": "2026-10-30",
            "state": "offered",
            "version": 2,
            "changed_at": "2026-01-07T09:00:00Z",
            "name": None,
        }
    )
    id: str
    worker_id: str
    order_id: str
    employer_id: str
    origin_country: str
    destination_country: str
    start_date: str
    end_date: str
    state: OperationState
    version: int
    changed_at: datetime
    name: str | None = None


class MoveIn(BaseModel):
    """The state that comes next."""

    model_config = example({"state": "offered"})
    state: OperationState


class CorrectionIn(BaseModel):
    """The state before the last step, which is taken back, and why; write no names."""

    model_config = example({"state": "accepted", "reason": "Recorded for another worker by mistake."})
    state: OperationState
    reason: Annotated[Text, Field(min_length=3, max_length=500)]


class OperationVersionOut(BaseModel):
    """A state of an operation: who recorded it, by role; the account and the reason of a correction for its own side."""

    model_config = example(
        {
            "version": 3,
            "state": "accepted",
            "at": "2026-01-07T09:00:00Z",
            "role": "origin_ministry",
            "account_id": None,
            "corrects": False,
            "reason": None,
        }
    )
    version: int
    state: OperationState
    at: datetime
    role: str
    account_id: str | None
    corrects: bool
    reason: str | None


class BulkMoveIn(BaseModel):
    """The state that comes next for many: all of them or, where one can't, none."""

    model_config = example({"state": "offered", "ids": ["0198"]})
    state: OperationState
    ids: Annotated[list[Name], Field(min_length=1, max_length=5000)]


class MovedOut(BaseModel):
    """How many were moved."""

    model_config = example({"moved": 120})
    moved: int


class EntryOut(BaseModel):
    """An entry of the audit log."""

    model_config = example(
        {
            "number": 1,
            "at": "2026-01-05T09:00:00+00:00",
            "account_id": "0198",
            "action": "order.submitted",
            "object": "order/O12",
            "details": {"version": 2},
            "hash": "ab12",
        }
    )
    number: int
    at: str
    account_id: str
    action: str
    object: str
    details: dict[str, Any]
    hash: str
