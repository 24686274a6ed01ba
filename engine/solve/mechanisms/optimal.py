"""The best plan: prices, a core, a linear program on it, branching on the residue, and a bound over everything.

Large problems go through `levels`: chunked dual steps give prices and bound, the core's program gives the plan, each
level sharper than the one before until the gap is reached. Small ones, those with crews, and what the levels leave open
are sifted: their linear program is solved to the end over all columns, and branching closes the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.problem.offers import NOTHING
from engine.problem.problem import MatchingProblem
from engine.problem.values import SCALE
from engine.solve.budget import Budget
from engine.solve.clash import clash_error
from engine.solve.commitments import promised_columns
from engine.solve.dual.bound import Bound, at_prices, bound_at, no_crew_prices
from engine.solve.dual.levels import Level, levels
from engine.solve.dual.price_search import sampled, search_prices
from engine.solve.dual.sweeps import Spread, Sweeper, make_sweeper, on_this_machine
from engine.solve.exact.network import best_of_all, best_on_core, is_network, network_prices
from engine.solve.exact.reduced_cost_fixing import EVERYTHING, survivors_of
from engine.solve.exact.rounding import branch, choice_of, is_feasible, round_point
from engine.solve.exact.sifting import Sifted, near_best, sift
from engine.solve.primal.core import Core, find_core, settle
from engine.solve.primal.replacement import Replacement
from engine.solve.primal.warm import Warm, kept_columns, listed_for
from engine.solve.result import Listener, Result
from engine.solve.search_state import SearchState
from engine.tuning import Tuning

Longs = npt.NDArray[np.int64]
NAME = "optimal"
BLOCKED = 2**50


def run(
    problem: MatchingProblem,
    gap: float,
    budget: Budget,
    listener: Listener | None = None,
    warm: Warm | None = None,
    spread: Spread = on_this_machine,
) -> Result:
    """Find a plan within ``gap`` of the best, and prove it; small programmes are closed to optimality.

    Raises `ClashError` where the commitments can't all be kept.
    """
    return _Run(problem, gap, budget, listener, spread).solve(warm)


@dataclass
class _Run(SearchState):
    spread: Spread

    @property
    def tuning(self) -> Tuning:
        """How this problem is searched."""
        return self.problem.tuning

    def solve(self, warm: Warm | None) -> Result:
        problem = self.problem
        free = np.zeros(problem.limits.row_count, np.int64), no_crew_prices(problem)
        self.bound = bound_at(problem, *(free if warm is None else (warm.prices, warm.crew)))
        self.proved = self.bound.value
        self.plan = choice_of(problem, promised_columns(problem, self.budget))
        self.tell("prices")
        small = problem.offers.count <= self.tuning.whole_program and problem.dense is None
        if warm is not None:
            self._resume(warm)
        if not small and not self.good_enough():
            self._by_levels(warm is not None)
        sifting = self.problem.offers.count <= self.tuning.sifted_program or bool(len(problem.crew_orders))
        if not self.closed() and (small or (sifting and not self.good_enough())):
            sifted = self._sharp_prices(small)
            if sifted.infeasible:
                raise clash_error(problem)
            self._round(sifted)
        if sifting:
            self._close_all(small)
        if self.problem.dense is not None:
            self._remember_best()
        return self.result()

    def _resume(self, warm: Warm) -> None:
        """Keep what still holds of an earlier plan, and fill what it leaves."""
        self.take(*listed_for(self.problem, warm))
        reduced = at_prices(self.problem, self.bound.prices, self.bound.crew).reduced()
        self.offer(kept_columns(self.problem, warm, self.plan.columns, reduced))
        self.fill()
        self.budget.step()
        self.tell("plan")

    def _by_levels(self, warm: bool) -> None:
        """Prices by chunked dual steps and a plan on their core, sharper at each level until the gap is reached.

        Crews are left to sifting, which begins at the first level's prices.
        """
        self.take(*sampled(self.problem))
        each = self.problem.offers.count / max(len(self.problem.offers.must), 1)
        sweeper = self.spread(make_sweeper(self.problem))
        if is_network(self.problem):
            sweeper = self._by_flow(sweeper)
            if self.budget.over or self.good_enough():
                return
        begun_at = (self.proved - self.plan.objective) / max(SCALE, abs(self.proved)) if warm else None
        if begun_at is not None and begun_at < self.tuning.few_changes * self.gap and not len(self.problem.crew_orders):
            self._mend(sweeper)
            if self.budget.over or self.good_enough():
                return
        for level in levels(self.gap, each, begun_at, self.tuning):
            sweeper = self._price(sweeper, level)
            if self.budget.over or len(self.problem.crew_orders):
                break
            self._place(sweeper, level)
            if self.budget.over or self.good_enough():
                break

    def _by_flow(self, sweeper: Sweeper) -> Sweeper:
        """The plan of a pure network by min-cost flow on a core, or on all pairs if that plan doesn't prove itself."""
        level = Level(*self.tuning.network_level)
        sweeper = self._price(sweeper, level)
        width = int(level.width * sweeper.typical_worth() * SCALE)
        if not self.budget.over:
            self._take_flow(best_on_core(self.problem, find_core(self.problem, self.bound, width)))
        if not (self.budget.over or self.good_enough()):
            self._take_flow(best_of_all(self.problem))
        return sweeper

    def _take_flow(self, columns: Longs) -> None:
        self.offer(columns)
        prices = network_prices(self.problem, self.plan.columns)
        if prices is not None:
            self._improved(bound_at(self.problem, prices, self.bound.crew))
        self.budget.step()
        self.tell("plan")

    def _mend(self, sweeper: Sweeper) -> None:
        """Fill by chains of moves, at the prices that there are, what an earlier plan leaves open."""
        width = int(self.tuning.mending_width * sweeper.typical_worth() * SCALE)
        again = self._replacement(sweeper, find_core(self.problem, self.bound, width))
        self.offer(again.mend())
        self.tell("placing")

    def _price(self, sweeper: Sweeper, level: Level) -> Sweeper:
        found = search_prices(self.problem, sweeper, self.bound, level, self.budget, self._priced, self.spread)
        self.take(found.problem, found.moved)
        self.bound = found.bound
        self.statistics["sweeps"] = self.statistics.get("sweeps", 0) + found.passes
        return found.sweeper

    def _priced(self, bound: Bound) -> None:
        self.proved = min(self.proved, bound.value)
        self.tell("prices")

    def _place(self, sweeper: Sweeper, level: Level) -> None:
        problem, offers = self.problem, self.problem.offers
        promised = self.plan.columns[offers.must[offers.party_of(self.plan.columns)]]
        wider = self.tuning.dense_width if problem.dense is not None else 1
        width = int(wider * level.width * sweeper.typical_worth() * SCALE)
        plan, core = settle(problem, promised, find_core(problem, self.bound, width))
        self.statistics["core"] = len(core.columns)
        self.offer(plan)
        self.budget.step()
        if self.budget.over:
            return
        self.offer(self._replacement(sweeper, core).run())
        if self.problem.dense is not None:
            self.fill()
        self.tell("plan")

    def _replacement(self, sweeper: Sweeper, core: Core) -> Replacement:
        def tell(plan: Longs) -> None:
            self.tell("placing", int(self.problem.offers.value[plan].sum()))

        within, wanted = self.worth(self.gap / 20), self.worth(1 - self.gap)
        return Replacement(self.problem, sweeper, core, self.plan.columns, self.budget, within, wanted, tell)

    def _sharp_prices(self, small: bool) -> Sifted:
        problem, offers = self.problem, self.problem.offers
        if small:
            core = np.arange(offers.count)
        else:
            width = self.tuning.sifting_width * (self.bound.choosing_value() or float(SCALE))
            self.grow(np.maximum(self.bound.surplus - int(width), -int(width)), self.tuning.core_each)
            problem = self.problem
            core = near_best(problem, self.bound, width, self.tuning.core_each)
            chosen = self.bound.chosen[self.bound.chosen != NOTHING]
            core = np.union1d(np.union1d(core, chosen), self.plan.columns)
        sifted = sift(problem, self.bound, core, self.tuning.sifting_rounds, self.gap / 20, self.budget, self._improved)
        self.problem = sifted.problem
        self.plan = choice_of(self.problem, sifted.moved[self.plan.columns])
        self.statistics |= {"core": len(sifted.core), "rounds": sifted.rounds, "linear_value": sifted.linear_value}
        return sifted

    def _improved(self, bound: Bound) -> None:
        if bound.value <= self.bound.value:
            self.bound = bound
        self.proved = min(self.proved, bound.value)
        self.tell("core")

    def _round(self, sifted: Sifted) -> None:
        if len(sifted.point) and not self.budget.over:
            tolerance = self.worth(min(self.gap, 1e-4) / 4)
            held = np.zeros(self.problem.limits.row_count)
            found = round_point(
                self.problem, held, sifted.core, sifted.point, self.budget, self.tuning.nodes, tolerance
            )
            if found is not None:
                self.offer(found)
        self.fill()
        self.tell("plan")

    def _remember_best(self) -> None:
        """Take the best dense pair of every unplaced party into the problem, so that a reason can be given."""
        free = np.ones(len(self.problem.offers.must), bool)
        free[self.problem.offers.party_of(self.plan.columns)] = False
        self.grow(np.where(free, -BLOCKED, 2 * BLOCKED), 1)

    def _close_all(self, small: bool) -> None:
        """Close, each time over more columns and nodes, until the gap is reached or closing gains nothing any more."""
        nodes, columns = self.tuning.nodes, self.tuning.closing_columns
        while not self.budget.over and not (self.closed() if small else self.good_enough()):
            before = self.proved, self.plan.objective
            self._close(small, nodes, columns)
            nodes, columns = 4 * nodes, 2 * columns
            if small or (before == (self.proved, self.plan.objective) and columns > self.tuning.most_closing_columns):
                break

    def _close(self, small: bool, nodes: int, most_columns: int) -> None:
        """Branch over every column that a better plan could hold: those whose loss is within what is in doubt."""
        problem = self.problem
        feasible = is_feasible(problem, self.plan.columns)
        doubt = self.bound.value - self.plan.objective if feasible else EVERYTHING
        survivors, whole = survivors_of(problem, self.bound, doubt, problem.offers.count if small else most_columns)
        survivors = np.union1d(survivors, self.plan.columns)
        within = 0.0 if small else self.worth(self.gap / 2)
        found, answer = branch(
            problem, np.zeros(self.problem.limits.row_count), survivors, self.budget, 0 if small else nodes, within
        )
        if answer is None:
            return
        self.statistics |= {"closing_columns": len(survivors), "closing_nodes": answer.nodes}
        if answer.infeasible and not feasible:
            raise clash_error(problem)
        if found is not None:
            self.offer(found)
            self.fill()
        if whole and np.isfinite(answer.bound) and is_feasible(problem, self.plan.columns):
            proved = int(np.ceil((answer.bound + 1e-9) * SCALE))
            self.proved = max(self.plan.objective, min(self.proved, proved))
        self.tell("closing")
