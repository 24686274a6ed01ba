"""A mechanism: the longest contracts are handed out first, to whoever is admitted and still fits."""

from __future__ import annotations

import numpy as np

from engine.problem import MatchingProblem
from engine.solve.budget import Budget
from engine.solve.commitments import promised_columns
from engine.solve.dual.bound import bound_at, no_crew_prices
from engine.solve.dual.sweeps import Spread
from engine.solve.exact.rounding import choice_of
from engine.solve.primal.insertion import insert
from engine.solve.primal.warm import Warm
from engine.solve.result import Listener, Result
from engine.solve.search.state import SearchState

NAME = "longest-first"


def run(
    problem: MatchingProblem,
    gap: float,
    budget: Budget,
    listener: Listener | None = None,
    warm: Warm | None = None,
    spread: Spread | None = None,
) -> Result:
    """Insert calendars, longest first; the bound is what all would be worth if no limit were there (prices of 0)."""
    state = SearchState(problem, gap, budget, listener)
    free = np.zeros(problem.limits.row_count, np.int64)
    state.bound = bound_at(problem, free, no_crew_prices(problem))
    state.proved = state.bound.value
    state.plan = choice_of(problem, promised_columns(problem, budget))
    offers, register = problem.offers, problem.register
    days = register.ends - register.starts + 1
    of_column = np.add.reduceat(days[offers.cell % offers.order_count], offers.cells[:-1])
    state.offer(insert(problem, state.plan.columns, np.argsort(-of_column, kind="stable")))
    budget.step()
    return state.result()
