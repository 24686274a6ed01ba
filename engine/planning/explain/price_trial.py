"""Changes weighed at a plan's prices, where the programme is too large to be solved again for each of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from engine.audit.bound import placement_prices
from engine.audit.candidate_pairs import CandidatePairs
from engine.audit.placement_table import PlacementTable
from engine.audit.valuation import placement_values
from engine.errors import InputError
from engine.planning.explain.reading import Reading, refusals
from engine.programme.edits import Edits, edited
from engine.programme.programme import Programme
from engine.programme.row_edits import without_workers

LEAST = -1e-6


@dataclass(frozen=True)
class PriceTrial:
    """A programme with one worker, all orders and the prices of the plan in ``folder``.

    A placement whose value is at least its price could be in a best plan if the prices are those of the best plan, and
    one whose value is less could not (complementary slackness); a plan within its gap has prices near to those.
    """

    programme: Programme
    folder: Path

    def edited(self, *entries: dict[str, Any]) -> PriceTrial | None:
        """The trial with edits made; None where they are not possible."""
        try:
            return PriceTrial(edited(self.programme, Edits("trial", "", entries)), self.folder)
        except InputError:
            return None

    def would_place(self, worker_id: str) -> bool:
        """Whether some order that admits the worker is worth its price."""
        return self._best_worth >= LEAST

    @cached_property
    def _best_worth(self) -> float:
        candidates = CandidatePairs(self.programme)
        pairs = PlacementTable(self.programme, *candidates.at(np.arange(candidates.total)))
        standing = np.ones(pairs.size, bool)
        for _, broken in refusals(pairs):
            standing &= ~broken
        admitted = pairs.subset(np.flatnonzero(standing))
        worth = placement_values(admitted) - placement_prices(admitted, self.folder)
        return float(worth.max(initial=-np.inf))


def price_trial(reading: Reading, worker_id: str) -> PriceTrial:
    """A trial of one worker at the prices of a plan."""
    gone = np.arange(reading.programme.workers.size) != reading.worker_row(worker_id)
    programme = reading.programme
    return PriceTrial(replace(programme, tables=without_workers(dict(programme.tables), gone)), reading.folder)
