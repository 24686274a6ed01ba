"""Where headcounts alone join the workers: the best plan and the prices that prove it, by chains of moves.

Value ``v_io`` of party i on order o, price ``p_o``, and ``u_i = max(0, max_o (v_io - p_o))``. A plan and prices prove
each other (complementary slackness) if everybody holds what is worth ``u_i``, no order has too many, and ``p_o = 0``
where places are free: then ``sum_i u_i + sum_o places_o p_o`` is the plan's worth, and no plan's is more.

From rough prices everybody takes the best. Each price falls to the best bid, ``max_i (v_io - u_i)``, where that is
less: nobody's ``u_i`` changes. What is then wrong is put right one place after another, and prices follow so that
everybody goes on holding what is best (shortest augmenting paths with potentials; Ahuja, Magnanti and Orlin, 1993,
chapter 9): a place too many is freed by the cheapest chain of moves, a free place with a price is filled by the
cheapest chain or its price falls to 0. Chains that fill look at pairs within ``slack`` of the best alone, and prices
fall by no more than that at a time; who is left with something better takes it, and the slack grows. All in whole
billionths: what is proved is proved to the last of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from engine.problem.offers import NOTHING, Offers
from engine.problem.problem import MatchingProblem
from engine.problem.values import SCALE
from engine.solve.budget import Budget
from engine.solve.exact.network_chains import (
    FAR,
    Candidates,
    Labels,
    Places,
    best_bids,
    best_of_each,
    better_of_each,
    fill_places,
    free_places,
    list_candidates,
    seat,
)

Longs = npt.NDArray[np.int64]
ROUNDS = 12
LEAST_SLACK = SCALE // 1000
WIDER = 4
CHAINS_A_STEP = 2_000


@dataclass(frozen=True)
class NetworkPlan:
    """Columns (sorted) and prices (billionths, by order), and whether they prove each other."""

    columns: Longs
    prices: Longs
    proved: bool


def is_network(problem: MatchingProblem) -> bool:
    """Whether everybody takes at most one placement and nothing but headcounts joins them."""
    offers = problem.offers
    alone = problem.dense is None and not len(problem.crew_orders) and not offers.must.any()
    return alone and offers.count > 0 and offers.single and problem.limits.row_count == offers.order_count


def solve_network(problem: MatchingProblem, prices: Longs, slack: int, budget: Budget) -> NetworkPlan:
    """The best plan of a network, from rough ``prices`` (billionths, by order).

    ``slack`` (billionths) is how far from a party's best a pair may be for a chain to look at it at first. Where the
    budget ends first, nothing is proved and orders may hold too many.
    """
    headcount = problem.limits.capacity.astype(np.int64)  # row o of a network is order o's
    places = seated(problem.offers, problem.offers.value, headcount, prices)
    proved = put_right(places, slack, budget)
    return NetworkPlan(columns_of(places), places.price, proved)


def seated(offers: Offers, value: Longs, headcount: Longs, prices: Longs) -> Places:
    """Everybody on the best at the prices, which have fallen to the best bids; single placements worth ``value``."""
    count, parties = offers.order_count, len(offers.must)
    order = (offers.cell % count).astype(np.int32)
    choice, following = np.empty((2, parties), np.int64)
    held, first = np.empty((2, count), np.int64)
    places = Places(offers.of_party, value, order, headcount, prices.copy(), choice, held, first, following)
    worth, bids = np.empty(parties, np.int64), np.zeros(count, np.int64)
    best_of_each(places, choice, worth)
    best_bids(places, worth, bids)
    np.minimum(places.price, bids, out=places.price)
    seat(places)
    return places


def put_right(places: Places, slack: int, budget: Budget) -> bool:
    """Move people and prices until they prove each other; whether they do, or the budget ended first."""
    labels = Labels(*np.full((4, len(places.price)), FAR))
    worth, better = np.empty((2, len(places.choice)), np.int64)
    slack = max(slack, LEAST_SLACK)
    for _ in range(ROUNDS):
        if not _until_done(partial(free_places, places, labels, CHAINS_A_STEP), budget):
            break
        near = _candidates(places, worth, slack)
        if not _until_done(partial(fill_places, places, near, labels, slack, CHAINS_A_STEP), budget):
            break
        wrong = better_of_each(places, better)
        if not wrong and _fits(places):
            return True
        moved = better != places.choice
        places.choice[moved] = better[moved]
        seat(places)
        slack *= WIDER
    return False


def _candidates(places: Places, worth: Longs, slack: int) -> Candidates:
    """The pairs within ``slack`` of what their party gets, by order; ``worth`` is written."""
    best_of_each(places, np.empty_like(places.choice), worth)
    offsets = np.zeros(len(places.price) + 1, np.int64)
    nobody = np.empty(0, np.int64)
    list_candidates(places, worth, slack, Candidates(offsets, nobody, nobody))
    np.cumsum(offsets, out=offsets)
    found = Candidates(offsets, np.empty(offsets[-1], np.int64), np.empty(offsets[-1], np.int64))
    list_candidates(places, worth, slack, found)
    return found


def _until_done(some: Callable[[], bool], budget: Budget) -> bool:
    """Go on a step of chains at a time until nothing is left to do; False where the budget ends first."""
    while True:
        done = some()
        budget.step()
        if done or budget.over:
            return done


def _fits(places: Places) -> bool:
    free = places.headcount - places.held
    return bool((free >= 0).all() and not (places.price[free > 0] > 0).any())


def columns_of(places: Places) -> Longs:
    """What everybody has, sorted."""
    return np.sort(places.choice[places.choice != NOTHING])
