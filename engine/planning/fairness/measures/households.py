"""How many households have somebody placed, of those with somebody who can be placed."""

from __future__ import annotations

import numpy as np

from engine.planning.fairness.start import Start, Step, Steps
from engine.problem.values import SCALE
from engine.solve.equity import make_copies, match_most, match_reaching
from engine.words import message

NAME = "households"
TITLE = message("Households with somebody placed, of those who can have somebody")
MORE = True


def steps(start: Start, count: int) -> Steps:
    """Plans that reach ever more households: from those of the best plan to as many as any plan can reach."""
    groups = start.households
    households = len(groups.names)
    if not households:
        return
    base = int((groups.placed(start.best.worker) > 0).sum())
    copies = make_copies(start.problem, groups.members, np.ones(households, np.int64))
    most = match_most(copies, start.best.columns, start.budget)
    reached, limit = copies.reach(most.columns), most.bound // SCALE
    asked = {base - (base - reached) * number // count for number in range(1, count + 1)} - {base}
    for least in sorted(asked):
        found = match_reaching(copies, least, most.columns, start.options.gap, start.budget)
        yield Step(least / households, found, limit / households)
