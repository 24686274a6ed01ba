"""How a request finds the webhook and the event that its path names."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from api.requests.context import Context
from api.requests.objects import Finder
from api.storage.tables import webhook_deliveries, webhooks
from api.webhooks.webhooks import of_webhook, webhooks_seen


def find_webhook(context: Context, identifier: str) -> sa.Select[Any]:
    """A webhook, if it is seen."""
    chosen = sa.select(webhooks).where(webhooks.c.id == identifier, webhooks_seen(context.principal))
    return chosen.with_for_update() if context.takes_object else chosen


def find_delivery(context: Context, identifier: str) -> sa.Select[Any]:
    """An event of the webhook."""
    mine = sa.and_(webhook_deliveries.c.id == identifier, of_webhook(context.objects["webhook_id"]))
    chosen = sa.select(webhook_deliveries).where(mine)
    return chosen.with_for_update() if context.takes_object else chosen


FINDERS = {"webhook_id": Finder(find_webhook), "delivery_id": Finder(find_delivery)}
