"""The equity frontier: what each step towards equity costs in placements, weeks and income, each plan certified."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt

from engine.errors import CallError
from engine.planning.fairness import measures
from engine.planning.fairness.measures.difference import mean_difference
from engine.planning.fairness.selection import Selected, selected
from engine.planning.fairness.start import Start, Step, Steps, make_start
from engine.planning.measures import measure
from engine.problem.values import SCALE
from engine.programme.programme import Programme
from engine.run import STATUS, Options, audited_or_refused
from engine.solve.result import Result
from engine.words import Message, message

Longs = npt.NDArray[np.int64]
SMALLEST = 5
GIVEN_UP = ("workers", "placements", "paid_weeks", "net_income", "objective")


class MeasureKind(Protocol):
    """What a file of the folder ``measures`` holds; ``MORE`` tells whether more of it is more equity."""

    NAME: str
    TITLE: Message
    MORE: bool

    @staticmethod
    def steps(start: Start, count: int) -> Steps:
        """So many steps from the best plan to the most equity there is; fewer, or none, where there are no more."""
        ...


@dataclass(frozen=True)
class Point:
    """One plan of a frontier: placement i puts worker row ``worker[i]`` on order row ``order[i]``.

    ``equity`` names the measure and ``number`` the step, 0 for the best plan; ``asked`` is what the plan had to keep,
    ``limit`` what no plan can go beyond. ``bound`` is on the value of all plans that keep what was asked. ``totals``
    holds what the plan comes to, read from programme and placements alone, and ``groups`` who was selected.
    """

    equity: str
    number: int
    asked: float
    limit: float
    worker: Longs
    order: Longs
    status: str
    bound: float
    totals: Mapping[str, float]
    groups: Sequence[Selected]

    @property
    def gap(self) -> float:
        """``(bound - objective) / max(1, |bound|)``."""
        return (self.bound - self.totals["objective"]) / max(1.0, abs(self.bound))


@dataclass(frozen=True)
class Frontier:
    """The points of each measure by its name, the best plan first."""

    programme: Programme
    points: Mapping[str, Sequence[Point]]

    @property
    def titles(self) -> Mapping[str, Message]:
        """What each measure is, in words."""
        return {name: every_measure()[name].TITLE for name in self.points}


@cache
def every_measure() -> Mapping[str, MeasureKind]:
    """Every measure by its name: each file of the folder."""
    names = sorted(found.name for found in pkgutil.iter_modules(measures.__path__))
    found = [cast(Any, importlib.import_module(f"{measures.__name__}.{name}")) for name in names]
    return {kind.NAME: kind for kind in found}


def equity_frontier(
    programme: Programme, options: Options, names: Sequence[str] = (), count: int = 5, smallest: int = SMALLEST
) -> Frontier:
    """Match a programme, then ask for ever more equity in ``count`` steps, by all measures or by those of ``names``.

    Regions with fewer than ``smallest`` workers admitted are left out of the measures between regions. Every plan has
    passed the audit. Raises `CallError` for a measure that isn't known, tiers and dense programmes, and what matching
    raises.
    """
    known = every_measure()
    if unknown := [name for name in names if name not in known]:
        raise CallError(
            message("There is no measure of equity {name}.", name=repr(unknown[0])),
            message("Use one of {names}.", names=tuple(known)),
        )
    start = make_start(programme, options, smallest)
    return Frontier(programme, {name: list(_points(start, known[name], count)) for name in names or known})


def _points(start: Start, kind: MeasureKind, count: int) -> list[Point]:
    found = list(kind.steps(start, count))
    limit = found[0].limit if found else float("nan")
    best = _point(start, kind.NAME, 0, Step(float("nan"), start.best, limit))
    return [best, *(_point(start, kind.NAME, number, step) for number, step in enumerate(found, 1))]


def _point(start: Start, equity: str, number: int, step: Step) -> Point:
    result, programme = step.result, start.programme
    worker, order = start.rows[0][result.worker], start.rows[1][result.order]
    verdict = audited_or_refused(programme, worker, order)
    admitted = np.zeros(programme.workers.size, bool)
    admitted[start.rows[0][start.admitted]] = True
    totals = dict(measure(programme, worker, order, verdict.objective).totals) | _equities(start, result)
    status = STATUS[result.stop]
    bound = max(verdict.objective, min(result.bound, start.best.bound) / SCALE)
    groups = list(selected(programme, admitted, worker))
    return Point(equity, number, step.asked, step.limit, worker, order, status, bound, totals, groups)


def _equities(start: Start, result: Result) -> dict[str, float]:
    """The plan by every measure of equity, NaN where it has none."""
    regions, households = start.regions, start.households
    several, some = len(regions.names) > 1, len(households.names) > 0
    return {
        "least_rate": float(regions.least_rate(result.worker)) if several else float("nan"),
        "range": float(np.ptp(regions.rates(result.worker))) if several else float("nan"),
        "difference": mean_difference(regions.rates(result.worker)) if several else float("nan"),
        "households": float((households.placed(result.worker) > 0).mean()) if some else float("nan"),
    }
