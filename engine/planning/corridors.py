"""What a plan comes to in each corridor, and what another plan of the same programme has more or less there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.audit.placement_table import PlacementTable
from engine.programme.programme import Programme

Longs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Corridor:
    """What the placements of a corridor come to: how many, their weeks, and what workers have left after costs, in the
    currency of the programme.
    """

    placements: int = 0
    weeks: float = 0.0
    net_income: float = 0.0

    def less(self, other: Corridor) -> Corridor:
        """What this has more than another."""
        return Corridor(
            self.placements - other.placements, self.weeks - other.weeks, self.net_income - other.net_income
        )


def by_corridor(programme: Programme, worker: Longs, order: Longs) -> dict[str, Corridor]:
    """What a plan, given as row numbers, comes to in each corridor, called ORIGIN-DESTINATION."""
    placements = PlacementTable(programme, worker, order)
    weeks = placements.days / 7
    income = placements.net_weekly_income() * weeks
    ends = (placements.text(table, column).astype(str) for table, column in _ENDS)
    names, at = np.unique(["-".join(pair) for pair in zip(*ends, strict=True)], return_inverse=True)
    count = np.bincount(at, minlength=len(names))
    sums = (np.bincount(at, values, len(names)) for values in (weeks, income))
    return {
        str(name): Corridor(int(placed), float(week), float(money))
        for name, placed, week, money in zip(names, count, *sums, strict=True)
    }


_ENDS = (("workers", "origin_country"), ("orders", "destination_country"))


def differences(before: Mapping[str, Corridor], after: Mapping[str, Corridor]) -> dict[str, Corridor]:
    """What the second has more than the first in each corridor of either."""
    return {name: after.get(name, Corridor()).less(before.get(name, Corridor())) for name in sorted({*before, *after})}
