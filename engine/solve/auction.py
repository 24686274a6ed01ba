"""An auction for places, for programmes so dense that most workers could go almost anywhere.

At given prices of everything but headcount, parties bid for the places of orders until nobody gains more than a small
step by moving (Bertsekas, 1988, with several equal places an order). Unlike a sweep, in which a crowd runs after the
same cheap order, each bid sees the one before. Between auctions the other limits' prices follow what the placements
use, and pricing adds the columns that the list of candidates lacks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.kernel import kernel
from engine.problem.column_rows import use_of
from engine.problem.offers import NOTHING
from engine.problem.problem import MatchingProblem
from engine.rule import Array
from engine.solve.budget import Budget
from engine.solve.insertion import insert, insert_dense
from engine.solve.prices import Bound, at_prices, bound_at, no_crew_prices

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
SAMPLED_EACH = 12
MISSED_EACH = 4
FIRST_STEP, LAST_STEP, STEP_DECAY = 0.01, 0.0002, 0.8
PRICE_STEP, PRICE_DECAY = 0.3, 0.85
ROUNDS, ROUNDS_BETWEEN_PLANS = 60, 4
RAISES = (0.0, 0.0005, 0.002, 0.005, 0.01)


@dataclass(frozen=True)
class Auctioned:
    """The problem with its candidates, the best bound, and the best plan as columns."""

    problem: MatchingProblem
    bound: Bound
    columns: Longs


def auction_dense(
    problem: MatchingProblem,
    kept: Longs,
    gap: float,
    budget: Budget,
    tell: Callable[[Bound, int], None],
) -> Auctioned:
    """Auction the places of a dense problem until the gap is reached or the rounds and the budget are over.

    ``kept`` are columns of bound parties, which stay.
    """
    return _Auction(problem, kept, gap, budget, tell).run()


class _Auction:
    def __init__(
        self, problem: MatchingProblem, kept: Longs, gap: float, budget: Budget, tell: Callable[[Bound, int], None]
    ) -> None:
        assert problem.dense is not None
        self.problem, moved = problem.grown(problem.dense.sample(SAMPLED_EACH))
        self.kept = self.plan = moved[kept]
        self.columns = self.kept
        self.gap, self.budget, self.tell = gap, budget, tell
        self.bound = bound_at(self.problem, np.zeros(problem.limits.row_count, np.int64), no_crew_prices(problem))
        self.typical = self.bound.choosing_value()
        self.side = np.zeros(problem.limits.row_count)
        self.worth = int(self.problem.offers.value[self.plan].sum())

    def run(self) -> Auctioned:
        for number in range(ROUNDS):
            step = int(self.typical * max(FIRST_STEP * STEP_DECAY**number, LAST_STEP))
            prices, gets = self._bid(step)
            self._bound(prices)
            last = self.budget.over or number == ROUNDS - 1
            if number % ROUNDS_BETWEEN_PLANS == ROUNDS_BETWEEN_PLANS - 1 or last or self._closed():
                self._plan()
            self.tell(self.bound, self.worth)
            self.budget.step()
            if self._closed() or last:
                break
            self._move_prices(PRICE_STEP * self.typical * PRICE_DECAY**number)
            self._find_missed(prices, gets, step)
        return Auctioned(self.problem, self.bound, self.plan)

    def _closed(self) -> bool:
        return self.bound.value - self.worth <= self.gap * self.bound.value

    def _bid(self, step: int) -> tuple[Longs, Longs]:
        """Hold one auction: the prices of all rows after it, and what each party gets."""
        problem, offers = self.problem, self.problem.offers
        prices = np.rint(self.side).astype(np.int64)
        net = at_prices(problem, prices, no_crew_prices(problem)).reduced()
        single = np.diff(offers.cells) == 1
        places = problem.register.headcount - use_of(offers, problem.limits, self.kept)[: offers.order_count].astype(
            np.int64
        )
        settled = offers.must.copy()
        settled[np.searchsorted(offers.of_party, self.kept, "right") - 1] = True
        order = offers.cell[offers.cells[:-1]] % offers.order_count
        offsets = np.concatenate([[0], np.cumsum(np.maximum(places, 0))]).astype(np.int64)
        taken, price, gets = (
            np.full(len(settled), NOTHING),
            np.zeros(offers.order_count, np.int64),
            np.zeros(len(settled), np.int64),
        )
        _hold_auction(offers.of_party, net, single, order, offsets, settled, max(step, 1), taken, price, gets)
        self.columns = np.concatenate([self.kept, taken[taken != NOTHING]])
        prices[: offers.order_count] = price
        return prices, gets

    def _bound(self, prices: Longs) -> None:
        """The best bound at the auction's prices, each order's raised a little against what a crowd would gain."""
        for raised in RAISES:
            higher = prices.copy()
            headcount = higher[: self.problem.offers.order_count]
            headcount[headcount > 0] += int(raised * self.typical)
            found = bound_at(self.problem, higher, no_crew_prices(self.problem))
            if found.value < self.bound.value:
                self.bound = found

    def _plan(self) -> None:
        """A legal plan from the auction's placements: in the order of what they are worth, then whoever fits."""
        problem = self.problem
        worth = at_prices(problem, self.bound.prices, self.bound.crew).reduced()
        free = self.columns[len(self.kept) :]
        ranking = free[np.argsort(-worth[free], kind="stable")]
        columns = insert(problem, self.kept, ranking)
        grown, moved, columns = insert_dense(problem, columns, self.bound)
        value = int(grown.offers.value[columns].sum())
        if value > self.worth:
            self.problem, self.plan, self.worth = grown, columns, value
            self.kept, self.columns = moved[self.kept], moved[self.columns]

    def _move_prices(self, step: float) -> None:
        """Let the prices of all rows but headcount follow their violation."""
        problem = self.problem
        use = use_of(problem.offers, problem.limits, self.columns)
        capacity = np.maximum(problem.limits.capacity, 1)
        violation = np.clip(20 * (use - problem.limits.capacity) / capacity, -1, 1)
        violation[: problem.offers.order_count] = 0
        self.side = np.maximum(self.side + step * violation, 0)

    def _find_missed(self, prices: Longs, gets: Longs, step: int) -> None:
        """Take into the candidates the dense pairs that a party would rather have."""
        problem = self.problem
        assert problem.dense is not None
        table = at_prices(problem, prices, no_crew_prices(problem)).table
        self.problem, moved = problem.grown(problem.dense.top(table, gets + step, MISSED_EACH))
        self.kept, self.plan, self.columns = moved[self.kept], moved[self.plan], moved[self.columns]


