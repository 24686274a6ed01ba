"""Pages of webhooks: those of a ministry, a new one, and one with its events; for auditors and administrators all."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from fastapi import Response

from api.console.forms import FormFields, faults_by_field, or_again, read_form
from api.console.page_router import PageRouter, viewed
from api.console.rendering import gone_to, page
from api.console.sections import Section
from api.console.tables import Column, Filter, Listing, read_table, table_file
from api.requests.context import Context
from api.storage.tables import webhook_deliveries, webhooks
from api.webhooks.outbox import KINDS
from api.webhooks.schemas import WebhookIn
from api.webhooks.webhooks import (
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
from api.webhooks.words import DELIVERY_STATES, KIND_WORDS, REASONS, STATES
from engine.errors import InputError
from engine.words import message, msgid

router = PageRouter()
SECTIONS = (
    Section(
        msgid("Webhooks"),
        "/webhooks",
        "webhook.read",
        15,
        msgid("Which systems of the ministries are told of changes."),
    ),
)
LISTING = Listing(
    msgid("Webhooks"),
    (
        Column("id", msgid("Number"), webhooks.c.id, hidden=True),
        Column("url", msgid("Address"), webhooks.c.url, link=lambda row: f"/webhooks/{row['id']}"),
        Column("state", msgid("State"), webhooks.c.state, words=STATES),
        Column("country", msgid("Of the ministry of"), webhooks.c.country),
    ),
    sort="url",
)
events = webhook_deliveries.c


@router.get("/webhooks")
def show_webhooks(context: Context = viewed("webhook.read")) -> Response:
    """The webhooks that somebody sees."""
    rows = sa.select(webhooks).where(webhooks_seen(context.principal))
    if (file := table_file(context, LISTING, rows)) is not None:
        return file
    return page(context, "webhooks/list.html", shown=read_table(context, LISTING, rows))


@router.get("/new-webhook")
def ask_for_webhook(context: Context = viewed("webhook.write")) -> Response:
    """The form of a new webhook."""
    return _form(context, {}, KINDS)


def _form(context: Context, typed: Any, ticked: Any, error: InputError | None = None) -> Response:
    kinds = [(kind, message(KIND_WORDS[kind]), kind in ticked) for kind in KINDS]
    status = 422 if error else 200
    told = {"typed": typed, "kinds": kinds, "error": error, "faults": faults_by_field(error)}
    return page(context, "webhooks/new.html", status, **told)


@router.post("/new-webhook")
def make_new_webhook(fields: FormFields, context: Context = viewed("webhook.write")) -> Response:
    """Make a webhook; its secret is shown this once."""
    kinds = fields.every("kinds")

    def made() -> tuple[Any, str]:
        asked = read_form(WebhookIn, {"url": fields.get("url", ""), "kinds": kinds})
        return make_webhook(context.connection, context.principal, asked)

    row, secret = or_again(made, lambda error: _form(context, fields, kinds, error))
    context.record("webhook.made", f"webhook/{row.id}", kinds=row.kinds)
    return page(context, "webhooks/secret.html", hook=webhook_out(row), secret=secret, is_new=True)


@router.get("/webhooks/{webhook_id}")
def show_webhook(webhook_id: str, context: Context = viewed("webhook.read")) -> Response:
    """A webhook, and the events that were sent to it or wait."""
    listing, rows = _events(context, webhook_id), sa.select(webhook_deliveries).where(_mine(context))
    if (file := table_file(context, listing, rows)) is not None:
        return file
    return _webhook(context)


def _mine(context: Context) -> sa.ColumnElement[bool]:
    return of_webhook(context.objects["webhook_id"])


def _webhook(context: Context, error: InputError | None = None) -> Response:
    row = context.objects["webhook_id"]
    shown = read_table(context, _events(context, row.id), sa.select(webhook_deliveries).where(_mine(context)))
    told: dict[str, Any] = {"states": STATES, "kinds": KIND_WORDS, "error": error}
    return page(context, "webhooks/webhook.html", hook=webhook_out(row), shown=shown, **told)


def _events(context: Context, webhook_id: str) -> Listing:
    """The table of a webhook's events."""
    seconds = [sa.func.substr(sa.cast(moment, sa.Text), 1, 19) for moment in (events.created_at, events.next_at)]
    coming = sa.case((events.state == "waiting", seconds[1]), else_="")
    return Listing(
        msgid("Events"),
        (
            Column("id", msgid("Number"), events.id, whole=True, link=lambda row: f"{_place(webhook_id)}/{row['id']}"),
            Column("created_at", msgid("Happened (UTC)"), seconds[0], whole=True),
            Column("kind", msgid("Event"), events.kind, words=KIND_WORDS),
            Column("state", msgid("State"), events.state, words=DELIVERY_STATES),
            Column("attempts", msgid("Attempts"), events.attempts, number=True),
            Column("status", msgid("Last status"), sa.case((events.status == 0, None), else_=events.status)),
            Column("reason", msgid("What was wrong"), events.reason, words=REASONS),
            Column("next_at", msgid("Next attempt (UTC)"), coming, whole=True),
        ),
        (
            Filter("kind", msgid("Event"), events.kind, words=KIND_WORDS),
            Filter("state", msgid("State"), events.state, words=DELIVERY_STATES),
        ),
        "-created_at",
    )


