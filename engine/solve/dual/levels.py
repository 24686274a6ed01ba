"""How hard to price, and how wide to place, for the gap that is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import log10

from engine.tuning import USUAL, Tuning

LEVELS, BETWEEN = 3, 0.5
COARSEST_GAP, SHARPEST = 1e-3, 2.0
USUAL_COLUMNS, PART_STEP = 20, 4
NEXT_STEP, WARM_SHARE = 0.01, 0.25
WARM_WIDTH, WARM_SPREAD, SMALL_EDIT = 0.1, 16.0, 1.6


@dataclass(frozen=True, slots=True)
class Level:
    """Passes of the ascent, its first and last step, and the width of the core, in units of what a party gains."""

    passes: int
    first_step: float
    last_step: float
    width: float

    def parts(self, count: int) -> Iterator[Level]:
        """The level in ``count`` parts, of which each ends at half the last step of the one before; the last is whole,
        the others a quarter as long. All begin with longer steps where they are several, since what is listed changes.
        """
        for left in reversed(range(count)):
            passes = self.passes // 4 if left else self.passes
            first = self.first_step * (PART_STEP if count > 1 else 1)
            yield Level(passes, first, self.last_step * 2.0**left, self.width)


def levels(gap: float, columns_each: float, begun_at: float | None = None, tuning: Tuning = USUAL) -> Iterator[Level]:
    """Levels for ``gap``, each sharper than the one before; ``begun_at`` is the gap of an earlier plan to begin from.

    Found by trial on nations of 20,000 to 1,000,000 workers: a tenth of the gap needs 2.5 times the passes, 0.3 of the
    last step and 1.4 times the width; where a party has 16 times the usual columns (``columns_each``), 4 times the
    passes and the first step, and twice the width. A warm run first looks at a core that is the narrower the less there
    is to close: a small edit moves few.
    """
    crowding = max(columns_each / USUAL_COLUMNS, 1.0) ** 0.25
    sharpness = min(max(log10(COARSEST_GAP / max(gap, 1e-9)), 0.0), SHARPEST)
    if begun_at is not None:
        passes, last, width = _at(sharpness, crowding, tuning)
        open_ = max(begun_at / max(gap, 1e-9) / SMALL_EDIT, 1.0) ** 2
        share = min(WARM_WIDTH * WARM_SPREAD**sharpness * open_, 1.0)
        yield Level(int(WARM_SHARE * passes), NEXT_STEP, last, share * width)
    for number in range(LEVELS):
        passes, last, width = _at(sharpness + number * BETWEEN, crowding, tuning)
        first = NEXT_STEP if begun_at is not None or number else tuning.first_step * crowding**2
        yield Level(int(passes), first, last, width)


def _at(sharpness: float, crowding: float, tuning: Tuning) -> tuple[float, float, float]:
    """Passes, last step and width of the core."""
    passes, last_step = tuning.passes * crowding**2 * 2.5**sharpness, tuning.last_step * 0.3**sharpness
    return passes, last_step, tuning.width * crowding * 1.4**sharpness
