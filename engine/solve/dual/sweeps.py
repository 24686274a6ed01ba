"""Sweeps: each party's best column at search prices, over a compact copy of the offers.

All prices of the rows that a cell (class of workers, order) uses fold into one number a cell, so that a sweep reads
each column once. Search prices and values are single precision; what is proved is computed again in whole numbers by
`engine.solve.dual.bound.bound_at`.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from engine.clauses.views import Ints
from engine.problem.limits import Limits
from engine.problem.offers import Offers
from engine.problem.problem import MatchingProblem
from engine.problem.values import SCALE
from engine.solve.dual.priced_cells import Cells, Pairs, make_cells, make_pairs
from engine.solve.dual.sweep_kernels import (
    PairArrays,
    add_up_costs,
    add_up_extras,
    add_up_use,
    choose_several,
    choose_single,
)
from engine.tuning import Tuning

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]


def _one_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="sweep")


@dataclass(frozen=True, slots=True)
class Part:
    """A run of parties with what they may take, made ready for sweeps; the first is party ``first`` of the problem.

    Where each column of the problem is one placement without extras there are no ``pairs``: they are the columns.
    """

    offers: Offers
    cells: Cells
    value: Singles
    pairs: Pairs | None
    first: int = 0

    @property
    def party_count(self) -> int:
        """How many parties choose."""
        return len(self.offers.must)

    def between(self, low: int, high: int) -> Part:
        """The part of parties ``low:high``; it shares the rows of cells."""
        offers, cells = self.offers, self.cells
        begin, end = offers.of_party[low], offers.of_party[high]
        held = slice(offers.cells[begin], offers.cells[end])
        own = replace(cells, of_placement=cells.of_placement[held], of_party=cells.of_party[low:high])
        pairs = self.pairs and self.pairs.between(slice(low, high), slice(begin, end))
        return Part(offers.between(low, high), own, self.value[begin:end], pairs, self.first + low)

    def sweep(self, table: Singles, prices: Floats, low: int, high: int, chosen: Longs, blur: float) -> Ints:
        """Write the best columns of parties ``low:high`` to ``chosen`` at the costs of cells in ``table``; how often
        each cell is taken.
        """
        offers, cells, pairs = self.offers, self.cells, self.pairs
        span = low, high, self.first, offers.of_party, self.value, np.float32(blur)
        counts = np.zeros(len(table), np.int32)
        if pairs is None:
            choose_single(*span, cells.of_placement, cells.of_party, offers.must, table, chosen, counts)
        else:
            of_pairs = PairArrays(pairs.of_party, pairs.cell, pairs.apart, pairs.place, cells.of_party)
            choose_several(*span, of_pairs, offers.arrays, offers.must, table, prices, chosen, counts)
        return counts


@dataclass(frozen=True)
class Sweeper:
    """All parties made ready for sweeps on this machine."""

    part: Part
    limits: Limits
    tuning: Tuning
    other_core: ThreadPoolExecutor = field(default_factory=_one_thread)

    @property
    def single(self) -> bool:
        """Whether each column is one placement without extras."""
        return self.part.pairs is None

    @property
    def pairs_each(self) -> float:
        """How many distinct pairs a party has on average."""
        pairs = self.part.pairs
        return (self.part.offers.count if pairs is None else len(pairs.cell)) / max(self.party_count, 1)

    @property
    def cells(self) -> Cells:
        """The cells that columns reach."""
        return self.part.cells

    @property
    def party_count(self) -> int:
        """How many parties choose."""
        return self.part.party_count

    def typical_worth(self) -> float:
        """What parties that may choose something gain on average where everything is free."""
        begin = self.part.offers.of_party[:-1]
        able = np.diff(self.part.offers.of_party) > 0
        if not able.any():
            return 1.0
        best = np.maximum.reduceat(self.part.value, begin[able])
        return max(float(best.mean(dtype=np.float64)), 1e-6)

    def choose(self, prices: Floats, low: int, high: int, chosen: Longs, blur: float = 0.0) -> Floats:
        """Write the best columns of parties ``low:high`` to ``chosen`` (`NOTHING` where none is worth its price).

        Every column counts up to ``blur`` more than it is worth, drawn by party, so that parties which are nearly alike
        don't all run after the same column. Returns what these use of every row. Halves of a long block run on both
        cores; what is added up are whole numbers, so that the sum doesn't depend on it.
        """
        counts = self._counts(prices, low, high, chosen, blur)
        use = np.zeros(self.limits.row_count)
        on_order = np.bincount(self.cells.order, counts, self.cells.of_order.count).astype(np.int32)
        for rows, taken in ((self.cells.of_order, on_order), (self.cells.own, counts)):
            add_up_use(rows.offsets, rows.row, rows.coefficient, taken, use)
        if len(self.part.offers.extra_row):
            add_up_extras(self.part.offers.arrays, chosen[low:high], use)
        return use

    def _counts(self, prices: Floats, low: int, high: int, chosen: Longs, blur: float) -> Ints:
        """How often each cell is taken; ``chosen`` is written."""
        table, of_party = self._costs(prices), self.part.offers.of_party
        if of_party[high] - of_party[low] < 2 * self.tuning.columns_per_thread:
            return self.part.sweep(table, prices, low, high, chosen, blur)
        middle = int(np.searchsorted(of_party, (of_party[low] + of_party[high]) // 2))
        other = self.other_core.submit(self.part.sweep, table, prices, low, middle, chosen, blur)
        counts: Ints = self.part.sweep(table, prices, middle, high, chosen, blur) + other.result()
        return counts

    def _costs(self, prices: Floats) -> Singles:
        """What each cell costs, on both cores where there are many."""
        size = self.cells.count
        if size < self.tuning.cells_per_thread:
            return costs_of(self.cells, prices)
        of_order, table = _costs_of_orders(self.cells, prices), np.empty(size, np.float32)
        other = self.other_core.submit(_cost_between, self.cells, prices, of_order, 0, size // 2, table)
        _cost_between(self.cells, prices, of_order, size // 2, size, table)
        other.result()
        return table


def costs_of(cells: Cells, prices: Floats) -> Singles:
    """What each cell costs at ``prices`` (in value terms, by row)."""
    table = np.empty(cells.count, np.float32)
    _cost_between(cells, prices, _costs_of_orders(cells, prices), 0, cells.count, table)
    return table


def _costs_of_orders(cells: Cells, prices: Floats) -> Floats:
    """What all cells of each order cost alike; nothing for what has no order."""
    rows, costs = cells.of_order, np.empty(cells.of_order.count)
    nothing = np.zeros(rows.count, np.int32), np.zeros(1)
    add_up_costs(0, rows.count, *nothing, rows.offsets, rows.row, rows.coefficient, prices, costs)
    return costs


def _cost_between(cells: Cells, prices: Floats, of_order: Floats, low: int, high: int, table: Singles) -> None:
    """Write to ``table`` what cells ``low:high`` cost."""
    rows = cells.own
    add_up_costs(low, high, cells.order, of_order, rows.offsets, rows.row, rows.coefficient, prices, table)


Spread = Callable[[Sweeper], Sweeper]


def on_this_machine(sweeper: Sweeper) -> Sweeper:
    """Leave the parties where they are."""
    return sweeper


def make_sweeper(problem: MatchingProblem) -> Sweeper:
    """The offers of a problem made ready for sweeps."""
    offers = problem.offers
    value, cells = (offers.value / SCALE).astype(np.float32), make_cells(offers, problem.limits, offers.single)
    part = Part(offers, cells, value, None if offers.single else make_pairs(offers, problem.limits, cells))
    return Sweeper(part, problem.limits, problem.tuning)
