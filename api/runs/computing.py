"""A run being computed: its lease is held, its progress told, checkpoints kept; it stops, or gives way, when it must.

While the database is away it goes on: what it would keep waits in memory, and its lease is held again afterwards.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
import structlog

from api.answers.database_problems import is_away
from api.logs.fault_log import told_frames
from api.runs.audience import Audience, audience_of
from api.runs.gate import gated, gated_problem, gated_progress
from api.runs.inputs import left_out, restore_input
from api.runs.job import Job, files_in
from api.runs.kind import kinds
from api.runs.queue import Claim, LostClaim, beat, fail, finish, keep_files, kept_files, release
from api.runs.shares import SLICE_SECONDS, should_give_way
from api.settings import settings
from api.storage.database import transaction
from api.storage.tables import CHECKPOINT
from engine.errors import CallError, VaivenError
from engine.plan.checkpoint import write_checkpoint
from engine.solve.budget import heeding
from engine.solve.result import Progress
from engine.words import message

AWAY = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError)  # and what else says so by its state
AGAIN_SECONDS, LAST_SECONDS = 1.0, 10.0
LONGEST_FACTOR = 4  # reading, compiling and the branches of a sweep come on top of the solve stage
LONGEST_SLICES = 2.0  # after so many slices even a solving step is broken off for who comes before
Answer = TypeVar("Answer")
log = structlog.get_logger("vaiven.worker")


class Computing:
    """One run in one process; ``away`` is called whenever the database can't be reached."""

    def __init__(self, engine: sa.Engine, held: Claim, stop: threading.Event, away: Callable[[], None]) -> None:
        self.engine, self.held, self.stop, self.away = engine, held, stop, away
        self.lost, self.ended, self.give_way = threading.Event(), threading.Event(), threading.Event()
        self.progress: dict[str, Any] = dict(held.row.progress)
        self.begun = self.kept_at = time.monotonic()
        self.slice = max(SLICE_SECONDS, held.row.slice_seconds)  # how long it may look for something new
        self.new_after: float | None = None  # seconds until something new was found since this process took the run
        self._waiting: dict[str, bytes] = {}
        self._keeping = threading.Lock()
        self._audience: Audience | None = None

    @property
    def seconds(self) -> float:
        """Seconds since this process took the run."""
        return time.monotonic() - self.begun

    @property
    def spent(self) -> float:
        """Seconds of all attempts."""
        return float(self.held.row.spent_seconds) + self.seconds

    def compute(self) -> None:
        """Compute the run and commit it; what a user can mend is committed as its problem. Raises `LostClaim`."""
        holder = threading.Thread(target=self._hold, daemon=True)
        holder.start()
        try:
            with tempfile.TemporaryDirectory(prefix="vaiven-run-") as place, heeding(self._heed):
                self._compute(Path(place))
        except LostClaim:
            raise
        except Exception as error:
            log.error("run failed", run=self.held.run_id, **told_frames(error))
            detail = message("{error}; it was logged.", error=type(error).__name__)
            told = {"title": message("A fault of ours"), "status": 500, "detail": detail}
            self._reach(lambda: fail(self.engine, self.held, told))
        finally:
            self.ended.set()
            holder.join()

    def hand_back(self) -> None:
        """Give the run back to the queue, with the slice that it needs to get further the next time.

        One that gave way without anything new gets twice the time; so it gets further in the end, whatever waits.
        """
        needed = 2 * self.slice if self.new_after is None else 1.5 * self.new_after
        needed = max(SLICE_SECONDS, needed) if self.give_way.is_set() else float(self.held.row.slice_seconds)
        until = time.monotonic() + LAST_SECONDS
        while True:
            try:
                return release(self.engine, self.held, self.spent, needed)
            except sa.exc.SQLAlchemyError as error:
                if not _is_away(error):
                    raise
                self._tell_away(error)
                if time.monotonic() > until:
                    return None
                time.sleep(AGAIN_SECONDS / 4)

    def _compute(self, place: Path) -> None:
        folder, row = place / "input", self.held.row
        self._reach(lambda: restore_input(self.engine, self.held, folder))
        self._audience = audience = audience_of(row.role, row.country, folder / "programme")
        kind = kinds()[row.kind]
        try:
            results = gated(kind.compute(self._job(place, folder, audience)), audience)
        except VaivenError as error:
            told = gated_problem(error, audience, folder / "programme")
            self._reach(lambda: fail(self.engine, self.held, told))
            return
        manifest = {**results.manifest, "left_out": left_out(folder)}
        self._reach(lambda: finish(self.engine, self.held, manifest, results.files, results.placed, kind.keeps_input))

    def _job(self, place: Path, folder: Path, audience: Audience) -> Job:
        done = place / "done"
        done.mkdir()
        earlier = self._reach(lambda: kept_files(self.engine, self.held.run_id, CHECKPOINT))
        for name, content in earlier.items():
            (done / name).parent.mkdir(parents=True, exist_ok=True)
            (done / name).write_bytes(content)
        options = self.held.row.options
        limit = min(float(options["time_limit"]), settings().longest_run_seconds)
        left = max(5.0, limit - float(self.held.row.spent_seconds))
        return Job(self.held.run_id, folder, done, options, limit, left, audience, self._listen, self._heed, self._keep)

    def _reach(self, act: Callable[[], Answer]) -> Answer:
        """Do something with the database, again and again while it is away.

        Invariant: what is done so may be done again, wherever it was broken off.
        """
        while True:
            try:
                return act()
            except sa.exc.SQLAlchemyError as error:
                if not _is_away(error):
                    raise
                self._tell_away(error)
                if self.lost.is_set() or self.stop.wait(AGAIN_SECONDS):
                    raise LostClaim from error

    def _tell_away(self, error: Exception) -> None:
        self.away()
        log.warning("database", error=type(error).__name__)

    def _hold(self) -> None:
        """Hold the lease until the run has ended or is lost, and look who waits."""
        while not self.ended.wait(min(2.0, settings().lease_seconds / 4)):
            try:
                beat(self.engine, self.held, self.progress, self.spent)
                self._flush()
                with transaction(self.engine, read_only=True) as connection:
                    wanted = should_give_way(connection, self.held.row, self.seconds)
                (self.give_way.set if wanted else self.give_way.clear)()
            except LostClaim:
                self.lost.set()
                return
            except sa.exc.SQLAlchemyError as error:
                self._tell_away(error)

    def _heed(self) -> None:
        """Stop what isn't wanted any more, gives way, or takes longer than any run may."""
        slice_seconds = self.slice if self.new_after is None else SLICE_SECONDS
        late = self.seconds > LONGEST_SLICES * slice_seconds
        if self.lost.is_set() or self.stop.is_set() or (self.give_way.is_set() and late):
            raise LostClaim
        if self.spent > LONGEST_FACTOR * settings().longest_run_seconds:
            raise CallError(
                message("The run took longer than any run may."),
                message("Ask for less, or have the operator allow more."),
            )

    def _listen(self, progress: Progress) -> None:
        """Told by the engine how far it is; the way to stop it, with what it knows kept."""
        before = self.progress
        self._tell(progress)
        leaves = self.stop.is_set() or self.give_way.is_set()
        if progress.checkpoint is not None and not self.lost.is_set():
            if _is_better(progress, before):
                self._mark_new()
            if leaves or time.monotonic() - self.kept_at > settings().checkpoint_seconds:
                self._checkpoint(progress)
        self._heed()
        if self.give_way.is_set() and self.new_after is not None:
            raise LostClaim

    def _tell(self, progress: Progress) -> None:
        told = {
            "phase": progress.phase,
            "bound": progress.bound,
            "objective": progress.objective,
            "gap": progress.gap,
            "seconds": round(progress.seconds, 3),
            "spent": round(self.spent, 3),
        }
        assert self._audience is not None
        self.progress = gated_progress(told, self._audience)

    def _mark_new(self) -> None:
        if self.new_after is None:
            self.new_after = self.seconds

    def _checkpoint(self, progress: Progress) -> None:
        assert progress.checkpoint is not None
        with tempfile.TemporaryDirectory(prefix="vaiven-checkpoint-") as place:
            write_checkpoint(progress.checkpoint(), Path(place, "checkpoint"))
            self._put_aside(files_in(Path(place)))
        self.kept_at = time.monotonic()

    def _keep(self, files: Mapping[str, bytes]) -> None:
        """Keep finished parts for the next attempt: that is something new."""
        self._put_aside(files)
        if files:
            self._mark_new()

    def _put_aside(self, files: Mapping[str, bytes]) -> None:
        with self._keeping:
            self._waiting |= {f"{CHECKPOINT}{name}": content for name, content in files.items()}
        try:
            self._flush()
        except AWAY as error:
            self._tell_away(error)

    def _flush(self) -> None:
        """Keep what waits to be kept."""
        with self._keeping:
            if self._waiting:
                keep_files(self.engine, self.held, self._waiting)
                self._waiting = {}


def _is_better(progress: Progress, before: Mapping[str, Any]) -> bool:
    """Whether a run knows more than it did: a lower bound or a better plan."""
    if "bound" not in before:
        return True
    least = 1e-9 * max(1.0, abs(progress.bound))
    return progress.bound < before["bound"] - least or progress.objective > before["objective"] + least


def _is_away(error: sa.exc.SQLAlchemyError) -> bool:
    """Whether the database is away for a while; a transaction that stood idle too long is ended as if it were."""
    return isinstance(error, AWAY) or (isinstance(error, sa.exc.DBAPIError) and is_away(error))
