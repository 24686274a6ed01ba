"""How hard to price, and how wide to place, for the gap that is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import log10

LEVELS = 3


@dataclass(frozen=True, slots=True)
class Level:
    """Passes of the ascent, its first and last step, and the width of the core, in units of what a party gains."""

    passes: int
    first_step: float
    last_step: float
    width: float


def levels(gap: float, warm: bool) -> Iterator[Level]:
    """Levels for ``gap``, each sharper than the one before; they begin at good prices where the run is ``warm``.

    The figures were found by trial on nations of 20,000 and 100,000 workers: three times the passes for a tenth of the
    gap.
    """
    sharpness = min(max(log10(1e-3 / max(gap, 1e-9)), 0.0), 2.0)
    for number in range(LEVELS):
        again = warm or number > 0
        passes = int(150 * 2.5**sharpness / (4 if warm and not number else 1))
        first = 0.01 if again else 0.05
        yield Level(passes, first, 5e-5 * 0.3**sharpness, 7e-4 * 1.4**sharpness)
        sharpness += 0.5
