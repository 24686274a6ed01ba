"""The mean absolute difference between the regions' rates of placement, as small as asked.

It can be made small by placing fewer in the regions with most; the least rate can't. With many regions the orders of
rates that count are many too: where they don't come to an end, a step has a gap, which it then states.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.errors import ClashError
from engine.planning.fairness.measures.range import ROUNDING, scaled, within_range
from engine.planning.fairness.start import Groups, Start, Step, Steps
from engine.solve.equity import difference_weights, match_weighted
from engine.solve.equity_relaxation import binding_row
from engine.solve.result import Knowledge, Result, Stop
from engine.words import message

Floats = npt.NDArray[np.float64]
NAME = "difference"
TITLE = message("Mean difference between the regions' rates of placement")
MORE = False
MOST_ROUNDS = 40


def mean_difference(rates: Floats) -> float:
    """The mean of ``|r_g - r_h|`` over all pairs of groups."""
    n = len(rates)
    return float(np.abs(rates[:, None] - rates[None, :]).sum() / max(n * (n - 1), 1))


def steps(start: Start, count: int) -> Steps:
    """Plans with ever less difference, down to none, or to the least that promises allow."""
    groups = start.regions
    base = mean_difference(groups.rates(start.best.worker)) if len(groups.names) > 1 else 0.0
    found: list[Step] = []
    for number in range(count, 0 if base > ROUNDING else count, -1):
        asked = base * (count - number) / count
        result = _within(start, groups, asked, found[-1].result if found else None)
        if result is not None:
            found.append(Step(asked, result, 0.0))
    yield from reversed(found)


def _within(start: Start, groups: Groups, most: float, tighter: Result | None) -> Result | None:
    """The best plan whose difference is at most that: the row that binds the relaxation, then rows for the orders of
    rates in which a plan breaks it; the bound under some of the rows is one under all.

    Where rounds or time run out, it is the better of the ``tighter`` step's plan and the best whose rates lie so near
    together that their mean difference can't be more, with the bound that was proved by then. None where no plan keeps
    it and every promise, or none was found.
    """
    if most <= ROUNDING:
        return within_range(start, groups, 0.0, tighter)  # no difference in the mean is none at all
    budget, found = start.budget, None
    binding = binding_row(start.problem, groups.members, groups.admitted, most, budget)
    orders = [difference_weights(groups.rates(start.best.worker), groups.admitted) if binding is None else binding]
    for _ in range(MOST_ROUNDS):
        weights, allowed = scaled(np.array(orders), most)
        begun = np.empty(0, np.int64) if tighter is None else tighter.columns
        try:
            found = match_weighted(start.problem, groups.members, weights, allowed, begun, start.options.gap, budget)
        except ClashError:
            return None
        rates = groups.rates(found.worker)
        if mean_difference(rates) <= most + ROUNDING:
            return found
        if budget.over:
            break
        orders.append(difference_weights(rates, groups.admitted))
    known = [one for one in (tighter, _near_together(start, groups, most, tighter)) if one is not None]
    if not known or found is None:
        return None
    best, stop = max(known, key=lambda one: one.objective), Stop.TIME if budget.over else Stop.EXHAUSTED
    return replace(best, bound=found.bound, stop=stop, knowledge=Knowledge.BOUNDED)


def _near_together(start: Start, groups: Groups, most: float, tighter: Result | None) -> Result | None:
    """The best plan whose rates lie in an interval so wide that their mean difference is at most that, however they
    lie: it is greatest where half of them are at either end.
    """
    n = len(groups.names)
    half = n // 2
    return within_range(start, groups, most * n * (n - 1) / (2 * half * (n - half)), tighter)
