"""Agreements on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from api.answers.spoken_requests import Sentence
from api.requests.shapes import Toml, example
from engine.agreements.comparing import ClauseDifference
from engine.agreements.finding import Finding

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


class ClauseDifferenceOut(BaseModel):
    """A clause in two versions: what it says in each (empty where it isn't there), and whom that protects more.

    `protection` is what the change does to the protection of workers, `points` are the parameters by which.
    """

    clause: str
    kind: str
    before: Sentence
    after: Sentence
    points: list[str]
    protection: Literal["same", "more", "less", "unclear"]

    @staticmethod
    def of(one: ClauseDifference) -> ClauseDifferenceOut:
        """Make it of what the engine found."""
        points = [point.parameter for point in one.points if point.parameter]
        return ClauseDifferenceOut(
            clause=one.clause,
            kind=one.kind,
            before=one.before,
            after=one.after,
            points=points,
            protection=one.protection.value,
        )


class DifferenceOut(BaseModel):
    """What changed between two versions of an agreement: line by line, and each clause that differs in words."""

    model_config = example(
        {
            "from_version": 1,
            "to_version": 2,
            "lines": ["-count = 5000", "+count = 5200"],
            "clauses": [
                {
                    "clause": "quota",
                    "kind": "cap",
                    "before": "At most 5,000 placements.",
                    "after": "At most 5,200 placements.",
                    "points": ["count"],
                    "protection": "same",
                }
            ],
        }
    )
    from_version: int
    to_version: int
    lines: list[str]
    clauses: list[ClauseDifferenceOut]


class FindingOut(BaseModel):
    """One thing that may not be right in an agreement, with what would be; `clause` is empty where it is of the whole."""

    check: str
    clause: str
    article: str
    error: bool
    problem: Sentence
    right: Sentence

    @staticmethod
    def of(one: Finding) -> FindingOut:
        """Make it of what the engine found."""
        return FindingOut(
            check=one.check,
            clause=one.clause,
            article=one.article,
            error=one.error,
            problem=one.problem,
            right=one.right,
        )


class FindingsOut(BaseModel):
    """What may not be right in a version of an agreement, and how many clauses have sources of each kind.

    `sources` has the kinds of sources by their names, and under the empty name the clauses that don't say.
    """

    model_config = example(
        {
            "version": 2,
            "findings": [
                {
                    "check": "without_source",
                    "clause": "quota",
                    "article": "",
                    "error": False,
                    "problem": "This clause names no article.",
                    "right": "Give the article that says so as source.",
                }
            ],
            "sources": {"text of law": 0, "official page": 0, "secondary": 0, "illustrative": 0, "": 1},
        }
    )
    version: int
    findings: list[FindingOut]
    sources: dict[str, int]
