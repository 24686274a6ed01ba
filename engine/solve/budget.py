"""How long a run may go on: the clock is read between counted steps only, and Ctrl-C is a request to stop there."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType


def _go_on() -> None:
    """Nobody wants the run to stop."""


_HEED: ContextVar[Callable[[], None]] = ContextVar("heed", default=_go_on)


@contextmanager
def heeding(heed: Callable[[], None]) -> Iterator[None]:
    """Let every `Budget` made within call ``heed`` whenever it is asked, also while a solver process computes; what
    ``heed`` raises ends the run there, without a plan.
    """
    token = _HEED.set(heed)
    try:
        yield
    finally:
        _HEED.reset(token)


class Budget:
    """A wall-clock limit from now on, a count of the steps made, and a flag that an interrupt sets.

    A run that the clock or an interrupt ended is replayed by ``most_steps``: it then stops at the same step. So what
    changes the plan or the prices counts a step before `over` is asked again; work that is cut short leaves no trace.
    """

    def __init__(self, seconds: float, most_steps: int | None = None) -> None:
        self._begin = time.monotonic()
        self._limit = seconds
        self._most_steps = most_steps
        self.steps = 0
        self.interrupted = False
        self.heed = _HEED.get()

    def step(self) -> None:
        """Count one step of work that was done whole."""
        self.steps += 1

    @property
    def spent(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._begin

    @property
    def left(self) -> float:
        """Seconds that are left; below 0 when the limit is past."""
        return float("inf") if self._most_steps is not None else self._limit - self.spent

    @property
    def over(self) -> bool:
        """Whether the run must end at this step. Raises what `heeding` was given raises."""
        self.heed()
        if self._most_steps is not None:
            return self.steps >= self._most_steps
        return self.interrupted or self.left <= 0

    def uncounted(self) -> Uncounted:
        """The same clock for work done side by side, which counts as one step when all of it is done."""
        return Uncounted(self)

    @contextmanager
    def heeding_interrupts(self) -> Iterator[None]:
        """Turn the first Ctrl-C into a request to stop with the best plan so far; the second one is an ordinary one."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def request(_number: int, _frame: FrameType | None) -> None:
            self.interrupted = True
            signal.signal(signal.SIGINT, previous)

        previous = signal.getsignal(signal.SIGINT)
        signal.signal(signal.SIGINT, request)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, previous)


class Uncounted:
    """The clock and the interrupts of a `Budget`, without its count of steps."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    def step(self) -> None:
        """Count nothing."""

    @property
    def over(self) -> bool:
        """Whether the clock or an interrupt ended the run. Raises as `Budget.over` does."""
        self._budget.heed()
        return self._budget.interrupted or self._budget.left <= 0
