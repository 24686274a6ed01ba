"""Sends what waits for webhooks, beside the runs of a process: a few at a time, and few of one ministry.

A slow receiver takes a thread for some seconds at most. No ministry has more than `MOST_OF_ONE` of the `SLOTS`, so that
its receivers hold up nobody else's; runs are computed on another thread and wait for none of this.
"""

from __future__ import annotations

import threading
from collections import Counter

import sqlalchemy as sa
import structlog

from api.logs.fault_log import told_frames
from api.webhooks.deliveries import Held, Tenant, deliver, take

SLOTS, MOST_OF_ONE = 8, 2
IDLE_SECONDS = 1.0
log = structlog.get_logger("vaiven.webhooks")


class Deliverer:
    """Takes one event after another until ``stop`` is set; what is under way then is sent again, should it be cut."""

    def __init__(self, engine: sa.Engine, stop: threading.Event) -> None:
        self.engine, self.stop = engine, stop
        self._free = threading.Semaphore(SLOTS)
        self._under_way: Counter[Tenant] = Counter()
        self._counting = threading.Lock()

    def start(self) -> None:
        """Send in threads of its own."""
        threading.Thread(target=self.run_forever, name="webhooks", daemon=True).start()

    def run_forever(self) -> None:
        """Send until stopped; a database that can't be reached is tried again."""
        while not self.stop.is_set():
            try:
                begun = self.begin_one()
            except sa.exc.SQLAlchemyError as error:
                log.warning("database", error=type(error).__name__)
                begun = False
            except Exception as error:  # whatever is wrong with one event, the others are sent
                log.error("unforeseen", **told_frames(error))
                begun = False
            if not begun:
                self.stop.wait(IDLE_SECONDS)

    def begin_one(self) -> bool:
        """Take an event and send it on a thread of its own, once there is a place for it; whether there was one."""
        if not self._free.acquire(timeout=IDLE_SECONDS):
            return False
        held = None
        try:
            held = take(self.engine, self._resting())
        finally:
            if held is None:
                self._free.release()
        if held is None:
            return False
        with self._counting:
            self._under_way[held.tenant] += 1
        threading.Thread(target=self._deliver, args=(held,), name="webhook", daemon=True).start()
        return True

    @property
    def under_way(self) -> int:
        """How many are being sent."""
        with self._counting:
            return self._under_way.total()

    def _resting(self) -> set[Tenant]:
        """Who has as many under way as one may have."""
        with self._counting:
            return {tenant for tenant, count in self._under_way.items() if count >= MOST_OF_ONE}

    def _deliver(self, held: Held) -> None:
        try:
            deliver(self.engine, held)
        except sa.exc.SQLAlchemyError as error:
            log.warning("database", error=type(error).__name__)  # its lease runs out, and it is sent again
        finally:
            with self._counting:
                self._under_way[held.tenant] -= 1
            self._free.release()
