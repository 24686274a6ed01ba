"""Sharp prices by sifting, and the plan that rounding makes of the last linear program."""

from __future__ import annotations

import numpy as np

from engine.problem.offers import NOTHING
from engine.problem.values import SCALE
from engine.solve.clash import clash_error
from engine.solve.exact.rounding import choice_of, round_point
from engine.solve.exact.sifting import Sifted, near_best, sift
from engine.solve.search.stages import Search

# How near the linear program must come to the bound, as a share of the gap: what is left then is lost by rounding.
PRECISE, NEAR = 0.05, 0.25


def applies(search: Search) -> bool:
    """Whether the problem is solved whole, or sifted where its plan isn't good enough."""
    return not search.closed() and (search.whole or (search.sifted and not search.good_enough()))


def run(search: Search) -> None:
    """Solve the linear program to the end over all columns, and round what it leaves fractional."""
    sifted = _sift(search)
    if sifted.infeasible:
        raise clash_error(search.problem)
    _round(search, sifted)


def _sift(search: Search) -> Sifted:
    problem, offers = search.problem, search.problem.offers
    if search.whole:
        core = np.arange(offers.count)
    else:
        width = search.tuning.sifting_width * (search.bound.choosing_value() or float(SCALE))
        search.grow(np.maximum(search.bound.surplus - int(width), -int(width)), search.tuning.core_each)
        problem = search.problem
        core = near_best(problem, search.bound, width, search.tuning.core_each)
        chosen = search.bound.chosen[search.bound.chosen != NOTHING]
        core = np.union1d(np.union1d(core, chosen), search.plan.columns)
    rounds, within = search.tuning.sifting_rounds, search.gap * (PRECISE if search.whole else NEAR)
    sifted = sift(problem, search.bound, core, rounds, within, search.budget, search.improved, search.whole)
    search.problem = sifted.problem
    search.plan = choice_of(search.problem, sifted.moved[search.plan.columns])
    search.statistics |= {"core": len(sifted.core), "rounds": sifted.rounds, "linear_value": sifted.linear_value}
    return sifted


def _round(search: Search, sifted: Sifted) -> None:
    if len(sifted.point) and not search.budget.over:
        tolerance = search.worth(min(search.gap, 1e-4) / 4)
        held = np.zeros(search.problem.limits.row_count)
        nodes = search.tuning.nodes
        found = round_point(search.problem, held, sifted.core, sifted.point, search.budget, nodes, tolerance)
        if found is not None:
            search.offer(found)
    search.fill()
    search.tell("plan")
