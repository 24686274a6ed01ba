"""Re-place the undecided exactly, everybody else held: the core as a whole, or window by window where it is large.

Quotas join the workers of one origin, places the orders of one destination: so windows follow the origins, then the
destinations, and within them an ordering of the orders that keeps those together for which the same people are
undecided (Cuthill and McKee, 1969).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import reverse_cuthill_mckee

from engine.problem.column_rows import use_of
from engine.problem.offers import NOTHING
from engine.problem.problem import MatchingProblem
from engine.problem.values import SCALE
from engine.solve.budget import Budget, Uncounted
from engine.solve.dual.sweeps import Sweeper
from engine.solve.exact.rounding import place_exactly
from engine.solve.primal.core import Core
from engine.solve.primal.ejection_chains import fill_by_paths
from engine.solve.primal.insertion import fill

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
SPARE = 10
FIRST_CHAINS, CHAINS = 1, 20


@dataclass
class Replacement:
    """Re-places the undecided parties of a core; ``plan`` are the chosen columns and never loses value; ``filled`` has
    whoever else fits beside them, which the next steps ignore: such a filler would stand in the way of better ones.

    Programs end ``within`` (in value) of their best or where the plan is worth `SPARE` times that more than what is
    ``wanted``, and no more are solved once it is worth that; ``tell`` hears of the plan after each step. For problems
    without crews.
    """

    problem: MatchingProblem
    sweeper: Sweeper
    core: Core
    plan: Longs
    budget: Budget
    within: float
    wanted: float
    tell: Callable[[Longs], None]
    filled: Longs = field(init=False)
    use: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.filled, self.use = self.plan, self._use(self.plan)

    def run(self) -> Longs:
        """Chains of moves; then, where the core is large, windows by origin and by destination in turn; then, where
        that is not worth ``wanted``, the core as a whole.
        """
        tuning = self.problem.tuning
        large = len(self.core.columns) > tuning.whole_core
        self._improve(FIRST_CHAINS if large else CHAINS)
        for number in range(tuning.rounds if large else 0):
            windows = self._windows(by_origin=number % 2 == 0, shift=number // 2 * tuning.window_columns // 2)
            half = -(-len(windows) // 2)
            for first in range(half):
                self._replace(windows[first::half])
            self._improve(CHAINS)
        self._replace([np.flatnonzero(self.core.undecided)])
        return self._better(fill(self.problem, self.plan, self.core.reduced))

    def mend(self) -> Longs:
        """Chains of moves alone."""
        self._improve(CHAINS)
        return self._better(self.plan)

    @property
    def _ended(self) -> bool:
        return self.budget.over or self._worth(self._better(self.plan)) / SCALE >= self.wanted

    def _worth(self, columns: Longs) -> int:
        return int(self.problem.offers.value[columns].sum())

    def _better(self, found: Longs) -> Longs:
        return found if self._worth(found) > self._worth(self.filled) else self.filled

    def _improve(self, most: int) -> None:
        """Fill the places worth having by chains of moves, ``most`` times or as long as that gains; one step of the
        budget.
        """
        if self._ended:
            return
        for _ in range(most):
            before = self._worth(self.plan)
            self.plan = fill_by_paths(self.problem, self.sweeper, self.plan, self.use, self.core)
            if self._worth(self.plan) == before:
                break
        self.filled = self._better(fill(self.problem, self.plan, self.core.reduced))
        self.budget.step()
        self.tell(self.filled)

    def _windows(self, by_origin: bool, shift: int) -> list[Longs]:
        """Undecided parties in windows of about ``window_columns`` columns, by origin or by destination; a ``shift``
        (in columns) moves where they end.
        """
        offers, core, register = self.problem.offers, self.core, self.problem.register
        counts = np.bincount(self._party_of_core, minlength=len(offers.must))
        parties = np.flatnonzero(core.undecided & (counts > 0))
        first = core.columns[np.searchsorted(self._party_of_core, parties)]
        at = np.where(core.best[parties] != NOTHING, core.best[parties], first)
        order = offers.cell[offers.cells[at]] % offers.order_count
        side = register.origin[self.problem.lead[parties]] if by_origin else register.destination[order]
        parties = parties[np.lexsort((self._rank_of_orders[order], side))]
        window = (shift + np.cumsum(counts[parties])) // self.problem.tuning.window_columns
        return np.split(parties, np.flatnonzero(np.diff(window)) + 1)

    @cached_property
    def _rank_of_orders(self) -> Longs:
        """The place of each order in an ordering that keeps orders together which the same parties may take."""
        offers = self.problem.offers
        order = offers.placements(self.core.columns)[1]
        party = np.repeat(self._party_of_core, offers.lengths(self.core.columns))
        joined = np.flatnonzero(party[1:] == party[:-1])
        one, other = order[joined], order[joined + 1]
        pairs = np.concatenate([one, other]), np.concatenate([other, one])
        graph = coo_array((np.ones(2 * len(one), np.int8), pairs), shape=(offers.order_count,) * 2)
        rank = np.empty(offers.order_count, np.int64)
        rank[reverse_cuthill_mckee(graph.tocsr(), symmetric_mode=True)] = np.arange(offers.order_count)
        return rank

    def _replace(self, windows: list[Longs]) -> None:
        """Re-place the parties of one or two windows at once; two share what is free of every row."""
        if self._ended:
            return
        budget = self.budget.uncounted()
        rooms = shares_of(self.problem.limits.capacity - self.use, len(windows))
        pieces = [self._piece(parties) for parties in windows]
        with ThreadPoolExecutor(max_workers=len(windows)) as pool:
            found = list(pool.map(lambda piece, room: self._placed(piece, room, budget), pieces, rooms))
        if self.budget.over:
            return
        self.budget.step()
        for (own, _), better in zip(pieces, found, strict=True):
            if better is not None:
                self.use += self._use(better) - self._use(own)
                self.plan = np.union1d(np.setdiff1d(self.plan, own, assume_unique=True), better)
        self.tell(self._better(self.plan))

    def _piece(self, parties: Longs) -> tuple[Longs, Longs]:
        """(what the parties hold, what they may hold)."""
        chosen = np.zeros(len(self.problem.offers.must), bool)
        chosen[parties] = True
        own = self.plan[chosen[self._party_of(self.plan)]]
        return own, np.union1d(self.core.columns[chosen[self._party_of_core]], own)

    def _placed(self, piece: tuple[Longs, Longs], room: Floats, budget: Uncounted) -> Longs | None:
        """A better choice for the holders of a piece, if there is one within ``room`` beyond what they use."""
        own, columns = piece
        held = self.problem.limits.capacity - room - self._use(own)
        value = self.problem.offers.value
        elsewhere = (self._worth(self.plan) - value[own].sum()) / SCALE
        nodes, enough = self.problem.tuning.window_nodes, self.wanted + SPARE * self.within - elsewhere
        found = place_exactly(self.problem, held, columns, budget, nodes, self.within, enough)
        return found if found is not None and value[found].sum() > value[own].sum() else None

    def _use(self, columns: Longs) -> Floats:
        return use_of(self.problem.offers, self.problem.limits, columns)

    @cached_property
    def _party_of_core(self) -> Longs:
        return self._party_of(self.core.columns)

    def _party_of(self, columns: Longs) -> Longs:
        return self.problem.offers.party_of(columns)


def shares_of(free: Floats, count: int) -> list[Floats]:
    """What is free of every row, shared out to one or two; no share is below 0, and they never exceed what is free."""
    free = np.maximum(free, 0)
    half = np.floor(free / 2)
    return [free] if count == 1 else [free - half, half]
