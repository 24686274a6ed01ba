"""What a rival has reached, as it happens: JSON lines and plans on disk, so that a killed one still has them."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Report = Callable[[float | None, float | None, npt.NDArray[Any] | None], None]
EVENTS, BEGUN = "events.jsonl", "begun"


@dataclass(frozen=True)
class Event:
    """What a rival said at a time: a claimed objective, a bound, and the file of the plan where it handed one in."""

    seconds: float
    objective: float | None
    bound: float | None
    plan: str | None


class Reporter:
    """Writes every report of a rival to its folder; the clock begins with `begin`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        self._begin = time.monotonic()

    def begin(self) -> None:
        """Start the clock, and tell the warden."""
        (self._folder / BEGUN).touch()
        self._begin = time.monotonic()

    def __call__(
        self, objective: float | None = None, bound: float | None = None, point: npt.NDArray[Any] | None = None
    ) -> None:
        """Write down a report; ``point`` is x, of which whatever lies above a half is taken as chosen."""
        seconds = time.monotonic() - self._begin
        plan = None if point is None else self._write_plan(np.flatnonzero(np.asarray(point) > 0.5))
        event = Event(seconds, _number(objective), _number(bound), plan)
        with (self._folder / EVENTS).open("a") as file:
            file.write(json.dumps(asdict(event)) + "\n")

    def _write_plan(self, chosen: npt.NDArray[np.int64]) -> str:
        self._count += 1
        name = f"plan-{self._count}.npy"
        aside = self._folder / "plan.part.npy"
        np.save(aside, chosen.astype(np.int32))
        os.replace(aside, self._folder / name)
        return name


def read_events(folder: Path) -> list[Event]:
    """Every whole line that the rival wrote."""
    path = folder / EVENTS
    lines = path.read_text().splitlines(keepends=True) if path.is_file() else []
    return [Event(**json.loads(line)) for line in lines if line.endswith("\n")]


def _number(value: float | None) -> float | None:
    """A finite number, or none."""
    return float(value) if value is not None and np.isfinite(value) and abs(value) < 1e20 else None
