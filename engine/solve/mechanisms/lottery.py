"""A lottery: turns are drawn by the seed, which is public, so that anybody can draw them again."""

from __future__ import annotations

import numpy as np

from engine.problem.problem import MatchingProblem
from engine.solve.budget import Budget
from engine.solve.dual.sweeps import Spread, on_this_machine
from engine.solve.primal.warm import Warm
from engine.solve.result import Listener, Result
from engine.solve.serial_choice import choose_in_turn
from engine.words import message

NAME = "lottery"
TITLE = message("A lottery with a public seed")


def run(
    problem: MatchingProblem,
    gap: float,
    budget: Budget,
    listener: Listener | None = None,
    warm: Warm | None = None,
    spread: Spread = on_this_machine,
) -> Result:
    """Workers choose in an order that the seed draws: a run sees them in the order of a hash of seed and id.

    Raises what `choose_in_turn` raises.
    """
    turns = np.zeros(problem.register.worker_count)
    return choose_in_turn(problem, turns, gap, budget, listener, warm, spread)
