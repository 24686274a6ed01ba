"""Prices by chunked dual steps and a plan on their core, sharper at each level until the gap is reached.

Where classes hardly matter places are allotted and filled by a network in place of a core. Crews are left to sharp
prices, which begin at the first level's. Where an earlier plan is near enough and wasn't mended, chains of moves at its
prices come first.
"""

from __future__ import annotations

from engine.problem.values import SCALE
from engine.solve.dual.levels import Level, levels
from engine.solve.dual.price_search import search_prices
from engine.solve.primal.core import find_core, settle
from engine.solve.search.allotments import allot, allots
from engine.solve.search.stages import Search


def applies(search: Search) -> bool:
    """Whether the problem isn't solved whole, its plan isn't good enough, and no stage before spent what there was."""
    spent = search.sweeper is not None and search.budget.over
    return not search.whole and not spent and not search.good_enough()


def run(search: Search) -> None:
    """Level after level, until the gap is reached or the levels are over."""
    each = search.sweeping().pairs_each
    crews = bool(len(search.problem.crew_orders))
    begun_at = (search.proved - search.plan.objective) / max(SCALE, abs(search.proved)) if search.warm else None
    if begun_at is not None and begun_at < search.tuning.few_changes * search.gap and not (crews or search.mended):
        _move_by_chains(search)
        if search.budget.over or search.good_enough():
            return
    for level in levels(search.gap, each, begun_at, search.tuning):
        price(search, level)
        if search.budget.over or crews:
            break
        if not (allots(search) and allot(search)):
            place(search, level.width)
        if search.budget.over or search.good_enough():
            break


def price(search: Search, level: Level) -> None:
    """Search prices at one level, and keep the bound that they prove."""
    sweeper = search.sweeping()
    found = search_prices(search.problem, sweeper, search.bound, level, search.budget, search.priced, search.spread)
    search.take(found.problem, found.moved)
    search.bound, search.sweeper = found.bound, found.sweeper
    search.statistics["sweeps"] = search.statistics.get("sweeps", 0) + found.passes


def _move_by_chains(search: Search) -> None:
    """Fill by chains of moves, at the prices that there are, what an earlier plan leaves open."""
    core = find_core(search.problem, search.bound, search.width(search.tuning.chains_width))
    search.offer(search.replacement(core).mend())
    search.tell("placing")


def place(search: Search, width: float) -> None:
    """Settle whoever the prices leave no choice, and re-place the others exactly."""
    problem, offers = search.problem, search.problem.offers
    promised = search.plan.columns[offers.must[offers.party_of(search.plan.columns)]]
    wider = search.tuning.dense_width if problem.dense is not None else 1
    plan, core = settle(problem, promised, find_core(problem, search.bound, search.width(wider * width)))
    search.statistics["core"] = len(core.columns)
    search.offer(plan)
    search.budget.step()
    if search.budget.over:
        return
    search.offer(search.replacement(core).run())
    if search.problem.dense is not None:
        search.fill()
    search.tell("plan")
