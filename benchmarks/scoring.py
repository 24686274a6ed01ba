"""What a method really reached: every plan recomputed and every row checked, whatever its solver says of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.program import TOLERANCE, Longs, Program
from benchmarks.reports import Event
from benchmarks.rival_runs import Run

CLAIM = 1e-4


@dataclass(frozen=True)
class Moment:
    """The best plan's value and the best bound that a method had at a time."""

    seconds: float
    objective: float | None
    bound: float | None


@dataclass(frozen=True)
class Judged:
    """A method's way and end; ``troubles`` names what it said wrongly."""

    moments: tuple[Moment, ...]
    placements: int
    troubles: tuple[str, ...]

    @property
    def objective(self) -> float | None:
        """The value of its best legal plan."""
        return self.moments[-1].objective if self.moments else None

    @property
    def bound(self) -> float | None:
        """Its best bound."""
        return self.moments[-1].bound if self.moments else None


def judge(program: Program, run: Run) -> Judged:
    """Score everything that a run reported.

    An objective without a plan counts only where a legal plan of the same run is worth as much in the end.
    """
    plans = {event.plan: np.load(run.folder / event.plan) for event in run.events if event.plan}
    legal = {name: program.worth_of(plan) for name, plan in plans.items() if _is_legal(program, plan)}
    best = max(legal, key=lambda name: legal[name], default=None)
    held = legal[best] if best else -np.inf
    placements = int(program.placements[plans[best]].sum()) if best else 0
    return Judged(_moments(run.events, legal, held), placements, _troubles(run.events, plans, legal))


def _is_legal(program: Program, plan: Longs) -> bool:
    """Whether the plan holds columns of this program alone, and keeps every row."""
    return not (len(plan) and plan.max() >= program.column_count) and program.faults(plan) == 0


def _moments(events: Iterable[Event], legal: dict[str, float], held: float) -> tuple[Moment, ...]:
    found: list[Moment] = []
    objective: float | None = None
    bound: float | None = None
    for event in events:
        worth = legal.get(event.plan) if event.plan else event.objective
        if worth is not None and worth <= held + TOLERANCE * max(1.0, abs(held)):
            objective = min(worth, held) if objective is None else max(objective, min(worth, held))
        if event.bound is not None:
            bound = event.bound if bound is None else min(bound, event.bound)
        found.append(Moment(event.seconds, objective, bound))
    return tuple(found)


def _troubles(events: Iterable[Event], plans: dict[str, Longs], legal: dict[str, float]) -> tuple[str, ...]:
    found = ["infeasible plan"] if len(legal) < len(plans) else []
    for event in events:
        if event.plan in legal and event.objective is not None:
            worth = legal[event.plan]
            if abs(event.objective - worth) > CLAIM * max(1.0, abs(worth)):
                found.append("false claim")
    return tuple(dict.fromkeys(found))


def best_known_bound(judged: Sequence[Judged]) -> float | None:
    """The least bound of all methods that no legal plan of any method contradicts."""
    bounds = [one.bound for one in judged if one.bound is not None and not is_false_bound(one, judged)]
    return min(bounds, default=None)


def is_false_bound(one: Judged, judged: Sequence[Judged]) -> bool:
    """Whether somebody has a legal plan that is worth more than this method's bound."""
    best = max((other.objective for other in judged if other.objective is not None), default=-np.inf)
    return one.bound is not None and one.bound < best - TOLERANCE * max(1.0, abs(best))


def gap_of(objective: float | None, bound: float | None) -> float | None:
    """``(bound - objective) / max(1, |bound|)``, none below 0."""
    if objective is None or bound is None:
        return None
    return max(0.0, (bound - objective) / max(1.0, abs(bound)))


def seconds_to(judged: Judged, bound: float | None, gap: float) -> float | None:
    """When the method first had a plan within ``gap`` of ``bound``."""
    for moment in judged.moments:
        reached = gap_of(moment.objective, bound)
        if reached is not None and reached <= gap:
            return moment.seconds
    return None
