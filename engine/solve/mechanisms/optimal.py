"""The best plan: prices, a core, a linear program on it, branching on the residue, and a bound over everything.

Large problems go through `levels`: chunked dual steps give prices and bound, the core's program gives the plan, each
level sharper than the one before until the gap is reached. Small ones, those with crews, and what the levels leave open
are sifted: their linear program is solved to the end over all columns, and branching closes the rest.
"""

from __future__ import annotations

from engine.problem.problem import MatchingProblem
from engine.solve.budget import Budget
from engine.solve.dual.sweeps import Spread, on_this_machine
from engine.solve.primal.warm import Warm
from engine.solve.result import Listener, Result
from engine.solve.search import closing, equal_workers, levels, mending, network, remember_best, resume, sharp_prices
from engine.solve.search.stages import Search, Stage, run_stages
from engine.words import message

NAME = "optimal"
TITLE = message("The best plan of all")
STAGES: tuple[Stage, ...] = (resume, network, mending, equal_workers, levels, sharp_prices, closing, remember_best)


def run(
    problem: MatchingProblem,
    gap: float,
    budget: Budget,
    listener: Listener | None = None,
    warm: Warm | None = None,
    spread: Spread = on_this_machine,
) -> Result:
    """Find a plan within ``gap`` of the best, and prove it; small programmes are closed to optimality.

    Raises `ClashError` where the commitments can't all be kept.
    """
    return run_stages(Search(problem, gap, budget, listener, warm, spread), STAGES)
