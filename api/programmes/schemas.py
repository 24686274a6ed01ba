"""Programmes on the wire."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from api.answers.problems import FaultOut
from api.answers.spoken_requests import Sentence
from api.requests.shapes import Name, Toml, example

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
