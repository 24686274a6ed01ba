"""Greedy: each week the open placements that are worth most, whatever comes later."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.planning.season.replay import Desk, Policy, Week
from engine.words import message

NAME = "greedy"
TITLE = message("The most valuable placement first")


def policy_for(_: Desk) -> Policy:
    """Each week every open column, the most valuable first."""

    def choose(week: Week) -> npt.NDArray[np.int64]:
        columns = np.flatnonzero(week.open)
        return columns[np.argsort(-week.problem.offers.value[columns], kind="stable")]

    return choose
