"""Webhooks as their ministry makes and ends them; the ministry's, not of the account that made them.

Invariant: no ministry has more than the settings say, however many ask at once. A secret is told once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from api.answers.problems import ServiceError, content_fault
from api.identity.access import ADMINISTRATOR, AUDITOR, MINISTRIES, Principal
from api.identity.sealing import OF_WEBHOOKS
from api.settings import settings
from api.storage.account_tables import accounts
from api.storage.database import new_id, now, utc
from api.storage.tables import webhook_deliveries, webhooks
from api.webhooks.addresses import target_of
from api.webhooks.outbox import TEST, write_events
from api.webhooks.schemas import DeliveryOut, WebhookIn, WebhookOut
from api.webhooks.signing import new_webhook_secret
from api.webhooks.states import ACTIVE, PAUSED, WAITING
from engine.words import message

Row = sa.Row[Any]
OVERLAP = timedelta(hours=24)  # that a secret still signs beside the one that takes its place
SEEN_OF_WEBHOOK = ("id", "role", "country", "account_id", "url", "kinds", "state")
SEEN_OF_DELIVERY = ("id", "kind", "state", "attempts", "status", "reason")


def webhooks_seen(principal: Principal) -> sa.ColumnElement[bool]:
    """Ministries see their own webhooks, auditors and administrators all."""
    if not principal.has_tenant:
        return sa.false()
    if principal.role in MINISTRIES:
        return sa.and_(webhooks.c.role == principal.role, webhooks.c.country == principal.country)
    return sa.true() if principal.role in (AUDITOR, ADMINISTRATOR) else sa.false()


def make_webhook(connection: sa.Connection, principal: Principal, asked: WebhookIn) -> tuple[Row, str]:
    """A new webhook of a ministry, and the secret that is told once.

    Raises `InputError` for an address that nothing may be sent to, 409 where the ministry has as many as it may.
    """
    try:
        target_of(asked.url)
    except ValueError as error:
        expected = message("as https://ministry.example/vaiven")
        raise content_fault("url", asked.url, error.args[0], expected) from error
    _require_room(connection, principal)
    secret = new_webhook_secret()
    values = {
        "id": new_id(),
        "role": principal.role,
        "country": principal.country,
        "account_id": principal.account_id,
        "url": asked.url,
        "kinds": list(dict.fromkeys(asked.kinds)),
        "state": ACTIVE,
        "secret": OF_WEBHOOKS.sealed(connection, secret),
        "created_at": now(),
    }
    return connection.execute(webhooks.insert().values(values).returning(webhooks)).one(), secret


def _require_room(connection: sa.Connection, principal: Principal) -> None:
    """Raise 409 where a ministry has as many as it may; two who make one at once come after each other."""
    mine = sa.and_(accounts.c.role == principal.role, accounts.c.country == principal.country)
    connection.execute(sa.select(accounts.c.id).where(mine).order_by(accounts.c.id).with_for_update())
    count = connection.scalar(sa.select(sa.func.count()).select_from(webhooks).where(webhooks_seen(principal)))
    most = settings().webhooks_of_a_ministry
    if int(count or 0) >= most:
        raise ServiceError(
            409, message("Your ministry has {n} webhooks, and no more may be.", n=most), message("Remove one first.")
        )


def pause_webhook(connection: sa.Connection, webhook: Row) -> Row:
    """Tell a webhook of nothing until it is resumed; what waits already is sent then."""
    return _written(connection, webhook, state=PAUSED)


def resume_webhook(connection: sa.Connection, webhook: Row) -> Row:
    """Tell a webhook of what happens from now on."""
    return _written(connection, webhook, state=ACTIVE, failing_since=None)


def rotate_secret(connection: sa.Connection, webhook: Row) -> tuple[Row, str]:
    """A new secret, told once; the one before signs beside it for `OVERLAP`."""
    secret = new_webhook_secret()
    old = {"old_secret": webhook.secret, "old_secret_until": now() + OVERLAP}
    return _written(connection, webhook, secret=OF_WEBHOOKS.sealed(connection, secret), **old), secret


def _written(connection: sa.Connection, webhook: Row, **values: Any) -> Row:
    changed = webhooks.update().where(webhooks.c.id == webhook.id).values(values)
    return connection.execute(changed.returning(webhooks)).one()


def remove_webhook(connection: sa.Connection, webhook: Row) -> None:
    """Remove a webhook with all that waits for it."""
    connection.execute(webhook_deliveries.delete().where(webhook_deliveries.c.webhook_id == webhook.id))
    connection.execute(webhooks.delete().where(webhooks.c.id == webhook.id))


def send_test(connection: sa.Connection, webhook: Row) -> None:
    """Have an event sent that tells of nothing. Raises 409 where one waits already, or the webhook is paused."""
    _require_active(webhook)
    waiting = sa.and_(of_webhook(webhook), webhook_deliveries.c.state == WAITING, webhook_deliveries.c.kind == TEST)
    if connection.scalar(sa.select(webhook_deliveries.c.id).where(waiting).limit(1)):
        raise ServiceError(
            409, message("A test event waits already."), message("It is tried again; or send it again now.")
        )
    write_events(connection, [webhook.id], TEST, now(), {"webhook_id": webhook.id})


def send_again(connection: sa.Connection, webhook: Row, delivery: Row) -> Row:
    """Have an event sent again under its id, as if it were new. Raises 409 where the webhook is paused."""
    _require_active(webhook)
    begun = {"state": WAITING, "attempts": 0, "next_at": now(), "ended_at": None}
    if delivery.state == WAITING:  # an attempt under way is settled by its number
        begun = {"next_at": now()}
    mine = webhook_deliveries.c.id == delivery.id
    changed = webhook_deliveries.update().where(mine).values(begun)
    return connection.execute(changed.returning(webhook_deliveries)).one()


def _require_active(webhook: Row) -> None:
    if webhook.state != ACTIVE:
        raise ServiceError(409, message("The webhook is paused."), message("Resume it first."))


def of_webhook(webhook: Row) -> sa.ColumnElement[bool]:
    """The events of a webhook."""
    return webhook_deliveries.c.webhook_id == webhook.id


def webhook_out(row: Row, secret: str | None = None) -> WebhookOut:
    """A webhook on the wire."""
    told = {name: row._mapping[name] for name in SEEN_OF_WEBHOOK}
    failing = row.failing_since and utc(row.failing_since)
    return WebhookOut(**told, failing_since=failing, created_at=utc(row.created_at), secret=secret)


def delivery_out(row: Row) -> DeliveryOut:
    """An event on its way, on the wire."""
    told = {name: row._mapping[name] for name in SEEN_OF_DELIVERY}
    coming = utc(row.next_at) if row.state == WAITING else None
    ended = row.ended_at and utc(row.ended_at)
    return DeliveryOut(**told, created_at=utc(row.created_at), next_at=coming, ended_at=ended)
