"""One verb: match a problem by a mechanism."""

from __future__ import annotations

from engine.errors import CallError
from engine.problem.problem import MatchingProblem
from engine.solve.budget import Budget
from engine.solve.mechanisms import mechanisms
from engine.solve.result import Listener, Result
from engine.solve.sweeps import Spread, on_this_machine
from engine.solve.warm import Warm
from engine.words import message


def match(
    problem: MatchingProblem,
    mechanism: str = "optimal",
    gap: float = 0.001,
    budget: Budget | None = None,
    progress: Listener | None = None,
    warm: Warm | None = None,
    spread: Spread = on_this_machine,
) -> Result:
    """Choose placements by ``mechanism``, to within ``gap``, within the budget (600 s by default).

    ``warm`` is an earlier plan to begin from, and ``spread`` says where parties choose. Raises `CallError` for an
    unknown mechanism and `ClashError` where the commitments can't all be kept.
    """
    known = mechanisms()
    if mechanism not in known:
        raise CallError(
            message("There is no mechanism {mechanism}.", mechanism=repr(mechanism)),
            message("Use one of {names}.", names=tuple(known)),
        )
    budget = budget or Budget(600.0)
    with budget.heeding_interrupts():
        result: Result = known[mechanism](problem, gap, budget, progress, warm, spread)
    return result
