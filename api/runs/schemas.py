"""Runs on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from api.answers.problems import Problem
from api.requests.shapes import Text, example
from engine.errors import CallError
from engine.words.catalogue import known_language

RunState = Literal["queued", "running", "done", "failed", "cancelled"]


# What is named twice is run once: no list makes a run dearer than what it names.
EACH_ONCE = AfterValidator(lambda names: list(dict.fromkeys(names)))


class RunIn(BaseModel):
    """What to run: what all kinds of run share. Each kind adds its own, with an example (`api.runs.jobs`)."""

    kind: str
    gap: Annotated[float, Field(ge=0, le=1)] = 0.001
    time_limit: Annotated[float, Field(gt=0, le=86_400, description="Seconds of the solve stage.")] = 600
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    states: Annotated[list[Literal["submitted", "certified"]], Field(min_length=1, max_length=2), EACH_ONCE] = [
        "certified"
    ]


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
