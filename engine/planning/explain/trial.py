"""Trials: would the best plan place somebody if something were changed? Asked of the exact program, by two runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.errors import CallError, InputError
from engine.problem.problem import MatchingProblem, compile_problem
from engine.problem.recompile import recompiled
from engine.problem.values import SCALE
from engine.programme.edits import Edits, edited
from engine.programme.programme import Programme
from engine.programme.reorder import drawn_order
from engine.solve.budget import Budget
from engine.solve.match import match
from engine.solve.result import Result

Longs = npt.NDArray[np.int64]
MOST_COLUMNS = 20_000
SECONDS = 600.0
TIE = 1000


@dataclass(frozen=True)
class Trial:
    """A programme small enough to be solved to optimality again and again."""

    programme: Programme
    problem: MatchingProblem

    def edited(self, *entries: dict[str, Any]) -> Trial | None:
        """The trial with edits made; None where they are not possible."""
        try:
            programme = edited(self.programme, Edits("trial", "", entries))
        except InputError:
            return None
        return Trial(programme, recompiled(self.problem, drawn_order(programme, 0)[0]))

    def best(self) -> Result:
        """The best plan."""
        return _solved(self.problem)

    def would_place(self, worker_id: str) -> bool:
        """Whether the best plan that places a worker is worth at least the best that doesn't."""
        columns = self._columns_of(worker_id)
        if not len(columns):
            return False
        with_ = self._best_with(columns, 1)
        return with_ is not None and with_ + TIE >= self.best_without(columns)

    def _best_with(self, columns: Longs, sign: int) -> int | None:
        """The best plan's worth where one of the columns is chosen; None where that isn't possible."""
        bonus = self._bonus()
        value = self.problem.offers.value.copy()
        value[columns] += sign * bonus
        result = _solved(replace(self.problem, offers=replace(self.problem.offers, value=value)))
        chosen = bool(np.isin(result.columns, columns).any())
        return result.objective - bonus if chosen else None

    def best_without(self, columns: Longs) -> int:
        """The best plan's worth where none of the columns is chosen."""
        return self.best_plan_without(columns).objective

    def best_plan_without(self, columns: Longs) -> Result:
        """The best plan where none of the columns is chosen."""
        value = self.problem.offers.value.copy()
        value[columns] -= self._bonus()
        return _solved(replace(self.problem, offers=replace(self.problem.offers, value=value)))

    def _bonus(self) -> int:
        """More than any single column can change in the worth of a plan: its own value, and a crew's or a group's."""
        return int(20 * self.problem.offers.value.max(initial=SCALE) + SCALE)

    def _columns_of(self, worker_id: str) -> Longs:
        """The columns of the party of a worker."""
        workers = self.problem.programme.workers.id_text("worker_id")
        found = np.flatnonzero(workers == worker_id)
        if not len(found):
            return np.empty(0, np.int64)
        offers = self.problem.offers
        mine = np.flatnonzero(offers.cell_worker == found[0])
        columns = np.unique(np.searchsorted(offers.cells, mine, "right") - 1)
        parties = np.unique(np.searchsorted(offers.of_party, columns, "right") - 1)
        spans = [np.arange(offers.of_party[p], offers.of_party[p + 1]) for p in parties]
        return np.concatenate([np.empty(0, np.int64), *spans])


def make_trial(programme: Programme) -> Trial | None:
    """A trial of a programme, None where it is too large to be solved to optimality on the spot."""
    problem = compile_problem(drawn_order(programme, 0)[0])
    if problem.dense is not None or problem.offers.count > MOST_COLUMNS:
        return None
    return Trial(programme, problem)


def needed_trial(programme: Programme) -> Trial:
    """`make_trial` for what can't be said without. Raises `CallError` where the programme is too large."""
    trial = make_trial(programme)
    if trial is None:
        raise CallError(
            f"The programme has more than {MOST_COLUMNS:,} calendars; this asks for exact solutions.",
            "Ask it of a smaller programme, or use vaiven whatif with an edit.",
        )
    return trial


def _solved(problem: MatchingProblem) -> Result:
    return match(problem, "optimal", 0.0, Budget(SECONDS))
