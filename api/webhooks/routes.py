"""Webhooks: where a ministry's own system hears of changes."""

from __future__ import annotations

import sqlalchemy as sa
from fastapi import Response

from api.requests.context import Context
from api.requests.handlers import allowed
from api.requests.router import Router
from api.requests.shapes import After, Limit, Page, page
from api.storage.tables import webhook_deliveries, webhooks
from api.webhooks.schemas import DeliveryOut, WebhookIn, WebhookOut
from api.webhooks.webhooks import (
    delivery_out,
    make_webhook,
    of_webhook,
    pause_webhook,
    remove_webhook,
    resume_webhook,
    rotate_secret,
    send_again,
    send_test,
    webhook_out,
    webhooks_seen,
)

router = Router(prefix="/v1/webhooks", tags=["webhooks"])


@router.get("")
def list_webhooks(
    limit: Limit = 100, after: After = None, context: Context = allowed("webhook.read")
) -> Page[WebhookOut]:
    """The webhooks that one sees, oldest first, without their secrets."""
    asked = sa.select(webhooks).where(webhooks_seen(context.principal)).order_by(webhooks.c.id).limit(limit + 1)
    rows = context.connection.execute(asked if after is None else asked.where(webhooks.c.id > after)).all()
    return page([webhook_out(row) for row in rows], limit, [row.id for row in rows])


@router.post("", status_code=201)
def create_webhook(asked: WebhookIn, context: Context = allowed("webhook.write")) -> WebhookOut:
    """Have events of some kinds sent to an address; the secret that they are signed by is told this once."""
    row, secret = make_webhook(context.connection, context.principal, asked)
    context.record("webhook.made", f"webhook/{row.id}", kinds=row.kinds)
    return webhook_out(row, secret)


@router.get("/{webhook_id}")
def read_webhook(webhook_id: str, context: Context = allowed("webhook.read")) -> WebhookOut:
    """A webhook, without its secret."""
    return webhook_out(context.objects["webhook_id"])


@router.delete("/{webhook_id}", status_code=204)
def delete_webhook(webhook_id: str, context: Context = allowed("webhook.stop")) -> Response:
    """Remove a webhook with all that waits for it."""
    remove_webhook(context.connection, context.objects["webhook_id"])
    context.record("webhook.removed", f"webhook/{webhook_id}")
    return Response(status_code=204)


@router.post("/{webhook_id}/pause")
def pause_a_webhook(webhook_id: str, context: Context = allowed("webhook.stop")) -> WebhookOut:
    """Tell a webhook of nothing until it is resumed; what waits already is sent then."""
    row = pause_webhook(context.connection, context.objects["webhook_id"])
    context.record("webhook.paused", f"webhook/{webhook_id}")
    return webhook_out(row)


@router.post("/{webhook_id}/resumption")
def resume_a_webhook(webhook_id: str, context: Context = allowed("webhook.write")) -> WebhookOut:
    """Tell a webhook of what happens from now on."""
    row = resume_webhook(context.connection, context.objects["webhook_id"])
    context.record("webhook.resumed", f"webhook/{webhook_id}")
    return webhook_out(row)


@router.post("/{webhook_id}/secret")
def rotate_webhook_secret(webhook_id: str, context: Context = allowed("webhook.write")) -> WebhookOut:
    """A new secret, told this once; for a day events are signed by it and by the one before."""
    row, secret = rotate_secret(context.connection, context.objects["webhook_id"])
    context.record("webhook.secret_rotated", f"webhook/{webhook_id}")
    return webhook_out(row, secret)


@router.post("/{webhook_id}/test", status_code=202)
def send_test_event(webhook_id: str, context: Context = allowed("webhook.write")) -> WebhookOut:
    """Have an event sent that tells of nothing, of the kind `webhook.test`."""
    send_test(context.connection, context.objects["webhook_id"])
    context.record("webhook.tested", f"webhook/{webhook_id}")
    return webhook_out(context.objects["webhook_id"])


@router.get("/{webhook_id}/deliveries")
def list_deliveries(
    webhook_id: str, limit: Limit = 100, after: After = None, context: Context = allowed("webhook.read")
) -> Page[DeliveryOut]:
    """The events of a webhook that are kept, the newest first: how often each was tried, and what came of it."""
    ids = webhook_deliveries.c.id
    asked = sa.select(webhook_deliveries).where(of_webhook(context.objects["webhook_id"])).order_by(ids.desc())
    rows = context.connection.execute(asked.where(ids < after if after else sa.true()).limit(limit + 1)).all()
    return page([delivery_out(row) for row in rows], limit, [row.id for row in rows])


@router.post("/{webhook_id}/deliveries/{delivery_id}/repetition", status_code=202)
def repeat_delivery(webhook_id: str, delivery_id: str, context: Context = allowed("webhook.write")) -> DeliveryOut:
    """Have an event sent again, under the same id."""
    row = send_again(context.connection, context.objects["webhook_id"], context.objects["delivery_id"])
    context.record("webhook.sent_again", f"webhook/{webhook_id}", event=delivery_id)
    return delivery_out(row)
