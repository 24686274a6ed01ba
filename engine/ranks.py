"""Ranks within groups, for columns that are sorted by group."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def rank_within(groups: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """0, 1, 2 and so on within each run of equal ``groups``."""
    if not len(groups):
        return np.empty(0, np.int64)
    first = np.flatnonzero(np.concatenate([[True], groups[1:] != groups[:-1]]))
    return np.arange(len(groups)) - np.repeat(first, np.diff(np.append(first, len(groups))))
