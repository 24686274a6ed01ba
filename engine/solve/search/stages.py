"""A search and its stages: each says whether it applies to what is known, and goes on from there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.problem.column_rows import use_of
from engine.problem.values import SCALE
from engine.solve.commitments import promised_columns
from engine.solve.dual.bound import Bound, bound_at, no_crew_prices
from engine.solve.dual.price_search import sampled
from engine.solve.dual.sweeps import Spread, Sweeper, make_sweeper
from engine.solve.exact.rounding import choice_of
from engine.solve.primal.core import Core
from engine.solve.primal.replacement import Replacement
from engine.solve.primal.warm import Warm
from engine.solve.result import Result
from engine.solve.search.state import SearchState
from engine.tuning import Tuning

Longs = npt.NDArray[np.int64]


@dataclass
class Search(SearchState):
    """What the stages share beyond bound and plan.

    ``whole`` tells that the problem is small enough to be solved as one program; ``sweeper`` is made by whichever stage
    first prices by passes, after a drawn few of dense pairs are listed. ``kept`` still holds of an earlier plan,
    and ``mended`` tells whether `mending` went on from it.
    """

    warm: Warm | None
    spread: Spread
    whole: bool = field(init=False)
    sweeper: Sweeper | None = field(init=False, default=None)
    kept: Longs | None = field(init=False, default=None)
    mended: bool = field(init=False, default=False)

    def begin(self) -> None:
        """Know a bound, at the prices of an earlier plan or at none, and the plan of the promises alone."""
        problem, warm = self.problem, self.warm
        free = np.zeros(problem.limits.row_count, np.int64)
        self.whole = problem.offers.count <= self.tuning.whole_program and problem.dense is None
        self.bound = bound_at(problem, free, no_crew_prices(problem)) if warm is None else warm.first_bound(problem)
        self.proved = self.bound.value
        self.plan = choice_of(problem, promised_columns(problem, self.budget))
        self.tell("prices")

    def part(self, columns: Longs, plan: Longs, at: Bound, gap: float) -> Search:
        """The search among ``columns`` (sorted) alone, to within ``gap`` of the whole, from the prices of a bound.

        Parties that have some of them may give up what they hold in ``plan``; everybody else keeps it.
        """
        offers, limits = self.problem.offers, self.problem.limits
        others = self.without(plan, columns)
        some = offers.taken(columns)
        some = replace(some, must=offers.must & (np.diff(some.of_party) > 0))
        room = replace(limits, capacity=limits.capacity - use_of(offers, limits, others))
        problem = replace(self.problem, offers=some, limits=room)
        part = Search(problem, gap, self.budget, None, None, self.spread)
        part.whole, part.bound = False, bound_at(problem, at.prices, at.crew)
        part.proved = part.bound.value
        part.gap *= self.proved / max(part.proved, SCALE)
        part.plan = choice_of(problem, np.searchsorted(columns, np.setdiff1d(plan, others, assume_unique=True)))
        return part

    def without(self, plan: Longs, columns: Longs) -> Longs:
        """The columns of ``plan`` whose party has none of ``columns``."""
        offers = self.problem.offers
        able = np.zeros(len(offers.must), bool)
        able[offers.party_of(columns)] = True
        return plan[~able[offers.party_of(plan)]]

    @property
    def tuning(self) -> Tuning:
        """How this problem is searched."""
        return self.problem.tuning

    @property
    def sifted(self) -> bool:
        """Whether the problem is small enough, or has crews, so that its linear program is solved to the end."""
        return self.problem.offers.count <= self.tuning.sifted_program or bool(len(self.problem.crew_orders))

    def sweeping(self) -> Sweeper:
        """The sweeper over all that is listed."""
        if self.sweeper is None:
            self.take(*sampled(self.problem))
            self.sweeper = self.spread(make_sweeper(self.problem))
        return self.sweeper

    def width(self, share: float) -> int:
        """A share of what a party gains on average, in billionths."""
        return int(share * self.sweeping().typical_worth() * SCALE)

    def replacement(self, core: Core) -> Replacement:
        """The exact re-placing of whoever is undecided in ``core``."""

        def tell(plan: Longs) -> None:
            self.tell("placing", int(self.problem.offers.value[plan].sum()))

        within, wanted = self.worth(self.gap / 20), self.worth(1 - self.gap)
        return Replacement(self.problem, self.sweeping(), core, self.plan.columns, self.budget, within, wanted, tell)


class Stage(Protocol):
    """A stage of the search: a module of this folder."""

    def applies(self, search: Search) -> bool:
        """Whether the stage has anything to do, at what is known when its turn comes."""

    def run(self, search: Search) -> None:
        """Sharpen bound or plan; raises `ClashError` where the commitments can't all be kept."""


def run_stages(search: Search, stages: Sequence[Stage]) -> Result:
    """Run the stages that apply, in their order, and answer what is known then."""
    search.begin()
    for stage in stages:
        if stage.applies(search):
            stage.run(search)
    return search.result()
