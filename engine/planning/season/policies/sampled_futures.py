"""The best plan over who is here and several futures at once, of which today's part is taken, anew each week.

Only who can't wait longer is decided: whoever leaves after this week, and the orders that close. What is decided is the
same in every future; all others wait, and each future places them as it likes. Prices learned from other seasons choose
the few columns that each party has there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.planning.season.drawn_season import DrawnSeason, for_season, narrowed, odds_of_giving_up, over_cells
from engine.planning.season.futures_ahead import futures_ahead
from engine.planning.season.joint_program import taken_now
from engine.planning.season.policies.fixed_prices import learned_prices
from engine.planning.season.replay import Desk, Policy, Week
from engine.problem.column_rows import entries_of
from engine.problem.priced_columns import price_table, reduced_values
from engine.problem.problem import MatchingProblem
from engine.words import message

NAME = "sampled-futures"
TITLE = message("The best plan over several futures")
FUTURES = 10
TAKEN = 0.3
EACH = 5
NEVER = -(2**62)

FuturesOf = Callable[[Desk, Week, int], list[DrawnSeason]]
Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def policy_for(desk: Desk) -> Policy:
    """Each week what the program over futures drawn by what was seen takes (`policy_with`)."""
    return policy_with(desk, futures_ahead)


def forewarned(desk: Desk, season: DrawnSeason) -> Policy:
    """The same for an office that knows who comes and what is asked in a season, but not who will give up: what other
    policies may fairly be held against.
    """

    def futures(desk: Desk, week: Week, count: int) -> list[DrawnSeason]:
        drawn = futures_ahead(desk, week, count)
        return [replace(season, told=one.told, drops=one.drops, missing=one.missing) for one in drawn]

    return policy_with(desk, futures)


def policy_with(desk: Desk, futures_of: FuturesOf) -> Policy:
    """Each week what the program over all futures takes at least `TAKEN` of, most first.

    Who is taken now may give up, unlike those of whom a future tells that they stay: so what is taken now counts by the
    odds that he or she stays.
    """
    problem = desk.problem
    closes, party = over_cells(problem, desk.weeks.closes, most=False), problem.offers.party_of_each()
    leave = odds_of_giving_up(problem, desk.assumptions) + desk.assumptions.number("season.no_show")
    value = np.rint(problem.offers.value * (1 - np.minimum(leave, 1.0))).astype(np.int64)
    prices = learned_prices(desk)
    worth = reduced_values(problem.offers, price_table(problem.limits, prices), prices)

    def choose(week: Week) -> Longs:
        urgent = week.open & ((closes == week.number) | (week.until[party] == week.number))
        if not urgent.any():
            return np.empty(0, np.int64)
        decided = urgent | _make_room(week)
        futures = [_ahead(desk, week, future, decided, worth) for future in futures_of(desk, week, FUTURES)]
        now = np.flatnonzero(decided)
        taken = taken_now(value, now, futures)
        order = np.lexsort((-value[now], -taken))
        return now[order[taken[order] >= TAKEN]]

    return choose


def _make_room(week: Week) -> Bools:
    """Which open columns make room under a share for others, who would be refused if these were held."""
    columns = np.flatnonzero(week.open)
    entries = entries_of(week.problem.offers, week.problem.limits, columns)
    owner = np.repeat(columns, np.diff(entries.offsets))
    return np.bincount(owner, entries.coefficient < 0, len(week.open)) > 0


def _ahead(desk: Desk, week: Week, future: DrawnSeason, decided: Bools, worth: Longs) -> tuple[MatchingProblem, Longs]:
    """What may be taken from this week on if a future comes, and the numbers that its columns have in the whole.

    Who gives up in a future counts for nothing there, unless he or she is decided now, before that is known. Each party
    has at most `EACH` columns there that aren't decided now, those that are ``worth`` most at learned prices.
    """
    party, closes = week.problem.offers.party_of_each(), over_cells(week.problem, desk.weeks.closes, most=False)
    to_come = ~week.seen & future.comes
    arrives = np.where(week.waiting, week.number, future.arrives)
    filed = np.where(week.filed, week.number, future.filed)
    begin = np.maximum(arrives[party], over_cells(week.problem, filed, most=True))
    end = np.minimum(future.waits[party], closes)
    placed = np.where(week.placed < 0, week.number, week.placed)
    leaves = future.drops & ((placed + future.told)[party] <= closes)
    stays = np.where(decided, ~leaves, ~(future.drops | future.missing))
    kept = (week.waiting | to_come)[party] & (begin <= end) & stays
    kept &= decided | _best_of_each(party, np.where(kept & ~decided, worth, NEVER))
    return narrowed(for_season(week.problem, future.places, week.held[~leaves[week.held]]), kept)


def _best_of_each(party: npt.NDArray[np.integer], worth: Longs) -> Bools:
    """Which columns are among the `EACH` of their party that are worth most."""
    order = np.lexsort((-worth, party))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order)) - np.searchsorted(party, party[order])
    return rank < EACH
