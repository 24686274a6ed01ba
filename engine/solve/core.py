"""From prices to a plan: settle whoever prices leave no choice, and re-place the others exactly, block by block.

At good prices most parties gain clearly more from one column than from any other. What the rest, the undecided, may
take within a small width of their best is the core (Balas and Zemel, 1980). Its integer program is solved whole
where it is small; a large one is cut into windows that are re-placed in turn with everybody else held. Quotas join the
workers of one origin, places the orders of one destination: so windows follow the origins, then the destinations, and
so on, and within them an ordering of the orders that keeps those together for which the same people are undecided
(Cuthill and McKee, 1969).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import reverse_cuthill_mckee

from engine.kernel import kernel
from engine.problem.offers import NOTHING, use_of
from engine.problem.problem import MatchingProblem
from engine.problem.values import SCALE
from engine.rule import Array, Bools
from engine.solve.budget import Budget, Uncounted
from engine.solve.insertion import fill, insert
from engine.solve.paths import fill_by_paths
from engine.solve.rounding import place_exactly
from engine.solve.sweeps import Sweeper

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
WINDOW_COLUMNS, WHOLE_COLUMNS = 60_000, 150_000
NODES = 200


@dataclass(frozen=True)
class Core:
    """``best`` column of each party at the prices, and the ``columns`` (sorted) of the ``undecided`` parties."""

    best: Longs
    margin: Longs
    undecided: Bools
    columns: Longs


def find_core(problem: MatchingProblem, reduced: Longs, width: int) -> Core:
    """The parties whose best column is within ``width`` (billionths) of the next best or of nothing, and their columns
    within ``width`` of it, given the reduced value of every column.
    """
    offers = problem.offers
    parties = len(offers.must)
    best, margin = np.full(parties, NOTHING), np.zeros(parties, np.int64)
    near = np.zeros(offers.count, np.bool_)
    _mark_near(offers.of_party, offers.must, reduced, width, best, margin, near)
    return Core(best, margin, (margin < width) | offers.must, np.flatnonzero(near))


@kernel
def _mark_near(
    of_party: Array, must: Array, reduced: Array, width: int, best: Array, margin: Array, near: Array
) -> None:
    for p in range(len(of_party) - 1):
        first, second, at = np.int64(0), np.int64(-(2**62)), NOTHING
        if must[p]:
            first = np.int64(-(2**62))
        for j in range(of_party[p], of_party[p + 1]):
            if reduced[j] > first:
                first, second, at = reduced[j], first, j
            elif reduced[j] > second:
                second = reduced[j]
        best[p], margin[p] = at, first - second
        if must[p] or first - second < width:
            for j in range(of_party[p], of_party[p + 1]):
                near[j] = reduced[j] > first - width


def settle(problem: MatchingProblem, kept: Longs, core: Core, reduced: Longs, width: int) -> tuple[Longs, Core]:
    """The ``kept`` columns with the best ones of all parties, those first whose place is worth most, as far as they
    fit, then what else of the core fits; and the core with the parties that were decided and didn't fit.

    Where prices let a few too many into a quota, those stay out whose place costs least if it stays empty.

    Shares let some in only after others: who didn't fit is tried again.
    """
    offers = problem.offers
    settled = np.flatnonzero((core.best != NOTHING) & ~offers.must)
    dearest = offers.value[core.best[settled]] - reduced[core.best[settled]] + core.margin[settled]
    clearest = core.best[settled[np.argsort(-dearest, kind="stable")]]
    plan, before = kept, -1
    while len(plan) > before:
        before = len(plan)
        plan = insert(problem, plan, clearest)
        if not problem.limits.ratio_rows.any():
            break
    out = ~core.undecided & (core.best != NOTHING)
    out[np.searchsorted(offers.of_party, plan, "right") - 1] = False
    theirs = np.flatnonzero(out[offers.party_of()] & (reduced > -width)) if out.any() else plan[:0]
    core = replace(core, undecided=core.undecided | out, columns=np.union1d(core.columns, theirs))
    return fill(problem, plan, core.columns, reduced), core


@dataclass
class Replacement:
    """Re-places the undecided parties of a core; ``plan`` are the chosen columns and never loses value.

    Programs end ``within`` (in value) of their best, and no more are solved once the plan is worth what is ``wanted``;
    ``tell`` hears of the plan after each step.
    """

    problem: MatchingProblem
    sweeper: Sweeper
    core: Core
    reduced: Longs
    prices: Longs
    plan: Longs
    budget: Budget
    within: float
    wanted: float
    tell: Callable[[Longs], None]
    party_of_core: Longs = field(init=False)
    use: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.party_of_core = self._party_of(self.core.columns)
        self.use = use_of(self.problem.offers, self.problem.limits, self.plan)

    def run(self) -> Longs:
        """Chains of moves; then, where the core is large, windows by origin and by destination; then, where that is not
        worth ``wanted``, the core as a whole.
        """
        self.improve()
        if len(self.core.columns) > WHOLE_COLUMNS:
            for by_origin in (True, False):
                self._replace_windows(self._windows(by_origin))
                self.improve()
        if self._worth() < self.wanted and not self.budget.over:
            self._replace([np.flatnonzero(self.core.undecided)])
        return self.plan

    def _replace_windows(self, windows: list[Longs]) -> None:
        """Two at a time where no crew joins them."""
        apart = len(windows) if len(self.problem.crew_orders) else -(-len(windows) // 2)
        for number in range(apart):
            if not self.budget.over and self._worth() < self.wanted:
                self._replace(windows[number::apart])

    def improve(self) -> None:
        """Fill the places worth having by chains of moves, as long as that gains; one step of the budget."""
        if self.budget.over:
            return
        before = -1
        while before != (before := int(self.problem.offers.value[self.plan].sum())):
            self.plan = fill_by_paths(
                self.problem, self.sweeper, self.plan, self.use, self.core.columns, self.reduced, self.prices
            )
        self.budget.step()
        self.tell(self.plan)

    def _worth(self) -> float:
        return float(self.problem.offers.value[self.plan].sum()) / SCALE

    def _windows(self, by_origin: bool) -> list[Longs]:
        """Undecided parties in windows of about `WINDOW_COLUMNS` columns, by origin or by destination."""
        offers, core, register = self.problem.offers, self.core, self.problem.register
        counts = np.bincount(self.party_of_core, minlength=len(offers.must))
        parties = np.flatnonzero(core.undecided & (counts > 0))
        first = core.columns[np.searchsorted(self.party_of_core, parties)]
        at = np.where(core.best[parties] != NOTHING, core.best[parties], first)
        order = offers.cell[offers.cells[at]] % offers.order_count
        side = register.origin[self.problem.lead[parties]] if by_origin else register.destination[order]
        parties = parties[np.lexsort((self._rank_of_orders()[order], side))]
        window = np.cumsum(counts[parties]) // WINDOW_COLUMNS
        return np.split(parties, np.flatnonzero(np.diff(window)) + 1)

    def _rank_of_orders(self) -> Longs:
        """The place of each order in an ordering that keeps orders together which the same parties may take."""
        offers = self.problem.offers
        lengths = offers.lengths(self.core.columns)
        order = offers.placements(self.core.columns)[1]
        party = np.repeat(self.party_of_core, lengths)
        joined = np.flatnonzero(party[1:] == party[:-1])
        one, other = order[joined], order[joined + 1]
        pairs = np.concatenate([one, other]), np.concatenate([other, one])
        graph = coo_array((np.ones(2 * len(one), np.int8), pairs), shape=(offers.order_count,) * 2)
        rank = np.empty(offers.order_count, np.int64)
        rank[reverse_cuthill_mckee(graph.tocsr(), symmetric_mode=True)] = np.arange(offers.order_count)
        return rank

    def _replace(self, windows: list[Longs]) -> None:
        """Re-place the parties of one or two windows; two share what is free of every row."""
        budget = self.budget.uncounted()
        free = self.problem.limits.capacity - self.use
        given = [free] if len(windows) == 1 else [np.ceil(free / 2), free - np.ceil(free / 2)]
        pieces = [self._piece(parties) for parties in windows]
        with ThreadPoolExecutor(max_workers=len(windows)) as pool:
            found = list(pool.map(lambda piece, room: self._placed(piece, room, budget), pieces, given))
        if self.budget.over:
            return
        self.budget.step()
        for (own, _), better in zip(pieces, found, strict=True):
            if better is not None:
                self.use += self._use(better) - self._use(own)
                self.plan = np.union1d(np.setdiff1d(self.plan, own, assume_unique=True), better)
        self.tell(self.plan)

    def _piece(self, parties: Longs) -> tuple[Longs, Longs]:
        """(what the parties hold, what they may hold)."""
        chosen = np.zeros(len(self.problem.offers.must), bool)
        chosen[parties] = True
        own = self.plan[chosen[self._party_of(self.plan)]]
        return own, np.union1d(self.core.columns[chosen[self.party_of_core]], own)

    def _placed(self, piece: tuple[Longs, Longs], room: Floats, budget: Uncounted) -> Longs | None:
        """A better choice for the holders of a piece, if there is one within ``room`` beyond what they use."""
        own, columns = piece
        held = self.problem.limits.capacity - room - self._use(own)
        found = place_exactly(self.problem, held, columns, budget, NODES, self.within)
        value = self.problem.offers.value
        return found if found is not None and value[found].sum() > value[own].sum() else None

    def _use(self, columns: Longs) -> Floats:
        return use_of(self.problem.offers, self.problem.limits, columns)

    def _party_of(self, columns: Longs) -> Longs:
        return np.searchsorted(self.problem.offers.of_party, columns, "right") - 1
