"""The value of placements, recomputed from the raw programme as FORMAT defines it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.audit.placement_table import PlacementTable


def placement_values(placements: PlacementTable) -> npt.NDArray[np.float64]:
    """``weeks * (fill * priority + skill * skill_fit + income * income_gain + recall * recalled + choice * chosen +
    score * scored)`` for each placement, not rounded.
    """
    settings = placements.programme.settings
    weight = {term: float(value) for term, value in settings.weights.items()}
    months = np.maximum(placements.months_in_occupation(), 0)
    skill_fit = 0.5 * np.minimum(1, months / 24) + 0.5 * placements.held_share("skills", "desired_skills")
    gain = np.clip(placements.net_weekly_income() / float(settings.reference_weekly_income), 0, 1)
    worth = (
        weight["fill"] * placements.number("orders", "priority")
        + weight["skill"] * skill_fit
        + weight["income"] * gain
        + weight["recall"] * (placements.row_of_pair("recalls") >= 0)
        + weight["choice"] * chosen(placements)
        + weight["score"] * _scored(placements)
    )
    return placements.days / 7 * worth


def chosen(placements: PlacementTable) -> npt.NDArray[np.float64]:
    """1 / rank of the order or its employer, the better of the two; 0.5 for a worker who ranked nothing, else 0."""
    preferences = placements.programme["preferences"]
    worker = preferences.values("worker_id").astype(np.int64)
    rank = preferences.values("rank")
    orders = placements.programme.orders.size
    by_order = _least_rank(worker, preferences.values("order_id"), rank, placements.worker, placements.order, orders)
    employers = placements.programme["employers"].size
    by_employer = _least_rank(
        worker, preferences.values("employer_id"), rank, placements.worker, placements.rows("employers"), employers
    )
    ranked_something = np.isin(placements.worker, worker)
    return np.where(ranked_something, 1 / np.minimum(by_order, by_employer), 0.5)


def _least_rank(
    worker: npt.NDArray[np.int64],
    target: npt.NDArray[np.int32],
    rank: npt.NDArray[np.float64],
    placed: npt.NDArray[np.int64],
    wanted: npt.NDArray[np.int64],
    width: int,
) -> npt.NDArray[np.float64]:
    named = target >= 0
    key = worker[named] * (width + 1) + target[named]
    by_key = np.argsort(key)
    if not len(key):
        return np.full(len(placed), np.inf)
    sought = placed * (width + 1) + wanted
    position = np.minimum(np.searchsorted(key[by_key], sought), len(key) - 1)
    return np.where(key[by_key[position]] == sought, rank[named][by_key[position]], np.inf)


def _scored(placements: PlacementTable) -> npt.NDArray[np.float64]:
    row = placements.row_of_pair("scores")
    scores = placements.programme["scores"].values("score")
    return np.where(row >= 0, np.append(scores, 0.0)[row], 0.0)
