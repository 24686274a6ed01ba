"""Who holds all required skills and languages, and what share of the desired skills, by rectangle or by pair."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.clauses.views import Array
from engine.problem.pair_block import PairBlock
from engine.programme.table import Lists


def holds_all_skills(block: PairBlock) -> Array:
    """Whether the worker holds every required skill of the order."""
    needed, inverse = _distinct_sets(block, "required_skills")
    if not len(needed.codes):
        return np.asarray(True)
    held = _held_count(block, needed)
    return _by_pair(block, held == np.diff(needed.offsets)[None, :], inverse)


def desired_share(block: PairBlock) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]:
    """(share of each distinct set of desired skills held by each worker, the set of each order): (n, sets) and (m,)."""
    wanted, inverse = _distinct_sets(block, "desired_skills")
    size = np.diff(wanted.offsets)[None, :]
    held = _held_count(block, wanted)
    return np.where(size > 0, held / np.maximum(size, 1), 1.0), inverse


def holds_all_languages(block: PairBlock) -> Array:
    """Whether the worker has every language of the order at its level or above."""
    needed, inverse = _distinct_sets(block, "languages")
    if not len(needed.codes):
        return np.asarray(True)
    able = np.ones((block.worker_rows.size, len(needed.offsets) - 1), bool)
    for entry, which in enumerate(needed.rows()):
        levels = block.register.language_levels(needed.names[needed.codes[entry]])
        able[:, which] &= levels[block.worker_rows.ravel()] >= needed.amounts[entry]
    return _by_pair(block, able, inverse)


def _by_pair(block: PairBlock, by_set: Array, inverse: npt.NDArray[np.int32]) -> Array:
    """Spread a table (workers, sets) over the pairs of the block."""
    if block.worker_rows.ndim == 2:
        return by_set[:, inverse]
    return by_set[np.arange(len(inverse)), inverse]


def _distinct_sets(block: PairBlock, column: str) -> tuple[Lists, npt.NDArray[np.int32]]:
    """The distinct lists of the block's orders, and which one each order has."""
    which, lists = block.register.order_sets(column)
    used, inverse = np.unique(which[block.order_rows.ravel()], return_inverse=True)
    return lists.take(used), inverse.astype(np.int32)


def _held_count(block: PairBlock, sets: Lists) -> npt.NDArray[np.int64]:
    """How many skills of each set each worker holds, shape (workers, sets)."""
    owned = block.register.programme.workers.lists("skills").take(block.worker_rows.ravel())
    vocabulary = np.unique(sets.codes)
    if not len(vocabulary):
        return np.zeros((block.worker_rows.size, len(sets.offsets) - 1), np.int64)
    position = np.minimum(np.searchsorted(vocabulary, owned.codes), len(vocabulary) - 1)
    relevant = vocabulary[position] == owned.codes
    holds = np.zeros((block.worker_rows.size, len(vocabulary)), np.float32)
    holds[owned.rows()[relevant], position[relevant]] = 1
    members: npt.NDArray[Any] = np.zeros((len(vocabulary), len(sets.offsets) - 1), np.float32)
    members[np.searchsorted(vocabulary, sets.codes), sets.rows()] = 1
    return np.rint(holds @ members).astype(np.int64)
