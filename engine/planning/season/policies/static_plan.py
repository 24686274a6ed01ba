"""The static plan: the best plan of the forecast, made before the season and followed as far as people come."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.planning.season.replay import Desk, Policy, Week
from engine.solve.budget import Budget
from engine.solve.match import match
from engine.words import message

NAME = "static-plan"
TITLE = message("The plan made before the season")
GAP, SECONDS = 0.003, 600.0


def policy_for(desk: Desk) -> Policy:
    """Each week the columns of the plan whose people are there and whose orders are open."""
    plan = match(desk.problem, "optimal", GAP, Budget(SECONDS)).columns

    def choose(week: Week) -> npt.NDArray[np.int64]:
        return plan[week.open[plan]]

    return choose