def _place(webhook_id: str) -> str:
    return f"/webhooks/{webhook_id}/events"


@router.get("/webhooks/{webhook_id}/events/{delivery_id}")
def show_event(webhook_id: str, delivery_id: str, context: Context = viewed("webhook.read")) -> Response:
    """An event as it is sent, and what came of it."""
    return _event(context)


def _event(context: Context, error: InputError | None = None) -> Response:
    hook, row = context.objects["webhook_id"], context.objects["delivery_id"]
    told: dict[str, Any] = {"kinds": KIND_WORDS, "states": DELIVERY_STATES, "reasons": REASONS, "error": error}
    return page(context, "webhooks/event.html", hook=hook, event=row, **told)


@router.post("/webhooks/{webhook_id}/events/{delivery_id}/again")
def send_event_again(
    webhook_id: str, delivery_id: str, fields: FormFields, context: Context = viewed("webhook.write")
) -> Response:
    """Have an event sent again."""
    hook, row = context.objects["webhook_id"], context.objects["delivery_id"]
    or_again(lambda: send_again(context.connection, hook, row), lambda error: _event(context, error))
    context.record("webhook.sent_again", f"webhook/{webhook_id}", event=delivery_id)
    return gone_to(f"/webhooks/{webhook_id}", "again")


@router.post("/webhooks/{webhook_id}/test")
def send_test_from_page(webhook_id: str, fields: FormFields, context: Context = viewed("webhook.write")) -> Response:
    """Have a test event sent."""
    hook = context.objects["webhook_id"]
    or_again(lambda: send_test(context.connection, hook), lambda error: _webhook(context, error))
    context.record("webhook.tested", f"webhook/{webhook_id}")
    return gone_to(f"/webhooks/{webhook_id}", "tested")


@router.post("/webhooks/{webhook_id}/pause")
def pause_from_page(webhook_id: str, fields: FormFields, context: Context = viewed("webhook.stop")) -> Response:
    """Pause a webhook."""
    pause_webhook(context.connection, context.objects["webhook_id"])
    context.record("webhook.paused", f"webhook/{webhook_id}")
    return gone_to(f"/webhooks/{webhook_id}", "paused")


@router.post("/webhooks/{webhook_id}/resumption")
def resume_from_page(webhook_id: str, fields: FormFields, context: Context = viewed("webhook.write")) -> Response:
    """Resume a webhook."""
    resume_webhook(context.connection, context.objects["webhook_id"])
    context.record("webhook.resumed", f"webhook/{webhook_id}")
    return gone_to(f"/webhooks/{webhook_id}", "resumed")


@router.post("/webhooks/{webhook_id}/secret")
def rotate_from_page(webhook_id: str, fields: FormFields, context: Context = viewed("webhook.write")) -> Response:
    """Make a new secret, which is shown this once."""
    row, secret = rotate_secret(context.connection, context.objects["webhook_id"])
    context.record("webhook.secret_rotated", f"webhook/{webhook_id}")
    return page(context, "webhooks/secret.html", hook=webhook_out(row), secret=secret, is_new=False)


@router.post("/webhooks/{webhook_id}/removal")
def remove_from_page(webhook_id: str, fields: FormFields, context: Context = viewed("webhook.stop")) -> Response:
    """Remove a webhook with all that waits for it."""
    remove_webhook(context.connection, context.objects["webhook_id"])
    context.record("webhook.removed", f"webhook/{webhook_id}")
    return gone_to("/webhooks", "removed")
