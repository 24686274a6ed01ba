"""Experiments on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from api.requests.shapes import Text, example

MOST_RUNS = 20
RunIds = Annotated[list[Annotated[Text, Field(min_length=1, max_length=64)]], Field(max_length=MOST_RUNS)]


class ExperimentIn(BaseModel):
    """A question, what was concluded ('' not yet), and the runs that were made for it, which have ended."""

    model_config = example({"question": "What would ten more places give?", "conclusion": "", "run_ids": ["0198"]})
    question: Annotated[Text, Field(min_length=3, max_length=500)]
    conclusion: Annotated[Text, Field(max_length=2000)] = ""
    run_ids: RunIds = []


class KeptRunOut(BaseModel):
    """A run of an experiment as it was when it was put in: what was asked of which base, and what came of it.

    It is kept here though the run itself is deleted one day.
    """

    id: str
    kind: str
    asked: dict[str, Any]
    programme_sha256: str
    software: str
    revision: int | None
    made_at: str
    results: list[dict[str, Any]]


class ExperimentOut(BaseModel):
    """An experiment with the lineage of its runs."""

    model_config = example(
        {
            "id": "0198",
            "question": "What would ten more places give?",
            "conclusion": "",
            "runs": [],
            "version": 1,
            "created_at": "2026-01-05T09:00:00Z",
            "changed_at": "2026-01-05T09:00:00Z",
        }
    )
    id: str
    question: str
    conclusion: str
    runs: list[KeptRunOut]
    version: int
    created_at: datetime
    changed_at: datetime
