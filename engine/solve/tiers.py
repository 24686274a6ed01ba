"""Lexicographic objectives: one tier after another, each holding what those before it reached (Isermann, 1982).

For tiers f_1, f_2, ... the k-th run maximises f_k over the legal plans with ``f_i >= reached_i`` for every i < k. Each
of these is one more row over all columns with a price like any other, so that each tier's bound is proved in one way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from engine.errors import CallError
from engine.problem.problem import MatchingProblem, compile_problem
from engine.problem.values import SCALE
from engine.solve.budget import Budget
from engine.solve.dual.bound import bound_at
from engine.solve.match import match
from engine.solve.primal.warm import Warm
from engine.solve.result import Knowledge, Listener, Result, Stop
from engine.words import message

Longs = npt.NDArray[np.int64]
SLACK = 1e-6
_WORST_FIRST = (Knowledge.BOUNDED, Knowledge.WITHIN_GAP, Knowledge.OPTIMAL)


@dataclass(frozen=True)
class Tier:
    """What one tier of ``terms`` reached and what no plan that holds the tiers before it can exceed, in billionths."""

    terms: tuple[str, ...]
    objective: int
    bound: int


def match_tiers(
    problem: MatchingProblem, gap: float, budget: Budget, listener: Listener | None = None
) -> tuple[Result, list[Tier]]:
    """Match by the tiers of the programme's objective, best first; the result is in terms of ``problem``.

    Its ``bound`` holds over the plans that hold every tier: the sum of the tiers' bounds. Its prices are the sum of the
    tiers', and ``price_bound`` is what these prove over all plans. Raises `CallError` for dense programmes.
    """
    if problem.dense is not None:
        raise CallError(
            message("Tiers need programmes whose pairs can be listed (up to 50 million)."),
            message("Use weights alone."),
        )
    tiers = problem.programme.settings.tiers
    values = [_values_of(problem, terms) for terms in tiers]
    reached: list[Tier] = []
    warm: Warm | None = None
    knowledge = Knowledge.OPTIMAL
    prices, crew = np.zeros(problem.limits.row_count, np.int64), None
    for number, (terms, value) in enumerate(zip(tiers, values, strict=True)):
        held = _holding(problem, values[:number], reached, value)
        result = match(held, "optimal", gap, budget, listener, warm)
        reached.append(Tier(terms, result.objective, result.bound))
        prices += result.prices[: problem.limits.row_count]
        crew = result.crew if crew is None else crew
        warm = Warm(np.append(result.prices, 0), result.crew, result.worker, result.order)
        knowledge = min(knowledge, result.knowledge, key=_WORST_FIRST.index)
    assert crew is not None
    at = bound_at(problem, prices, crew)
    objective = int(problem.offers.value[result.columns].sum())
    ended = Stop.GAP if result.stop is Stop.PROVED else result.stop
    final = replace(
        result,
        problem=problem,
        stop=Stop.PROVED if knowledge is Knowledge.OPTIMAL else ended,
        knowledge=knowledge,
        objective=objective,
        bound=objective + sum(tier.bound - tier.objective for tier in reached),
        price_bound=at.value,
        prices=prices,
        crew=crew,
    )
    return final, reached


def _values_of(problem: MatchingProblem, terms: tuple[str, ...]) -> Longs:
    """What every column is worth by some terms of the objective alone."""
    settings = problem.programme.settings
    weights = {term: weight if term in terms else Decimal(0) for term, weight in settings.weights.items()}
    alone = replace(problem.programme, settings=replace(settings, weights=weights))
    return compile_problem(alone).offers.value


def _holding(problem: MatchingProblem, before: list[Longs], reached: list[Tier], value: Longs) -> MatchingProblem:
    """The problem with ``value`` to maximise and a row for every tier before: ``-sum value_i <= -reached_i``."""
    limits, offers = problem.limits, replace(problem.offers, value=value)
    for number, (held, tier) in enumerate(zip(before, reached, strict=True)):
        row = np.full(offers.count, problem.limits.row_count + number)
        offers = offers.with_extras(np.arange(offers.count), row, -held / SCALE)
        limits = replace(limits, capacity=np.append(limits.capacity, SLACK - tier.objective / SCALE))
    return replace(problem, offers=offers, limits=limits)
