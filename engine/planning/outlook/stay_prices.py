"""What a stay that is used up is worth: the price of placing a worker of a class this year, learned from futures.

Approximate dynamic programming over classes of workers: the value of a worker of class c in year t is the surplus at
the dual prices (what one more such worker adds), plus the value of the class in which he or she, or who comes in the
place, is the year after; both are means over futures that were planned short-sightedly (Powell, Approximate Dynamic
Programming, 2011, chapters 3 and 8). The price of a stay is what it changes in that:

    V[t, c] = mean surplus of c in year t + mean V[t + 1, next class],  V[years, .] = 0
    price[t, c] = mean V[t + 1, next class | not placed] - mean V[t + 1, next class | placed]
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.planning.outlook.futures import YearSeen

Floats = npt.NDArray[np.float64]
LEAST = 30


def learned_stay_prices(seen: Sequence[Sequence[YearSeen]], classes: int) -> Floats:
    """Prices (years, classes) from what futures saw, each a list of years; 0 where fewer than `LEAST` workers of a
    class were placed, or not placed, and in the last year.
    """
    years = len(seen[0])
    value, prices = np.zeros((years + 1, classes)), np.zeros((years, classes))
    for year in reversed(range(years)):
        of_class = np.concatenate([future[year].of_class for future in seen])
        placed = np.concatenate([future[year].placed for future in seen])
        surplus = np.concatenate([future[year].surplus for future in seen])
        after = np.zeros(len(of_class))
        if year + 1 < years:
            after = value[year + 1][np.concatenate([future[year + 1].of_class for future in seen])]
            with_stay, count_with = _means(of_class[placed], after[placed], classes)
            without, count_without = _means(of_class[~placed], after[~placed], classes)
            known = (count_with >= LEAST) & (count_without >= LEAST)
            prices[year] = np.where(known, without - with_stay, 0.0)
        value[year] = _means(of_class, surplus + after, classes)[0]
    return prices


def _means(of_class: npt.NDArray[np.int64], values: Floats, classes: int) -> tuple[Floats, npt.NDArray[np.int64]]:
    count = np.bincount(of_class, minlength=classes).astype(np.int64)
    return np.bincount(of_class, values, classes) / np.maximum(count, 1), count
