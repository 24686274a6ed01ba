"""Mend an earlier plan where something was edited or happened, for listed pairs without crews.

Who holds nothing looks first at what the others leave, and prices are searched in that market alone. At these some who
hold a place would rather have another, or would hardly miss theirs: they join, prices are searched again, and all who
joined are placed exactly. Everybody else keeps what he or she has. So passes are over those who may change, and nothing
but who joins, and the bound at the prices found, looks at all pairs.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.clauses.views import Array
from engine.kernel import kernel
from engine.problem.offers import NOTHING
from engine.problem.values import SCALE
from engine.solve.dual.ascent import ascend
from engine.solve.dual.bound import at_prices, bound_at
from engine.solve.search.allotments import allots
from engine.solve.search.levels import place
from engine.solve.search.stages import Search

Longs = npt.NDArray[np.int64]
OPEN = 0.1


def applies(search: Search) -> bool:
    """Whether there is an earlier plan, near enough to the best, of pairs that are listed."""
    if search.kept is None or search.whole or search.budget.over or search.good_enough():
        return False
    near = search.tuning.few_changes * search.gap * max(SCALE, abs(search.proved))
    listed = search.problem.dense is None and not len(search.problem.crew_orders)
    return listed and search.proved - search.plan.objective < near and not allots(search)


def run(search: Search) -> None:
    """Let those choose who hold nothing, then those who would change at their prices, and place all of them."""
    assert search.kept is not None
    search.mended = True
    offers, kept, tuning = search.problem.offers, search.kept, search.tuning
    held = np.full(len(offers.must), NOTHING)
    held[offers.party_of(kept)] = kept
    nobody = np.flatnonzero((held == NOTHING)[offers.party_of_each()])
    free = search.part(nobody, kept, search.bound, OPEN * search.gap)
    _price(free, tuning.free_passes)
    joined = _joined(search, free, held)
    if search.budget.over:
        return
    part = search.part(joined, kept, free.bound, OPEN * search.gap)
    _price(part, tuning.joint_passes)
    place(part, tuning.mending_width)
    search.statistics["core"] = part.statistics.get("core", 0)
    search.offer(np.union1d(search.without(kept, joined), joined[part.plan.columns]))
    search.improved(bound_at(search.problem, part.bound.prices, part.bound.crew))
    search.fill()
    search.tell("plan")


def _price(part: Search, passes: int) -> None:
    """Search prices among those of a part, from the ones that there are; they prove nothing of the whole."""
    typical, tuning = part.sweeping().typical_worth(), part.tuning
    steps = tuning.mending_step * typical, tuning.last_step * typical
    prices, _ = ascend(part.sweeping(), part.bound.prices / SCALE, passes, steps, part.budget)
    part.bound = bound_at(part.problem, np.rint(prices * SCALE).astype(np.int64), part.bound.crew)
    part.proved = part.bound.value


def _joined(search: Search, free: Search, held: Longs) -> Longs:
    """The columns of those who may change at the prices that the ``free`` found."""
    offers, tuning = search.problem.offers, search.tuning
    reduced = at_prices(search.problem, free.bound.prices, free.bound.crew).reduced()
    joined = np.zeros(offers.count, np.bool_)
    widths = free.width(tuning.free_width), free.width(tuning.held_width)
    _mark_joined(offers.of_party, reduced, offers.must, held, *widths, joined)
    return np.flatnonzero(joined)


@kernel
def _mark_joined(
    of_party: Array, reduced: Array, must: Array, held: Array, free_width: int, held_width: int, joined: Array
) -> None:
    """Mark what is within ``free_width`` of the best for who holds nothing; who holds something joins with what is
    within ``held_width`` of it or better, if there is anything else, or if nothing is.
    """
    for p in range(len(of_party) - 1):
        begin, end = of_party[p], of_party[p + 1]
        if held[p] == NOTHING:
            least = np.int64(0)
            for j in range(begin, end):
                least = max(least, reduced[j])
            least -= free_width
        else:
            least = reduced[held[p]] - held_width
            joins = least < 0 and not must[p]
            for j in range(begin, end):
                joins |= reduced[j] > least and j != held[p]
            if not joins:
                continue
            joined[held[p]] = True
        for j in range(begin, end):
            joined[j] |= reduced[j] > least