@kernel
def _hold_auction(
    of_party: Array,
    net: Array,
    single: Array,
    order: Array,
    places: Array,
    settled: Array,
    step: int,
    taken: Array,
    price: Array,
    gets: Array,
) -> None:
    """Parties without a place bid in turn; an order holds its highest bids in a heap with the lowest on top."""
    parties, orders = len(of_party) - 1, len(places) - 1
    bids = np.zeros(places[orders], np.int64)
    holder = np.zeros(places[orders], np.int64)
    size = np.zeros(orders, np.int64)
    queue = np.empty(parties + 1, np.int64)
    head, tail = 0, 0
    for p in range(parties):
        if not settled[p]:
            queue[tail] = p
            tail += 1
    room = parties + 1
    while head != tail:
        p = queue[head]
        head = (head + 1) % room
        best, second, at = np.int64(0), np.int64(0), -1
        for j in range(of_party[p], of_party[p + 1]):
            o = order[j]
            if not single[j] or places[o + 1] == places[o]:
                continue
            worth = net[j] - price[o]
            if worth > best:
                best, second, at = worth, best, j
            elif worth > second:
                second = worth
        if at < 0:
            continue
        o = order[at]
        bid = price[o] + best - second + step
        base, count, capacity = places[o], size[o], places[o + 1] - places[o]
        taken[p] = at
        if count < capacity:
            k = count
            size[o] = count + 1
            while k > 0 and bids[base + (k - 1) // 2] > bid:
                bids[base + k], holder[base + k] = bids[base + (k - 1) // 2], holder[base + (k - 1) // 2]
                k = (k - 1) // 2
            bids[base + k], holder[base + k] = bid, p
        else:
            evicted = holder[base]
            taken[evicted] = -1
            queue[tail] = evicted
            tail = (tail + 1) % room
            k = 0
            while True:
                child = 2 * k + 1
                if child >= capacity:
                    break
                if child + 1 < capacity and bids[base + child + 1] < bids[base + child]:
                    child += 1
                if bids[base + child] >= bid:
                    break
                bids[base + k], holder[base + k] = bids[base + child], holder[base + child]
                k = child
            bids[base + k], holder[base + k] = bid, p
        if size[o] == capacity:
            price[o] = bids[base]
    for p in range(parties):
        if taken[p] >= 0:
            gets[p] = max(net[taken[p]] - price[order[taken[p]]], 0)
