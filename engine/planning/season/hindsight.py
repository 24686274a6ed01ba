"""The best plan of a season by somebody who knew from the start who comes, who gives up and what is asked."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.clauses.base import Join
from engine.planning.season.drawn_season import ALWAYS, WEEK, DrawnSeason, Weeks, for_season, narrowed, over_cells
from engine.planning.season.leaving import barred_from
from engine.planning.season.releases import released
from engine.problem.problem import MatchingProblem
from engine.solve.budget import Budget
from engine.solve.match import match
from engine.solve.primal.warm import Warm
from engine.solve.result import Result

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
SECONDS = 600.0


def possible(problem: MatchingProblem, season: DrawnSeason, weeks: Weeks) -> npt.NDArray[np.bool_]:
    """Which columns anybody could have taken to the end: the party comes, it is there in a week between filing and
    closing or after leaving an employer, doesn't give up, and works for no employer who is debarred before. Whatever a
    policy places in the end is one of them.
    """
    party = problem.offers.party_of_each()
    begin = np.maximum(season.arrives[party], over_cells(problem, season.filed, most=True))
    end = np.minimum(season.waits[party], over_cells(problem, weeks.closes, most=False))
    in_time = season.comes[party] & (begin <= end) & ~season.drops & ~season.missing
    barred = barred_from(problem, season.debarred)
    reached, before = in_time, 0
    while reached.sum() > before:  # who waits again may lose another employer after that
        before = int(reached.sum())
        reached = reached | _after_leaving(problem, season, weeks, reached, barred)
    return np.asarray(reached & (barred >= ALWAYS))


def _after_leaving(problem: MatchingProblem, season: DrawnSeason, weeks: Weeks, reached: Bools, barred: Longs) -> Bools:
    """Which columns might be taken by who could have been on another one before: of an employer who is debarred from a
    week on, after which who hasn't begun waits again, and who has begun is moved to a single placement that begins
    within the longest gap of a transfer; or of an employer whom he or she asks to leave, and is moved likewise.
    """
    party, parties = problem.offers.party_of_each(), len(problem.offers.must)
    closes, starts = (over_cells(problem, by, most=False) for by in (weeks.closes, weeks.starts))
    single, last = np.diff(problem.offers.cells) == 1, over_cells(problem, weeks.starts, most=True)
    gap = max((rule.max_gap_days for _, rule, _ in problem.programme.in_force(Join)), default=0) // WEEK + 1
    found = np.zeros(len(party), bool)
    for lost in np.unique(barred[reached & (barred < ALWAYS)]).tolist():
        own = np.zeros(parties, bool)
        own[party[reached & (barred == lost)]] = True
        again = lost + season.waits - season.arrives
        filed = over_cells(problem, season.filed, most=True)
        waits = (closes >= lost) & (filed <= np.minimum(again[party], closes))
        found |= own[party] & (waits | (single & (starts >= lost) & (starts <= lost + gap)))
    asks, first = np.where(season.asks < ALWAYS, season.asks, 0), np.full(parties, ALWAYS)
    np.minimum.at(first, party[reached], starts[reached])
    latest = np.full(parties, -1)
    np.maximum.at(latest, party[reached], last[reached])
    asked = (season.asks < ALWAYS)[party] & single & (starts >= (first + asks)[party])
    found |= asked & (starts <= (latest + asks + gap)[party])
    return found & season.comes[party] & ~season.drops & ~season.missing


def best_in_hindsight(
    problem: MatchingProblem, season: DrawnSeason, weeks: Weeks, gap: float, warm: Warm | None = None
) -> Result:
    """The best plan of a season within ``gap``, with the bound that no policy can pass.

    The columns of the result are those of the narrowed problem. Raises what matching raises.
    """
    whole = released(for_season(problem, season.places), weeks.last)
    own, _ = narrowed(whole, possible(problem, season, weeks), problem.offers.must)
    return match(own, "optimal", gap, Budget(SECONDS), None, warm)
