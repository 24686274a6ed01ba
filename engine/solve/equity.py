"""Equity between groups of workers as rows of the matching problem, so that each plan has a bound like any other.

For groups g with p_g workers placed of a_g who are admitted:

    a least number each    p_g >= k_g
    a greatest difference  sum_g w_g p_g <= d, for as many rows of weights as it takes (see `difference_weights`)
    so many reached        sum_g min(p_g, k_g) >= H

The last is no linear row. Each column has copies that differ in how many of its workers are *counted*; then
``counted_g <= k_g`` for every group and ``sum_g counted_g >= H``. The same copies say how near all groups can come to
a least number each: maximise ``sum_g counted_g``, which reaches ``sum_g k_g`` where some plan gives each its number,
and whose bound is below that where none does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.arrays import entries_from, row_of_each
from engine.problem.offers import Offers
from engine.problem.problem import MatchingProblem
from engine.problem.values import SCALE
from engine.solve.budget import Budget
from engine.solve.dual.sweeps import on_this_machine
from engine.solve.mechanisms.optimal import STAGES
from engine.solve.result import Result
from engine.solve.search.stages import Search, run_stages

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
LESS_THAN_ONE = 0.999


@dataclass(frozen=True)
class Members:
    """Entry i: ``column[i]`` places ``amount[i]`` workers of ``group[i]``; sorted by column, each group once."""

    column: Longs
    group: Longs
    amount: Longs


@dataclass(frozen=True)
class Begun:
    """The stage before all others: take a plan that is known to be legal, as ``columns``."""

    columns: Longs

    def applies(self, search: Search) -> bool:
        """Whether there is such a plan."""
        return len(self.columns) > 0

    def run(self, search: Search) -> None:
        """Take it, and insert whoever fits."""
        search.offer(self.columns)
        search.fill()


def members_of(offers: Offers, of_worker: Longs) -> Members:
    """Who of which group is in which column; ``of_worker`` is each worker's group, -1 for none."""
    owner, workers = row_of_each(np.diff(offers.cells)), len(of_worker)
    column, worker = np.divmod(np.unique(owner * workers + offers.cell_worker), max(workers, 1))
    counted = of_worker[worker] >= 0
    groups = int(of_worker.max(initial=0)) + 1
    keys, amount = np.unique(column[counted] * groups + of_worker[worker[counted]], return_counts=True)
    return Members(keys // groups, keys % groups, amount)


def match_above(
    problem: MatchingProblem, members: Members, least: Longs, begun: Longs, gap: float, budget: Budget
) -> Result:
    """The best plan with at least ``least`` workers of each group; ``begun`` is a plan that has them, as columns."""
    asked = np.flatnonzero(least > 0)
    weights = np.zeros((len(asked), len(least)))
    weights[np.arange(len(asked)), asked] = -1.0
    return _best(_ruled(problem, members, weights, -least[asked].astype(np.float64)), begun, gap, budget)


def match_weighted(
    problem: MatchingProblem,
    members: Members,
    weights: Floats,
    most: Floats,
    begun: Longs,
    gap: float,
    budget: Budget,
) -> Result:
    """The best plan with ``sum_g weights[r, g] p_g <= most[r]`` in every row r, where ``most`` is whole or below 0.

    ``begun`` is a plan that keeps them, as columns, or empty.
    """
    return _best(_ruled(problem, members, weights, most), begun, gap, budget)


def difference_weights(rates: Floats, admitted: Longs) -> Floats:
    """The weights of the row that says the mean absolute difference of rates in the order that ``rates`` has.

    With the rates sorted, r_1 <= ... <= r_n, the mean over all pairs is ``sum_i (2i - n - 1) r_i * 2 / (n (n - 1))``.
    In any other order the same sum is at most that, so that a difference of at most d is this row for every order; the
    rows that a plan breaks are found by sorting its rates.
    """
    n = len(rates)
    place = np.empty(n)
    place[np.argsort(rates, kind="stable")] = np.arange(n)
    found: Floats = (2 * place - n + 1) * 2 / max(n * (n - 1), 1) / admitted
    return found


@dataclass(frozen=True)
class Copies:
    """A problem in which each column stands once for each way of counting its members, ``counted`` of them.

    ``column`` is the column of the problem before that each copy is of, ``plain`` the copy of each that counts nobody;
    a copy that counts one more of the i-th of ``members`` stands ``stride[i]`` further. At most ``most`` of each group
    are counted.
    """

    problem: MatchingProblem
    members: Members
    counted: Members
    column: Longs
    plain: Longs
    stride: Longs
    most: Longs

    def counting(self, columns: Longs) -> Longs:
        """The copies of a plan's columns that count as many as may be."""
        own = np.flatnonzero(np.isin(self.members.column, columns))
        own = own[np.argsort(self.members.group[own], kind="stable")]
        group, amount = self.members.group[own], self.members.amount[own]
        before = np.cumsum(amount) - amount
        first = np.searchsorted(group, group)
        number = np.clip(self.most[group] - (before - before[first]), 0, amount)
        found = self.plain.copy()
        np.add.at(found, self.members.column[own], number * self.stride[own])
        return found[columns]

    def reach(self, columns: Longs) -> int:
        """How many are counted in a plan."""
        chosen = np.isin(self.counted.column, columns)
        return int(self.counted.amount[chosen].sum())


def make_copies(problem: MatchingProblem, members: Members, most: Longs) -> Copies:
    """Copies under ``counted_g <= most_g`` for every group."""
    offers, size = problem.offers, members.amount + 1
    copies, stride = _copies(members, size, offers.count)
    column = np.repeat(np.arange(offers.count), copies)
    plain = np.cumsum(copies) - copies
    entries = np.bincount(members.column, minlength=offers.count)
    at = entries_from((np.cumsum(entries) - entries)[column], entries[column])
    copy = row_of_each(entries[column])
    number = (copy - plain[column[copy]]) // stride[at] % size[at]
    some = number > 0
    counted = Members(copy[some], members.group[at[some]], number[some])
    ruled = _ruled(replace(problem, offers=offers.taken(column)), counted, np.eye(len(most)), most.astype(np.float64))
    return Copies(ruled, members, counted, column, plain, stride, most)


def _copies(members: Members, size: Longs, columns: int) -> tuple[Longs, Longs]:
    """(copies of each column, what each entry's count is multiplied by in the number of a copy)."""
    copies, stride = np.ones(columns, np.int64), np.ones(len(size), np.int64)
    first = np.searchsorted(members.column, members.column)
    place = np.arange(len(size)) - first
    for step in range(int(place.max(initial=-1)) + 1):
        at = np.flatnonzero(place == step)
        stride[at] = copies[members.column[at]]
        copies[members.column[at]] *= size[at]
    return copies, stride


def match_most(copies: Copies, begun: Longs, budget: Budget) -> Result:
    """The plan that counts most; ``begun`` is a legal plan in columns of the problem before. Its objective and bound
    are in billionths of a worker, and less than one worker apart unless the budget is over.
    """
    value = np.zeros(copies.problem.offers.count, np.int64)
    np.add.at(value, copies.counted.column, copies.counted.amount * SCALE)
    problem = replace(copies.problem, offers=replace(copies.problem.offers, value=value))
    return _best(problem, copies.counting(begun), LESS_THAN_ONE / max(1, int(copies.most.sum())), budget)


def match_reaching(copies: Copies, least: int, begun: Longs, gap: float, budget: Budget) -> Result:
    """The best plan that counts at least ``least``; ``begun`` is one, in columns of the copies."""
    weights = np.full((1, int(copies.counted.group.max(initial=0)) + 1), -1.0)
    return _best(_ruled(copies.problem, copies.counted, weights, np.array([-float(least)])), begun, gap, budget)


def _ruled(problem: MatchingProblem, members: Members, weights: Floats, most: Floats) -> MatchingProblem:
    """The problem with further rows ``sum_g weights[r, g] p_g <= most[r]``."""
    row, group = np.nonzero(weights)
    order = np.argsort(members.group, kind="stable")
    offsets = np.searchsorted(members.group[order], np.arange(weights.shape[1] + 1))
    count = np.diff(offsets)[group]
    entry = order[entries_from(offsets[group], count)]
    of_row, of_group = np.repeat(row, count), np.repeat(group, count)
    coefficient = weights[of_row, of_group] * members.amount[entry]
    offers = problem.offers.with_extras(members.column[entry], problem.limits.row_count + of_row, coefficient)
    capacity = np.concatenate([problem.limits.capacity, most])
    return replace(problem, offers=offers, limits=replace(problem.limits, capacity=capacity))


def _best(problem: MatchingProblem, begun: Longs, gap: float, budget: Budget) -> Result:
    search = Search(problem, gap, budget, None, None, on_this_machine)
    with budget.heeding_interrupts():
        return run_stages(search, (Begun(begun), *STAGES))
