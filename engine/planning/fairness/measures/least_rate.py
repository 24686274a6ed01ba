"""The least rate of placement among the regions of origin: placed of admitted, as high as any plan can have it."""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from engine.planning.fairness.start import Groups, Start, Step, Steps
from engine.problem.values import SCALE
from engine.solve.equity import make_copies, match_above, match_most
from engine.words import message

Longs = npt.NDArray[np.int64]
NAME = "least_rate"
TITLE = message("Placed of those admitted, in the region with least")
MORE = True


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

    The rates that a region can have are searched by halves: a rate is reached where the plan that counts most counts
    everybody asked for, and out of reach where the bound on that is less.
    """
    columns, reached = start.best.columns, groups.least_rate(start.best.worker)
    most = min(Fraction(int(p), int(a)) for p, a in zip(groups.placeable, groups.admitted, strict=True))
    every = {Fraction(k, a) for a in set(groups.admitted.tolist()) for k in range(1, a + 1)}
    rates = sorted(rate for rate in every if reached < rate <= most)
    low, high, limit = 0, len(rates), len(rates)
    while low < high:
        middle = (low + high) // 2
        asked = least_of(rates[middle], groups.admitted)
        copies = make_copies(start.problem, groups.members, asked)
        found = match_most(copies, columns, start.budget)
        if found.objective >= int(asked.sum()) * SCALE:
            columns, reached = copies.column[found.columns], groups.least_rate(found.worker)
            low = bisect_right(rates, reached)
        else:
            high = middle
            limit = middle if found.bound < int(asked.sum()) * SCALE else limit
    return reached, columns, rates[limit - 1] if limit and rates else reached
