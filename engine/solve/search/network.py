"""Pure networks: rough prices, then the best plan and prices that prove it, by chains of moves."""

from __future__ import annotations

from engine.solve.dual.bound import bound_at
from engine.solve.dual.levels import Level
from engine.solve.exact.network import is_network, solve_network
from engine.solve.search.levels import price
from engine.solve.search.stages import Search


def applies(search: Search) -> bool:
    """Whether headcounts alone join the workers of a problem that isn't solved whole."""
    return not search.whole and not search.good_enough() and is_network(search.problem)


def run(search: Search) -> None:
    """Price roughly, then put right what is wrong at those prices."""
    level = Level(*search.tuning.network_level)
    price(search, level)
    if search.budget.over:
        return
    found = solve_network(search.problem, search.bound.prices, search.width(level.width), search.budget)
    if found.proved:
        search.offer(found.columns)
        search.improved(bound_at(search.problem, found.prices, search.bound.crew))
    search.tell("plan")
