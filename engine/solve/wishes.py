"""What parties want and what orders want: the two rankings of mechanisms that ask people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.clauses.views import Array
from engine.kernel import kernel
from engine.problem.problem import MatchingProblem
from engine.problem.values import SCALE, Values

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
NEARLY = 3  # billionths: a value, its choice and their mean are each rounded to the nearest
SHORT = 64


@dataclass(frozen=True)
class Wishes:
    """What each column is to its party: ``wanted`` by what its workers ranked (weeks, each times ``chosen`` of the
    objective), ``earned`` by what they earn in all after costs (currency). More of the first is better, then more of
    the second. Shapes: (columns,).
    """

    wanted: Floats
    earned: Floats


def wishes_of(problem: MatchingProblem) -> Wishes:
    """The wishes of all parties."""
    offers, register = problem.offers, problem.register
    worker, order = offers.placements(np.arange(offers.count))
    income = register.net_weekly_income[register.origin[worker], order] * register.weeks[order]
    ranked = Values(register).choice_of_pairs(register.pair_key(worker, order)) * register.weeks[order]
    begin = offers.cells[:-1]
    wanted, earned = (np.add.reduceat(worth, begin) if len(worth) else worth for worth in (ranked, income))
    return Wishes(wanted, earned)


def own_lists(problem: MatchingProblem, wishes: Wishes) -> Longs:
    """All columns, party after party as `Offers.of_party` says, each party's best first."""
    found = np.arange(problem.offers.count)
    _sort_lists(problem.offers.of_party, wishes.wanted, wishes.earned, found)
    return found


def worth_to_orders(problem: MatchingProblem, wishes: Wishes) -> Longs:
    """What orders and limits rank by: the value of each column without ``choice``, for each of its placements, in
    billionths, nearly equal ones levelled; shape (columns,).

    A travel group and a calendar of several placements rank by the mean of their placements, so that being many is no
    advantage.
    """
    offers = problem.offers
    choice = float(problem.programme.settings.weights["choice"])
    rest = offers.value - np.rint(choice * wishes.wanted * SCALE).astype(np.int64)
    many = np.diff(offers.cells)
    return levelled((2 * rest + many) // (2 * many))


def levelled(worth: Longs) -> Longs:
    """Values with nearly equal ones made equal: of a chain whose neighbours lie no further apart than roundings bring
    equal values, all count as its lowest. A grid would part some of them, wherever its lines lie.
    """
    values = np.sort(worth)  # what np.unique does by hashing takes ten times as long
    values = values[np.diff(values, prepend=values[:1] - 1) > 0]
    follows = np.diff(values, prepend=values[:1] - NEARLY - 1) <= NEARLY
    if not follows.any():
        return worth
    lowest = values[np.maximum.accumulate(np.where(follows, 0, np.arange(len(values))))]
    raised, level = values[follows], lowest[follows]
    at = np.minimum(np.searchsorted(raised, worth), len(raised) - 1)
    return np.where(raised[at] == worth, level[at], worth)


@kernel
def _before(i: int, j: int, wanted: Array, earned: Array) -> bool:
    if wanted[i] != wanted[j]:
        return bool(wanted[i] > wanted[j])
    if earned[i] != earned[j]:
        return bool(earned[i] > earned[j])
    return i < j


@kernel
def _sort_lists(of_party: Array, wanted: Array, earned: Array, column: Array) -> None:
    for p in range(len(of_party) - 1):
        begin, end = of_party[p], of_party[p + 1]
        if end - begin > SHORT:
            by_income = begin + np.argsort(-earned[begin:end], kind="mergesort")
            column[begin:end] = by_income[np.argsort(-wanted[by_income], kind="mergesort")]
            continue
        for i in range(begin + 1, end):
            j, k = column[i], i
            while k > begin and _before(j, column[k - 1], wanted, earned):
                column[k] = column[k - 1]
                k -= 1
            column[k] = j
