"""Draws within compiled loops: the same ones for a party, whichever core sweeps it (Marsaglia, 2003, Xorshift RNGs)."""

from __future__ import annotations

import numpy as np

from engine.kernel import inner_kernel


@inner_kernel
def first_state(party: int) -> np.uint64:
    """The state of the generator that a party starts from."""
    return np.uint64(party * 2654435761 + 88172645463325252)


@inner_kernel
def next_state(state: np.uint64) -> np.uint64:
    """The state after it."""
    state ^= state << np.uint64(13)
    state ^= state >> np.uint64(7)
    return state ^ (state << np.uint64(17))


@inner_kernel
def fraction(state: np.uint64) -> np.float32:
    """A number from 0 to 1, in single precision."""
    return np.float32(np.int32(state >> np.uint64(40))) * np.float32(2.0**-24)
