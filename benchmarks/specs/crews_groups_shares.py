"""A nation with crews on a tenth of the orders, a tenth of the workers in travel groups, and shares to keep."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.draft_edits import with_crews, with_share, with_travel_groups
from benchmarks.registry import Spec
from scenarios.presets import nation

SHARE = 0.1
LEAST_WOMEN = 0.3
MOST_RETURNING = 0.4


def build(workers: int, folder: Path, severity: float = 1.0) -> None:
    """Write the programme of this size."""
    rng = np.random.default_rng([1, workers])
    draft = with_crews(nation.build(workers, 1), SHARE * severity, rng)
    draft = with_travel_groups(draft, SHARE * severity, rng)
    draft = with_share(draft, "women", {"sex": ["F"]}, min_share=LEAST_WOMEN)
    draft = with_share(draft, "returning", {"worker_class": ["returning"]}, max_share=MOST_RETURNING)
    draft.write(folder, "parquet")


SPEC = Spec(
    name="crews-groups-shares",
    summary="a nation with crews, travel groups and shares",
    build=build,
    sizes=(20_000,),
    dial="ten times the share of orders with a crew and of workers in a travel group",
    severities=(1.0, 3.0),
)
