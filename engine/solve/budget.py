"""How long a run may go on: the clock is read between counted steps only, and Ctrl-C is a request to stop there."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Budget:
    """A wall-clock limit from now on, and a flag that an interrupt sets."""

    def __init__(self, seconds: float) -> None:
        self._begin = time.monotonic()
        self._limit = seconds
        self.interrupted = False

    @property
    def spent(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._begin

    @property
    def left(self) -> float:
        """Seconds that are left, never below 0."""
        return max(0.0, self._limit - self.spent)

    @property
    def over(self) -> bool:
        """Whether the run must end at this step."""
        return self.interrupted or self.left <= 0

    @contextmanager
    def heeding_interrupts(self) -> Iterator[None]:
        """Turn the first Ctrl-C into a request to stop with the best plan so far; the second one is an ordinary one."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def request(number: int, frame: FrameType | None) -> None:
            self.interrupted = True
            signal.signal(signal.SIGINT, previous)

        previous = signal.getsignal(signal.SIGINT)
        signal.signal(signal.SIGINT, request)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, previous)
