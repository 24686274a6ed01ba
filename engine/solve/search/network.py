"""Pure networks: the plan by min-cost flow on a core, or on all pairs if that plan doesn't prove itself."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.solve.dual.bound import bound_at
from engine.solve.dual.levels import Level
from engine.solve.exact.network import best_of_all, best_on_core, is_network, network_prices
from engine.solve.primal.core import find_core
from engine.solve.search.levels import price
from engine.solve.search.stages import Search


def applies(search: Search) -> bool:
    """Whether headcounts alone join the workers of a problem that isn't solved whole."""
    return not search.whole and not search.good_enough() and is_network(search.problem)


def run(search: Search) -> None:
    """Price roughly, then the flow on what is near anybody's best."""
    level = Level(*search.tuning.network_level)
    price(search, level)
    if not search.budget.over:
        _take(search, best_on_core(search.problem, find_core(search.problem, search.bound, search.width(level.width))))
    if not (search.budget.over or search.good_enough()):
        _take(search, best_of_all(search.problem))


def _take(search: Search, columns: npt.NDArray[np.int64]) -> None:
    search.offer(columns)
    prices = network_prices(search.problem, search.plan.columns)
    if prices is not None:
        search.improved(bound_at(search.problem, prices, search.bound.crew))
    search.budget.step()
    search.tell("plan")
