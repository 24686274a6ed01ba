"""One future: year after year matched, audited, counted, and turned into the next year's programme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.audit.placement_table import PlacementTable
from engine.planning.assumptions import Assumptions
from engine.planning.outlook.next_year import chances, next_year
from engine.problem.problem import MatchingProblem, compile_problem
from engine.problem.values import SCALE
from engine.programme.programme import Programme
from engine.programme.reorder import drawn_order
from engine.run import audited_or_refused
from engine.solve.budget import Budget
from engine.solve.dual.bound import bound_at
from engine.solve.match import match

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
SECONDS = 600.0
MOST_STAYS = 4
MEASURES = ("objective", "placements", "people", "crews_kept", "newcomers_share", "income", "savings", "regions")


@dataclass(frozen=True)
class Outlook:
    """What a future is made from: the first year's ``programme``, so many ``years``, matched within ``gap``; ``seed``
    draws the futures.
    """

    programme: Programme
    assumptions: Assumptions
    years: int
    gap: float
    seed: int


@dataclass(frozen=True)
class YearSeen:
    """What the prices of stays learn from a year: by worker the class, whether he or she was placed, and the surplus at
    the prices (in the objective's terms): what one more such worker would have been worth.
    """

    of_class: Longs
    placed: npt.NDArray[np.bool_]
    surplus: Floats


def worker_classes(programme: Programme) -> Longs:
    """The class of each worker for prices of stays: the origin country and the stays so far, `MOST_STAYS` for more."""
    stays = np.bincount(programme["history"].values("worker_id"), minlength=programme.workers.size)
    origin = programme.workers.labels("origin_country").codes.astype(np.int64)
    return origin * (MOST_STAYS + 1) + np.minimum(stays, MOST_STAYS)


def class_count(programme: Programme) -> int:
    """How many classes of workers there are."""
    return len(programme.workers.labels("origin_country").names) * (MOST_STAYS + 1)


def run_future(
    outlook: Outlook, future: int, stay_prices: Floats | None = None
) -> tuple[list[Mapping[str, float]], list[YearSeen]]:
    """The measures of each year of a future, and what is learned from it.

    ``stay_prices`` (years, classes), in the objective's terms, are charged for each worker who is placed; without them
    the plans are short-sighted. Each year's plan passes the audit, or `AuditError` is raised.
    """
    programme, found, seen = outlook.programme, [], []
    for year in range(outlook.years):
        charge = None if stay_prices is None else stay_prices[year][worker_classes(programme)]
        worker, order, surplus = _matched(programme, outlook, charge)
        objective = audited_or_refused(programme, worker, order).objective
        found.append(_measured(programme, worker, order, objective, outlook.assumptions))
        placed = np.bincount(worker, minlength=programme.workers.size) > 0
        seen.append(YearSeen(worker_classes(programme), placed, surplus))
        if year + 1 < outlook.years:
            drawn = chances(outlook.programme, outlook.assumptions, outlook.seed, future, year + 1)
            programme, _ = next_year(outlook.programme, programme, worker, order, drawn, outlook.assumptions, year + 1)
    return found, seen


def _matched(programme: Programme, outlook: Outlook, charge: Floats | None) -> tuple[Longs, Longs, Floats]:
    """(workers, orders, surplus by worker) of a year's plan; a charge is by worker."""
    drawn, workers, orders = drawn_order(programme, outlook.seed)
    problem = compile_problem(drawn)
    if charge is not None:
        problem = charged(problem, charge[workers])
    result = match(problem, "optimal", outlook.gap, Budget(SECONDS))
    surplus = np.zeros(programme.workers.size)
    at = bound_at(result.problem, result.prices, result.crew).surplus
    surplus[workers[problem.lead]] = at / SCALE
    return workers[result.worker], orders[result.order], surplus


def charged(problem: MatchingProblem, charge: Floats) -> MatchingProblem:
    """The problem in which each placement of a worker costs a ``charge`` (by worker) more."""
    offers = problem.offers
    if not offers.count:
        return problem
    cost = np.rint(charge * SCALE).astype(np.int64)
    more = np.add.reduceat(cost[offers.cell_worker], offers.cells[:-1])
    return replace(problem, offers=replace(offers, value=offers.value - more))


def _measured(
    programme: Programme, worker: Longs, order: Longs, objective: float, assumptions: Assumptions
) -> Mapping[str, float]:
    table = PlacementTable(programme, worker, order)
    income = float((table.net_weekly_income() * table.days / 7).sum())
    people = np.unique(worker)
    stays = np.bincount(programme["history"].values("worker_id"), minlength=programme.workers.size)
    regions = programme.workers.labels("origin_region").codes[people]
    values: tuple[Any, ...] = (
        objective,
        len(worker),
        len(people),
        (table.row_of_pair("recalls") >= 0).sum(),
        (stays[people] == 0).mean() if len(people) else 0.0,
        income,
        assumptions.number("outlook.saved_share") * income,
        len(np.unique(regions[regions >= 0])),
    )
    return dict(zip(MEASURES, map(float, values), strict=True))
