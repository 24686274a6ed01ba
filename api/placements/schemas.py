"""Plans and operations on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.requests.shapes import Name, Text, example

OperationState = Literal[
    "proposed", "offered", "accepted", "declined", "travelling", "arrived", "home", "dropped", "withdrawn"
]


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
