"""Work on what somebody sent, in a process of its own with little memory and little time, which ends with it.

Invariant: no content that a parser could be made to swell or to dwell on (workbooks, maps of sheets, differences of
long texts) is worked on in a process that serves others. A child that needs more than it may is ended, and whoever sent
the content is told so (413); nobody else notices.

Plans of many placements are judged in such a child too (`api.placements.publication`): what computes for seconds takes
no turn from those who read.

A spare child waits, everything it needs imported, so that an ordinary file costs no start of Python.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import os
import pickle
import resource
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from api.answers.problems import ServiceError
from engine.clauses.kinds import kinds
from engine.errors import CallError, InputError, VaivenError
from engine.words import message

Found = TypeVar("Found")
SECONDS = 30
MEGABYTES = 1536
PRELOADED = ("api.uploads.uploads", "api.placements.publication")
_lock = threading.Lock()
_spare: list[subprocess.Popen[bytes]] = []


def confined(call: Callable[..., Found], *arguments: Any, seconds: float = SECONDS) -> Found:
    """What a function of a module gives for arguments, computed in a child with `MEGABYTES` beyond what it begins with.

    Raises what the function raises of `InputError` and `CallError`, and 413 where it needs too much memory or time.
    """
    child = _take()
    job = pickle.dumps((call.__module__, call.__qualname__, arguments, seconds))
    try:
        told, _ = child.communicate(job, timeout=seconds + 5)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        told = b""
    keep_ready()  # not before: its start would take the time of what is waited for
    if not told or child.returncode:
        raise ServiceError(
            413, message("It takes more memory or time to read than any table needs."), message("Send it in parts.")
        )
    kind, content = pickle.loads(told)
    if kind == "input":
        raise InputError(*content)
    if kind == "call":
        raise CallError(*content)
    found: Found = content
    return found


def keep_ready() -> None:
    """Begin the spare child before anybody needs it."""
    with _lock:
        if not _spare:
            _spare.append(_begun())


def _take() -> subprocess.Popen[bytes]:
    """A child that is ready, or as good as."""
    with _lock:
        ready = _spare.pop() if _spare else _begun()
    if ready.poll() is not None:  # a spare that was ended from outside
        return _begun()
    return ready


def _begun() -> subprocess.Popen[bytes]:
    frugal = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
    return subprocess.Popen(
        [sys.executable, "-m", "api.confined"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | frugal,
    )


@atexit.register
def _end_spares() -> None:
    for child in _spare:
        with contextlib.suppress(OSError):
            child.kill()


def _main() -> None:
    """Wait for one job, do it within limits, write what came of it, end."""
    _make_ready()
    job = sys.stdin.buffer.read()
    if not job:
        return
    module, name, arguments, seconds = pickle.loads(job)
    _limit(seconds)
    call = getattr(importlib.import_module(module), name)
    try:
        told = ("found", call(*arguments))
    except InputError as error:
        told = ("input", (error.faults, error.hint))
    except CallError as error:
        told = ("call", (error.message, error.hint))
    sys.stdout.buffer.write(pickle.dumps(told))
    sys.stdout.buffer.flush()


def _make_ready() -> None:
    """Import what jobs need, and the rules that a programme may name."""
    for name in PRELOADED:
        importlib.import_module(name)
    with contextlib.suppress(VaivenError):  # whoever reads a programme is told
        kinds()


def _limit(seconds: float) -> None:
    """Hold this process to `MEGABYTES` more memory and so many seconds of computing."""
    with open("/proc/self/statm", encoding="ascii") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    most = now + MEGABYTES * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _main()
