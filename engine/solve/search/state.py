"""What a search for the best plan knows: the problem as far as it is listed, the bound, the plan, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.problem.problem import MatchingProblem
from engine.problem.values import SCALE
from engine.solve.budget import Budget
from engine.solve.clash import clash_error
from engine.solve.dual.bound import Bound, at_prices
from engine.solve.exact.rounding import Choice, choice_of, is_feasible
from engine.solve.primal.insertion import fill, insert_dense
from engine.solve.result import Checkpoint, Knowledge, Listener, Progress, Result, Stop

Longs = npt.NDArray[np.int64]
PROOF = 1e-6


@dataclass
class SearchState:
    """Bound and plan of a problem: ``proved`` is the least bound known, ``bound`` that of the best prices. Once the
    plan is legal it never gets worse.
    """

    problem: MatchingProblem
    gap: float
    budget: Budget
    listener: Listener | None
    bound: Bound = field(init=False)
    proved: int = field(init=False)
    plan: Choice = field(init=False)
    statistics: dict[str, Any] = field(init=False, default_factory=dict)
    judged: tuple[Choice, bool] | None = field(init=False, default=None)

    @property
    def legal(self) -> bool:
        """Whether the plan keeps every limit, crew and promise; each plan is judged once."""
        if self.judged is None or self.judged[0] is not self.plan:
            self.judged = self.plan, is_feasible(self.problem, self.plan.columns)
        return self.judged[1]

    def take(self, problem: MatchingProblem, moved: Longs) -> None:
        """Go on with a problem that has more columns; ``moved`` tells where the old ones are."""
        self.problem, self.bound = problem, self.bound.renumbered(moved)
        self.plan = choice_of(problem, moved[self.plan.columns])

    def grow(self, threshold: Longs, most: int) -> None:
        """Take columns for dense pairs above ``threshold`` (billionths, by party) into the problem."""
        table = at_prices(self.problem, self.bound.prices, self.bound.crew).table
        self.take(*self.problem.grown_above(table, threshold, most))

    def offer(self, columns: Longs) -> None:
        """Take a legal choice for the plan where it is worth as much, or the plan isn't legal."""
        found = choice_of(self.problem, columns)
        if np.array_equal(found.columns, self.plan.columns):
            return
        if found.objective >= self.plan.objective or not self.legal:
            self.plan = found

    def reduced(self) -> Longs:
        """Value less price of every column, at the prices of the bound."""
        return at_prices(self.problem, self.bound.prices, self.bound.crew).reduced()

    def fill(self) -> None:
        """Insert whoever still fits, best value less price first, so that no single insertion is left."""
        if not self.legal:
            return
        self.offer(fill(self.problem, self.plan.columns, self.reduced()))
        if self.problem.dense is not None:
            self.problem, _, columns = insert_dense(self.problem, self.plan.columns, self.bound)
            self.plan = choice_of(self.problem, columns)

    def worth(self, share: float) -> float:
        """A share of what the best plan can be worth, in value terms."""
        return share * self.proved / SCALE

    def closed(self) -> bool:
        """Whether the plan is legal and proved to be the best."""
        near = self.proved - self.plan.objective <= PROOF * max(SCALE, self.plan.objective)
        return near and self.legal

    def good_enough(self) -> bool:
        """Whether the plan is legal and proved within the gap."""
        near = self.proved - self.plan.objective <= self.gap * max(SCALE, abs(self.proved))
        return near and self.legal

    def improved(self, bound: Bound) -> None:
        """Keep a bound that the prices of an exact program prove, where it is the least at hand."""
        if bound.value <= self.bound.value:
            self.bound = bound
        self.proved = min(self.proved, bound.value)
        self.tell("core")

    def priced(self, bound: Bound) -> None:
        """Hear of a bound on the way of a search for prices."""
        self.proved = min(self.proved, bound.value)
        self.tell("prices")

    def tell(self, phase: str, worth: int = 0) -> None:
        """Tell the listener; ``worth`` is that of a plan that isn't taken yet."""
        if self.listener is not None:
            plan = max(worth, self.plan.objective)
            self.listener(Progress(self.budget.spent, phase, self.proved / SCALE, plan / SCALE, self.checkpoint))

    def checkpoint(self) -> Checkpoint:
        """What another run could begin from."""
        legal = self.plan.columns if self.legal else self.plan.columns[:0]
        return Checkpoint(self.problem, self.bound.prices, self.bound.crew, legal)

    def result(self) -> Result:
        """The answer; raises `ClashError` where the plan isn't legal."""
        problem = self.problem
        if not self.legal:
            raise clash_error(problem)
        stop, knowledge = self._ending()
        worker, order = problem.offers.placements(self.plan.columns)
        return Result(
            problem,
            stop,
            knowledge,
            worker,
            order,
            self.plan.objective,
            self.proved,
            self.bound.value,
            self.bound.prices,
            self.bound.crew,
            self.plan.columns,
            self.statistics,
        )

    def _ending(self) -> tuple[Stop, Knowledge]:
        """Why the run stops, and what it knows of its plan."""
        if self.closed():
            return Stop.PROVED, Knowledge.OPTIMAL
        knowledge = Knowledge.WITHIN_GAP if self.good_enough() else Knowledge.BOUNDED
        if self.budget.over:
            return (Stop.INTERRUPT if self.budget.interrupted else Stop.TIME), knowledge
        return (Stop.GAP if knowledge is Knowledge.WITHIN_GAP else Stop.EXHAUSTED), knowledge
