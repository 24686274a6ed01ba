"""Waiting for a thing, or for the end of what should bring it; never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from subprocess import Popen
from typing import Any, TypeVar

LOOK_SECONDS = 0.05
Found = TypeVar("Found")


def until(reached: Callable[[], Found], alive: Callable[[], object]) -> Found:
    """Look until something is reached, and give it. Raises `RuntimeError` once ``alive`` denies and it isn't there.

    However slow the machine is, it is waited for; where what should bring it has ended, nobody waits in vain.
    """
    while True:
        still = alive()  # asked first: what ends now may have brought it just before
        if found := reached():
            return found
        if not still:
            raise RuntimeError("What should have brought this has ended without it.")
        time.sleep(LOOK_SECONDS)


def running(*processes: Popen[Any]) -> Callable[[], bool]:
    """Whether all these processes still run."""
    return lambda: all(process.poll() is None for process in processes)
