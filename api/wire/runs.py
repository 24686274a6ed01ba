"""Runs, plans and operations on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.problems import Problem
from api.wire.shapes import Name, Text, example

Kind = Literal["match", "what_if", "sweep", "rematch"]
RunState = Literal["queued", "running", "done", "failed", "cancelled"]
OperationState = Literal[
    "proposed", "offered", "accepted", "declined", "travelling", "arrived", "home", "dropped", "withdrawn"
]


class RunIn(BaseModel):
    """What to run. `what_ifs` is for a what-if, `sweep` for a sweep (TOML files of edits), `plan` for a re-match."""

    model_config = example({"kind": "match", "gap": 0.001, "time_limit": 600, "seed": 0})
    kind: Kind = "match"
    mechanism: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")] = "optimal"
    gap: Annotated[float, Field(ge=0, le=1)] = 0.001
    time_limit: Annotated[float, Field(gt=0, le=86_400, description="Seconds of the solve stage.")] = 600
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    states: Annotated[list[Literal["submitted", "certified"]], Field(min_length=1, max_length=2)] = ["certified"]
    what_ifs: Annotated[list[Annotated[str, Field(max_length=50_000)]], Field(max_length=50)] = []
    sweep: Annotated[str, Field(max_length=50_000)] = ""
    measure: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")] = "placements"
    plan: Annotated[Text, Field(max_length=64, description="The run whose published plan is repaired.")] = ""
    charge: Annotated[float, Field(ge=0, le=1e6, description="What a kept placement counts more.")] = 2.0


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
            "created_at": "2026-01-05T09:00:00Z",
            "started_at": "2026-01-05T09:00:01Z",
            "ended_at": None,
            "published_at": None,
        }
    )
    id: str
    kind: Kind
    state: RunState
    options: dict[str, Any]
    progress: dict[str, Any]
    manifest: dict[str, Any]
    problem: Problem | None
    attempts: int
    replayable: bool
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    published_at: datetime | None


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


class PublishedOut(BaseModel):
    """What publishing did: new placements are proposed, those that stay are left as they are, others are withdrawn."""

    model_config = example({"proposed": 120, "kept": 0, "withdrawn": 0})
    proposed: int
    kept: int
    withdrawn: int


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
