"""Webhooks on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.requests.shapes import Text, example

Kind = Literal["run.finished", "plan.published", "placement.changed"]


class WebhookIn(BaseModel):
    """A new webhook: where events are sent (https), and which kinds of event."""

    model_config = example({"url": "https://ministry.example/vaiven", "kinds": ["placement.changed"]})
    url: Annotated[Text, Field(min_length=8, max_length=1000)]
    kinds: Annotated[list[Kind], Field(min_length=1, max_length=10)]


class WebhookOut(BaseModel):
    """A webhook of a ministry; its secret is told once, when it is made. `gone`: the receiver answered 410.

    `failing_since` is when an event was given up, until one arrives again.
    """

    model_config = example(
        {
            "id": "0198",
            "role": "origin_ministry",
            "country": "GT",
            "account_id": "0197",
            "url": "https://ministry.example/vaiven",
            "kinds": ["placement.changed"],
            "state": "active",
            "failing_since": None,
            "created_at": "2026-01-05T09:00:00Z",
            "secret": None,
        }
    )
    id: str
    role: str
    country: str
    account_id: str
    url: str
    kinds: list[str]
    state: Literal["active", "paused", "gone"]
    failing_since: datetime | None
    created_at: datetime
    secret: str | None = None


class DeliveryOut(BaseModel):
    """An event on its way to a webhook; `id` is its `webhook-id`, `status` that of the last answer (0 without one)."""

    model_config = example(
        {
            "id": "0199",
            "kind": "placement.changed",
            "state": "waiting",
            "attempts": 1,
            "status": 500,
            "reason": "",
            "created_at": "2026-01-05T09:00:00Z",
            "next_at": "2026-01-05T09:00:05Z",
            "ended_at": None,
        }
    )
    id: str
    kind: str
    state: Literal["waiting", "delivered", "given_up"]
    attempts: int
    status: int
    reason: str
    created_at: datetime
    next_at: datetime | None
    ended_at: datetime | None
