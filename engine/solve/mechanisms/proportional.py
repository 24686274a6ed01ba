"""Proportional: every employer has the same share of what it asks, as far as limits and workers allow."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.problem.problem import MatchingProblem
from engine.solve.beside_optimal import BesideOptimal, beside_optimal
from engine.solve.budget import Budget
from engine.solve.dual.sweeps import Spread, on_this_machine
from engine.solve.primal.warm import Warm
from engine.solve.progressive_filling import Turns, fill_in_turn, had_alone, turns_of
from engine.solve.result import Listener, Result
from engine.words import message

Longs = npt.NDArray[np.int64]
NAME = "proportional"
TITLE = message("The same share for each employer")


def run(
    problem: MatchingProblem,
    gap: float,
    budget: Budget,
    listener: Listener | None = None,
    warm: Warm | None = None,
    spread: Spread = on_this_machine,
) -> Result:
    """The share of each employer rises for all alike (`engine.solve.progressive_filling`); an order whose crew isn't
    reached takes nobody.

    The certificate tells the common share: what every employer has at least who could have more if it were alone, with
    how many could not (``common_share``). Raises what `beside_optimal` raises.
    """
    beside = beside_optimal(problem, gap, budget, listener, warm, spread)
    turns = turns_of(beside)
    columns, gone = beside.with_whole_crews(lambda held, gone: fill_in_turn(beside.problem, turns, held, gone))
    return beside.result(columns, gone, {"common_share": _common_share(beside, turns, columns)})


def _common_share(beside: BesideOptimal, turns: Turns, columns: Longs) -> dict[str, float | int]:
    """The least share of an employer who could have more alone, and how many employers are below it.

    Employers are looked at from the least share up, so that few are tried alone.
    """
    problem = beside.problem
    got = np.bincount(turns.of_order[problem.offers.placements(columns)[1]], minlength=len(turns.asked))
    asking = np.flatnonzero(turns.asked)
    asking = asking[np.lexsort((asking, got[asking] / turns.asked[asking]))]
    for below, employer in enumerate(asking.tolist()):
        nobody_else = turns.begin[employer + 1] - turns.begin[employer] <= got[employer]
        if got[employer] < turns.asked[employer] and nobody_else:
            continue
        full = got[employer] >= turns.asked[employer]
        if full or had_alone(problem, turns, beside.promised, employer) > got[employer]:
            return {"share": float(got[employer] / turns.asked[employer]), "employers_below": below}
    return {"share": 1.0, "employers_below": len(asking)}
