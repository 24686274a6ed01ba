"""Set-asides week by week: from the day of their release on, the places that are left are open to everybody."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.clauses.base import Clause, Reserve
from engine.days import day_number
from engine.planning.season.drawn_season import WEEK
from engine.problem.problem import MatchingProblem
from engine.programme.programme import Programme


def released(problem: MatchingProblem, number: int) -> MatchingProblem:
    """The problem in week ``number``, in which set-asides that are released by then hold nobody back."""
    programme = problem.programme
    rows = [
        np.arange(named.first_row, named.first_row + len(named.block.capacity))
        for named in problem.limits.blocks
        if _is_released(programme, named.clause, number)
    ]
    if not rows:
        return problem
    capacity = problem.limits.capacity.copy()
    capacity[np.concatenate(rows)] = _all_places(problem)
    return replace(problem, limits=replace(problem.limits, capacity=capacity))


def without_released(programme: Programme, number: int) -> Programme:
    """The programme without the set-asides that are released by week ``number``: what the audit judges then."""

    def kept(clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
        return tuple(one for one in clauses if not _is_released(programme, one, number))

    agreements = tuple(replace(one, clauses=kept(one.clauses)) for one in programme.agreements)
    return replace(programme, agreements=agreements, clauses=kept(programme.clauses))


def _is_released(programme: Programme, clause: Clause, number: int) -> bool:
    """Whether a clause keeps places that are open to everybody in the week ``number`` after ``as_of``."""
    day = clause.rule.released_on() if isinstance(clause.rule, Reserve) else None
    return day is not None and day_number(day) <= day_number(programme.settings.as_of) + WEEK * number


def _all_places(problem: MatchingProblem) -> float:
    """More than anybody can use of a row."""
    return float(problem.limits.capacity[: problem.offers.order_count].sum() + len(problem.offers.must))
