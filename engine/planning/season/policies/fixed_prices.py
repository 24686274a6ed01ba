"""Prices of other seasons, held fixed: place whoever is worth more than the places that he or she would take.

The dual prices of limits and places, averaged over the best plans of other seasons, say what a place is worth to those
who come later (Bansak and Paulson, Outcome-driven dynamic refugee assignment with allocation balancing, 2024, and the
literature of online matching by dual prices that they build on).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.planning.season.drawn_season import over_cells
from engine.planning.season.hindsight import best_in_hindsight
from engine.planning.season.replay import Desk, Policy, Week
from engine.problem.priced_columns import price_table, reduced_values
from engine.words import message

NAME = "fixed-prices"
TITLE = message("Prices of other seasons, held fixed")
GAP = 0.005


def learned_prices(desk: Desk) -> npt.NDArray[np.int64]:
    """The mean of the prices (billionths) that prove the best plans of the other seasons, by row."""
    found = [best_in_hindsight(desk.problem, season, desk.weeks, GAP).prices for season in desk.others]
    return np.rint(np.mean(found, axis=0)).astype(np.int64)


def policy_for(desk: Desk) -> Policy:
    """Each week those who gain at the prices and can't wait any longer, those first who gain most."""
    problem = desk.problem
    prices = learned_prices(desk)
    reduced = reduced_values(problem.offers, price_table(problem.limits, prices), prices)
    closes = over_cells(problem, desk.weeks.closes, most=False)
    party = problem.offers.party_of_each()

    def choose(week: Week) -> npt.NDArray[np.int64]:
        urgent = (closes == week.number) | (week.until[party] == week.number)
        columns = np.flatnonzero(week.open & urgent & (reduced >= 0))
        return columns[np.argsort(-reduced[columns], kind="stable")]

    return choose
