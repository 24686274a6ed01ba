"""The bound that prices prove, and first-order ascent to good prices.

Relaxing every limit at prices lambda >= 0 leaves each party to its best column, so that
``sum_r capacity_r lambda_r + sum_p max(0, max_j (value_j - price_j))`` bounds the optimum from above (weak duality).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.problem.offers import NOTHING, Offers
from engine.problem.priced_columns import best_offers, price_table, reduced_values
from engine.problem.problem import MatchingProblem

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class CrewPrices:
    """Prices (billionths) of the rules of crews, for order o with the choice b in {0, 1} to open it.

    ``least`` by crew order prices ``placements >= min_crew b``; ``link`` prices ``taken by party <= b`` for the pairs
    (``party``, ``order``). They add ``max(0, headcount lambda - min_crew least + sum link)`` to the bound in place of
    ``headcount lambda``.
    """

    least: Longs
    party: Longs
    order: Longs
    link: Longs


def no_crew_prices(problem: MatchingProblem) -> CrewPrices:
    """Crew prices of nothing."""
    empty = np.empty(0, np.int64)
    return CrewPrices(np.zeros(len(problem.crew_orders), np.int64), empty, empty, empty)


@dataclass(frozen=True)
class Bound:
    """A proved bound in billionths, the prices that prove it, and each party's choice and surplus at them."""

    value: int
    prices: Longs
    crew: CrewPrices
    chosen: Longs
    surplus: Longs
    dense_cells: Longs

    def renumbered(self, moved: Longs) -> Bound:
        """The same bound where old column j has the number ``moved[j]``."""
        held, chosen = self.chosen != NOTHING, self.chosen.copy()
        chosen[held] = moved[chosen[held]]
        return replace(self, chosen=chosen)

    def choosing_value(self) -> float:
        """What the parties that choose something gain on average, in billionths."""
        choosing = (self.chosen != NOTHING) | (self.dense_cells != NOTHING)
        return float(self.surplus[choosing].mean()) if choosing.any() else 0.0


@dataclass(frozen=True)
class Priced:
    """Offers at prices: ``offers`` are worth less what their links cost, ``table`` prices each class on each order."""

    offers: Offers
    table: Longs
    prices: Longs

    def best(self) -> tuple[Longs, Longs]:
        """Each party's best column and its surplus."""
        return best_offers(self.offers, self.table, self.prices)

    def reduced(self) -> Longs:
        """Value less price of every column."""
        return reduced_values(self.offers, self.table, self.prices)


def at_prices(problem: MatchingProblem, prices: Longs, crew: CrewPrices) -> Priced:
    """The problem's offers at the given prices."""
    offers = problem.offers
    table = price_table(problem.limits, prices)
    if crew.least.any():
        table[:, problem.crew_orders] -= crew.least
    if len(crew.link):
        value = offers.value.copy()
        for link in _columns_of_links(offers, crew):
            value[link[1]] -= link[0]
        offers = replace(offers, value=value)
    return Priced(offers, table, prices)


def _columns_of_links(offers: Offers, crew: CrewPrices) -> list[tuple[int, Longs]]:
    found = []
    for party, order, price in zip(crew.party, crew.order, crew.link, strict=True):
        columns = np.arange(offers.of_party[party], offers.of_party[party + 1])
        cells = slice(offers.cells[columns[0]], offers.cells[columns[-1] + 1])
        owner = np.repeat(columns, offers.lengths(columns))
        found.append((int(price), np.unique(owner[offers.cell[cells] % offers.order_count == order])))
    return found


def bound_at(problem: MatchingProblem, prices: Longs, crew: CrewPrices) -> Bound:
    """The bound at integral prices (billionths), exact up to the rounding up of share rows."""
    priced = at_prices(problem, prices, crew)
    chosen, surplus = priced.best()
    dense_cells = np.full(len(chosen), NOTHING)
    if problem.dense is not None:
        dense_cells = problem.dense.best(priced.table, surplus)
        chosen[dense_cells != NOTHING] = NOTHING
    value = _capacities(problem, prices, crew) + int(surplus.sum())
    return Bound(value, prices, crew, chosen, surplus, dense_cells)


def recounted(problem: MatchingProblem, known: Bound) -> Bound:
    """The bound at the prices of a ``known`` one, for a problem that differs from its own in capacities alone: then
    everybody chooses as before.
    """
    return replace(known, value=_capacities(problem, known.prices, known.crew) + int(known.surplus.sum()))


def _capacities(problem: MatchingProblem, prices: Longs, crew: CrewPrices) -> int:
    """What all limits are worth at the prices, orders with crews by their choice to open."""
    orders = problem.crew_orders
    paid = prices.copy()
    paid[orders] = 0
    opened = problem.register.headcount[orders] * prices[orders] - problem.register.min_crew[orders] * crew.least
    if len(crew.link):
        np.add.at(opened, np.searchsorted(orders, crew.order), crew.link)
    return _exact_product(problem.limits.capacity, paid) + int(np.maximum(opened, 0).sum())


def _exact_product(capacity: Floats, prices: Longs) -> int:
    """``capacity @ prices`` in whole numbers; high and low halves keep the sums far from overflow."""
    whole = capacity.astype(np.int64)
    return (int((whole * (prices >> 20)).sum()) << 20) + int((whole * (prices & 0xFFFFF)).sum())
