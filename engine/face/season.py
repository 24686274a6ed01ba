"""The verb that replays seasons."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from engine.planning.assumptions import read_assumptions
from engine.planning.pool import process_pool
from engine.planning.season.comparison import SeasonsAsked, compare_policies, make_desk, policies_table
from engine.programme import Programme


@dataclass(frozen=True)
class SeasonTable:
    """Drawn seasons replayed by several policies, held against the best in hindsight."""

    seasons: pd.DataFrame

    @property
    def policies(self) -> pd.DataFrame:
        """A row a policy, the best first: share of the hindsight bound (mean, least, half_width), placements, lost."""
        return policies_table(self.seasons)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return self.policies.to_html()


def season(
    programme: Programme,
    *policies: str,
    seasons: int = 10,
    demand: float = 1.0,
    seed: int = 0,
    assumptions: Path | str | None = None,
) -> SeasonTable:
    """Replay drawn seasons week by week by some policies, all of them without any; ``programme`` is the forecast, and
    orders ask ``demand`` times as much on average.

    Raises `CallError` for a policy that isn't known, `InputError` for faulty assumptions, and what matching raises.
    """
    desk = make_desk(programme, read_assumptions(None if assumptions is None else Path(assumptions)))
    return SeasonTable(compare_policies(desk, SeasonsAsked(seasons, policies, demand, seed), process_pool))
