"""Where headcounts alone join the workers: the best plan by min-cost flow on a core, which then proves itself.

Rough prices tell what anybody could take at all; on that core a flow is exact and quick (Goldberg, 1997; OR-Tools).
That it is the best plan over all pairs is proved by prices that follow from it. Prices ``p`` fit a plan (complementary
slackness) if ``p_q >= v_iq - (v_io - p_o)`` for everybody i who is placed on o and admitted to q, ``p_q >= v_iq`` for
who is placed nowhere, and ``p_q = 0`` where places are free. The least such prices are reached from 0 by raising
whatever is too low (Bellman, 1958); where a free place would get a price, some chain of moves betters the plan.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.clauses.views import Array, Bools
from engine.errors import SolverError
from engine.kernel import kernel
from engine.problem.offers import NOTHING
from engine.problem.problem import MatchingProblem
from engine.solve.primal.core import Core
from engine.words import message

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


def best_on_core(problem: MatchingProblem, core: Core) -> Longs:
    """The best plan of a network in which the undecided take columns of the core, everybody else his or her best one.

    Where the decided are too many for an order, those on it are asked too, each with what is near its best.
    """
    offers = problem.offers
    order, places = _order_of_columns(problem), _places(problem)
    decided = ~core.undecided & (core.best != NOTHING)
    taken = np.bincount(order[core.best[decided]], minlength=len(places))
    crowded = np.flatnonzero(decided)[(taken > places)[order[core.best[decided]]]]
    decided[crowded] = False
    near = np.isin(offers.party_of_each(), crowded) & (core.reduced > -core.width)
    near[core.columns] = True
    settled, columns = core.best[decided], np.flatnonzero(near)
    left = places - np.bincount(order[settled], minlength=len(places))
    return np.sort(np.concatenate([settled, columns[_flow(problem, columns, order[columns], left)]]))


def best_of_all(problem: MatchingProblem) -> Longs:
    """The best plan of a network, by a flow over all pairs: as slow as flows are, for where a core doesn't hold it."""
    everything = np.arange(problem.offers.count)
    return np.flatnonzero(_flow(problem, everything, _order_of_columns(problem), _places(problem)))


def _order_of_columns(problem: MatchingProblem) -> Longs:
    return (problem.offers.cell % problem.offers.order_count).astype(np.int64)


def _places(problem: MatchingProblem) -> Longs:
    """The headcount of each order: row o of a network is order o's."""
    return problem.limits.capacity.astype(np.int64)


def _flow(problem: MatchingProblem, columns: Longs, order: Longs, places: Longs) -> Bools:
    """Which of the columns (on the given orders) are worth most together, each party taking one at most."""
    from ortools.graph.python import min_cost_flow

    party = problem.offers.party_of(columns)
    _, party = np.unique(party, return_inverse=True)
    parties = int(party.max(initial=-1)) + 1
    sink = parties + len(places)
    orders = np.arange(parties, sink)
    tail = np.concatenate([party, np.arange(parties), orders])
    head = np.concatenate([parties + order, np.full(parties + len(places), sink)])
    room = np.concatenate([np.ones(len(columns) + parties, np.int64), places])
    cost = np.concatenate([-problem.offers.value[columns], np.zeros(parties + len(places), np.int64)])
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(tail.astype(np.int32), head.astype(np.int32), room, cost)
    supply = np.concatenate([np.ones(parties), np.zeros(len(places)), [-parties]]).astype(np.int64)
    flow.set_nodes_supplies(np.arange(sink + 1, dtype=np.int32), supply)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise SolverError(
            message("The min-cost flow ended with {status}.", status=status), message("Please report this.")
        )
    return np.asarray(flow.flows(arcs[: len(columns)])) > 0


def network_prices(problem: MatchingProblem, columns: Longs) -> Longs | None:
    """The least prices (billionths, by row) that fit a plan of the given columns; None where it isn't the best plan."""
    offers = problem.offers
    order = _order_of_columns(problem)
    choice = np.full(len(offers.must), NOTHING)
    choice[offers.party_of(columns)] = columns
    used = np.bincount(order[columns], minlength=offers.order_count)
    full = used >= _places(problem)
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
