"""Points: whoever has most of the points that the ministry gave chooses first."""

from __future__ import annotations

import numpy as np

from engine.problem.problem import MatchingProblem
from engine.solve.budget import Budget
from engine.solve.dual.sweeps import Spread, on_this_machine
from engine.solve.primal.warm import Warm
from engine.solve.result import Listener, Result
from engine.solve.serial_choice import choose_in_turn
from engine.words import message

NAME = "points"
TITLE = message("By points")


def run(
    problem: MatchingProblem,
    gap: float,
    budget: Budget,
    listener: Listener | None = None,
    warm: Warm | None = None,
    spread: Spread = on_this_machine,
) -> Result:
    """Workers choose by ``points``, most first, those without any last; the seed draws between equals.

    Raises what `choose_in_turn` raises.
    """
    points = problem.programme.workers.values("points")
    return choose_in_turn(problem, np.where(np.isnan(points), np.inf, -points), gap, budget, listener, warm, spread)
