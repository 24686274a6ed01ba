"""Agreements on the wire."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from api.requests.shapes import Toml, example

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


class DifferenceOut(BaseModel):
    """What changed between two versions of an agreement, line by line."""

    model_config = example({"from_version": 1, "to_version": 2, "lines": ["-count = 5000", "+count = 5200"]})
    from_version: int
    to_version: int
    lines: list[str]
