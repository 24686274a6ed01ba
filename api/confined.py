"""Work on what somebody sent, in a process of its own with little memory and little time, which ends with it.

Invariant: no content that a parser could be made to swell or to dwell on (workbooks, maps of sheets, differences of
long texts) is worked on in a process that serves others. A child that needs more than it may is ended, and whoever sent
the content is told so (413); nobody else notices.

Plans of many placements are judged in such a child too (`api.placements.publication`): what computes for seconds takes
no turn from those who read.

Children are forked from one process that has everything imported and never sees content, so that none costs a start of
Python (five seconds of a core, which all others would wait for), and each begins as clean as the first.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable
from multiprocessing import forkserver, get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from api.answers.problems import ServiceError
from engine.errors import CallError, InputError
from engine.words import message

Found = TypeVar("Found")
SECONDS = 30
MEGABYTES = 1536
PATIENCE = 6  # seconds of the clock for a second of computing, on a machine that others use too
AGAIN_AFTER = (0.01, 0.1, 1.0)  # seconds
_context = get_context("forkserver")
_context.set_forkserver_preload(["api.confined_imports"])


def confined(call: Callable[..., Found], *arguments: Any, seconds: float = SECONDS) -> Found:
    """What a function of a module gives for arguments, computed in a child with `MEGABYTES` beyond what it begins with.

    Raises what the function raises of `InputError` and `CallError`, 413 where it needs too much memory or computing,
    503 where the machine is too busy to come to it.
    """
    heard, told = _context.Pipe(duplex=False)
    child = _begun(told, call, arguments, seconds)
    told.close()  # so that the end of the child ends what is heard
    try:
        kind, content = _answer(heard, PATIENCE * seconds)
    finally:
        heard.close()
        _end(child)
    if kind == "input":
        raise InputError(*content)
    if kind == "call":
        raise CallError(*content)
    if kind == "late":
        raise ServiceError(503, message("Too much is going on."), message("Send it again."), {"Retry-After": "10"})
    if kind == "nothing":
        raise ServiceError(
            413, message("It takes more memory or time to read than any table needs."), message("Send it in parts.")
        )
    found: Found = content
    return found


def keep_ready() -> None:
    """Begin the process that children are forked from before anybody needs one."""
    forkserver.ensure_running()


def _begun(*job: Any) -> BaseProcess:
    """A child that works; where the process it is forked from was ended from outside, that is begun anew."""
    for pause in AGAIN_AFTER:
        try:
            return _started(*job)
        except (EOFError, OSError):
            time.sleep(pause)  # until the system tells of its end
    return _started(*job)


def _started(*job: Any) -> BaseProcess:
    child = _context.Process(target=_work, args=job, daemon=True)
    child.start()
    return child


def _answer(heard: Connection, seconds: float) -> tuple[str, Any]:
    """What a child tells; ``nothing`` where its limits end it, ``late`` where others left it no time to come so far."""
    try:
        if not heard.poll(seconds):
            return "late", None
        answer: tuple[str, Any] = heard.recv()
        return answer
    except (EOFError, OSError):
        return "nothing", None


def _end(child: BaseProcess) -> None:
    """Wait for the end of a child that has told something, or bring it about."""
    child.join(1)
    if child.is_alive():
        child.kill()
        child.join()


def _work(told: Connection, call: Callable[..., Any], arguments: tuple[Any, ...], seconds: float) -> None:
    """Do one job within limits and tell what came of it; what a job says beside is heard by nobody."""
    with open(os.devnull, "r+b") as nowhere:
        for stream in range(3):
            os.dup2(nowhere.fileno(), stream)
    _limit(seconds)
    try:
        answer = ("found", call(*arguments))
    except InputError as error:
        answer = ("input", (error.faults, error.hint))
    except CallError as error:
        answer = ("call", (error.message, error.hint))
    told.send(answer)


def _limit(seconds: float) -> None:
    """Hold this process to `MEGABYTES` more memory and so many seconds of computing."""
    with open("/proc/self/statm", encoding="ascii") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    most = now + MEGABYTES * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
