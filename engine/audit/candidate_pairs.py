"""The pairs that could be placements at all: workers and orders of one occupation, numbered worker by worker."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.arrays import offsets_of, row_holding
from engine.programme.programme import Programme

Longs = npt.NDArray[np.int64]


class CandidatePairs:
    """All pairs of a worker and an order in one of his or her occupations, by number; none is formed unasked.

    ``total`` is how many they are; those of worker w have the numbers ``first[w]:first[w + 1]``.
    """

    def __init__(self, programme: Programme) -> None:
        occupations = programme.workers.lists("occupations")
        isco = programme.orders.labels("isco08").codes
        self._by_isco = np.argsort(isco, kind="stable")
        self._begin = np.searchsorted(isco[self._by_isco], occupations.codes, "left")
        count = np.searchsorted(isco[self._by_isco], occupations.codes, "right") - self._begin
        self._owner = occupations.rows().astype(np.int64)
        self._before = offsets_of(count)
        self.total = int(self._before[-1])
        self.first: Longs = self._before[occupations.offsets]

    def at(self, numbers: Longs) -> tuple[Longs, Longs]:
        """(worker, order) of the pairs with the given numbers."""
        entry = row_holding(self._before, numbers)
        order = self._by_isco[self._begin[entry] + numbers - self._before[entry]]
        return self._owner[entry], order.astype(np.int64)
