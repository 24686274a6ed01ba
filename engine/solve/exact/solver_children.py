"""Solver processes that wait for programs: started when they are needed, kept for the next one, gone with us."""

from __future__ import annotations

import select
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress

from engine.errors import SolverError
from engine.solve.budget import Budget, Uncounted
from engine.words import message

POLL_SECONDS, LAST_SECONDS = 0.2, 2.0
MOST_IDLE = 2
_idle: list[SolverChild] = []
_lock = threading.Lock()


class SolverChild:
    """One process, in a session of its own; it also ends when its standard input closes, that is, with its parent."""

    def __init__(self, module: str = "engine.solve.exact.highs_process") -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # it lives as long as the process
        command = [sys.executable, "-m", module]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, start_new_session=True
        )

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def answers(self, line: str, budget: Budget | Uncounted) -> bool:
        """Hand a line over and wait for its answer; False, and the process is gone, where the budget ends before.

        Raises `SolverError` where the process fails.
        """
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()
            while not select.select([self._process.stdout], [], [], POLL_SECONDS)[0]:
                if budget.over:
                    self.end()
                    return False
            if self._process.stdout.readline() == b"done\n":
                return True
        except BrokenPipeError:
            pass
        except BaseException:
            self.end()
            raise
        raise self._failure()

    def _failure(self) -> SolverError:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=LAST_SECONDS)
        self._process.kill()
        status = self._process.wait()
        self._errors.seek(0)
        tail = self._errors.read().decode(errors="replace").strip().splitlines()[-1:]
        self.end()
        return SolverError(
            message("The solver process ended with status {status}. {names}", status=status, names=" ".join(tail))
        )

    def end(self) -> None:
        """Stop the process, whatever it is doing."""
        self._process.kill()
        self._process.communicate()
        self._errors.close()


def take_child() -> SolverChild:
    """A process that waits for a program; those that died while they waited are left behind."""
    with _lock:
        while _idle:
            child = _idle.pop()
            if child.alive:
                return child
    return SolverChild()


def give_back(child: SolverChild) -> None:
    """Keep a process for the next program, or end it where enough of them wait."""
    with _lock:
        if len(_idle) < MOST_IDLE:
            _idle.append(child)
            return
    child.end()


def end_children() -> None:
    """End the processes that wait; only then does the system count what they took as ours."""
    with _lock:
        while _idle:
            _idle.pop().end()
