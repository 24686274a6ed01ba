"""One verb: match a problem by a mechanism."""

from __future__ import annotations

from inspect import signature

from engine.errors import CallError
from engine.problem.problem import MatchingProblem
from engine.solve.budget import Budget
from engine.solve.dual.sweeps import Spread, on_this_machine
from engine.solve.mechanisms import mechanisms
from engine.solve.primal.warm import Warm
from engine.solve.result import Listener, Result
from engine.words import message


def match(
    problem: MatchingProblem,
    mechanism: str = "optimal",
    gap: float = 0.001,
    budget: Budget | None = None,
    progress: Listener | None = None,
    warm: Warm | None = None,
    spread: Spread = on_this_machine,
    floor: float | None = None,
) -> Result:
    """Choose placements by ``mechanism``, to within ``gap``, within the budget (600 s by default).

    ``warm`` is an earlier plan to begin from, ``spread`` says where parties choose, and ``floor`` is for a mechanism
    that keeps one. Raises `CallError` for an unknown mechanism, or a floor for one that keeps none, and `ClashError`
    where the commitments can't all be kept.
    """
    known = mechanisms()
    if mechanism not in known:
        raise CallError(
            message("There is no mechanism {mechanism}.", mechanism=repr(mechanism)),
            message("Use one of {names}.", names=tuple(known)),
        )
    budget = budget or Budget(600.0)
    own = {} if floor is None else {"floor": floor}
    if own and "floor" not in signature(known[mechanism]).parameters:
        raise CallError(
            message("The mechanism {mechanism} keeps no floor.", mechanism=mechanism), message("Leave --floor out.")
        )
    with budget.heeding_interrupts():
        result: Result = known[mechanism](problem, gap, budget, progress, warm, spread, **own)
    return result
