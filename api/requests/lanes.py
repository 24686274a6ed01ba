"""Threads by kind of work, so that no kind waits for another, with a share of each for everybody who asks.

Invariants: signing in, health and reading never wait for a thread that a writer or a heavy call holds, nor for one that
waits for another service; nobody, and no programme, holds more than its share of a lane; a queue is bounded in length
and in time, and what doesn't fit is told when to come again: 429 where whoever asks has as many calls under way or
waiting as it may, else 503 (others fill the lane or the programme's share).
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread

from api.answers.problems import ServiceError
from engine.words import message

Result = TypeVar("Result")


@dataclass(frozen=True)
class Asker:
    """Who calls: by itself (an account, a host; empty where nobody in particular), and what it shares with others who
    call (a programme).
    """

    own: str = ""
    shared: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """What has a share of a lane."""
        return (self.own, *self.shared) if self.own else self.shared


@dataclass
class Lane:
    """Threads for one kind of work.

    Each account and each programme has at most ``share`` of the ``threads``; at most ``queue`` calls wait, a quarter
    of them for one of these, and none longer than ``patience`` seconds. Used from one event loop.
    """

    threads: int
    share: int
    queue: int
    patience: float
    _held: Counter[str] = field(default_factory=Counter)
    _busy: int = 0
    _waiting: deque[tuple[Asker, asyncio.Future[None]]] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self._limiter = CapacityLimiter(self.threads)

    async def run(self, asker: Asker, call: Callable[[], Result]) -> Result:
        """Call on a thread of this lane. Raises 429 or 503 with Retry-After where there is no room."""
        await self._enter(asker)
        try:
            return await to_thread.run_sync(call, limiter=self._limiter)
        finally:
            self._leave(asker)

    async def _enter(self, asker: Asker) -> None:
        if self._fits(asker):
            self._take(asker)
            return
        self._require_room(asker)
        turn = asyncio.get_running_loop().create_future()
        entry = (asker, turn)
        self._waiting.append(entry)
        try:
            await asyncio.wait({turn}, timeout=self.patience)
        except asyncio.CancelledError:
            self._give_up(entry)
            raise
        if not turn.done():
            self._give_up(entry)
            raise too_many_at_once() if self._held[asker.own] >= self.share else too_busy()

    def _give_up(self, entry: tuple[Asker, asyncio.Future[None]]) -> None:
        asker, turn = entry
        if turn.done():
            self._leave(asker)
        else:
            self._waiting.remove(entry)

    def _require_room(self, asker: Asker) -> None:
        if asker.own and self._has_many_waiting(asker.own):
            raise too_many_at_once()
        if len(self._waiting) >= self.queue or any(map(self._has_many_waiting, asker.shared)):
            raise too_busy()

    def _has_many_waiting(self, key: str) -> bool:
        return sum(key in waiting.keys for waiting, _ in self._waiting) >= max(1, self.queue // 4)

    def _fits(self, asker: Asker) -> bool:
        return self._busy < self.threads and all(self._held[key] < self.share for key in asker.keys)

    def _take(self, asker: Asker) -> None:
        self._busy += 1
        self._held.update(asker.keys)

    def _leave(self, asker: Asker) -> None:
        """Free a thread, and let the first in the queue have it whose share isn't used up."""
        self._busy -= 1
        self._held.subtract(asker.keys)
        for key in asker.keys:
            if not self._held[key]:
                del self._held[key]
        for entry in list(self._waiting):
            if self._fits(entry[0]):
                self._waiting.remove(entry)
                self._take(entry[0])
                entry[1].set_result(None)


@dataclass
class Share:
    """How many of a kind that needs no thread (event streams, bodies that come in) one account may have at once."""

    most: int
    _held: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def taken(self, account_id: str) -> Iterator[None]:
        """One more of an account, until the block ends. Raises 429 where it has as many as it may."""
        self.take(account_id)
        try:
            yield
        finally:
            self.give_back(account_id)

    def take(self, account_id: str) -> None:
        """One more of an account. Raises 429 where it has as many as it may."""
        if self._held[account_id] >= self.most:
            raise ServiceError(
                429,
                message("Too many at once."),
                message("At most {most} at a time.", most=self.most),
                {"Retry-After": "2"},
            )
        self._held[account_id] += 1

    def give_back(self, account_id: str) -> None:
        """One less of an account."""
        self._held[account_id] -= 1
        if not self._held[account_id]:
            del self._held[account_id]


class Lanes:
    """The lanes of one process; the database's pool has a connection for each of their threads."""

    def __init__(self) -> None:
        self.signing_in = Lane(threads=4, share=2, queue=64, patience=10)
        self.asking_outside = Lane(threads=2, share=1, queue=32, patience=10)
        self.reading = Lane(threads=8, share=4, queue=256, patience=10)
        self.writing = Lane(threads=8, share=4, queue=128, patience=15)
        self.heavy = Lane(threads=2, share=1, queue=32, patience=60)
        self.health = Lane(threads=1, share=1, queue=64, patience=5)
        self.following = Lane(threads=1, share=1, queue=4, patience=5)
        self.uploads, self.streams = Share(4), Share(10)


def too_many_at_once() -> ServiceError:
    """What is told where one's own calls fill one's share."""
    return ServiceError(429, message("Too many at once."), message("Wait for the ones before."), {"Retry-After": "2"})


def too_busy() -> ServiceError:
    """What is told where too many others wait already."""
    return ServiceError(503, message("Too much is going on."), message("Send it again."), {"Retry-After": "2"})


def lanes_of(request: Any) -> Lanes:
    """The lanes of the application that a request came to."""
    found: Lanes = request.app.state.lanes
    return found
