"""Single placements under beds and caps that count everybody alike: places are allotted, a network fills them.

Rows that tell classes of workers apart are priced into what pairs are worth, so this is for programmes in which they
bring in next to nothing. Each step solves its network to the end from the one before; the prices of the best allotment,
tightened and split, prove the bound.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from engine.problem.problem import MatchingProblem
from engine.problem.values import SCALE
from engine.solve.dual.bound import at_prices, bound_at
from engine.solve.dual.tightening import CommonRows, common_rows, costs_of_orders, tightened
from engine.solve.exact.allotments import Cut, SharedRows, shared_rows
from engine.solve.exact.network import columns_of, put_right, seated
from engine.solve.exact.network_chains import Places
from engine.solve.exact.rounding import is_feasible
from engine.solve.primal.insertion import insert
from engine.solve.search.stages import Search

Longs = npt.NDArray[np.int64]
HARDLY = 0.1
FIRST_BOX, LEAST_BOX, SMALLER, MUCH_SMALLER, AS_PROMISED = 3.0, 0.03, 0.7, 0.5, 0.25
CUTS, STEPS = 8, 40


def allots(search: Search) -> bool:
    """Whether everybody takes one listed placement at most, and what tells classes apart brings in next to nothing."""
    problem, bound, offers = search.problem, search.bound, search.problem.offers
    alone = problem.dense is None and not len(problem.crew_orders) and not offers.must.any()
    if not alone or not offers.count or not offers.single or problem.limits.ratio_rows.any():
        return False
    own = bound.prices * problem.limits.capacity
    own[: offers.order_count], own[common_rows(problem).row] = 0, 0
    return bool(own.sum() <= HARDLY * search.gap * bound.value)


def allot(search: Search) -> bool:
    """Allot places and fill them until the gap is reached or no step gains; keep the plan, and the bound it proves.

    False where not even the first network was solved.
    """
    problem, common = search.problem, common_rows(search.problem)
    steps = _begun(search, common)
    if steps is None:
        return False
    search.offer(_legal(problem, columns_of(steps.places), steps.places))
    for _ in range(STEPS):
        if steps.worth >= search.worth(1 - search.gap / 2) or steps.box < LEAST_BOX or not steps.step(search):
            break
        search.tell("placing")
    prices = search.bound.prices.copy()
    prices[common.row], prices[: problem.offers.order_count] = 0, steps.places.price
    search.improved(tightened(problem, bound_at(problem, prices, search.bound.crew), search.budget))
    search.offer(_legal(problem, columns_of(steps.places), steps.places))
    search.fill()
    return True


@dataclass
class _Steps:
    """The best allotment's ``places`` and their ``worth`` (in value terms), the last ``cuts``, and how far the next one
    may be from it: ``box`` times the square root of an order's headcount.
    """

    shared: SharedRows
    places: Places
    slack: int
    worth: float = field(init=False)
    cuts: list[Cut] = field(init=False)
    box: float = FIRST_BOX

    def __post_init__(self) -> None:
        self.worth = _worth(self.places)
        self.cuts = [_cut(self.places, self.worth)]

    def step(self, search: Search) -> bool:
        """Try the next allotment; False where the budget ends first."""
        now, headcount = self.places.headcount, self.shared.headcount
        reach = np.maximum(np.rint(self.box * np.sqrt(headcount)), 1).astype(np.int64)
        found = self.shared.next(
            self.cuts, np.maximum(now - reach, 0), np.minimum(now + reach, headcount), search.budget
        )
        if found is None:
            return False
        allotted, promised = found
        places = _with_headcount(self.places, allotted)
        if not put_right(places, self.slack, search.budget):
            return False
        worth = _worth(places)
        self.cuts = [*self.cuts, _cut(places, worth)][-CUTS:]
        if worth <= self.worth:
            self.box *= MUCH_SMALLER
            return True
        if worth - self.worth < AS_PROMISED * (promised - self.worth):
            self.box *= SMALLER
        self.places, self.worth = places, worth
        return True


def _begun(search: Search, common: CommonRows) -> _Steps | None:
    """The first allotment, near what everybody wants at the prices, filled; None where the budget ends first."""
    problem, prices, shared = search.problem, search.bound.prices, shared_rows(search.problem, common)
    offers, cost = problem.offers, costs_of_orders(prices, common, problem.offers.order_count)
    own = (
        at_prices(problem, prices, search.bound.crew).table.ravel()[offers.cell]
        - cost[offers.cell % offers.order_count]
    )
    value = offers.value - own
    wanted = np.minimum(seated(offers, value, shared.headcount, cost).held, shared.headcount)
    found = shared.next([Cut(0.0, cost / SCALE)], np.zeros_like(wanted), wanted, search.budget)
    if found is None:
        return None
    places = seated(offers, value, found[0], cost)
    slack = search.width(search.tuning.network_level[3])
    return _Steps(shared, places, slack) if put_right(places, slack, search.budget) else None


def _with_headcount(places: Places, headcount: Longs) -> Places:
    """The same people on the same columns, where orders have other headcounts."""
    moving = {name: getattr(places, name).copy() for name in ("price", "choice", "held", "first", "following")}
    return places._replace(headcount=headcount, **moving)


def _worth(places: Places) -> float:
    return float(places.value[columns_of(places)].sum()) / SCALE


def _cut(places: Places, worth: float) -> Cut:
    price = places.price / SCALE
    return Cut(worth - float(price @ places.headcount), price)


def _legal(problem: MatchingProblem, columns: Longs, places: Places) -> Longs:
    """The columns that keep all rows: where those of classes don't all hold, who would be missed least stays out."""
    if is_feasible(problem, columns):
        return columns
    missed = places.value[columns] - places.price[places.order[columns]]
    return np.sort(insert(problem, columns[:0], columns[np.argsort(-missed, kind="stable")]))
