"""Could an unplaced party take somebody's place? What each single exchange would give, with every limit checked.

A zero reduced value is no proof that two plans are worth the same: prices may be any of many. An exchange is one: who
leaves gives up what the newcomer takes, and both plans are legal.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.arrays import row_of_each
from engine.problem.column_rows import entries_of
from engine.problem.problem import MatchingProblem

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Verdict = Literal["tied", "dearer", "cheaper", "none"]
ROUNDING = 1e-9
MOST_TRIED = 60


@dataclass(frozen=True)
class Exchange:
    """What exchanging one party for another would give: ``tied`` where some exchange gives the same value, ``cheaper``
    where one would gain, ``dearer`` where each that is legal would lose, ``none`` where none is legal.

    ``least`` is the value (billionths) of the placement that would have to go, the least where there are several.
    """

    verdict: Verdict
    least: int = 0


class Exchanges:
    """The plan of a result as an exchange sees it: what is used of every row, and which columns hold each row."""

    def __init__(self, problem: MatchingProblem, columns: Longs, use: Floats) -> None:
        self.problem, self.columns, self.use = problem, columns, use
        self.least_crew = np.where(problem.register.min_crew > 1, problem.register.min_crew, 0)

    @cached_property
    def _holders(self) -> tuple[Longs, Longs]:
        """The plan's columns by row that they add to, cheapest first within a row: (row, column), sorted."""
        entries = entries_of(self.problem.offers, self.problem.limits, self.columns)
        column = self.columns[row_of_each(np.diff(entries.offsets))]
        adds = entries.coefficient > 0
        row, column = entries.row[adds].astype(np.int64), column[adds]
        ranked = np.lexsort((self.problem.offers.value[column], row))
        return row[ranked], column[ranked]

    def holders(self, row: int) -> Longs:
        """The columns of the plan that add to a row, the one of least value first."""
        rows, columns = self._holders
        return columns[np.searchsorted(rows, row) : np.searchsorted(rows, row, "right")]

    def of(self, column: int, row: int) -> Exchange:
        """What it would give to let ``column`` in for one of the holders of the full ``row``."""
        value = self.problem.offers.value
        holders = self.holders(row)
        holders = holders[~self.problem.offers.must[self.problem.offers.party_of(holders)]]
        worth = value[holders]
        for verdict, some in (("cheaper", worth < value[column]), ("tied", worth == value[column])):
            for holder in holders[some][:MOST_TRIED]:
                if self._legal(column, int(holder)):
                    return Exchange(verdict, int(value[holder]))  # type: ignore[arg-type]  # the pairs above spell verdicts
        for holder in holders[worth > value[column]][:MOST_TRIED]:
            if self._legal(column, int(holder)):
                return Exchange("dearer", int(value[holder]))
        return Exchange("none")

    def _legal(self, comes: int, goes: int) -> bool:
        """Whether the plan stays legal where one column comes and another goes: every row, every crew."""
        entries = entries_of(self.problem.offers, self.problem.limits, np.array([comes, goes]))
        sign = np.repeat([1.0, -1.0], np.diff(entries.offsets))
        rows, at = np.unique(entries.row, return_inverse=True)
        after = self.use[rows] + np.bincount(at, sign * entries.coefficient, len(rows))
        if (after > self.problem.limits.capacity[rows] + ROUNDING).any():
            return False
        crews = rows < len(self.least_crew)
        people, least = after[crews], self.least_crew[rows[crews]]
        return bool(((people < 0.5) | (people >= least - ROUNDING)).all())
