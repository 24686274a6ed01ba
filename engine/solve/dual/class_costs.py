"""What costs of orders prove over all pairs of a dense programme, pricing equal workers once.

All that everybody pays alike on order o, headcount and common rows, is one cost c_o; rows that tell workers apart keep
their prices (see `engine.solve.dual.tightening`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import row_of_each
from engine.problem.dense import DenseOffers
from engine.problem.dense_classes import DenseClasses, PricedClasses
from engine.problem.offers import Offers
from engine.problem.priced_columns import best_offers, price_table, reduced_values
from engine.problem.problem import MatchingProblem
from engine.problem.values import SCALE
from engine.solve.dual.tightening import CommonRows, costs_of_orders
from engine.solve.exact.allotments import Cut

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PricedCosts:
    """Costs that have fallen to the best bids, and what everybody gets at them with the rows that tell workers apart
    (``worth``, in value terms); ``classes`` are priced at them.
    """

    cost: Longs
    worth: float
    classes: PricedClasses

    def cut(self) -> Cut:
        """What the costs say of every allotment of places."""
        return Cut(self.worth, self.cost / SCALE)


@dataclass(frozen=True)
class ClassCosts:
    """The dense problem as its classes see it: ``rest`` are the prices of rows that aren't common, and ``rest_table``
    what they cost each class of limits on each order.
    """

    offers: Offers
    capacity: Floats
    dense: DenseOffers
    classes: DenseClasses
    common: CommonRows
    rest: Longs
    rest_table: Longs

    def entry_value(self) -> Longs:
        """What each entry of the classes is worth less the rows that aren't common."""
        arrays = self.classes.arrays
        base = arrays.base[row_of_each(np.diff(arrays.entries_at))]
        value: Longs = arrays.value - self.dense.class_table(self.rest_table)[base, arrays.order]
        return value

    def column_value(self) -> Longs:
        """The same of each listed column."""
        return reduced_values(self.offers, self.rest_table, self.rest)

    def columns_less(self, cost: Longs) -> Longs:
        """What each listed column is worth at the costs."""
        return reduced_values(self.offers, self.rest_table + cost, self.rest)

    def priced(self, cost: Longs) -> PricedCosts:
        """All pairs at ``cost`` by order, which falls to the best bids."""
        table = self.rest_table + cost
        classes = self.classes.priced(self.dense.class_table(table))
        listed = best_offers(self.offers, table, self.rest)[1]
        surplus = np.maximum(classes.surplus[self.classes.class_of], listed)
        bids = classes.highest_bids(cost)
        order = self.offers.cell % self.offers.order_count
        np.maximum.at(bids, order, self.column_value() - surplus[self.offers.party_of_each()])
        worth = (float(surplus.sum()) + float(self.capacity @ self.rest)) / SCALE
        fallen = np.minimum(cost, bids)
        return PricedCosts(fallen, worth, self.classes.priced(self.dense.class_table(self.rest_table + fallen)))

    def prices(self, cost: Longs, row_price: Longs) -> Longs:
        """The prices of all rows at which orders cost ``cost``, where each common row costs ``row_price``, by row."""
        prices = self.rest.copy()
        prices[self.common.row] = row_price[self.common.row]
        prices[: len(cost)] = np.maximum(cost - costs_of_orders(prices, self.common, len(cost)), 0)
        return prices


def class_costs(problem: MatchingProblem, common: CommonRows, prices: Longs) -> ClassCosts:
    """The costs of a dense problem, whose rows that aren't common keep their ``prices``."""
    assert problem.dense is not None
    rest = prices.copy()
    rest[: problem.offers.order_count], rest[common.row] = 0, 0
    table = price_table(problem.limits, rest)
    return ClassCosts(
        problem.offers, problem.limits.capacity, problem.dense, problem.dense_classes, common, rest, table
    )
