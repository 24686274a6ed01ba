"""The bound that prices prove, and first-order ascent to good prices.

Relaxing every limit at prices lambda >= 0 leaves each party to its best column, so that
``sum_r capacity_r lambda_r + sum_p max(0, max_j (value_j - price_j))`` bounds the optimum from above (weak duality).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.problem.limits import Limits
from engine.problem.offers import NOTHING, Offers, best_offers, price_table, use_of
from engine.solve.budget import Budget

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Bound:
    """A proved bound in billionths, the prices that prove it, and each party's choice and surplus at them."""

    value: int
    prices: Longs
    chosen: Longs
    surplus: Longs


def bound_at(offers: Offers, limits: Limits, prices: Longs) -> Bound:
    """The bound at integral prices (billionths), exact up to the rounding up of share rows."""
    chosen, surplus = best_offers(offers, price_table(limits, prices), prices)
    return Bound(_exact_product(limits.capacity, prices) + int(surplus.sum()), prices, chosen, surplus)


def _exact_product(capacity: Floats, prices: Longs) -> int:
    """``capacity @ prices`` in whole numbers; high and low halves keep the sums far from overflow."""
    whole = capacity.astype(np.int64)
    return (int((whole * (prices >> 20)).sum()) << 20) + int((whole * (prices & 0xFFFFF)).sum())


def ascend(offers: Offers, limits: Limits, prices: Longs, sweeps: int, step: float, budget: Budget) -> tuple[Bound, int]:
    """Follow the relative violation with momentum 0.9, at a constant step for a third of the sweeps, then decaying.

    Returns the best bound met and the number of sweeps made. ``step`` is in billionths.
    """
    best = bound_at(offers, limits, prices)
    point, momentum = prices.astype(np.float64), np.zeros(len(prices))
    scale = np.maximum(limits.capacity, 1.0)
    ratio_rows = limits.capacity == 0
    made = 0
    for made in range(1, sweeps + 1):
        here = bound_at(offers, limits, np.rint(point).astype(np.int64))
        if here.value < best.value:
            best = here
        use = use_of(offers, limits, here.chosen[here.chosen != NOTHING])
        violation = np.where(ratio_rows, use / np.maximum(len(here.chosen) / 100, 1), (use - limits.capacity) / scale)
        violation[(point <= 0) & (violation < 0)] = 0
        momentum = 0.9 * momentum + 0.1 * np.clip(violation, -1, 1)
        point = np.maximum(0, point + step * momentum)
        if made > 0.3 * sweeps:
            step *= 0.01 ** (1 / (0.7 * sweeps))
        budget.step()
        if budget.over:
            break
    return best, made
