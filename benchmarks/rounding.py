"""From fractions to a plan by hand: what is nearly whole first, then by value."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from benchmarks.filling import fill
from benchmarks.program import Longs, Program

LEAST_FRACTION = 1e-3


def rounded(program: Program, point: npt.NDArray[np.float64]) -> Longs:
    """Take columns by falling fraction wherever all rows still hold, then the rest by value."""
    fraction = np.where(point > LEAST_FRACTION, point, 0.0)
    return fill(program, np.lexsort((-program.value, -fraction)))
