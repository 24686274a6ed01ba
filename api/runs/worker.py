"""A worker: takes runs from the queue, computes them, and commits what came of them; any number on any machines."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog

from api.fault_log import told_frames
from api.identity.access import ORIGIN
from api.problems import problem_of
from api.registers.snapshot import told_to
from api.runs.inputs import restore_input
from api.runs.job import Job, files_in, jobs
from api.runs.own_results import own_results
from api.runs.queue import Claim, LostClaim, beat, claim, fail, finish, keep_files, kept_files, release
from api.settings import settings
from api.storage.housekeeping import keep_house
from api.storage.tables import CHECKPOINT
from engine.errors import CallError, InputError, VaivenError
from engine.plan.checkpoint import write_checkpoint
from engine.solve.result import Progress

IDLE_SECONDS, HOUSE_SECONDS = 0.5, 3600.0
LONGEST_FACTOR = 4  # reading, compiling and the branches of a sweep come on top of the solve stage
log = structlog.get_logger("vaiven.worker")


class Worker:
    """Takes one run after another until `stop` is set; a run under way is then given back to the queue."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.stop = threading.Event()
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"

    def run_forever(self) -> None:
        """Take runs until stopped; a database that can't be reached is tried again."""
        kept_house = float("-inf")
        while not self.stop.is_set():
            try:
                if time.monotonic() - kept_house > HOUSE_SECONDS:
                    keep_house(self.engine)
                    kept_house = time.monotonic()
                worked = self.run_one()
            except sa.exc.SQLAlchemyError as error:
                log.warning("database", error=type(error).__name__)
                worked = False
            if not worked:
                self.stop.wait(IDLE_SECONDS)

    def run_one(self) -> bool:
        """Take a run and compute it; whether there was one."""
        held = claim(self.engine, self.owner)
        if held is None:
            return False
        log.info("run taken", run=held.run_id, kind=held.row.kind, attempt=held.row.attempts)
        computing = Computing(self.engine, held, self.stop)
        try:
            computing.compute()
            log.info("run done", run=held.run_id)
        except LostClaim:
            release(self.engine, held)
            log.info("run given up", run=held.run_id)
        return True


class Computing:
    """A run being computed: a thread holds its lease, its progress is told, checkpoints are kept from time to time."""

    def __init__(self, engine: sa.Engine, held: Claim, stop: threading.Event) -> None:
        self.engine, self.held, self.stop = engine, held, stop
        self.lost = threading.Event()
        self.ended = threading.Event()
        self.spent = float(held.row.progress.get("spent", 0.0))
        self.progress: dict[str, Any] = dict(held.row.progress)
        self.begun = time.monotonic()
        self.kept_at = self.begun

    def compute(self) -> None:
        """Compute the run and commit it; what a user can mend is committed as its problem. Raises `LostClaim`."""
        holder = threading.Thread(target=self._hold, daemon=True)
        holder.start()
        try:
            with tempfile.TemporaryDirectory(prefix="vaiven-run-") as place:
                self._compute(Path(place))
        except (LostClaim, sa.exc.OperationalError, sa.exc.InterfaceError):
            raise  # a database that can't be reached is no fault of the run: its lease runs out, and it is taken again
        except InputError as error:
            fail(self.engine, self.held, problem_of(told_to(self.held.row.role, error)).model_dump())
        except VaivenError as error:
            fail(self.engine, self.held, problem_of(error).model_dump())
        except Exception as error:
            log.error("run failed", run=self.held.run_id, **told_frames(error))
            told = {"title": "A fault of ours", "status": 500, "detail": f"{type(error).__name__}; it was logged."}
            fail(self.engine, self.held, told)
        finally:
            self.ended.set()
            holder.join()

    def _compute(self, place: Path) -> None:
        folder, done = place / "input", place / "done"
        done.mkdir()
        restore_input(self.engine, self.held, folder)
        for name, content in kept_files(self.engine, self.held.run_id, CHECKPOINT).items():
            (done / name).parent.mkdir(parents=True, exist_ok=True)
            (done / name).write_bytes(content)
        row = self.held.row
        limit = min(float(row.options["time_limit"]), settings().longest_run_seconds)
        left = max(5.0, limit - self.spent)
        job = Job(folder, done, row.options, limit, left, self._listen, self._heed, self._keep)
        results = jobs()[row.kind](job)
        if row.role == ORIGIN:
            results = own_results(results, job.programme, row.country)
        finish(self.engine, self.held, results.manifest, results.files, results.placed)

    def _hold(self) -> None:
        """Hold the lease until the run has ended or is lost."""
        while not self.ended.wait(min(2.0, settings().lease_seconds / 4)):
            try:
                beat(self.engine, self.held, self.progress)
            except LostClaim:
                self.lost.set()
                return
            except sa.exc.SQLAlchemyError as error:
                log.warning("database", error=type(error).__name__)

    def _heed(self) -> None:
        """Stop what isn't wanted any more, or takes longer than any run may."""
        if self.lost.is_set() or self.stop.is_set():
            raise LostClaim
        if self.spent + time.monotonic() - self.begun > LONGEST_FACTOR * settings().longest_run_seconds:
            raise CallError("The run took longer than any run may.", "Ask for less, or have the operator allow more.")

    def _listen(self, progress: Progress) -> None:
        """Told by the engine how far it is; the way to stop it."""
        self._heed()
        self.progress = {
            "phase": progress.phase,
            "bound": progress.bound,
            "objective": progress.objective,
            "gap": progress.gap,
            "seconds": round(progress.seconds, 3),
            "spent": round(self.spent + time.monotonic() - self.begun, 3),
        }
        if progress.checkpoint is not None and time.monotonic() - self.kept_at > settings().checkpoint_seconds:
            self._checkpoint(progress)

    def _checkpoint(self, progress: Progress) -> None:
        assert progress.checkpoint is not None
        with tempfile.TemporaryDirectory(prefix="vaiven-checkpoint-") as place:
            write_checkpoint(progress.checkpoint(), Path(place, "checkpoint"))
            self._keep(files_in(Path(place)))
        self.kept_at = time.monotonic()

    def _keep(self, files: Mapping[str, bytes]) -> None:
        keep_files(self.engine, self.held, {f"{CHECKPOINT}{name}": content for name, content in files.items()})
