"""Adverse impact: rates of selection by group, held against the group most selected, with how sure one can be.

The four-fifths ratio is that of the United States' Uniform Guidelines on Employee Selection Procedures (1978, 29 CFR
1607.4 D), which look at it together with statistical significance, and don't judge groups too small to say. The test is
Fisher's exact one, corrected for many groups (Holm, 1979); the interval is Clopper and Pearson's (1934).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from engine.clauses.views import Bools
from engine.planning.fairness.exact_tests import LEVEL, holm, interval
from engine.planning.fairness.selection import KEYS, Selected, selected
from engine.problem.eligibility import admitted_workers
from engine.problem.register import Register
from engine.programme.programme import Programme

Longs = npt.NDArray[np.int64]
FOUR_FIFTHS = 0.8
SMALLEST = 5


class Verdict(StrEnum):
    """What is said of a group: the one others are held against, no sign, a sign, or too few to say."""

    REFERENCE = "reference"
    NO_SIGN = "no_sign"
    SIGN = "sign"
    TOO_SMALL = "too_small"


@dataclass(frozen=True, slots=True)
class Impact:
    """At one ``stage`` ("admitted" of registered, "placed" of admitted), of a group ``chosen`` of ``looked_at``.

    ``low`` and ``high`` are the 95 % interval of its rate, ``ratio`` is its rate over the reference group's and
    ``p_value`` that of the exact test against that group, corrected for the groups of the key.
    """

    stage: str
    key: str
    group: str
    chosen: int
    looked_at: int
    low: float
    high: float
    ratio: float
    p_value: float
    verdict: Verdict

    @property
    def rate(self) -> float:
        """Chosen of those looked at, NaN where there are none."""
        return self.chosen / self.looked_at if self.looked_at else float("nan")


def adverse_impact(programme: Programme, worker: Longs, origin: str = "") -> list[Impact]:
    """Every group by every key, at both stages, of a plan that places some workers (rows); with an ``origin`` of its
    workers alone.
    """
    return impact_of(programme, admitted_workers(Register(programme)), worker, origin)


def impact_of(programme: Programme, admitted: Bools, worker: Longs, origin: str = "") -> list[Impact]:
    """The same where it is known who is admitted."""
    every = list(selected(programme, admitted, worker, origin))
    found = []
    for key in KEYS:
        own = [one for one in every if one.key == key]
        found += list(impacts("admitted", key, [(one, one.admitted, one.registered) for one in own]))
        found += list(impacts("placed", key, [(one, one.placed, one.admitted) for one in own]))
    return found


def impacts(stage: str, key: str, counts: Sequence[tuple[Selected, int, int]]) -> Iterator[Impact]:
    """The groups of a key, held against the one with the highest rate among those that are large enough."""
    large = [one for one in counts if one[2] >= SMALLEST]
    if not large:
        yield from (_impact(stage, key, one, float("nan"), float("nan"), Verdict.TOO_SMALL) for one in counts)
        return
    best = max(large, key=lambda one: (one[1] / one[2], one[2]))
    others = [one for one in large if one is not best]
    corrected = dict(zip((one[0].group for one in others), holm([_test(one, best) for one in others]), strict=True))
    for one in counts:
        ratio = _ratio(one, best)
        if one is best:
            yield _impact(stage, key, one, 1.0, float("nan"), Verdict.REFERENCE)
        elif one[0].group not in corrected:
            yield _impact(stage, key, one, ratio, float("nan"), Verdict.TOO_SMALL)
        else:
            p_value = corrected[one[0].group]
            shown = ratio < FOUR_FIFTHS and p_value < LEVEL
            yield _impact(stage, key, one, ratio, p_value, _verdict(shown, one, best))


def _verdict(shown: bool, one: tuple[Selected, int, int], best: tuple[Selected, int, int]) -> Verdict:
    """A sign where it is shown; no sign only where a group of that size could have shown one.

    Could it: had nobody of the group been chosen, would the test have said so?
    """
    if shown:
        return Verdict.SIGN
    return Verdict.NO_SIGN if _test((one[0], 0, one[2]), best) < LEVEL else Verdict.TOO_SMALL


def _test(one: tuple[Selected, int, int], best: tuple[Selected, int, int]) -> float:
    from scipy.stats import fisher_exact  # half a second that most commands can do without

    table = [[one[1], one[2] - one[1]], [best[1], best[2] - best[1]]]
    return float(fisher_exact(table).pvalue)


def _ratio(one: tuple[Selected, int, int], best: tuple[Selected, int, int]) -> float:
    if not one[2] or not best[1]:
        return float("nan")
    return (one[1] / one[2]) / (best[1] / best[2])


def _impact(
    stage: str, key: str, one: tuple[Selected, int, int], ratio: float, p_value: float, verdict: Verdict
) -> Impact:
    low, high = interval(one[1], one[2])
    return Impact(stage, key, one[0].group, one[1], one[2], low, high, ratio, p_value, verdict)
