"""Whose turn it is: fair shares of the workers' time by role and account, and how many runs may wait.

Ministries come before planners and short runs before long ones; among equals comes the account that has fewest runs
under way and has used least of the last day. Who has waited for long is taken out of turn now and then, for one slice,
so that nobody waits for ever. A run under way keeps its turn for a slice; then it gives way to whoever comes before it,
as soon as it has found anything new (`api.runs.computing`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from api.answers.problems import ServiceError
from api.identity.access import MINISTRIES, PLANNER, Principal
from api.settings import settings
from api.storage.account_tables import accounts
from api.storage.database import now, utc
from api.storage.tables import runs
from engine.words import message

LIVE = ("queued", "running")
COUNTED = timedelta(days=1)
OVERDUE, OVERDUE_EVERY = timedelta(minutes=30), timedelta(minutes=5)
SLICE_SECONDS = 20.0  # what a run keeps its turn for at least
SHARE_SECONDS = 300.0  # how much more than another account's one's use must be before a run gives way to it
Row = Any  # a row of `_IDENTIFYING` or of `runs`


@dataclass(frozen=True)
class Line:
    """Runs that may be taken, in the order of their turns, with what their accounts have used and have under way."""

    waiting: Sequence[Row]
    used: Mapping[str, float]
    overdue: Row | None

    def before(self, run_id: str) -> int | None:
        """How many runs come before one that waits; None where it doesn't wait."""
        return next((number for number, row in enumerate(self.waiting) if row.id == run_id), None)


def line(connection: sa.Connection, expired: bool = True) -> Line:
    """The runs that may be taken: those that wait and, where ``expired``, those whose lease ran out."""
    chosen = (*_IDENTIFYING, runs.c.lease_until, runs.c.overdue_at)
    rows = connection.execute(sa.select(*chosen).where(runs.c.state.in_(LIVE))).all()
    moment = now()
    free = [row for row in rows if row.state == "queued" or (expired and _has_expired(row, moment))]
    running = Counter(row.account_id for row in rows if row.state == "running")
    used = _used(connection) if free else {}
    ordered = sorted(free, key=lambda row: _turn(row, used, running))
    overdue = _overdue(ordered, moment, connection) if len(ordered) > 1 else None
    if overdue is not None:
        ordered = [overdue, *(row for row in ordered if row.id != overdue.id)]
    return Line(ordered, used, overdue)


_IDENTIFYING = (
    runs.c.id,
    runs.c.account_id,
    runs.c.role,
    runs.c.long,
    runs.c.state,
    runs.c.created_at,
    runs.c.queued_at,
)


def _has_expired(row: Row, moment: datetime) -> bool:
    return row.lease_until is not None and utc(row.lease_until) < moment


def _class(row: Row) -> tuple[bool, bool]:
    return (row.role not in MINISTRIES, bool(row.long))


def _turn(row: Row, used: Mapping[str, float], running: Mapping[str, int]) -> tuple[Any, ...]:
    mine = running.get(row.account_id, 0)
    return (*_class(row), mine, used.get(row.account_id, 0.0), utc(row.created_at), row.id)


def _used(connection: sa.Connection) -> dict[str, float]:
    """The seconds that each account's runs have used of the last day."""
    lately = sa.or_(runs.c.state.in_(LIVE), runs.c.ended_at > now() - COUNTED)
    total = sa.select(runs.c.account_id, sa.func.sum(runs.c.spent_seconds)).where(lately, runs.c.spent_seconds > 0)
    return {account: float(seconds) for account, seconds in connection.execute(total.group_by(runs.c.account_id))}


def _overdue(ordered: Sequence[Row], moment: datetime, connection: sa.Connection) -> Row | None:
    """Who has waited for longest, where that is long and nobody was taken out of turn just now."""
    oldest = min(ordered, key=lambda row: utc(row.queued_at or row.created_at))
    if utc(oldest.queued_at or oldest.created_at) > moment - OVERDUE:
        return None
    last = connection.scalar(sa.select(sa.func.max(runs.c.overdue_at)))
    return oldest if last is None or utc(last) < moment - OVERDUE_EVERY else None


def should_give_way(connection: sa.Connection, run: Row, seconds: float) -> bool:
    """Whether a run that has computed for so many seconds since it was taken gives way to one that waits: one of a
    class before its own or, after it had its share, one of the same class of an account that has used much less.
    """
    if seconds < SLICE_SECONDS:
        return False
    found = line(connection, expired=False)
    others = [row for row in found.waiting if row.account_id != run.account_id or _class(row) < _class(run)]
    if any(_class(row) < _class(run) for row in others):
        return True
    ours = found.used.get(run.account_id, 0.0)
    alike = [found.used.get(row.account_id, 0.0) for row in others if _class(row) == _class(run)]
    return bool(alike) and ours - min(alike) > SHARE_SECONDS


def require_room(connection: sa.Connection, principal: Principal) -> None:
    """Raise 429 where as many runs wait as an account may have waiting, 503 where all planners together have as many as
    they may.
    """
    connection.execute(sa.select(accounts.c.id).where(accounts.c.id == principal.account_id).with_for_update())
    waiting = sa.select(sa.func.count()).where(runs.c.state == "queued")
    own = connection.scalar(waiting.where(runs.c.account_id == principal.account_id)) or 0
    planner = principal.role == PLANNER
    most = settings().waiting_runs_of_a_planner if planner else settings().waiting_runs_of_a_ministry
    if own >= most:
        said = message("{own} runs of this account wait already, and {most} may.", own=own, most=most)
        raise _full(429, said, connection, principal)
    together = connection.scalar(waiting.where(runs.c.role == principal.role)) or 0
    if planner and together >= settings().waiting_runs_of_planners:
        said = message("{count} runs of planners wait already, and no more may.", count=together)
        raise _full(503, said, connection, principal)


def _full(status: int, said: str, connection: sa.Connection, principal: Principal) -> ServiceError:
    mine = sa.select(runs.c.id).where(runs.c.account_id == principal.account_id, runs.c.state == "queued")
    ids = connection.scalars(mine.order_by(runs.c.id).limit(100)).all()
    hint = (
        message("Wait, or cancel one of {ids}.", ids=tuple(ids))
        if ids
        else message("Wait until some of them have ended.")
    )
    return ServiceError(status, said, hint, {"Retry-After": "60"})
