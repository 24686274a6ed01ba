"""How far the rates of placement of any two regions are apart, as little as asked.

It can be made small by placing fewer in the regions with most; the least rate can't.
"""

from __future__ import annotations

from itertools import permutations

import numpy as np
import numpy.typing as npt

from engine.errors import ClashError
from engine.planning.fairness.start import Groups, Start, Step, Steps
from engine.solve.equity import match_weighted
from engine.solve.result import Result
from engine.words import message

Floats = npt.NDArray[np.float64]
NAME = "range"
TITLE = message("Greatest difference between two regions' rates of placement")
MORE = False
ROUNDING = 1e-9


def steps(start: Start, count: int) -> Steps:
    """Plans whose rates are ever nearer to each other, down to equal ones or to what promises allow."""
    groups = start.regions
    base = float(np.ptp(groups.rates(start.best.worker))) if len(groups.names) > 1 else 0.0
    found: list[Step] = []
    for number in range(count, 0 if base > ROUNDING else count, -1):
        asked = base * (count - number) / count
        result = within_range(start, groups, asked, found[-1].result if found else None)
        if result is not None:
            found.append(Step(asked, result, 0.0))
    yield from reversed(found)


def within_range(start: Start, groups: Groups, most: float, tighter: Result | None) -> Result | None:
    """The best plan with ``p_g / a_g - p_h / a_h <= most`` for all regions g and h, from that of a ``tighter`` step.

    None where no plan keeps it and every promise, or none was found.
    """
    pairs = np.array(list(permutations(range(len(groups.names)), 2)))
    weights = np.zeros((len(pairs), len(groups.names)))
    weights[np.arange(len(pairs)), pairs[:, 0]] = 1 / groups.admitted[pairs[:, 0]]
    weights[np.arange(len(pairs)), pairs[:, 1]] = -1 / groups.admitted[pairs[:, 1]]
    rows, allowed = scaled(weights, most)
    begun = np.empty(0, np.int64) if tighter is None else tighter.columns
    try:
        return match_weighted(start.problem, groups.members, rows, allowed, begun, start.options.gap, start.budget)
    except ClashError:
        return None


def scaled(weights: Floats, most: float) -> tuple[Floats, Floats]:
    """Rows in a scale in which what they allow is a whole number: 1, or 0 where no difference is allowed at all."""
    if most > ROUNDING:
        return weights / most, np.ones(len(weights))
    # as large as counts, for what is as small as a solver's tolerance it would let pass
    return weights / np.abs(weights[weights != 0]).min(), np.zeros(len(weights))
