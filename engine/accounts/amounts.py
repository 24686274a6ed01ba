"""Amounts of placements: whole cents of the programme's currency, each as its low, middle and high reading."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

# Shape (3, placements): low, middle, high. Cents are int64, so that sums over placements are exact.
Cents = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]
READINGS = ("low", "middle", "high")


def cents(amount: npt.NDArray[np.float64]) -> Cents:
    """An amount that no rate changes, in whole cents, halves to the even cent; shape (placements,) gives (3, ...)."""
    rounded = np.rint(np.round(100 * amount, 6)).astype(np.int64)
    return np.broadcast_to(rounded, (len(READINGS), len(amount)))


def share_of(amount: Cents, share: Shares) -> Cents:
    """The share of an amount in whole cents; nothing of a negative one. Low goes with low and high with high."""
    return np.rint(np.round(np.maximum(amount, 0) * share, 6)).astype(np.int64)


def without(amount: Cents, *shares: Shares) -> Cents:
    """What is left of an amount without these shares of it; the low reading is that of the high shares."""
    left = amount.copy()
    for share in shares:
        left -= share_of(amount, share[::-1])
    return left


def less(amount: Cents, *taken: Cents) -> Cents:
    """An amount less others; its low reading takes their high ones, so that the range is never too narrow."""
    return amount - np.sum([one[::-1] for one in taken], axis=0)
