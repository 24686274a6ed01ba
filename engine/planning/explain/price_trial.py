"""Changes weighed at a plan's prices, where the programme is too large to be solved again for each of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from engine.audit.candidate_pairs import CandidatePairs
from engine.audit.limit_prices import LimitPrices
from engine.audit.pairs import admitted
from engine.audit.placement_table import PlacementTable
from engine.audit.valuation import placement_values
from engine.errors import InputError
from engine.planning.explain.reading import Floats, Longs, Reading, placement_prices, refusals
from engine.programme.edits import Edits, edited
from engine.programme.programme import Programme
from engine.programme.row_edits.removal import without_workers

LEAST = -1e-6


@dataclass(frozen=True)
class PriceTrial:
    """A programme with one worker (and the rest of the travel group), all orders and the ``prices`` of a plan.

    A placement whose value is at least its price could be in a best plan if the prices are those of the best plan, and
    one whose value is less could not (complementary slackness); a plan within its gap has prices near to those.
    """

    programme: Programme
    prices: LimitPrices

    def edited(self, *entries: dict[str, Any]) -> PriceTrial | None:
        """The trial with edits of workers made; None where they are not possible, or of what prices can't weigh: more
        of a limit changes them.
        """
        if any(entry.get("table") != "workers" for entry in entries):
            return None
        try:
            return PriceTrial(edited(self.programme, Edits("trial", "", entries)), self.prices)
        except InputError:
            return None

    def would_place(self, worker_id: str) -> bool:
        """Whether some order that admits the worker is worth its price."""
        return self.best >= LEAST

    @property
    def best(self) -> float:
        """The most that an order is worth beyond its price, all members together; minus infinity where none admits."""
        return float(self.worth_beyond_price[1].max(initial=-np.inf))

    @property
    def best_at_most(self) -> float:
        """What no order is worth more than beyond its price, in any company of other placements."""
        return float(self._whatever_the_company.max(initial=-np.inf))

    @property
    def surplus_at_most(self) -> float:
        """What all placements together could at most be worth beyond their prices: with several placements a worker
        the sum over orders.
        """
        worth = np.sort(np.maximum(self._whatever_the_company, 0.0))[::-1]
        return float(worth[:1].sum() if self._single else worth.sum())

    @cached_property
    def _single(self) -> bool:
        return self.programme.settings.max_placements_per_worker == 1

    @cached_property
    def worth_beyond_price(self) -> tuple[Longs, Floats]:
        """The orders that admit all members, and what these are worth there beyond what they pay."""
        pairs = self._pairs
        standing = np.ones(pairs.size, bool)
        for _, broken in refusals(pairs):
            standing &= ~broken
        return self._worth(pairs.subset(np.flatnonzero(standing)))

    @cached_property
    def _whatever_the_company(self) -> Floats:
        """Worth beyond price of all that a calendar may hold: a join of stays may let in what is illegal alone."""
        pairs = self._pairs
        return self.worth_beyond_price[1] if self._single else self._worth(pairs.subset(admitted(pairs)))[1]

    @property
    def _pairs(self) -> PlacementTable:
        candidates = CandidatePairs(self.programme)
        return PlacementTable(self.programme, *candidates.at(np.arange(candidates.total)))

    def _worth(self, pairs: PlacementTable) -> tuple[Longs, Floats]:
        worth = placement_values(pairs) - placement_prices(pairs, self.prices)
        orders, at, count = np.unique(pairs.order, return_inverse=True, return_counts=True)
        whole = count == self.programme.workers.size
        return orders[whole].astype(np.int64), np.bincount(at, worth, len(orders)).astype(np.float64)[whole]


def price_trial(reading: Reading, worker_id: str) -> PriceTrial:
    """A trial of one worker, with the travel group, at the prices of a plan."""
    gone = np.ones(reading.programme.workers.size, bool)
    gone[members_of(reading, worker_id)] = False
    programme = reading.programme
    return PriceTrial(replace(programme, tables=without_workers(dict(programme.tables), gone)), reading.limit_prices)


def members_of(reading: Reading, worker_id: str) -> Longs:
    """The rows of a worker and of the rest of the travel group. Raises `CallError` for an unknown id."""
    row = reading.worker_row(worker_id)
    group = reading.programme.workers.labels("travel_group_id").codes
    return np.flatnonzero(group == group[row]) if group[row] >= 0 else np.array([row])
