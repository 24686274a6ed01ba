"""Dense programmes of many equal workers: flows over classes within a box of costs, proved over all pairs.

Each step solves a flow over the listed pairs of classes, each order's cost held near the best known one; prices all
pairs at the costs of the flow, which fall to the best bids; and proves by the last of these costs c_k together

    bound = max {t : t <= worth(c_k) + c_k y for each k, rows y <= capacity, 0 <= y <= headcount},

so that their best mix may prove more than each (Kelley, 1960, *The cutting-plane method for solving convex programs*).
The pairs near the best at the new costs join the list, and the box shrinks where nothing is gained. The flow of a wider
box is the plan: who is too many stays out, and free places are filled as anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from engine.problem.dense_classes import ClassPairs
from engine.problem.problem import MatchingProblem
from engine.problem.values import SCALE
from engine.solve.dual.bound import Bound, bound_at
from engine.solve.dual.class_costs import ClassCosts, PricedCosts, class_costs
from engine.solve.dual.levels import Level
from engine.solve.dual.tightening import common_rows, costs_of_orders
from engine.solve.exact.allotments import Cut, Mix, SharedRows, shared_rows
from engine.solve.exact.class_flow import Around, Box, ClassNetwork, Flow, Undecided, laminar_rows
from engine.solve.primal.insertion import columns_of_pairs, insert
from engine.solve.search.levels import price
from engine.solve.search.stages import Search

Longs = npt.NDArray[np.int64]
STEPS, CUTS = 12, 8
# Widths are in units of what a party gains on average: the box at first, when it is left, and how many times as wide
# it is for the plan; who is in doubt between a listed column and the class; which bids and pairs are near.
FIRST_REACH, LEAST_REACH, PLAN_REACH = 0.025, 0.003, 4
IN_DOUBT, BID_WIDTH, NEAR = 1.0, 0.025, 0.1
# What a step gains: below so much of the gap a plan follows it, below so much of the bound a smaller box.
LITTLE, NEXT_TO_NOTHING = 0.25, 3e-6


def applies(search: Search) -> bool:
    """Whether pairs are too many to be listed, everybody takes one placement, and most workers are like others."""
    problem, offers = search.problem, search.problem.offers
    if problem.dense is None or search.warm is not None or search.good_enough():
        return False
    alone = not len(problem.crew_orders) and not offers.must.any() and not problem.limits.ratio_rows.any()
    return alone and offers.single and 2 * problem.dense_classes.count < len(offers.must)


def run(search: Search) -> None:
    """Price roughly, then flow after flow until the gap is reached or the box has shrunk to nothing.

    Where the budget ends before a flow is the plan, people are inserted one by one at the prices that there are.
    """
    steps = _begun(search)
    if steps is None:
        search.fill()
        return
    for _ in range(STEPS):
        gain = steps.step()
        if gain is None or search.budget.over:
            search.improved(steps.bound(search.problem))
            search.fill()
            return
        least = steps.reach <= int(LEAST_REACH * steps.unit)
        if least or gain < LITTLE * search.gap * steps.mix.bound:
            _place(search, steps)
        if least or search.budget.over or search.good_enough():
            return


@dataclass
class _Steps:
    """The best ``mix`` of costs and all pairs priced at it (``best``), the listed ``pairs``, the last ``cuts``, and how
    far the next costs may be: ``reach`` above it, ``depth`` (by order) below, in billionths as ``unit``, which is what
    a party gains on average.
    """

    search: Search
    costs: ClassCosts
    shared: SharedRows
    network: ClassNetwork
    unit: int
    mix: Mix
    best: PricedCosts
    cuts: list[Cut] = field(init=False)
    pairs: ClassPairs = field(init=False)
    reach: int = field(init=False)
    depth: Longs = field(init=False)

    def __post_init__(self) -> None:
        members = self.costs.classes.members
        self.cuts = [self.best.cut()]
        self.pairs = self._near(4, 16 + members // 10, self._width(0.2))
        self.reach = int(FIRST_REACH * self.unit)
        self.depth = np.full(len(self.best.cost), self.reach)

    def step(self) -> float | None:
        """A flow in the box and all that follows from it; by how much the bound falls, None where the budget ends."""
        flow = self.flow(self.depth, self.reach)
        self.search.budget.step()
        found = self.costs.priced(flow.cost)
        members = self.costs.classes.members
        near = found.classes.near(6 + members // 4, np.zeros_like(members), self._width(NEAR))
        self.cuts = [*self.cuts, found.cut()][-CUTS:]
        mix = self.shared.mixed(self.cuts, self.search.budget)
        if mix is None:
            return None
        gain = self.mix.bound - mix.bound
        if gain > 0:
            self.mix, self.best = mix, self.costs.priced(np.rint(mix.price * SCALE).astype(np.int64))
            self.cuts = [*self.cuts, self.best.cut()][-CUTS:]
        self.pairs = self.pairs.union(near, self._near(4, np.zeros_like(members), self._width(NEAR / 2)))
        if gain < NEXT_TO_NOTHING * self.mix.bound:
            self.reach = max(self.reach // 2, self._width(LEAST_REACH))
        self.depth = np.where(flow.empty, self.depth, np.maximum(self.depth // 2, self.reach))
        return max(gain, 0.0)

    def flow(self, depth: Longs | int, reach: int) -> Flow:
        """The best flow with costs ``depth`` below and ``reach`` above the best known ones at most."""
        cost, row_price = self.best.cost, self.mix.row_price
        laminar = laminar_rows(self.shared.matrix, row_price * self.shared.capacity)
        rest = row_price.copy()
        rest[laminar.row] = 0
        around = Around(laminar, np.rint(self.shared.matrix.T @ rest * SCALE).astype(np.int64))
        box = Box(np.maximum(cost - depth, 0), cost + reach)
        return self.network.solved(self.pairs, self._undecided(), around, box)

    def bound(self, problem: MatchingProblem) -> Bound:
        """What the best mix proves, in whole numbers."""
        row_price = np.zeros(problem.limits.row_count, np.int64)
        row_price[self.shared.row] = np.rint(self.mix.row_price * SCALE).astype(np.int64)
        return bound_at(problem, self.costs.prices(self.best.cost, row_price), self.search.bound.crew)

    def _width(self, share: float) -> int:
        return int(share * self.unit)

    def _near(self, first: int, extra: Longs, width: int) -> ClassPairs:
        """Pairs near the best at the best costs, from the side of the classes and of the orders."""
        most = first + self.costs.classes.members // 4 * (extra == 0)
        bidders = self.best.classes.highest_bidders(self.best.cost, self._width(BID_WIDTH))
        return self.best.classes.near(most, extra, width).union(bidders)

    def _undecided(self) -> Undecided:
        """Who is on a listed column at the best costs, who is a member of the class, and for whom it may be either."""
        offers, near = self.costs.offers, self._width(IN_DOUBT)
        worth = self.costs.columns_less(self.best.cost)
        party = np.flatnonzero(np.diff(offers.of_party) > 0)
        column = np.lexsort((-worth, offers.party_of_each()))[offers.of_party[party]]
        best = worth[column]
        ahead = best - self.best.classes.surplus[self.costs.classes.class_of[party]]
        sure, doubtful = (ahead > near) & (best > near), (np.abs(ahead) <= near) & (best > -near)
        order = offers.cell[column] % offers.order_count
        wanted = np.bincount(order[sure], minlength=offers.order_count)
        fixed = sure & (wanted <= self.shared.headcount)[order]
        return Undecided(column[fixed], party[doubtful | (sure & ~fixed)])


def _begun(search: Search) -> _Steps | None:
    """What the prices of a rough ascent prove when they are tightened by classes; None where the budget ends first.

    The pairs that the ascent listed are left behind: classes are priced over all pairs.
    """
    own, plan = search.problem, search.plan
    price(search, Level(*search.tuning.class_level))
    if search.budget.over:
        return None
    prices, unit = search.bound.prices, int(search.bound.choosing_value())
    search.problem, search.plan, search.sweeper = own, plan, None
    search.bound = bound_at(own, prices, search.bound.crew)
    common = common_rows(own)
    shared = shared_rows(own, common)
    costs = class_costs(own, common, prices)
    best = costs.priced(costs_of_orders(prices, common, own.offers.order_count))
    mix = shared.mixed([best.cut()], search.budget)
    if mix is None:
        return None
    values = costs.entry_value(), costs.column_value()
    network = ClassNetwork(costs.classes, own.offers, *values, shared.headcount, shared.matrix, shared.capacity)
    return _Steps(search, costs, shared, network, unit, mix, best)


def _place(search: Search, steps: _Steps) -> None:
    """Keep what the best costs prove, and the plan of the flow around them."""
    search.improved(steps.bound(search.problem))
    flow = steps.flow(PLAN_REACH * steps.reach, PLAN_REACH * steps.reach)
    search.budget.step()
    party, order = steps.network.placed(flow)
    assert search.problem.dense is not None
    listed = flow.columns
    search.take(*search.problem.grown(search.problem.dense.pairs(search.problem.lead[party].astype(np.int64), order)))
    own = steps.costs.offers
    party = np.concatenate([party, own.party_of(listed)])
    order = np.concatenate([order, own.cell[own.cells[listed]] % own.order_count])
    columns = columns_of_pairs(search.problem, party, order)
    columns = columns[np.argsort(-search.reduced()[columns], kind="stable")]
    search.offer(np.sort(insert(search.problem, columns[:0], columns)))
    search.fill()
    search.tell("placing")
