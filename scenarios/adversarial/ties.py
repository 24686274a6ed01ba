"""Ties of the adversarial preset: past stays, recalls, preferences, exclusions, scores, corridors."""

import numpy as np
import pandas as pd

from scenarios.adversarial.season import DESTINATIONS, OCCUPATIONS, ORIGINS, Season, seconds
from scenarios.columns import DAY


def ties(
    rng: np.random.Generator, season: Season, workers: pd.DataFrame, orders: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Draw past stays, recalls, preferences, exclusions and scores; none of them bars an anchor."""
    pairs = pd.MultiIndex.from_product([workers.worker_id, orders.order_id]).to_frame(index=False)
    pairs.columns = pd.Index(["worker_id", "order_id"])
    free = pairs[~pairs.worker_id.isin(["W0", "W1"])]
    sample = rng.permutation(len(free))[: max(4, len(workers) // 4)]
    exclusions = free.iloc[sample].assign(
        reason=rng.choice(["asked by the worker", "family", "police check"], len(sample))
    )
    recalled = rng.permutation(len(pairs))[: max(3, len(pairs) // 60)]
    scored = np.sort(rng.permutation(len(pairs))[: len(pairs) // 3])
    return {
        "history": _history(rng, season, workers, orders),
        "recalls": pairs.iloc[recalled][["order_id", "worker_id"]].reset_index(drop=True),
        "preferences": _preferences(rng, workers, orders),
        "exclusions": exclusions.reset_index(drop=True),
        "scores": pairs.iloc[scored].assign(score=rng.integers(0, 101, len(scored)) / 100).reset_index(drop=True),
    }


def _history(rng: np.random.Generator, season: Season, workers: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Draw up to three past stays a worker, the last of which may still be under way; anchors have none."""
    ids = workers.worker_id.to_numpy()[2:]
    slot, who = np.nonzero(rng.random((3, len(ids))) < np.array([[0.3], [0.35], [0.55]]))
    base = np.array([season.day(6, 1, -3), season.day(4, 1, -2), season.day(5, 1, -1)])[slot]
    start = base + rng.integers(0, 90, len(who)) * DAY
    end = start + rng.choice([20, 45, 90, 150, 200], len(who)) * DAY
    # The day that lies a whole number of years before an order of late February.
    leap_edge = np.array([season.day(2, 28, -3), season.day(2, 28, -1)])[np.minimum(slot, 1)]
    on_edge = (rng.random(len(who)) < 0.15) & (slot < 2)
    end = np.where(on_edge, leap_edge + rng.integers(-1, 2, len(who)) * DAY, end)
    start = np.where(on_edge, leap_edge - 40 * DAY, start)
    employers = orders.employer_id.unique()
    return pd.DataFrame(
        {
            "worker_id": ids[who],
            "employer_id": rng.choice([*employers, "gone"], len(who)),
            "isco08": rng.choice(OCCUPATIONS, len(who)),
            "destination_country": rng.choice(list(DESTINATIONS), len(who)),
            "start_date": seconds(start),
            "end_date": seconds(end),
            "exit_reason": rng.choice(
                ["completed", "early_return", "transferred", "overstay"], len(who), p=[0.6, 0.15, 0.1, 0.15]
            ),
        }
    )


def _preferences(rng: np.random.Generator, workers: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Let half of the workers rank up to three orders or employers, each at most once."""
    rows = []
    for worker in workers.worker_id[rng.random(len(workers)) < 0.5]:
        chosen = rng.permutation(len(orders))[: int(rng.integers(1, 4))]
        employer = orders.employer_id[int(rng.integers(len(orders)))]
        rows += [(worker, orders.order_id[int(j)], "", rank + 1) for rank, j in enumerate(chosen)]
        rows.append((worker, "", employer, int(rng.integers(1, 4))))
    return pd.DataFrame(rows, columns=["worker_id", "order_id", "employer_id", "rank"])


def corridors(rng: np.random.Generator) -> pd.DataFrame:
    """Draw cost, days and lead time of each corridor; one of them is unknown."""
    pairs = [(origin, destination) for origin in ORIGINS for destination in DESTINATIONS]
    del pairs[int(rng.integers(len(pairs)))]
    count = len(pairs)
    return pd.DataFrame(
        {
            "origin_country": [origin for origin, _ in pairs],
            "destination_country": [destination for _, destination in pairs],
            "travel_cost_to_worker": rng.choice([0.0, 120.0, 300.0], count),
            "travel_days": rng.integers(0, 4, count),
            "remittance_cost_share": np.full(count, 0.05),
            "lead_time_days": rng.choice([15, 30, 60], count),
        }
    )
