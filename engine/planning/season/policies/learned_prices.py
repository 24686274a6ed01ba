"""Prices learned from other seasons, anew each week: the best plan of who is here and of who came in another season.

Each week's plan is over the people who wait and, in the place of those who are still to come, the people and orders of
another season from that week on; prices begin at those learned before. Whom most such plans place, and who can't wait
any longer, is placed; all others are held (Ahani, Gölz, Procaccia, Teytelboym and Trapp, Dynamic placement in refugee
resettlement, 2021: potentials of two-stage matchings over sampled arrivals).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.planning.season.drawn_season import DrawnSeason, for_season, narrowed, over_cells
from engine.planning.season.policies.fixed_prices import learned_prices
from engine.planning.season.replay import Desk, Policy, Week
from engine.problem.column_rows import entries_of
from engine.solve.budget import Budget
from engine.solve.dual.bound import CrewPrices
from engine.solve.match import match
from engine.solve.primal.warm import Warm
from engine.words import message

NAME = "learned-prices"
TITLE = message("Prices learned from other seasons")
GAP, SECONDS, SAMPLES = 0.005, 600.0, 5

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def policy_for(desk: Desk) -> Policy:
    """Each week the urgent part of the plan over who is here and a season that may follow."""
    prices = learned_prices(desk)
    closes = over_cells(desk.problem, desk.weeks.closes, most=False)
    party = desk.problem.offers.party_of_each()

    def choose(week: Week) -> Longs:
        urgent = week.open & ((closes == week.number) | (week.until[party] == week.number))
        if not urgent.any():
            return np.empty(0, np.int64)
        plans = [plan_ahead(desk, week, other, prices) for other in _sampled(desk, week)]
        votes = np.bincount(np.concatenate(plans), minlength=week.problem.offers.count)
        now = np.flatnonzero(week.open & (votes > 0))
        now = now[urgent[now] | _make_room(week, now)]
        for_party = np.bincount(party[now], votes[now], len(week.waiting))
        now = now[2 * for_party[party[now]] > len(plans)]
        return now[np.lexsort((-votes[now], -for_party[party[now]]))]

    return choose


def _sampled(desk: Desk, week: Week) -> list[DrawnSeason]:
    """The seasons that may follow this week, others each week."""
    first, count = week.number * SAMPLES, len(desk.others)
    return [desk.others[(first + i) % count] for i in range(min(SAMPLES, count))]


def plan_ahead(desk: Desk, week: Week, other: DrawnSeason, prices: Longs) -> Longs:
    """The columns of the best plan of this week and what may follow."""
    ahead = for_season(week.problem, _places_ahead(week, other), week.held)
    problem, numbers = narrowed(ahead, _ahead(desk, week, other))
    empty = np.empty(0, np.int64)
    crew = CrewPrices(np.zeros(len(problem.crew_orders), np.int64), empty, empty, empty)
    result = match(problem, "optimal", GAP, Budget(SECONDS), None, Warm(prices, crew, empty, empty))
    return numbers[result.columns]


def _make_room(week: Week, columns: Longs) -> Bools:
    """Which columns make room under a share for others, who would be refused if these were held."""
    entries = entries_of(week.problem.offers, week.problem.limits, columns)
    owner = np.repeat(np.arange(len(columns)), np.diff(entries.offsets))
    return np.bincount(owner, entries.coefficient < 0, minlength=len(columns)) > 0


def _places_ahead(week: Week, other: DrawnSeason) -> Longs:
    """The places of the orders that are filed, and what another season brings of the others, at this one's scale."""
    own = week.problem.limits.capacity[: len(other.places)].astype(np.int64)
    asked, expected = own[week.filed].sum(), other.places[week.filed].sum()
    scale = (asked + 1) / (expected + 1)
    return np.where(week.filed, own, np.rint(scale * other.places).astype(np.int64))


def _ahead(desk: Desk, week: Week, other: DrawnSeason) -> Bools:
    """Which columns may still be taken from this week on by who waits, or by who may come."""
    problem = week.problem
    party = problem.offers.party_of_each()
    to_come = ~week.seen & other.comes & (other.arrives > week.number)
    arrives = np.where(week.waiting, week.number, other.arrives)
    waits = np.where(week.waiting, week.until, other.waits)
    filed = np.where(week.filed, week.number, np.maximum(other.filed, week.number + 1))
    begin = np.maximum(arrives[party], over_cells(problem, filed, most=True))
    end = np.minimum(waits[party], over_cells(problem, desk.weeks.closes, most=False))
    return np.asarray((week.waiting | to_come)[party] & (begin <= end))
