"""From prices to a plan: settle whoever prices leave no choice; who is left is undecided.

At good prices most parties gain clearly more from one column than from any other. What the rest, the undecided, may
take within a small width of their best is the core (Balas and Zemel, 1980).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.clauses.views import Array, Bools
from engine.kernel import kernel
from engine.problem.offers import NOTHING
from engine.problem.problem import MatchingProblem
from engine.solve.dual.bound import Bound, at_prices
from engine.solve.primal.insertion import fill, insert

Longs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Core:
    """What ``prices`` leave open: by party the ``best`` column, the ``margin`` by which it is better than the next or
    than nothing, and who is ``undecided``; and the undecided parties' ``columns`` (sorted) within ``width`` of their
    best. ``reduced`` is the value less price of every column; all in billionths.
    """

    prices: Longs
    reduced: Longs
    width: int
    best: Longs
    margin: Longs
    undecided: Bools
    columns: Longs


def find_core(problem: MatchingProblem, at: Bound, width: int) -> Core:
    """The parties whose best column at a bound's prices is within ``width`` (billionths) of the next best or of
    nothing, and their columns within ``width`` of it.
    """
    offers = problem.offers
    parties = len(offers.must)
    reduced = at_prices(problem, at.prices, at.crew).reduced()
    best, margin = np.full(parties, NOTHING), np.zeros(parties, np.int64)
    near = np.zeros(offers.count, np.bool_)
    _mark_near(offers.of_party, offers.must, reduced, width, best, margin, near)
    undecided = (margin < width) | offers.must
    return Core(at.prices, reduced, width, best, margin, undecided, np.flatnonzero(near))


@kernel
def _mark_near(
    of_party: Array, must: Array, reduced: Array, width: int, best: Array, margin: Array, near: Array
) -> None:
    for p in range(len(of_party) - 1):
        first, second, at = np.int64(0), np.int64(-(2**62)), NOTHING
        if must[p]:
            first = np.int64(-(2**62))
        for j in range(of_party[p], of_party[p + 1]):
            if reduced[j] > first:
                first, second, at = reduced[j], first, j
            elif reduced[j] > second:
                second = reduced[j]
        best[p], margin[p] = at, first - second
        if must[p] or first - second < width:
            for j in range(of_party[p], of_party[p + 1]):
                near[j] = reduced[j] > first - width


def settle(problem: MatchingProblem, kept: Longs, core: Core) -> tuple[Longs, Core]:
    """The ``kept`` columns, with the best ones of all other parties and what else of the core fits; and the core, with
    the parties that were decided and didn't fit.

    Where prices let a few too many into a quota, those stay out whose place costs least if it stays empty. Shares let
    some in only after others: who didn't fit is tried again.
    """
    offers = problem.offers
    best = core.best[(core.best != NOTHING) & ~offers.must]
    missed = offers.value[best] - core.reduced[best] + core.margin[(core.best != NOTHING) & ~offers.must]
    dearest_first = best[np.argsort(-missed, kind="stable")]
    plan, before = insert(problem, kept, dearest_first), len(kept)
    while problem.limits.ratio_rows.any() and len(plan) > before:
        plan, before = insert(problem, plan, dearest_first), len(plan)
    out = ~core.undecided & (core.best != NOTHING)
    out[offers.party_of(plan)] = False
    if out.any():
        near = out[offers.party_of_each()] & (core.reduced > -core.width)
        near[core.columns] = True
        core = replace(core, undecided=core.undecided | out, columns=np.flatnonzero(near))
    return fill(problem, plan, core.reduced, core.columns), core
