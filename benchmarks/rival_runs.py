"""Running one method on one programme, in a process that can be killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.reports import BEGUN, Event, read_events

ROOT = Path(__file__).resolve().parents[1]
WARDEN = Path(__file__).with_name("warden.py")
GRACE_SHARE, GRACE_SECONDS = 0.02, 1.0
PREPARATION_SECONDS = 600.0
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


@dataclass(frozen=True)
class Limits:
    """The same for every method: seconds, worker threads, and the relative gap at which a proof may stop."""

    seconds: float = 60.0
    threads: int = 1
    gap: float = 1e-5

    @property
    def allowed(self) -> float:
        """When a process is killed: at the limit that it was told, and a little to hand its plan in."""
        return self.seconds * (1 + GRACE_SHARE) + GRACE_SECONDS

    @property
    def preparation(self) -> float:
        """How long a process may live before its clock begins; a command that has no such clock ends within it."""
        return self.allowed + PREPARATION_SECONDS


@dataclass(frozen=True)
class Run:
    """What a process took and said; ``complaint`` is the last line of what it wrote to stderr where it failed."""

    wall: float
    peak_mb: float
    killed: bool
    returncode: int
    events: tuple[Event, ...]
    folder: Path
    complaint: str


# Runs `main(arguments)` of a module in a process of its own, with its reports in a folder.
Runner = Callable[[str, list[str], Path, Limits], Run]


def run_rival(runner: Runner, module: str, program: Path, folder: Path, out: Path, limits: Limits) -> Run:
    """Run a rival's module on the exported ``program`` of the programme in ``folder``, and gather what it reported."""
    arguments = [module, str(program), str(folder), str(out), str(limits.seconds), str(limits.threads)]
    return runner("benchmarks.rival_process", [*arguments, str(limits.gap)], out, limits)


def in_new_process(module: str, arguments: list[str], out: Path, limits: Limits) -> Run:
    """Run a module from nothing under the warden: what is measured."""
    out.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", module, *arguments]
    warden = [sys.executable, "-I", str(WARDEN), str(out / BEGUN), str(limits.allowed), str(limits.preparation)]
    threads = dict.fromkeys(THREAD_VARIABLES, str(limits.threads))
    with (out / "stderr.txt").open("w") as errors:
        watched = subprocess.run(
            [*warden, *command], cwd=ROOT, env={**os.environ, **threads}, stdout=subprocess.PIPE, stderr=errors,
            check=True, text=True,
        )  # fmt: skip
    return _run(json.loads(watched.stdout), out)


@contextmanager
def forking() -> Iterator[Runner]:
    """A runner that forks methods from one loaded process: quick, but its times and memory say little."""
    command = [sys.executable, "-m", "benchmarks.fork_server"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as nursery:
        assert nursery.stdin is not None and nursery.stdout is not None
        asked, answered = nursery.stdin, nursery.stdout

        def run(module: str, arguments: list[str], out: Path, limits: Limits) -> Run:
            out.mkdir(parents=True, exist_ok=True)
            files = [str(out / BEGUN), str(out / "stderr.txt")]
            asked.write(json.dumps([module, arguments, *files, limits.allowed, limits.preparation]) + "\n")
            asked.flush()
            return _run(json.loads(answered.readline()), out)

        yield run


def _run(told: dict[str, Any], out: Path) -> Run:
    failed = told["returncode"] and not told["killed"]
    return Run(**told, events=tuple(read_events(out)), folder=out, complaint=_complaint(out) if failed else "")


def _complaint(out: Path) -> str:
    lines = (out / "stderr.txt").read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it ended without a word"
