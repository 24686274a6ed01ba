"""What a mechanism answers: why it stopped, what it knows, and how it got there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.problem.problem import MatchingProblem
from engine.solve.dual.bound import CrewPrices

Longs = npt.NDArray[np.int64]


class Stop(Enum):
    """Why the run ended."""

    PROVED = "proved"
    GAP = "gap"
    EXHAUSTED = "exhausted"
    TIME = "time"
    INTERRUPT = "interrupt"


class Knowledge(Enum):
    """What the run can say of its plan."""

    OPTIMAL = "optimal"
    WITHIN_GAP = "within_gap"
    BOUNDED = "bounded"


@dataclass(frozen=True)
class Checkpoint:
    """What a run knows so far, to begin from again: prices, and the ``columns`` of the best legal plan, if any."""

    problem: MatchingProblem
    prices: Longs
    crew: CrewPrices
    columns: Longs


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands: best bound and plan so far in value terms, and what it is doing.

    ``checkpoint``, asked before the listener returns, gives what another run can begin from.
    """

    seconds: float
    phase: str
    bound: float
    objective: float
    checkpoint: Callable[[], Checkpoint] | None = None

    @property
    def gap(self) -> float:
        """``(bound - objective) / max(1, |bound|)``."""
        return (self.bound - self.objective) / max(1.0, abs(self.bound))


Listener = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class WastedPlace:
    """Free places of an ``order`` (row) that so many ``people`` would rather have, and that row ``limit`` keeps free:
    it refused them when it was full.
    """

    order: int
    limit: int
    people: int


@dataclass(frozen=True)
class Result:
    """A plan as placements (row numbers of the programme's workers and orders) with its bounds, in billionths.

    ``problem`` is the one asked with the columns that pricing found; ``columns`` number them. ``bound`` holds over all
    admitted pairs and itineraries; ``price_bound`` is what ``prices`` alone prove, and equals it unless branching
    proved more. ``prices`` is by row of the problem's limits, ``crew`` prices what crews need.
    ``withdrawn`` are the orders that a mechanism by which people choose took away for want of a crew; it is None for
    others. ``account`` is what the mechanism adds to the certificate, and ``wasted`` the places that it leaves free.
    """

    problem: MatchingProblem
    stop: Stop
    knowledge: Knowledge
    worker: Longs
    order: Longs
    objective: int
    bound: int
    price_bound: int
    prices: Longs
    crew: CrewPrices
    columns: Longs
    statistics: dict[str, Any] = field(default_factory=dict)
    withdrawn: tuple[int, ...] | None = None
    account: dict[str, Any] = field(default_factory=dict)
    wasted: tuple[WastedPlace, ...] = ()

    @property
    def by_turns(self) -> bool:
        """Whether people chose in turn, whatever their place is worth to others."""
        return self.withdrawn is not None
