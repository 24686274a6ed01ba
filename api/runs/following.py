"""Those who follow runs: one look at the database for all of them, twice a second at most.

Invariants: however many follow, one thread reads, once for each tick, each run once and each credential once; what
somebody is told, the credentials allow at that very look; while the database doesn't answer nobody is told anything,
and following goes on when it does.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import suppress
from enum import Enum
from functools import partial
from itertools import groupby
from typing import NamedTuple

import sqlalchemy as sa
from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event
from starlette.types import Receive, Scope, Send

from api.answers.problems import ServiceError
from api.identity.authenticate import principal_of
from api.identity.visibility import runs_seen
from api.requests.lanes import Asker, Lane, Share
from api.runs.run_out import runs_out
from api.runs.schemas import RunOut
from api.runs.shares import LIVE
from api.storage.database import database, transaction
from api.storage.tables import runs

TICK_SECONDS = 0.5
QUIET_SECONDS = 15  # after which a line shows that the connection is alive


class Followed(NamedTuple):
    """The credentials (bearer token, API key) of somebody who follows a run, and the run."""

    credentials: tuple[str | None, str | None]
    run_id: str


class Unread(Enum):
    """Why a look tells nothing of a run."""

    UNSEEN = "unseen"  # these credentials see it no more
    UNANSWERED = "unanswered"  # the database doesn't answer


Look = RunOut | Unread
Read = Callable[[Collection[Followed]], Mapping[Followed, RunOut]]


class Looks:
    """What all who follow want to know, read together. Used from one event loop."""

    def __init__(self, lane: Lane, read: Read) -> None:
        self._lane, self._read = lane, read
        self._wanted: dict[Followed, asyncio.Future[Look]] = {}
        self._last = -math.inf
        self._reading: asyncio.Task[None] | None = None
        self.ended = False

    def end(self) -> None:
        """Let every stream end with its next look, as the process does."""
        self.ended = True

    async def at(self, followed: Followed) -> Look:
        """A run as it is at the next look."""
        loop = asyncio.get_running_loop()
        told = self._wanted.setdefault(followed, loop.create_future())
        if self._reading is None:
            self._reading = loop.create_task(self._look())
        await asyncio.wait({told})
        return told.result()

    async def _look(self) -> None:
        """Wait for the tick, then read for all who came meanwhile; those who come later have the next one."""
        now = asyncio.get_running_loop().time
        await asyncio.sleep(max(0.0, self._last + TICK_SECONDS - now()))
        self._last, self._reading = now(), None
        wanted, self._wanted = self._wanted, {}
        found: Mapping[Followed, RunOut] | None = None
        try:
            with suppress(sa.exc.SQLAlchemyError, ServiceError):
                found = await self._lane.run(Asker(), partial(self._read, list(wanted)))
        finally:
            for followed, told in wanted.items():
                told.set_result(Unread.UNANSWERED if found is None else found.get(followed, Unread.UNSEEN))


def read_followed(all_followed: Collection[Followed]) -> dict[Followed, RunOut]:
    """The runs that those who follow them see."""
    found: dict[Followed, RunOut] = {}
    with transaction(database(), read_only=True) as connection:
        for credentials, group in groupby(sorted(all_followed, key=repr), key=lambda one: one.credentials):
            with suppress(ServiceError):
                seen = runs_seen(principal_of(connection, *credentials))
                asked = sa.select(runs).where(runs.c.id.in_([one.run_id for one in group]), seen)
                for run in runs_out(connection, connection.execute(asked).all()):
                    found[Followed(credentials, run.id)] = run
    return found


class RunEvents(EventSourceResponse):
    """A run as server-sent events, one for each change, until it has ended or is seen no more."""

    def __init__(self, looks: Looks, share: Share, account_id: str, followed: Followed) -> None:
        super().__init__(_events(looks, followed), headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        self._share, self._account_id = share, account_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send them. Raises 429 where the account follows as many runs as it may."""
        with self._share.taken(self._account_id):
            await super().__call__(scope, receive, send)


async def _events(looks: Looks, followed: Followed) -> AsyncIterator[bytes]:
    clock = asyncio.get_running_loop().time
    told, last = "", clock()
    while not looks.ended:
        run = await looks.at(followed)
        if run is Unread.UNSEEN:
            return
        if isinstance(run, RunOut) and (content := run.model_dump_json()) != told:
            told, last = content, clock()
            yield format_sse_event(data_str=content, event=run.state)
        if isinstance(run, RunOut) and run.state not in LIVE:
            return
        if clock() - last > QUIET_SECONDS:
            last = clock()
            yield KEEPALIVE_COMMENT
