"""Edits of a drawn programme before it is written: the dials of the specs."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np

from scenarios.preset import Draft

SOURCE = "Illustrative: a benchmark's dial; no published text"
COUNTING = ("cap", "set_aside", "share")


def copied(draft: Draft) -> Draft:
    """A draft that may be changed without touching the one it was made from."""
    tables = {name: table.copy() for name, table in draft.tables.items()}
    return Draft(deepcopy(draft.settings), deepcopy(draft.agreements), tables)


def with_tighter_caps(draft: Draft, severity: float) -> Draft:
    """Every quota divided by ``severity``, one place at least; 1 leaves it as it was drawn."""
    made = copied(draft)
    for clause in _clauses(made):
        if clause["kind"] not in ("cap", "set_aside"):
            continue
        if "count" in clause:
            clause["count"] = _divided(clause["count"], severity)
        if "counts" in clause:
            clause["counts"] = [_divided(count, severity) for count in clause["counts"]]
        if "share_of_registered" in clause:
            clause["share_of_registered"] = min(1.0, clause["share_of_registered"] / severity)
    return made


def with_headcounts_alone(draft: Draft, severity: float) -> Draft:
    """No limit but headcounts (divided by ``severity``): no counting clause, bed, crew or travel group."""
    made = copied(draft)
    made.settings["clause"] = [clause for clause in made.settings["clause"] if clause["kind"] not in COUNTING]
    for agreement in made.agreements:
        agreement["clause"] = [clause for clause in agreement["clause"] if clause["kind"] not in COUNTING]
    orders = made.tables["orders"]
    orders["headcount"] = np.maximum(1, orders["headcount"] // severity).astype(np.int64)
    orders["min_crew"] = np.nan
    made.tables["sites"]["beds"] = np.nan
    made.tables["workers"]["travel_group_id"] = ""
    return made


def with_chains(draft: Draft, most: int) -> Draft:
    """At most this many placements a worker."""
    made = copied(draft)
    made.settings["max_placements_per_worker"] = most
    return made


def with_crews(draft: Draft, share: float, rng: np.random.Generator) -> Draft:
    """That share of the orders, among those that ask for four people or more, take a third of them or nobody."""
    made = copied(draft)
    orders = made.tables["orders"]
    large = np.flatnonzero(orders["headcount"].to_numpy() >= 4)
    chosen = rng.choice(large, min(len(large), round(share * len(orders))), replace=False)
    crew = np.full(len(orders), np.nan)
    crew[chosen] = np.maximum(2, orders["headcount"].to_numpy()[chosen] // 3)
    orders["min_crew"] = crew
    return made


def with_travel_groups(draft: Draft, share: float, rng: np.random.Generator) -> Draft:
    """That share of the workers travel in pairs; the second of a pair has the trade and the days of the first."""
    made = copied(draft)
    workers = made.tables["workers"]
    origin = workers["origin_country"].astype(str).to_numpy()
    first = np.lexsort((rng.random(len(workers)), origin))
    pairs = first[: len(first) // 2 * 2].reshape(-1, 2)
    pairs = pairs[origin[pairs[:, 0]] == origin[pairs[:, 1]]]
    pairs = pairs[rng.permutation(len(pairs))[: round(share * len(workers) / 2)]]
    for name in ("occupations", "skills", "languages", "available_from", "available_to", "refuses"):
        values = workers[name].to_numpy(copy=True)
        values[pairs[:, 1]] = values[pairs[:, 0]]
        workers[name] = values
    group = np.full(len(workers), "", dtype=object)
    group[pairs] = np.array([f"G{number}" for number in range(len(pairs))], dtype=object)[:, None]
    workers["travel_group_id"] = group
    return made


def with_share(draft: Draft, clause_id: str, where: dict[str, Any], **least_or_most: float) -> Draft:
    """A share of all placements abroad, ``min_share`` or ``max_share``, for those that match ``where``."""
    made = copied(draft)
    clause = {"id": clause_id, "kind": "share", "source": SOURCE, "where": where, **least_or_most}
    made.settings["clause"].append(clause)
    return made


def _clauses(draft: Draft) -> list[dict[str, Any]]:
    written = [clause for agreement in draft.agreements for clause in agreement["clause"]]
    return [*draft.settings["clause"], *written]


def _divided(count: int, severity: float) -> int:
    return max(1, int(count / severity))
