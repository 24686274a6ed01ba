"""The best plan of a season by somebody who knew from the start who comes, who gives up and what is asked."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.planning.season.drawn_season import ALWAYS, DrawnSeason, Weeks, for_season, narrowed, over_cells
from engine.planning.season.leaving import barred_from
from engine.planning.season.releases import released
from engine.problem.problem import MatchingProblem
from engine.solve.budget import Budget
from engine.solve.match import match
from engine.solve.primal.warm import Warm
from engine.solve.result import Result

SECONDS = 600.0


def possible(problem: MatchingProblem, season: DrawnSeason, weeks: Weeks) -> npt.NDArray[np.bool_]:
    """Which columns anybody could have taken to the end: the party comes, it is there in a week between filing and
    closing, doesn't give up, and works for no employer who is debarred before. Who may lose or leave an employer may
    come to any order late. Whatever a policy places in the end is one of them.
    """
    party = problem.offers.party_of_each()
    begin = np.maximum(season.arrives[party], over_cells(problem, season.filed, most=True))
    end = np.minimum(season.waits[party], over_cells(problem, weeks.closes, most=False))
    barred = barred_from(problem, season.debarred) < ALWAYS
    moved = np.zeros(len(problem.offers.must), bool)
    moved[party[barred]] = True
    moved |= season.asks < ALWAYS
    there = season.comes[party] & ((begin <= end) | moved[party]) & ~season.drops & ~season.missing
    return np.asarray(there & ~barred)


def best_in_hindsight(
    problem: MatchingProblem, season: DrawnSeason, weeks: Weeks, gap: float, warm: Warm | None = None
) -> Result:
    """The best plan of a season within ``gap``, with the bound that no policy can pass.

    The columns of the result are those of the narrowed problem. Raises what matching raises.
    """
    whole = released(for_season(problem, season.places), weeks.last)
    own, _ = narrowed(whole, possible(problem, season, weeks), problem.offers.must)
    return match(own, "optimal", gap, Budget(SECONDS), None, warm)
