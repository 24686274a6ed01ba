"""The same season by every mechanism: what each principle gives, and whom it leaves worse off than last year's rule.

The comparison with what another rule would have given somebody follows the critique of counterfactual harm in matching
refugees (people who are placed well on average may each be worse off than before).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
import numpy.typing as npt

from engine.audit.placement_table import PlacementTable
from engine.errors import CallError
from engine.planning.principle_totals import of_origin, totals_of
from engine.problem import MatchingProblem, compile_problem
from engine.programme.programme import Programme
from engine.programme.reorder import drawn_order
from engine.run import WITHOUT, Options, audited_or_refused
from engine.solve.budget import Budget
from engine.solve.match import match
from engine.solve.mechanisms import mechanisms
from engine.solve.primal.warm import Warm
from engine.solve.result import Listener, Result
from engine.words import message

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
FORMER_RULE = "first-come"
BEST = "optimal"
CENT = 0.01


@dataclass(frozen=True)
class Principle:
    """What a mechanism gives: ``totals`` by the names in `COLUMNS`, and ``income`` after costs of each worker, in the
    currency of the programme, 0 for who has no place.
    """

    mechanism: str
    totals: Mapping[str, float]
    income: Floats


COLUMNS = (
    *("workers", "placements", "filled_share", "paid_weeks", "net_income", "recalls_kept", "quota_use"),
    *("first_choices", "second_choices", "third_choices", "unranked", "envy_pairs", "blocking_pairs"),
    *("least_region_share", "region_spread", "households_placed", "objective", "share_of_bound"),
    *("worse_off", "better_off", "income_lost", "median_loss", "seconds"),
)


@dataclass(frozen=True)
class Principles:
    """One season by several mechanisms, ``against`` one of them."""

    programme: Programme
    against: str
    found: Sequence[Principle]

    @property
    def former(self) -> Principle:
        """What the rule gives that the others are held against."""
        return next(one for one in self.found if one.mechanism == self.against)

    def harmed(self, one: Principle) -> Longs:
        """The workers (rows) whom a mechanism leaves with less than the former rule."""
        return np.flatnonzero(one.income < self.former.income - CENT)


def compare_principles(
    programme: Programme,
    options: Options,
    names: Sequence[str] = (),
    against: str = FORMER_RULE,
    listener: Listener | None = None,
    origin: str = "",
) -> Principles:
    """Match a programme by each of some mechanisms, by all of them without ``names``, and by the rule they are held
    ``against``; each plan has passed the audit. The best plan is looked for once, and ``listener`` is told of it.

    With an ``origin`` people, places and incomes are those of its workers alone. Raises what matching raises.
    """
    if programme.settings.tiers:
        raise CallError(message("Tiers are matched by the mechanism optimal, from nothing, on this machine."), WITHOUT)
    drawn, workers, orders = drawn_order(programme, options.seed)
    problem = compile_problem(drawn, options.tuning)
    begin = perf_counter()
    best = match(problem, BEST, options.gap, Budget(options.time_limit), listener)
    seconds = perf_counter() - begin
    found = []
    for name in dict.fromkeys((*(names or mechanisms()), against)):
        result, took = (best, seconds) if name == BEST else _beside(problem, best, name, options)
        rows = workers[result.worker], orders[result.order]
        found.append(_principle(programme, name, result, rows, took, origin))
    compared = Principles(programme, against, found)
    return replace(compared, found=[_with_harm(compared, one) for one in found])


def _beside(problem: MatchingProblem, best: Result, name: str, options: Options) -> tuple[Result, float]:
    """What a mechanism gives, which has the best plan at hand, and the seconds that it took."""
    begin = perf_counter()
    warm = Warm(best.prices, best.crew, best.worker, best.order)
    result = match(problem, name, options.gap, Budget(options.time_limit), None, warm)
    return result, perf_counter() - begin


def _principle(
    programme: Programme, mechanism: str, result: Result, rows: tuple[Longs, Longs], seconds: float, origin: str
) -> Principle:
    verdict = audited_or_refused(programme, *rows)
    totals = totals_of(PlacementTable(programme, *rows), result, verdict.objective, origin)
    placements = PlacementTable(programme, *rows).subset(np.flatnonzero(of_origin(programme, origin)[rows[0]]))
    income = np.zeros(programme.workers.size)
    np.add.at(income, placements.worker, placements.net_weekly_income() * placements.days / 7)
    return Principle(mechanism, {**totals, "seconds": seconds}, income)


def _with_harm(compared: Principles, one: Principle) -> Principle:
    """How many workers earn less, and more, than under the former rule, what the former lose in all, and half of them
    at most.
    """
    former = compared.former.income
    harmed = compared.harmed(one)
    lost = former[harmed] - one.income[harmed]
    told = {
        "worse_off": float(len(harmed)),
        "better_off": float(np.count_nonzero(one.income > former + CENT)),
        "income_lost": float(lost.sum()),
        "median_loss": float(np.median(lost)) if len(lost) else 0.0,
    }
    return replace(one, totals={**one.totals, **told})
