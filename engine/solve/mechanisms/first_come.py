"""First come, first served: the click day, on which the moment of registration decides."""

from __future__ import annotations

import numpy as np

from engine.problem.problem import MatchingProblem
from engine.programme.cells import NO_MOMENT
from engine.solve.budget import Budget
from engine.solve.dual.sweeps import Spread, on_this_machine
from engine.solve.primal.warm import Warm
from engine.solve.result import Listener, Result
from engine.solve.serial_choice import choose_in_turn
from engine.words import message

NAME = "first-come"
TITLE = message("First come, first served")


def run(
    problem: MatchingProblem,
    gap: float,
    budget: Budget,
    listener: Listener | None = None,
    warm: Warm | None = None,
    spread: Spread = on_this_machine,
) -> Result:
    """Workers choose in the order of ``registered_at``, those without one last; the seed draws between equal moments.

    Raises what `choose_in_turn` raises.
    """
    moment = problem.programme.workers.values("registered_at")
    return choose_in_turn(problem, np.where(moment == NO_MOMENT, np.inf, moment), gap, budget, listener, warm, spread)
