"""First come, first served: who registered first chooses first among the orders that are open."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.planning.season.replay import Desk, Policy, Week
from engine.solve.serial_choice import own_ranking
from engine.words import message

NAME = "first-come"
TITLE = message("First come, first served")


def policy_for(desk: Desk) -> Policy:
    """Each week those who wait choose in the order in which they came, each what he or she wants most."""
    workers = desk.problem.register.worker_count
    lead, own = desk.problem.lead, own_ranking(desk.problem, np.zeros(workers))

    def choose(week: Week) -> npt.NDArray[np.int64]:
        came = week.arrived[week.problem.offers.party_of(own)]
        ranking = own[np.lexsort((lead[week.problem.offers.party_of(own)], came))]
        return ranking[week.open[ranking]]

    return choose
