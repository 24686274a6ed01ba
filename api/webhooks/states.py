"""The states of webhooks, and of events on their way."""

from __future__ import annotations

ACTIVE, PAUSED, GONE = "active", "paused", "gone"  # gone: the other end said that there is nothing any more
WAITING, DELIVERED, GIVEN_UP = "waiting", "delivered", "given_up"
