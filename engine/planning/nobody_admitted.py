"""Workers whom no order admits, and orders that admit no worker: found round by round, most after a few pairs each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from engine.arrays import entries_from
from engine.audit.candidate_pairs import CandidatePairs
from engine.audit.placement_table import PlacementTable
from engine.planning.explain.reading import refusals
from engine.programme.programme import Programme

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
PairsAt = Callable[[Longs, Longs], tuple[Longs, Longs]]
# How many pairs of each are looked at in the first round, twice as many in each further one; how many at once.
FIRST, AT_ONCE = 16, 500_000


class NobodyAdmitted:
    """``workers`` and ``orders`` are rows without any admitted pair.

    ``left_open`` is how many of both weren't looked through, since that would have taken more than ``most`` pairs.
    """

    def __init__(self, programme: Programme, most: int) -> None:
        self.programme, self.left = programme, most
        self._worker = np.ones(programme.workers.size, bool)
        self._order = programme.orders.values("headcount") > 0
        pairs = CandidatePairs(programme)
        unknown = self._look(self._worker, pairs.first[:-1], np.diff(pairs.first), lambda _, numbers: pairs.at(numbers))
        self.workers: Longs = np.flatnonzero(self._worker & ~unknown)
        self.left_open = int((self._worker & unknown).sum())
        able, begin = _by_occupation(programme)
        unknown = self._look(self._order, begin[0], begin[1] - begin[0], lambda order, numbers: (able[numbers], order))
        self.orders: Longs = np.flatnonzero(self._order & ~unknown)
        self.left_open += int((self._order & unknown).sum())

    def _look(self, is_open: Bools, begin: Longs, length: Longs, pairs_at: PairsAt) -> Bools:
        """Look at the pairs of all that are open, in rounds; who wasn't looked through."""
        done, step = np.zeros_like(length), FIRST
        while True:
            rows = np.flatnonzero(is_open & (done < length))
            take = np.minimum(step, length[rows] - done[rows])
            self.left -= int(take.sum())
            if not len(rows) or self.left < 0:
                return np.asarray(done < length)
            for block in np.split(np.arange(len(rows)), np.searchsorted(np.cumsum(take), _ends(int(take.sum())))):
                numbers = entries_from(begin[rows[block]] + done[rows[block]], take[block])
                self._close(*pairs_at(np.repeat(rows[block], take[block]), numbers))
            done[rows] += take
            step *= 2

    def _close(self, worker: Longs, order: Longs) -> None:
        """Whoever has an admitted pair is looked for no more."""
        pairs = PlacementTable(self.programme, worker, order)
        refused = np.logical_or.reduce([np.zeros(pairs.size, bool), *(broken for _, broken in refusals(pairs))])
        self._worker[worker[~refused]] = False
        self._order[order[~refused]] = False


def _ends(total: int) -> Longs:
    """After how many pairs each block but the last ends."""
    return np.arange(AT_ONCE, total, AT_ONCE)


def able_by_order(programme: Programme) -> Longs:
    """How many workers have the occupation of each order."""
    begin, end = _by_occupation(programme)[1]
    return end - begin


def _by_occupation(programme: Programme) -> tuple[Longs, tuple[Longs, Longs]]:
    """The workers of each entry of occupations, sorted by occupation, and where those of each order begin and end."""
    occupations, isco = programme.workers.lists("occupations"), programme.orders.labels("isco08").codes
    by_code = np.argsort(occupations.codes, kind="stable")
    codes = occupations.codes[by_code]
    begin, end = (np.searchsorted(codes, isco, side).astype(np.int64) for side in ("left", "right"))
    return occupations.rows()[by_code].astype(np.int64), (begin, end)


def pairs_of_worker(programme: Programme, row: int) -> PlacementTable:
    """The worker with each order in his or her occupations."""
    found = CandidatePairs(programme)
    return PlacementTable(programme, *found.at(np.arange(found.first[row], found.first[row + 1])))


def pairs_of_order(programme: Programme, row: int) -> PlacementTable:
    """The order with each worker who has its occupation."""
    able, (begin, end) = _by_occupation(programme)
    worker = np.unique(able[begin[row] : end[row]])
    return PlacementTable(programme, worker, np.full(len(worker), row, np.int64))
