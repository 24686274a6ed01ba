"""Priority: workers choose in turn among what leaves the plan worth at least a share of the best."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from engine.problem.problem import MatchingProblem
from engine.problem.values import SCALE
from engine.programme.cells import NO_MOMENT
from engine.solve.beside_optimal import beside_optimal
from engine.solve.budget import Budget
from engine.solve.dual.sweeps import Spread, on_this_machine
from engine.solve.floor_choice import choose_above
from engine.solve.primal.warm import Warm
from engine.solve.result import Listener, Result
from engine.solve.serial_choice import insert_in_passes
from engine.solve.wishes import own_lists, wishes_of
from engine.words import message

NAME = "priority"
TITLE = message("In turn, above a floor for the whole plan")
FLOOR = 0.95


def run(
    problem: MatchingProblem,
    gap: float,
    budget: Budget,
    listener: Listener | None = None,
    warm: Warm | None = None,
    spread: Spread = on_this_machine,
    floor: float = FLOOR,
) -> Result:
    """Workers choose by ``points``, most first, then by ``registered_at``, then as the seed draws
    (`engine.solve.floor_choice`): each the best by his own ranking that still leaves ``objective >= floor * bound``.

    The floor is a share of the bound of the best plan, which no plan exceeds, so that it is a share of the optimum at
    least; where the best plan found is below it, that plan's value is the floor. The certificate names the share and
    the value (``floor``); what crews and shares of the completion need is kept. Raises what `beside_optimal` raises.
    """
    beside = beside_optimal(problem, gap, budget, listener, warm, spread)
    problem, best = beside.problem, beside.best
    least = min(best.objective, -int(-Fraction(floor) * best.bound // 1))
    turns = _turns(problem)
    wish = own_lists(problem, wishes_of(problem))
    columns = choose_above(problem, best.columns, wish, turns, least)
    columns = insert_in_passes(problem, _in_turn(problem, wish, turns), columns, whole_crews=True)
    told = {"floor": {"share": floor, "value": least // (SCALE // 10**6) / 1e6}}
    return beside.result(columns, np.empty(0, np.int64), told)


def _turns(problem: MatchingProblem) -> npt.NDArray[np.int64]:
    """The parties in the order in which they choose; a travel group chooses when its first member does."""
    points = problem.programme.workers.values("points")
    moment = problem.programme.workers.values("registered_at")
    lead = problem.lead
    points = np.where(np.isnan(points), np.inf, -points)[lead]
    return np.lexsort((lead, np.where(moment == NO_MOMENT, np.iinfo(np.int64).max, moment)[lead], points))


def _in_turn(
    problem: MatchingProblem, wish: npt.NDArray[np.int64], turns: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """All columns, those of whoever chooses first in front, each party's best first."""
    place = np.empty(len(turns), np.int64)
    place[turns] = np.arange(len(turns))
    return wish[np.argsort(place[problem.offers.party_of_each()], kind="stable")]
