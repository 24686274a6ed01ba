"""Entries of the audit log on the wire."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from api.requests.shapes import example


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
