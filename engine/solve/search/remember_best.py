"""Dense problems: take the best pair of every unplaced party into the problem, so that a reason can be given."""

from __future__ import annotations

import numpy as np

from engine.solve.search.stages import Search

BLOCKED = 2**50


def applies(search: Search) -> bool:
    """Whether pairs are priced where they lie and not listed."""
    return search.problem.dense is not None


def run(search: Search) -> None:
    """List one pair of everybody who is placed nowhere, whatever it is worth."""
    free = np.ones(len(search.problem.offers.must), bool)
    free[search.problem.offers.party_of(search.plan.columns)] = False
    search.grow(np.where(free, -BLOCKED, 2 * BLOCKED), 1)
