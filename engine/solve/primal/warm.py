"""Begin from an earlier plan: its prices, and those of its placements that still hold.

After an edit most prices are still good and most placements legal. What an edit made illegal leaves first, then what a
smaller limit has no room for any more, cheapest first; chains of moves mend the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import row_of_each
from engine.problem.column_rows import entries_of, use_of
from engine.problem.offers import Offers
from engine.problem.problem import MatchingProblem
from engine.solve.dual.bound import Bound, CrewPrices, bound_at, recounted
from engine.solve.exact.rounding import is_feasible
from engine.solve.primal.insertion import insert

Longs = npt.NDArray[np.int64]
MIXING = 0x9E3779B97F4A7C15


@dataclass(frozen=True)
class Warm:
    """What a run may begin from, in the numbering of the problem that it is for.

    ``prices`` (billionths) by row of its limits and ``crew`` prices; ``worker`` and ``order`` are the placements of an
    earlier plan, which need not be legal any more. Where the problem has the very columns of the one that was solved,
    ``columns`` are those of the plan and ``bound`` is what the prices proved there.
    """

    prices: Longs
    crew: CrewPrices
    worker: Longs
    order: Longs
    columns: Longs | None = None
    bound: Bound | None = None

    def first_bound(self, problem: MatchingProblem) -> Bound:
        """What the prices prove for a problem: of the same columns, nobody chooses otherwise than before."""
        if self.bound is None:
            return bound_at(problem, self.prices, self.crew)
        return recounted(problem, self.bound)


def listed_for(problem: MatchingProblem, warm: Warm) -> tuple[MatchingProblem, Longs]:
    """The problem with columns for the warm placements that are dense pairs; and where the old columns are."""
    if problem.dense is None or warm.columns is not None:
        return problem, np.arange(problem.offers.count)
    return problem.grown(problem.dense.pairs(warm.worker, warm.order))


def kept_columns(problem: MatchingProblem, warm: Warm, promised: Longs, reduced: Callable[[], Longs]) -> Longs:
    """The ``promised`` columns, with those of the warm placements that are legal together beside them.

    Columns on full rows give way cheapest first, by ``reduced`` value; crews that become too small go whole.
    """
    offers = problem.offers
    held = _columns_of(offers, warm.worker, warm.order) if warm.columns is None else warm.columns
    party = offers.party_of(held)
    free = held[~offers.must[party]]
    bound_parties = offers.party_of(promised)
    own = held[offers.must[party]]
    others = promised[~np.isin(bound_parties, party[offers.must[party]])]
    plan = np.sort(np.concatenate([free, own, others]))
    if is_feasible(problem, plan):
        return plan
    safe = _without_small_crews(problem, _within_limits(problem, np.sort(np.concatenate([free, promised])), promised))
    if not is_feasible(problem, safe):
        safe = promised
    return np.sort(insert(problem, safe, free[np.argsort(-reduced()[free], kind="stable")]))


def _columns_of(offers: Offers, worker: Longs, order: Longs) -> Longs:
    """The columns that hold exactly the placements of their party's workers, sorted.

    Sets of placements are compared by the sum of their mixed keys and their count.
    """
    owner = row_of_each(np.diff(offers.cells))
    keys = _mixed(offers.cell_worker, offers.cell % max(offers.order_count, 1), offers.order_count)
    party_of = offers.party_of_each()
    workers = int(max(worker.max(initial=-1), offers.cell_worker.max(initial=-1))) + 1
    party_of_worker = np.full(workers, -1, np.int64)
    party_of_worker[offers.cell_worker] = party_of[owner]
    known = party_of_worker[worker] >= 0
    party = party_of_worker[worker[known]]
    wanted = _summed(party, _mixed(worker[known], order[known], offers.order_count), len(offers.must))
    count = np.bincount(party, minlength=len(offers.must))
    column = np.add.reduceat(keys, offers.cells[:-1]) if offers.count else keys
    same = (column == wanted[party_of]) & (np.diff(offers.cells) == count[party_of])
    found = np.flatnonzero(same)
    return found[np.unique(party_of[found], return_index=True)[1]]


def _mixed(worker: npt.NDArray[np.integer], order: npt.NDArray[np.integer], orders: int) -> npt.NDArray[np.uint64]:
    """A well-spread key for each pair (the finalizer of Steele, Lea and Flood, 2014)."""
    key = (worker.astype(np.uint64) * np.uint64(orders) + order.astype(np.uint64)) * np.uint64(MIXING)
    key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(key ^ (key >> np.uint64(31)))


def _summed(owner: Longs, keys: npt.NDArray[np.uint64], size: int) -> npt.NDArray[np.uint64]:
    total = np.zeros(size, np.uint64)
    np.add.at(total, owner, keys)
    return total


def _within_limits(problem: MatchingProblem, columns: Longs, promised: Longs) -> Longs:
    """The columns that use no row which all of them together overrun, and the promised ones."""
    offers, limits = problem.offers, problem.limits
    over = np.maximum(use_of(offers, limits, columns) - limits.capacity, 0) > 1e-9
    if not over.any():
        return columns
    entries = entries_of(offers, limits, columns)
    crowded = np.add.reduceat(np.append(over[entries.row] & (entries.coefficient > 0), False), entries.offsets[:-1])
    crowded[np.diff(entries.offsets) == 0] = False
    return columns[~crowded.astype(bool) | np.isin(columns, promised)]


def _without_small_crews(problem: MatchingProblem, columns: Longs) -> Longs:
    """The columns without those on orders that have fewer than their crew needs."""
    if not len(problem.crew_orders):
        return columns
    while len(columns):
        use = use_of(problem.offers, problem.limits, columns)[problem.crew_orders]
        small = problem.crew_orders[(use > 0) & (use < problem.register.min_crew[problem.crew_orders])]
        if not len(small):
            break
        _, order = problem.offers.placements(columns)
        owner = np.repeat(np.arange(len(columns)), problem.offers.lengths(columns))
        columns = np.delete(columns, np.unique(owner[np.isin(order, small)]))
    return columns
