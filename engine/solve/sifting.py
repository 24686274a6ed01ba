"""Sharp prices by sifting: solve the linear program on a core of columns, price out all, add what it missed, again.

Bixby, Gregory, Lustig, Marsten and Shanno (1992), Very large-scale linear programming: a case study in combining
interior point and simplex methods.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.errors import SolverError
from engine.problem.limits import Limits
from engine.problem.offers import Offers, price_table, reduced_values
from engine.problem.values import SCALE
from engine.solve.budget import Budget
from engine.solve.linear_program import solve
from engine.solve.prices import Bound, bound_at
from engine.solve.restricted import prices_of, restricted_program

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
ROUNDING = 1e-9


@dataclass(frozen=True)
class Sifted:
    """The best bound, and the last core with its fractional plan (empty where no linear program was solved)."""

    bound: Bound
    core: Longs
    point: Floats
    linear_value: float
    rounds: int
    infeasible: bool = False


def sift(
    offers: Offers,
    limits: Limits,
    bound: Bound,
    core: Longs,
    rounds: int,
    tolerance: float,
    budget: Budget,
    tell: Callable[[Bound], None],
) -> Sifted:
    """Sift from ``core`` until no column is missed, the bound meets the linear program within ``tolerance`` (a share
    of it), or ``rounds`` are over.
    """
    best, point, value = bound, np.empty(0), -np.inf
    for number in range(1, rounds + 1):
        restricted = restricted_program(offers, limits, core, limits.capacity)
        answer = solve(restricted.program, budget)
        if answer is None:
            return Sifted(best, core, np.empty(0), value, number)
        if answer.infeasible:
            return Sifted(best, core, np.empty(0), -np.inf, number, infeasible=True)
        if not answer.optimal:
            raise SolverError("The linear program over the core was not solved.")
        point, value = answer.point, answer.objective
        found = bound_at(offers, limits, prices_of(restricted, answer.price, limits.row_count))
        if found.value < best.value:
            best = found
        tell(best)
        if number == rounds or best.value / SCALE - value <= tolerance * max(1.0, abs(value)) or budget.over:
            return Sifted(best, core, point, value, number)
        missed = missed_columns(offers, limits, found, core, restricted.parties, answer.price)
        if not len(missed):
            return Sifted(best, core, point, value, number)
        core = np.union1d(core, missed)
        point = np.empty(0)
    return Sifted(best, core, point, value, rounds)


def missed_columns(
    offers: Offers, limits: Limits, at: Bound, core: Longs, parties: Longs, row_prices: Floats, most_each: int = 3
) -> Longs:
    """Columns outside the core that are worth more than their party gets, the best ``most_each`` of each party."""
    reduced = reduced_values(offers, price_table(limits, at.prices), at.prices)
    gets = np.zeros(len(offers.of_party) - 1)
    gets[parties] = row_prices[: len(parties)] * SCALE
    party_of = offers.party_of()
    excess = reduced - np.where(offers.must, gets, np.maximum(gets, 0))[party_of]
    excess[core] = -1
    missed = np.flatnonzero(excess > ROUNDING * SCALE)
    order = missed[np.lexsort((-excess[missed], party_of[missed]))]
    begins = np.r_[True, np.diff(party_of[order]) != 0] if len(order) else np.empty(0, bool)
    first = np.flatnonzero(begins)
    rank = np.arange(len(order)) - np.repeat(first, np.diff(np.append(first, len(order))))
    return np.sort(order[rank < most_each])


def near_best(offers: Offers, limits: Limits, at: Bound, width: float, most_each: int) -> Longs:
    """Columns within ``width`` (billionths) of their party's best and not below ``-width``, at most so many each."""
    reduced = reduced_values(offers, price_table(limits, at.prices), at.prices)
    party_of = offers.party_of()
    near = np.flatnonzero((reduced >= at.surplus[party_of] - width) & ((reduced >= -width) | offers.must[party_of]))
    order = near[np.lexsort((-reduced[near], party_of[near]))]
    first = np.flatnonzero(np.r_[True, np.diff(party_of[order]) != 0]) if len(order) else np.empty(0, np.int64)
    rank = np.arange(len(order)) - np.repeat(first, np.diff(np.append(first, len(order))))
    return np.sort(order[rank < most_each])
