"""A bound that row prices prove, whatever solver they come from and however exact it was."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from benchmarks.program import Program


def dual_bound(program: Program, price: npt.NDArray[np.float64]) -> float:
    """What no plan can be worth more than: the rows at their prices, and whatever a column is worth above them."""
    price = np.where(np.isinf(program.row_upper), np.minimum(price, 0.0), price)
    price = np.where(np.isinf(program.row_lower), np.maximum(price, 0.0), price)
    limit = np.where(price > 0, program.row_upper, np.where(price < 0, program.row_lower, 0.0))
    reduced = program.worth - program.matrix.T @ price
    return float(price @ limit + np.where(reduced > 0, reduced, reduced * program.lower).sum())
