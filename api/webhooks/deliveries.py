"""Events on their way: taken by a lease, sent at least once, tried again after growing waits, given up in the end.

Invariant: of a webhook one event at a time is under way, in whatever process. Who dies between sending and settling
leaves a lease that runs out, and the event is sent again under the same id; what was settled by somebody else
meanwhile isn't settled twice, as each attempt has its number.
"""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog

from api.identity.sealing import OF_WEBHOOKS, SealBroken
from api.logs.fault_log import told_frames
from api.storage.database import now, transaction, utc
from api.storage.tables import webhook_deliveries, webhooks
from api.webhooks.addresses import Unsent, target_of
from api.webhooks.sending import send
from api.webhooks.signing import signed_headers
from api.webhooks.states import ACTIVE, DELIVERED, GIVEN_UP, GONE, WAITING

LEASE = timedelta(minutes=2)  # longer than the longest attempt, with its name resolved
WAITS = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)  # seconds after each attempt that failed
JITTER = 0.2  # the most of a wait that is added to it, so that not all come back at once
NO_LONGER = 410
Tenant = tuple[str, str]
rows, hooks = webhook_deliveries.c, webhooks.c
log = structlog.get_logger("vaiven.webhooks")


@dataclass(frozen=True)
class Held:
    """An event that this process may send; ``attempt`` is the number that settles it."""

    id: str
    attempt: int
    url: str
    body: bytes
    secrets: tuple[str, ...]
    webhook_id: str
    tenant: Tenant


def take(engine: sa.Engine, resting: Collection[Tenant] = ()) -> Held | None:
    """Take the event that waits for longest, but of no tenant that is ``resting``; None where there is none."""
    with transaction(engine, read_only=True) as connection:
        due = connection.execute(_due()).all()
    for webhook_id in [row.id for row in due if (row.role, row.country) not in resting]:
        with transaction(engine) as connection:
            held = _taken(connection, webhook_id)
        if held is not None:
            return held
    return None


def _due() -> sa.Select[Any]:
    """Webhooks that something is due for, and nothing under way."""
    other = webhook_deliveries.alias()
    under_way = sa.exists().where(other.c.webhook_id == hooks.id, other.c.state == WAITING, other.c.lease_until > now())
    asked = sa.select(hooks.id, hooks.role, hooks.country).join(webhook_deliveries, rows.webhook_id == hooks.id)
    asked = asked.where(hooks.state == ACTIVE, rows.state == WAITING, rows.next_at <= now(), ~under_way)
    return asked.group_by(hooks.id, hooks.role, hooks.country).order_by(sa.func.min(rows.next_at), hooks.id)


def _taken(connection: sa.Connection, webhook_id: str) -> Held | None:
    """The first event of a webhook, taken, unless somebody else has one of it."""
    mine = sa.select(webhooks).where(hooks.id == webhook_id, hooks.state == ACTIVE)
    hook = connection.execute(mine.with_for_update(skip_locked=True)).one_or_none()
    waiting = sa.and_(rows.webhook_id == webhook_id, rows.state == WAITING)
    if hook is None or connection.scalar(sa.select(rows.id).where(waiting, rows.lease_until > now()).limit(1)):
        return None
    first = connection.scalar(sa.select(rows.id).where(waiting, rows.next_at <= now()).order_by(rows.id).limit(1))
    if first is None:
        return None
    values = {"lease_until": now() + LEASE, "attempts": rows.attempts + 1}
    taken = webhook_deliveries.update().where(rows.id == first).values(values).returning(webhook_deliveries)
    row = connection.execute(taken).one()
    secrets = _secrets(connection, hook)
    return Held(row.id, row.attempts, hook.url, row.body.encode(), secrets, hook.id, (hook.role, hook.country))


def _secrets(connection: sa.Connection, hook: sa.Row[Any]) -> tuple[str, ...]:
    """The secrets that an event is signed by, the newest first; none where the service's key was changed."""
    overlaps = hook.old_secret and hook.old_secret_until is not None and utc(hook.old_secret_until) > now()
    try:
        return tuple(
            OF_WEBHOOKS.opened(connection, one) for one in (hook.secret, *((hook.old_secret,) if overlaps else ()))
        )
    except SealBroken:
        return ()


def deliver(engine: sa.Engine, held: Held) -> None:
    """Send an event that was taken, and settle what came of it."""
    status, reason = 0, ""
    try:
        status = _sent(held)
    except Unsent as error:
        reason = error.reason
    except Exception as error:
        log.error("unforeseen", **told_frames(error))
        reason = "fault"
    settle(engine, held, status, reason)
    log.info("event sent", delivery=held.id, webhook=held.webhook_id, status=status, reason=reason)


def _sent(held: Held) -> int:
    if not held.secrets:
        raise Unsent("no_secret")
    try:
        target = target_of(held.url)
    except ValueError as error:
        raise Unsent("refused_address") from error
    return send(target, signed_headers(held.secrets, held.id, int(now().timestamp()), held.body), held.body)


def settle(engine: sa.Engine, held: Held, status: int, reason: str = "") -> None:
    """Write what came of an attempt, unless another one was begun meanwhile."""
    at = now()
    values = {"status": status, "reason": reason, "lease_until": None, **_followed_by(held.attempt, status, at)}
    mine = sa.and_(rows.id == held.id, rows.state == WAITING, rows.attempts == held.attempt)
    with transaction(engine) as connection:
        connection.execute(sa.select(hooks.id).where(hooks.id == held.webhook_id).with_for_update())  # first, as `take`
        if connection.execute(webhook_deliveries.update().where(mine).values(values)).rowcount:
            _settle_webhook(connection, held.webhook_id, status, values.get("state", WAITING), at)


def _followed_by(attempt: int, status: int, at: datetime) -> dict[str, Any]:
    """What an attempt leaves of its event: that it is done, given up, or when the next attempt comes."""
    if 200 <= status < 300:
        return {"state": DELIVERED, "ended_at": at}
    if status == NO_LONGER or attempt > len(WAITS):
        return {"state": GIVEN_UP, "ended_at": at}
    return {"next_at": at + timedelta(seconds=WAITS[attempt - 1] * random.uniform(1, 1 + JITTER))}


def _settle_webhook(connection: sa.Connection, webhook_id: str, status: int, state: str, at: datetime) -> None:
    if state == WAITING:
        return
    since = None if state == DELIVERED else sa.func.coalesce(hooks.failing_since, at)
    values: dict[str, Any] = {"failing_since": since} | ({"state": GONE} if status == NO_LONGER else {})
    connection.execute(webhooks.update().where(hooks.id == webhook_id).values(values))
