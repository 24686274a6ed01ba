"""Trials: would the best plan place somebody if something were changed? Asked of the exact program, by two runs."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from math import inf
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.arrays import row_holding
from engine.audit.candidate_pairs import CandidatePairs
from engine.errors import ClashError, InputError
from engine.problem.problem import MatchingProblem, compile_problem
from engine.problem.recompile import recompiled
from engine.problem.values import SCALE
from engine.programme.after_events import after_events
from engine.programme.edits import Edits, edited
from engine.programme.events import Events
from engine.programme.programme import Programme
from engine.programme.reorder import drawn_order
from engine.solve.budget import Budget
from engine.solve.match import match
from engine.solve.result import Result

Longs = npt.NDArray[np.int64]
MOST_COLUMNS, MOST_CANDIDATES = 20_000, 2_000_000
SECONDS = 30.0  # that the trials of one question may take together
TIE = 1000


class TrialsTooLong(Exception):
    """The trials of a question would take longer than `SECONDS`; bounds at the plan's prices answer it at once."""


@dataclass(frozen=True)
class Trial:
    """A programme small enough to be solved to optimality again and again.

    ``ends`` is when the trials of the question end, by `time.monotonic`. Each raises `TrialsTooLong` then.
    """

    programme: Programme
    problem: MatchingProblem
    ends: float = inf

    def edited(self, *entries: dict[str, Any]) -> Trial | None:
        """The trial with edits made; None where they are not possible."""
        try:
            programme = edited(self.programme, Edits("trial", "", entries))
        except InputError:
            return None
        return Trial(programme, recompiled(self.problem, drawn_order(programme, 0)[0]), self.ends)

    def excluding(self, worker: int, order: int) -> Trial:
        """The trial where a worker (row of the programme) may not have an order, nor is promised it."""
        programme = excluding(self.programme, worker, order)
        return Trial(programme, compile_problem(drawn_order(programme, 0)[0]), self.ends)

    def best(self) -> Result:
        """The best plan."""
        return self._solved(self.problem)

    def would_place(self, worker_id: str) -> bool:
        """Whether the best plan that places a worker is worth at least the best that doesn't."""
        placing = self.placing(worker_id)
        if placing is None:
            return False
        offers = self.problem.offers
        without = self._solved(replace(self.problem, offers=offers.without(self._columns_of(worker_id))))
        return placing + TIE >= without.objective

    def placing(self, worker_id: str) -> int | None:
        """What the best plan that places a worker is worth, in billionths; None where there is none.

        The worker's party is lured: where even so it stays out, no plan can hold it.
        """
        columns = self._columns_of(worker_id)
        if not len(columns):
            return None
        offers = self.problem.offers
        lure = int(offers.value.max(initial=SCALE)) + SCALE
        value = offers.value.copy()
        value[columns] += lure
        lured = self._solved(replace(self.problem, offers=replace(offers, value=value)))
        if not np.isin(lured.columns, columns).any():
            return None
        return lured.objective - lure

    def _solved(self, problem: MatchingProblem) -> Result:
        budget = Budget(self.ends - time.monotonic())
        try:
            found = match(problem, "optimal", 0.0, budget)
        except ClashError:
            if not budget.over:
                raise
        if budget.over:  # a plan that it has then is not proved to be the best, and none doesn't mean a clash
            raise TrialsTooLong
        return found

    def _columns_of(self, worker_id: str) -> Longs:
        """The columns of the party of a worker."""
        workers = self.problem.programme.workers.id_text("worker_id")
        found = np.flatnonzero(workers == worker_id)
        if not len(found):
            return np.empty(0, np.int64)
        offers = self.problem.offers
        mine = np.flatnonzero(offers.cell_worker == found[0])
        columns = np.unique(row_holding(offers.cells, mine))
        parties = np.unique(offers.party_of(columns))
        spans = [np.arange(offers.of_party[p], offers.of_party[p + 1]) for p in parties]
        return np.concatenate([np.empty(0, np.int64), *spans])


def make_trial(programme: Programme) -> Trial | None:
    """A trial of a programme, None where it is too large to be solved to optimality on the spot, or has tiers."""
    if programme.settings.tiers or CandidatePairs(programme).total > MOST_CANDIDATES:
        return None
    problem = compile_problem(drawn_order(programme, 0)[0])
    if problem.dense is not None or problem.offers.count > MOST_COLUMNS:
        return None
    return Trial(programme, problem, time.monotonic() + SECONDS)


def excluding(programme: Programme, worker: int, order: int) -> Programme:
    """The programme where a worker (a row) may not have an order (a row), nor is promised it."""
    no_number = np.array([-1])
    event = Events(np.array(["exclude"], object), np.array([worker]), np.array([order]), no_number, no_number, ("",))
    return after_events(programme, event)
