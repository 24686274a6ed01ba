"""What mechanisms beside the best plan share: its bound, so that the certificate says what they cost, and promises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.errors import CallError
from engine.problem.problem import MatchingProblem
from engine.solve.budget import Budget
from engine.solve.commitments import promised_columns
from engine.solve.dual.bound import bound_at
from engine.solve.dual.sweeps import Spread
from engine.solve.exact.rounding import choice_of
from engine.solve.mechanisms import optimal
from engine.solve.primal.warm import Warm
from engine.solve.result import Listener, Result
from engine.solve.search.state import SearchState
from engine.words import message

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class BesideOptimal:
    """The best plan of a problem, beside which another mechanism chooses, and what is promised (columns)."""

    best: Result
    promised: Longs
    _state: SearchState

    @property
    def problem(self) -> MatchingProblem:
        """The problem with all columns that its best plan needed."""
        return self.best.problem

    def result(self, columns: Longs, withdrawn: Longs, account: Mapping[str, Any] | None = None) -> Result:
        """The plan that holds ``columns``, under the bound of the best plan.

        ``withdrawn`` are the orders (rows) that were taken away for want of a crew, ``account`` what the mechanism
        adds to the certificate. Raises `ClashError` where the plan isn't legal.
        """
        self._state.plan = choice_of(self.problem, columns)
        return replace(self._state.result(), withdrawn=tuple(withdrawn.tolist()), account=dict(account or {}))

    def with_whole_crews(self, place: Callable[[Longs, Bools], Longs]) -> tuple[Longs, Longs]:
        """The columns that ``place`` gives beside what is promised, and the orders taken away for want of a crew.

        ``place`` is given the columns that are held before and, by order, which are taken away. The order that lacks
        most of its crew is taken away, and all are placed anew. One on which somebody is promised isn't: the best
        plan's crew is held before.
        """
        promised, withdrawn = self.promised, np.zeros(self.problem.offers.order_count, np.bool_)
        while True:
            columns = place(promised, withdrawn)
            short = lacking_crews(self.problem, columns)
            if not len(short):
                return columns, np.flatnonzero(withdrawn)
            if not withdrawn[short[0]]:
                withdrawn[short[0]] = True
                continue
            crew = self.others_on(int(short[0]), promised)
            if not len(crew):
                return columns, np.flatnonzero(withdrawn)  # it isn't legal, which is said where it is looked at
            promised, withdrawn[short[0]] = np.concatenate([promised, crew]), False

    def others_on(self, order: int, beside: Longs) -> Longs:
        """The best plan's columns with a placement on an order, of parties that have none ``beside``."""
        offers = self.problem.offers
        held = on_orders(self.problem, np.arange(offers.order_count) == order)
        there = self.best.columns[held[self.best.columns]]
        return there[~np.isin(offers.party_of(there), offers.party_of(beside))]


def beside_optimal(
    problem: MatchingProblem,
    gap: float,
    budget: Budget,
    listener: Listener | None,
    warm: Warm | None,
    spread: Spread,
) -> BesideOptimal:
    """Find the best plan and what is promised.

    Raises `CallError` where there are more pairs than are listed, `ClashError` where the commitments can't be kept.
    """
    if problem.dense is not None:
        raise CallError(
            message("This mechanism can't match {pairs:,} admitted pairs.", pairs=problem.eligible_pairs),
            message("Use optimal, or divide the programme by destination."),
        )
    best = optimal.run(problem, gap, budget, listener, warm, spread)
    state = SearchState(best.problem, gap, budget, listener)
    state.bound = bound_at(best.problem, best.prices, best.crew)
    state.proved = best.bound
    state.statistics |= best.statistics
    return BesideOptimal(best, _promised(best, budget), state)


def _promised(best: Result, budget: Budget) -> Longs:
    """What is promised; as the best plan keeps it where a crew needs others as well."""
    found, must = promised_columns(best.problem, budget), best.problem.offers.must
    return found if len(found) else best.columns[must[best.problem.offers.party_of(best.columns)]]


def on_orders(problem: MatchingProblem, orders: Bools) -> Bools:
    """Which columns hold a placement on one of the marked orders; shape (columns,)."""
    offers = problem.offers
    if not offers.count:
        return np.zeros(0, np.bool_)
    return np.add.reduceat(orders[offers.cell % offers.order_count], offers.cells[:-1]) > 0


def lacking_crews(problem: MatchingProblem, columns: Longs) -> Longs:
    """Orders whose crew is begun and not reached, those that lack the largest share of it first."""
    order = problem.offers.placements(columns)[1]
    placed, crew = np.bincount(order, minlength=problem.offers.order_count), problem.register.min_crew
    short = np.flatnonzero((placed > 0) & (placed < crew))
    return short[np.lexsort((short, placed[short] / crew[short]))]
