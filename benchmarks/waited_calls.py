"""How long calls took, and which were under way while something else was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

CALL_SECONDS = 300.0  # that a call may take; none that is served takes so long on the slowest machine


@dataclass
class Waited:
    """Calls as (begun, seconds) by kind, on the clock of `time.perf_counter`, and what failed."""

    calls: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def add(self, kind: str, begun: float, ended: float) -> None:
        """One more call of a kind."""
        self.calls.setdefault(kind, []).append((begun, ended - begun))

    def during(self, kind: str, spans: Iterable[tuple[float, float]]) -> list[float]:
        """The seconds of the calls of a kind that were under way in any of some spans of time (begun, ended)."""
        known = list(spans)
        return [
            seconds
            for at, seconds in self.calls.get(kind, ())
            if any(at < ended and at + seconds > begun for begun, ended in known)
        ]


def in_words(taken: list[float]) -> str:
    """How many calls there were, and the milliseconds they took."""
    if not taken:
        return "0 calls"
    middle, high, most = np.percentile(taken, [50, 99, 100]) * 1000
    return f"{len(taken):,} calls, median {middle:.0f} ms, p99 {high:.0f} ms, most {most:.0f} ms"
