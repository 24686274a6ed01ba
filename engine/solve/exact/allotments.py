"""Places allotted to orders within the rows that all pay alike, so that a network of headcounts fills them.

Beds by day and caps count whoever comes, so they say how many places each order may fill: the allotment ``y``, with
``y_o <= headcount_o`` and ``rows y <= capacity``. What the best plan within ``y`` is worth, V(y), is concave, and the
prices ``p`` of its places prove, for every other allotment z (Geoffrion, 1970, *Primal resource-directive approaches
for optimizing nonlinear decomposable systems*),

    V(z) <= V(y) + p (z - y).

The next allotment is the best by the last of these cuts, no further from the best known one than a box allows (a trust
region, as in the boxstep method of Marsten, Hogan and Blankenship, 1975).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array, hstack, vstack

from engine.arrays import offsets_by_row
from engine.clauses.views import Array
from engine.kernel import kernel
from engine.problem.problem import MatchingProblem
from engine.solve.budget import Budget
from engine.solve.dual.tightening import CommonRows
from engine.solve.exact.linear_program import LinearAnswer, LinearProgram, solve

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
NEARLY_WHOLE = 1e-7


@dataclass(frozen=True)
class Cut:
    """``V(z) <= worth + price @ z``, in value terms; ``price`` is by order."""

    worth: float
    price: Floats


@dataclass(frozen=True)
class Mix:
    """What cuts prove together: a ``bound`` in value terms, the mean ``price`` by order that proves it, and the
    ``row_price`` of each shared row.
    """

    bound: float
    price: Floats
    row_price: Floats


@dataclass(frozen=True)
class SharedRows:
    """The rows that orders share (``row``, their numbers), by order: ``matrix`` (rows, orders), ``capacity``; and each
    order's ``headcount``.
    """

    row: Longs
    matrix: csc_array
    capacity: Floats
    headcount: Longs

    def next(self, cuts: list[Cut], low: Longs, high: Longs, budget: Budget) -> tuple[Longs, float] | None:
        """The best whole allotment from ``low`` to ``high`` by the cuts, and what they promise of it.

        None where the budget ends first.
        """
        answer = self._solved(cuts, low, high, budget)
        if answer is None:
            return None
        count = len(self.headcount)
        allotted = np.floor(np.clip(answer.point[:count], low, high) + NEARLY_WHOLE).astype(np.int64)
        return self._with_the_rest(allotted, cuts[-1].price), float(answer.point[count])

    def mixed(self, cuts: list[Cut], budget: Budget) -> Mix | None:
        """What the cuts prove of every allotment; None where the budget ends first."""
        answer = self._solved(cuts, np.zeros_like(self.headcount), self.headcount, budget)
        if answer is None:
            return None
        share = np.maximum(answer.price[: len(cuts)], 0)
        price = np.asarray(share / share.sum() @ np.stack([cut.price for cut in cuts]))
        return Mix(float(answer.point[len(self.headcount)]), price, np.maximum(answer.price[len(cuts) :], 0))

    def _solved(self, cuts: list[Cut], low: Longs, high: Longs, budget: Budget) -> LinearAnswer | None:
        """Maximise t subject to ``t <= worth_k + price_k y``, ``rows y <= capacity`` and ``low <= y <= high``: the last
        column is t; the first rows are the cuts.
        """
        least = min(cut.worth for cut in cuts)  # so that the numbers of the program are small
        slopes = csc_array(-np.stack([cut.price for cut in cuts]))
        worth = csc_array(np.concatenate([np.ones(len(cuts)), np.zeros(len(self.capacity))])[:, None])
        matrix = hstack([vstack([slopes, self.matrix]), worth]).tocsc()
        matrix.sort_indices()
        count, rows = len(self.headcount), len(cuts) + len(self.capacity)
        program = LinearProgram(
            np.append(np.zeros(count), 1.0),
            np.append(low.astype(np.float64), -np.inf),
            np.append(high.astype(np.float64), np.inf),
            matrix.indptr.astype(np.int64),
            matrix.indices.astype(np.int32),
            matrix.data,
            np.full(rows, -np.inf),
            np.append([cut.worth - least for cut in cuts], self.capacity),
        )
        answer = solve(program, budget)
        if answer is None or not answer.optimal:
            return None
        return replace(answer, point=np.append(answer.point[:count], answer.point[count] + least))

    def _with_the_rest(self, allotted: Longs, price: Floats) -> Longs:
        """The allotment with what is left of the rows, for the dearest places first."""
        room = np.floor(self.capacity - self.matrix @ allotted + NEARLY_WHOLE)
        matrix = self.matrix
        _allot_rest(np.argsort(-price, kind="stable"), self.headcount, matrix.indptr, matrix.indices, room, allotted)
        return allotted


def shared_rows(problem: MatchingProblem, common: CommonRows) -> SharedRows:
    """The common rows as a matrix by order."""
    rows, row = np.unique(common.row, return_inverse=True)
    orders, capacity = problem.offers.order_count, problem.limits.capacity
    entries = common.coefficient, row, offsets_by_row(common.order, orders)
    matrix = csc_array(entries, shape=(len(rows), orders))
    return SharedRows(rows.astype(np.int64), matrix, capacity[rows], capacity[:orders].astype(np.int64))


@kernel
def _allot_rest(ranking: Array, headcount: Array, offsets: Array, row: Array, room: Array, allotted: Array) -> None:
    for o in ranking:
        more = headcount[o] - allotted[o]
        for k in range(offsets[o], offsets[o + 1]):
            more = min(more, np.int64(room[row[k]]))
        if more > 0:
            allotted[o] += more
            for k in range(offsets[o], offsets[o + 1]):
                room[row[k]] -= more
