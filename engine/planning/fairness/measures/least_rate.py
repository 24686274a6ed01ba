"""The least rate of placement among the regions of origin: placed of admitted, as high as any plan can have it."""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from engine.errors import ClashError
from engine.planning.fairness.start import Groups, Start, Step, Steps
from engine.problem.values import SCALE
from engine.solve.clash import NoLegalPlan
from engine.solve.equity import make_copies, match_above, match_most
from engine.solve.equity_relaxation import limit_of_least_rate
from engine.words import message

Longs = npt.NDArray[np.int64]
NAME = "least_rate"
TITLE = message("Placed of those admitted, in the region with least")
MORE = True
ANY = 1.0  # a gap that any plan is within


def steps(start: Start, count: int) -> Steps:
    """Plans with ever more of everybody's region: from the best plan's least rate to the highest there is."""
    groups = start.regions
    if len(groups.names) < 2:
        return
    base = groups.least_rate(start.best.worker)
    top, columns, limit = highest_least_rate(start, groups)
    for number in range(1, count + 1 if top > base else 1):
        asked = base + (top - base) * Fraction(number, count)
        found = match_above(
            start.problem, groups.members, least_of(asked, groups.admitted), columns, start.options.gap, start.budget
        )
        yield Step(float(asked), found, float(limit))


def least_of(rate: Fraction, admitted: Longs) -> Longs:
    """The whole numbers of people that make up a rate in each group."""
    return -(-rate.numerator * admitted // rate.denominator)


def highest_least_rate(start: Start, groups: Groups) -> tuple[Fraction, Longs, Fraction]:
    """(the highest least rate found, the columns of a plan that has it, what no plan's least rate exceeds).

    The relaxation proves a limit; the rates that a region can have below it are tried, the highest first, then by
    halves. A rate is reached by a plan with as many of each region; it is out of reach where the plan that counts most
    of what is asked, and no more, provably counts less.
    """
    columns, reached = start.best.columns, groups.least_rate(start.best.worker)
    most = min(Fraction(int(p), int(a)) for p, a in zip(groups.placeable, groups.admitted, strict=True))
    proved = limit_of_least_rate(start.problem, groups.members, groups.admitted, start.budget)
    most = most if proved is None else min(most, proved)
    every = {Fraction(k, a) for a in set(groups.admitted.tolist()) for k in range(1, a + 1)}
    rates = sorted(rate for rate in every if reached < rate <= most)
    low, high, limit = 0, len(rates), len(rates)
    tried = high - 1
    while low < high:
        asked = least_of(rates[tried], groups.admitted)
        found = _with_so_many(start, groups, asked)
        if found is None:
            copies = make_copies(start.problem, groups.members, asked)
            counted = match_most(copies, columns, start.budget)
            if counted.objective >= int(asked.sum()) * SCALE:
                found = copies.column[counted.columns]
            elif counted.bound < int(asked.sum()) * SCALE:
                limit = tried
        if found is None:
            high = tried
        else:
            columns, reached = found, groups.least_rate(start.workers_in(found))
            low = bisect_right(rates, reached)
        tried = (low + high) // 2
    return reached, columns, rates[limit - 1] if limit and rates else reached


def _with_so_many(start: Start, groups: Groups, asked: Longs) -> Longs | None:
    """The columns of some plan with so many of each group; None where the search from nothing comes to none."""
    try:
        found = match_above(start.problem, groups.members, asked, np.empty(0, np.int64), ANY, start.budget)
    except (ClashError, NoLegalPlan):
        return None
    return found.columns if (groups.placed(found.worker) >= asked).all() else None
