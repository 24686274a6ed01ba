"""Where headcounts alone join the workers, an optimal plan proves itself: its prices follow from it.

Places are nodes and possible moves are arcs of a pure network. Prices ``p`` fit a plan (complementary slackness) if
``p_q >= v_iq - (v_io - p_o)`` for everybody i who is placed on o and admitted to q, ``p_q >= v_iq`` for who is placed
nowhere, and ``p_q = 0`` where places are free. The least such prices are reached from 0 by raising whatever is too low
(Bellman, 1958); where a free place would get a price, some chain of moves betters the plan.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.kernel import kernel
from engine.problem.offers import NOTHING
from engine.problem.problem import MatchingProblem
from engine.rule import Array

Longs = npt.NDArray[np.int64]
# In billionths: raises below NOISE are left, and a free place may cost FREE, so that what a solver rounded off doesn't
# creep around in circles. The bound is that much higher, a billionth of it.
NOISE, FREE = 100, 2000
MOST_SWEEPS = 500


def is_network(problem: MatchingProblem) -> bool:
    """Whether everybody takes at most one placement and nothing but headcounts joins them."""
    offers = problem.offers
    alone = problem.dense is None and not len(problem.crew_orders) and not offers.must.any()
    single = offers.count > 0 and bool((np.diff(offers.cells) == 1).all()) and not len(offers.extra_row)
    return alone and single and problem.limits.row_count == offers.order_count


def network_prices(problem: MatchingProblem, columns: Longs) -> Longs | None:
    """The least prices (billionths, by row) that fit a plan of the given columns; None where it isn't the best plan."""
    offers = problem.offers
    order = (offers.cell % offers.order_count).astype(np.int32)
    choice = np.full(len(offers.must), NOTHING)
    choice[np.searchsorted(offers.of_party, columns, "right") - 1] = columns
    used = np.bincount(order[columns], minlength=offers.order_count)
    full = used >= problem.limits.capacity[: offers.order_count]
    prices = np.zeros(offers.order_count, np.int64)
    fits = _raised(offers.of_party, offers.value, order, choice, full, prices, MOST_SWEEPS)
    return prices if fits else None


@kernel
def _raised(
    of_party: Array, value: Array, order: Array, choice: Array, full: Array, prices: Array, most_sweeps: int
) -> bool:
    """Raise prices in sweeps over everybody until they fit; whether they do."""
    for _ in range(most_sweeps):
        raised = False
        for p in range(len(of_party) - 1):
            own = np.int64(0)
            if choice[p] != NOTHING:
                own = value[choice[p]] - prices[order[choice[p]]]
                if own < -FREE:
                    return False
            for j in range(of_party[p], of_party[p + 1]):
                least = value[j] - own
                if j == choice[p] or least <= prices[order[j]] + NOISE:
                    continue
                if not full[order[j]] and least > FREE:
                    return False
                prices[order[j]] = least
                raised = True
        if not raised:
            return True
    return False
