"""Equity in the linear relaxation: how far groups can come at all, and which row binds the most valuable plan.

With x over all columns, p_g the people of group g in x and a_g those admitted, beside the rows of the problem:

    the highest least rate   maximise t              under  a_g t - p_g <= 0  for every group
    a mean difference of d   maximise the value of x under  a_g r_g = p_g,  |r_g - r_h| <= u_gh,  mean u_gh <= d

Row prices w_g >= 0 of the first prove a limit that needs no trust in the solver: in every plan the least rate is at
most ``sum_g w_g p_g / sum_g w_g a_g``, and what the numerator can be is bounded at the prices of the other rows, in
whole numbers, as the value of any plan is. Of the second they give one row that binds as all of it does
(`binding_row`). Crews count as far as a relaxation knows them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from engine.arrays import offsets_by_row
from engine.problem.problem import MatchingProblem
from engine.problem.values import SCALE
from engine.solve.budget import Budget
from engine.solve.dual.bound import bound_at
from engine.solve.equity import Members
from engine.solve.exact.linear_program import LinearAnswer, LinearProgram, solve
from engine.solve.exact.restricted_master import Restricted, prices_of, restricted_program
from engine.solve.exact.sifting import all_crews

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
MOST_COLUMNS = 2_000_000  # beyond so many a program over all columns takes longer than a search


@dataclass(frozen=True)
class Beside:
    """Numbers beside the columns, each from 0 on: a row ``sum of_group[g] - p_g <= 0`` for each group (``equal``: = 0),
    then rows over the numbers alone, entries (``row``, ``number``, ``coefficient``), at ``most`` so much each.

    With ``sought`` the first number is made as large as possible, 1 at most, in place of the value of the plan.
    """

    count: int
    of_group: Longs
    admitted: Longs
    row: Longs
    number: Longs
    coefficient: Floats
    most: Floats
    equal: bool = False
    sought: bool = False


@dataclass(frozen=True)
class Relaxed:
    """A solved relaxation; ``prices`` are those of the problem's rows, then by group, then of the rows beside."""

    restricted: Restricted
    answer: LinearAnswer

    @property
    def prices(self) -> tuple[Floats, Floats]:
        """(those of the problem's own rows, all others)."""
        own = len(self.restricted.program.row_upper)
        return self.answer.price[:own], self.answer.price[own:]


def relaxed(problem: MatchingProblem, members: Members, beside: Beside, budget: Budget) -> Relaxed | None:
    """Solve the relaxation over all columns with numbers ``beside`` them. None where columns are too many, the budget
    is over, or nothing keeps the rows.
    """
    if problem.offers.count > MOST_COLUMNS:
        return None
    columns = np.arange(problem.offers.count)
    restricted = restricted_program(problem, columns, problem.limits.capacity, all_crews(problem, columns))
    answer = solve(_with_numbers(restricted.program, members, beside), budget)
    return Relaxed(restricted, answer) if answer is not None and answer.optimal else None


def _with_numbers(program: LinearProgram, members: Members, beside: Beside) -> LinearProgram:
    """The program with rows of groups and the numbers beside at its end."""
    columns, rows, groups = len(program.value), len(program.row_upper), len(beside.of_group)
    each = np.arange(groups)
    column = (
        *(np.repeat(np.arange(columns), np.diff(program.offsets)), members.column),
        *(columns + beside.of_group, columns + beside.number),
    )
    row = program.row, rows + members.group, rows + each, rows + groups + beside.row
    coefficient = program.coefficient, -members.amount.astype(np.float64), beside.admitted, beside.coefficient
    every = np.concatenate(column)
    order = np.argsort(every, kind="stable")
    value = np.append(np.zeros(columns) if beside.sought else program.value, np.zeros(beside.count))
    value[columns] = beside.sought
    low = np.append(np.full(groups, 0.0 if beside.equal else -np.inf), np.full(len(beside.most), -np.inf))
    return LinearProgram(
        value,
        np.append(program.lower, np.zeros(beside.count)),
        np.append(program.upper, np.ones(beside.count)),
        offsets_by_row(every[order], columns + beside.count),
        np.concatenate(row)[order].astype(np.int32),
        np.concatenate(coefficient)[order].astype(np.float64),
        np.append(program.row_lower, low),
        np.concatenate([program.row_upper, np.zeros(groups), beside.most]),
    )


def limit_of_least_rate(problem: MatchingProblem, members: Members, admitted: Longs, budget: Budget) -> Fraction | None:
    """What no plan's least rate of placed to admitted exceeds, proved in whole numbers; None where it isn't known."""
    nothing = np.empty(0, np.int64)
    one = Beside(
        1, np.zeros(len(admitted), np.int64), admitted, nothing, nothing, np.empty(0), np.empty(0), sought=True
    )
    found = relaxed(problem, members, one, budget)
    if found is None:
        return None
    scale = float(admitted.sum())  # so that weights are billionths of about a person
    own, of_groups = found.prices
    weight = np.rint(np.maximum(of_groups, 0) * scale * SCALE).astype(np.int64)
    total = int((weight * admitted).sum())
    if not total:
        return None
    value = np.zeros(problem.offers.count, np.int64)
    np.add.at(value, members.column, members.amount * weight[members.group])
    weighted = replace(problem, offers=replace(problem.offers, value=value))
    return Fraction(bound_at(weighted, *prices_of(problem, found.restricted, own * scale)).value, total)


def binding_row(
    problem: MatchingProblem, members: Members, admitted: Longs, most: float, budget: Budget
) -> Floats | None:
    """Weights of a row ``sum_g weights[g] p_g <= most`` that every plan with a mean difference of at most ``most``
    keeps, and that bounds plans as the difference itself does in the relaxation; None where it isn't known or doesn't
    bind.

    ``mean |r_g - r_h| <= most`` is ``mean s_gh (r_g - r_h) <= most`` for all s from -1 to 1; the prices say which.
    """
    groups = len(admitted)
    one, other = np.triu_indices(groups, 1)
    pairs = len(one)
    pair = np.arange(pairs)
    up, down, ones = 2 * pair, 2 * pair + 1, np.ones(pairs)
    row = np.concatenate([up, up, up, down, down, down, np.full(pairs, 2 * pairs)])
    number = np.concatenate([one, other, groups + pair, one, other, groups + pair, groups + pair])
    coefficient = np.concatenate([ones, -ones, -ones, -ones, ones, -ones, ones / pairs])
    limits = np.append(np.zeros(2 * pairs), most)
    beside = Beside(groups + pairs, np.arange(groups), admitted, row, number, coefficient, limits, equal=True)
    found = relaxed(problem, members, beside, budget)
    if found is None:
        return None
    price = found.prices[1][groups:]
    if price[-1] <= 0:
        return None
    sign = np.clip((price[up] - price[down]) * pairs / price[-1], -1, 1) / pairs
    weights: Floats = (np.bincount(one, sign, groups) - np.bincount(other, sign, groups)) / admitted
    return weights
