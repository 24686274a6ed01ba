"""Exact tests of two rates, one pair or many, and their correction for being several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
LEVEL = 0.05


def interval(chosen: int, looked_at: int) -> tuple[float, float]:
    """The exact 95 % interval of a rate (Clopper and Pearson, 1934), NaN where nobody was looked at."""
    if not looked_at:
        return float("nan"), float("nan")
    from scipy.stats import binomtest  # half a second that most commands can do without

    found = binomtest(chosen, looked_at).proportion_ci(1 - LEVEL)
    return float(found.low), float(found.high)


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values corrected for being several, so that any false alarm among them is as rare as the level says."""
    values = np.array(p_values, np.float64)
    order = np.argsort(values, kind="stable")
    corrected = np.empty(len(values))
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1)))
    return [float(value) for value in corrected]


def _hypergeometric(people: int, chosen: int, size: int) -> Any:
    """How many of ``size`` people drawn from all are among those ``chosen``."""
    from scipy.stats import hypergeom  # half a second that most commands can do without

    return hypergeom(people, chosen, size)


@dataclass(frozen=True, slots=True)
class TwoRates:
    """So many ``chosen`` of ``size`` people, beside ``others_chosen`` of ``others``."""

    chosen: int
    size: int
    others_chosen: int
    others: int

    @property
    def _drawn(self) -> tuple[int, int, int]:
        """(people, those chosen among them, people of the first group), which the exact test takes as given."""
        return self.size + self.others, self.chosen + self.others_chosen, self.size

    @property
    def p_value(self) -> float:
        """How likely so few of the first group are chosen, or fewer, if both are chosen alike (Fisher, one-sided)."""
        return float(_hypergeometric(*self._drawn).cdf(self.chosen))

    @property
    def least_p_value(self) -> float:
        """The least p-value that these numbers of people could give; a test that can't be small says nothing
        (Tarone, 1990).
        """
        people, chosen, size = self._drawn
        return float(_hypergeometric(people, chosen, size).cdf(max(0, size + chosen - people)))

    def shares(self) -> tuple[int, Floats]:
        """(the fewest of the first group that can be chosen, the likelihood of that many and each number above)."""
        people, chosen, size = self._drawn
        least, most = max(0, size + chosen - people), min(size, chosen)
        return least, np.asarray(_hypergeometric(people, chosen, size).pmf(np.arange(least, most + 1)))


def p_value_of_all(pairs: Sequence[TwoRates]) -> float:
    """How likely so few of all first groups together are chosen, if each pair is chosen alike: exact, for the sum of
    independent draws (the conditional test of a common odds ratio; Mantel and Haenszel, 1959). 1 without pairs.
    """
    least, likely = 0, np.ones(1)
    for pair in pairs:
        own_least, own = pair.shares()
        least, likely = least + own_least, np.convolve(likely, own)
    total = sum(pair.chosen for pair in pairs)
    return float(min(1.0, likely[: total - least + 1].sum()))


def p_value_of_count(count: int, likely: Floats) -> float:
    """How likely a count as far off as this, or farther, is among independent events of the given likelihoods: twice
    the smaller tail of their exact sum (Poisson, 1837), at most 1.
    """
    law = np.ones(1)
    for one in likely:
        law = np.convolve(law, [1 - one, one])
    return float(min(1.0, 2 * min(law[: count + 1].sum(), law[count:].sum())))
