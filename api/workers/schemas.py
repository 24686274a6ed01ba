"""Registers and workers on the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.answers.spoken_requests import Sentence
from api.requests.shapes import Name, Text, example

Table = Literal[
    "workers",
    "employers",
    "sites",
    "history",
    "recalls",
    "preferences",
    "corridors",
    "commitments",
    "exclusions",
    "scores",
]


class UploadOut(BaseModel):
    """What an upload did; `headings` tells which heading of the sheet became which column, `notices` what is only
    estimated and who is likely registered twice.
    """

    model_config = example(
        {"table": "workers", "rows": 1200, "added": 1150, "changed": 50, "revision": 3, "headings": {}}
    )
    table: str
    rows: int
    added: int
    changed: int
    revision: int
    headings: dict[str, str] = {}
    notices: list[Sentence] = []


class RowOut(BaseModel):
    """A row of a register, as cells of text."""

    model_config = example({"cells": {"employer_id": "E12", "name": "Farm 12", "country": "CA"}})
    cells: dict[str, str]


class WorkerOut(BaseModel):
    """A worker's profile; `person` is there for those who may know who it is."""

    model_config = example(
        {
            "worker_id": "W7K3M9P2QX",
            "profile": {"origin_country": "GT", "occupations": "9211:24"},
            "person": {"register_number": "2451", "name": "María", "contact": ""},
        }
    )
    worker_id: str
    profile: dict[str, str]
    person: dict[str, str] | None = None


class WorkerChange(BaseModel):
    """Columns of a worker's profile, as cells of text, and what is known of the person."""

    model_config = example({"profile": {"available_from": "2026-02-01"}, "contact": "+502 5555 0101"})
    profile: dict[Annotated[Text, Field(max_length=60)], Text] = {}
    name: Text | None = None
    contact: Text | None = None


class PersonOut(BaseModel):
    """Everything that is kept of one person, for that person."""

    model_config = example({"person": {"worker_id": "W7K3M9P2QX"}, "rows": {"workers": [], "operations": []}})
    person: dict[str, str]
    rows: dict[str, list[dict[str, str]]]


class LookUpIn(BaseModel):
    """Register numbers that are looked up."""

    model_config = example({"register_numbers": ["2451", "2452"]})
    register_numbers: Annotated[list[Name], Field(min_length=1, max_length=1000)]


class LookUpOut(BaseModel):
    """The worker of each register number that is in the programme, and the numbers that are not."""

    model_config = example({"workers": {"2451": "W7K3M9P2QX"}, "unknown": ["2452"]})
    workers: dict[str, str]
    unknown: list[str]


class RegistrationEndedOut(BaseModel):
    """How many rows of the programme went, and how many open placements were ended."""

    model_config = example({"rows": 4, "operations_ended": 1})
    rows: int
    operations_ended: int


class ErasedOut(BaseModel):
    """What was erased, and how many runs can't be replayed any more."""

    model_config = example({"rows": 4, "runs_not_replayable": 2})
    rows: int
    runs_not_replayable: int
