"""A worker: takes runs from the queue, computes them, and commits what came of them; any number on any machines."""

from __future__ import annotations

import os
import socket
import threading
import time

import sqlalchemy as sa
import structlog

from api.runs.computing import Computing
from api.runs.queue import LostClaim, claim
from api.settings import settings
from api.storage.housekeeping import keep_house

IDLE_SECONDS, HOUSE_SECONDS = 0.5, 3600.0
HOLD_AGAIN_SECONDS = 10.0  # how long others have, at most, to hold their runs again after an outage
log = structlog.get_logger("vaiven.worker")


class Worker:
    """Takes one run after another until `stop` is set; a run under way is then given back to the queue.

    When the database comes back after an outage, workers that hold runs hold them again; so nobody takes what seems to
    be left until they had time for it.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.stop = threading.Event()
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"
        self.computing: Computing | None = None
        self._away_at = float("-inf")
        self._taking = threading.Thread(target=self.run_forever, daemon=True)

    def start(self) -> None:
        """Take runs in a thread of its own."""
        self._taking.start()

    def end(self, seconds: float) -> bool:
        """Stop, and have the run under way given back within so many seconds; whether its computation has ended.

        Where it hasn't, the run is given back all the same: what it would write is refused then.
        """
        self.stop.set()
        if self._taking.is_alive():
            self._taking.join(seconds)
        if not self._taking.is_alive():
            return True
        if (computing := self.computing) is not None:
            computing.hand_back()
        return False

    def run_forever(self) -> None:
        """Take runs until stopped; a database that can't be reached is tried again."""
        kept_house = float("-inf")
        self._tell_away()
        while not self.stop.is_set():
            try:
                worked = self.run_one()
                if not worked and time.monotonic() - kept_house > HOUSE_SECONDS:
                    keep_house(self.engine, self.stop)
                    kept_house = time.monotonic()
            except sa.exc.SQLAlchemyError as error:
                self._tell_away()
                log.warning("database", error=type(error).__name__)
                worked = False
            if not worked:
                self.stop.wait(IDLE_SECONDS)

    def run_one(self) -> bool:
        """Take a run and compute it; whether there was one."""
        held = claim(self.engine, self.owner, self._takes_expired())
        if held is None:
            return False
        log.info("run taken", run=held.run_id, kind=held.row.kind, attempt=held.row.attempts)
        self.computing = computing = Computing(self.engine, held, self.stop, self._tell_away)
        try:
            computing.compute()
            log.info("run ended", run=held.run_id)
        except LostClaim:
            computing.hand_back()
            log.info("run given back", run=held.run_id)
        finally:
            self.computing = None
        return True

    def _tell_away(self) -> None:
        self._away_at = time.monotonic()

    def _takes_expired(self) -> bool:
        """Whether those who hold runs had time to hold them again since the database was away."""
        return time.monotonic() - self._away_at > min(HOLD_AGAIN_SECONDS, settings().lease_seconds / 2)
