"""Programmes, agreements and registers on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.answers.problems import FaultOut
from api.answers.spoken_requests import Sentence
from api.requests.shapes import Name, Text, example

SETTINGS = """format = 1
id = "season-2026"
title = "Season 2026"
as_of = 2026-01-05
horizon = { start = 2026-02-01, end = 2026-12-15 }
currency = "USD"
max_placements_per_worker = 1
reference_weekly_income = 300
[objective]
fill = 1
"""
AGREEMENT = """id = "GT-CA"
version = "2026"
title = "Seasonal work in Canada"
origins = ["GT"]
destination = "CA"
sectors = ["A"]
effective_from = 2025-01-01
effective_to = 2027-12-31
[[clause]]
id = "quota"
kind = "cap"
count = 5200
"""
Toml = Annotated[str, Field(max_length=400_000)]


class ProgrammeIn(BaseModel):
    """A new programme; `settings` is programme.toml as the format describes it."""

    model_config = example({"title": "Season 2026", "settings": SETTINGS})
    title: Name
    settings: Toml


class ProgrammeChange(BaseModel):
    """What of a programme may change."""

    model_config = example({"title": "Season 2026, second round"})
    title: Name | None = None
    settings: Toml | None = None


class ProgrammeOut(BaseModel):
    """A programme; `revision` grows whenever its registers, agreements or settings change."""

    model_config = example(
        {
            "id": "0198",
            "title": "Season 2026",
            "owner_role": "origin_ministry",
            "owner_country": "GT",
            "settings": SETTINGS,
            "version": 1,
            "revision": 1,
            "created_at": "2026-01-05T09:00:00Z",
        }
    )
    id: str
    title: str
    owner_role: str
    owner_country: str
    settings: str
    version: int
    revision: int
    created_at: datetime


class AgreementIn(BaseModel):
    """An agreement as the format describes it (agreements/ID.toml)."""

    model_config = example({"toml": AGREEMENT})
    toml: Toml


class AgreementOut(BaseModel):
    """One version of an agreement."""

    model_config = example(
        {
            "agreement_id": "GT-CA",
            "version": 2,
            "toml": AGREEMENT,
            "created_at": "2026-01-05T09:00:00Z",
            "created_by": "0198",
        }
    )
    agreement_id: str
    version: int
    toml: str
    created_at: datetime
    created_by: str


class DifferenceOut(BaseModel):
    """What changed between two versions of an agreement, line by line."""

    model_config = example({"from_version": 1, "to_version": 2, "lines": ["-count = 5000", "+count = 5200"]})
    from_version: int
    to_version: int
    lines: list[str]


class UploadOut(BaseModel):
    """What an upload did; `headings` tells which heading of the sheet became which column."""

    model_config = example(
        {"table": "workers", "rows": 1200, "added": 1150, "changed": 50, "revision": 3, "headings": {}}
    )
    table: str
    rows: int
    added: int
    changed: int
    revision: int
    headings: dict[str, str] = {}


class ClashOut(BaseModel):
    """A rule by which placements under way can't stand any more: the rule, in words, and how many they are."""

    rule: str
    sentence: Sentence
    placements: int


class SoundnessOut(BaseModel):
    """Whether a programme could be matched as it stands: every fault of it, and its sizes.

    Whether all that is open in it could be kept, and which rules are in the way; runs leave those people and their
    places as they are, and give them nothing else.
    """

    model_config = example(
        {"sound": True, "kept": True, "clashes": [], "tables": {"workers": 1200}, "faults": [], "faults_left_out": 0}
    )
    sound: bool
    kept: bool
    clashes: list[ClashOut]
    tables: dict[str, int]
    faults: list[FaultOut]
    faults_left_out: int


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
