"""Prices by chunked dual steps: after each block of parties the prices follow what it used beyond its share.

The dual function is a sum over parties, so a block of them gives a stochastic subgradient (Nedić and Bertsekas, 2001);
each row's step is divided by the running root mean square of its own subgradients, as in RMSProp (Tieleman and Hinton,
2012), which spares tuning by clause; steps shrink geometrically and the last quarter of the iterates is averaged
(Polyak and Juditsky, 1992). One pass so moves prices as often as there are blocks, for the cost of one sweep.

What columns are worth is blurred by a few steps: parties that are nearly alike then spread over what is nearly as good,
as in a smoothed dual (Nesterov, 2005), instead of running as a crowd after one order. The blur ends with the steps.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.problem.offers import NOTHING
from engine.solve.budget import Budget
from engine.solve.dual.sweeps import Sweeper

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
BLOCKS = 20
MEMORY = 0.98
AVERAGED = 0.25
BLUR = 5.0


def ascend(
    sweeper: Sweeper, prices: Floats, passes: int, steps: tuple[float, float], budget: Budget
) -> tuple[Floats, int]:
    """Follow chunked dual steps from ``prices`` (in value terms, by row), the step falling from the first of ``steps``
    to the second over the passes.

    Returns averaged prices and the passes made, which the budget may cut short.
    """
    capacity = sweeper.limits.capacity
    edges = np.linspace(0, sweeper.party_count, BLOCKS + 1).astype(np.int64)
    point, mean_square = prices.copy(), np.maximum(capacity / BLOCKS, 1e-3)
    average, averaged = np.zeros_like(point), 0
    chosen = np.full(sweeper.party_count, NOTHING)
    fall = (steps[1] / steps[0]) ** (1 / (passes * BLOCKS))
    step = steps[0]
    for made in range(1, passes + 1):
        for block in np.random.default_rng(made).permutation(BLOCKS):
            low, high = edges[block], edges[block + 1]
            share = (high - low) / sweeper.party_count
            excess = sweeper.choose(point, low, high, chosen, BLUR * step) - share * capacity
            mean_square = MEMORY * mean_square + (1 - MEMORY) * excess * excess
            point = np.maximum(0, point + step * excess / np.sqrt(mean_square + 1e-9))
            step *= fall
            if made > (1 - AVERAGED) * passes:
                average += point
                averaged += 1
        budget.step()
        if budget.over:
            break
    return (average / averaged if averaged else point), made
