"""Where agreements of several states differ, which differences keep most placements from being made, and what relaxing
them would bring: each alone and the best together, by real matches. What lowers a protection of workers is told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import tomli_w

from engine.atomic import write_whole
from engine.planning.branches import TIE, Base, Outcome, run_branch
from engine.planning.relaxations import Measure, Relaxation, asking, relaxations
from engine.programme.edits import Edits
from engine.programme.programme import RawToml

PROPOSED = 3
MatchAll = Callable[[Base, Sequence[Edits]], list[Outcome]]
FARTHEST = 2**15


@dataclass(frozen=True)
class Yield:
    """A relaxation with what it brings alone: its branch, and what that has more than the season as it is."""

    relaxation: Relaxation
    outcome: Outcome
    gains: dict[str, float]


@dataclass(frozen=True)
class Harmonisation:
    """What there is to relax: the season as it is, every relaxation with its yield, best first, those proposed and what
    they bring together (None where nothing is proposed). Those that lower a protection stand in ``lowering`` alone and
    are never proposed.
    """

    base: Outcome
    yields: tuple[Yield, ...]
    lowering: tuple[Yield, ...]
    proposed: tuple[Yield, ...]
    together: Outcome | None
    gains_together: dict[str, float]

    def edits(self) -> RawToml:
        """The proposed relaxations as the content of a file of edits."""
        return {"id": "harmonised", "edit": [edit for one in self.proposed for edit in one.relaxation.edits]}


GAINS = ("placements", "workers", "paid_weeks", "net_income", "objective")


def harmonise(
    base: Base,
    names: Sequence[str],
    most: int = PROPOSED,
    match_all: MatchAll | None = None,
    smallest: bool = True,
) -> Harmonisation:
    """Find what of the agreements ``names`` could be relaxed, and match the programme with each relaxation.

    At most ``most`` relaxations are proposed: those that bring most and lower no protection, each with ``smallest`` the
    least of its kind that brings as much. ``match_all`` matches branches; without it they are matched here, one after
    the other.

    Raises `CallError` for an agreement that isn't there, and for fewer than two.
    """
    found = relaxations(base.programme, names)
    matched = match_all or _one_by_one
    outcomes = matched(base, [Edits(one.name, "", one.edits) for one in found])
    yields = [Yield(one, outcome, _gains(base, outcome)) for one, outcome in zip(found, outcomes, strict=True)]
    yields.sort(key=lambda one: (-one.gains.get("objective", 0.0), one.relaxation.name))
    free = [one for one in yields if not one.relaxation.lowers_a_protection]
    proposed = [one for one in free if one.gains.get("objective", 0.0) > base.outcome.gap * base.outcome.bound][:most]
    if smallest:
        proposed = [_smallest(base, one, matched) for one in proposed]
    together = None
    if proposed:
        whole = Edits("harmonised", "", tuple(edit for one in proposed for edit in one.relaxation.edits))
        together = proposed[0].outcome if len(proposed) == 1 else matched(base, [whole])[0]
    return Harmonisation(
        base.outcome,
        tuple(free),
        tuple(one for one in yields if one.relaxation.lowers_a_protection),
        tuple(proposed),
        together,
        {} if together is None else _gains(base, together),
    )


def _one_by_one(base: Base, edits: Sequence[Edits]) -> list[Outcome]:
    return [run_branch(base, one) for one in edits]


def _smallest(base: Base, found: Yield, matched: MatchAll) -> Yield:
    """The least relaxation of the same number that brings as much, as far as the gap can tell, by halving."""
    measure = found.relaxation.measure
    if measure is None:
        return found
    enough = found.outcome.totals["objective"] - base.gap * found.outcome.bound - TIE
    too_little, best = measure.value, found
    for value in _farther(measure):
        tried = _asking(base, found.relaxation, value, matched)
        if tried.gains and tried.outcome.totals["objective"] >= enough:
            best = tried
            break
        too_little = value
    while best is not found and abs(best.relaxation.asked - too_little) > 1:
        middle = (best.relaxation.asked + too_little) // 2
        tried = _asking(base, found.relaxation, middle, matched)
        if tried.gains and tried.outcome.totals["objective"] >= enough:
            best = tried
        else:
            too_little = middle
    return best


def _farther(measure: Measure) -> Iterator[int]:
    """Numbers that ask less and less, up to the target."""
    step = max(1, measure.value // 8)
    while step <= FARTHEST:
        value = measure.value - measure.direction * step
        if value < 0 or (measure.target is not None and (value - measure.target) * measure.direction <= 0):
            break
        yield value
        step *= 2
    last = 0 if measure.target is None and measure.direction > 0 else measure.target
    if last is not None:
        yield last


def _asking(base: Base, relaxation: Relaxation, value: int, matched: MatchAll) -> Yield:
    one = asking(relaxation, value, base.programme)
    (outcome,) = matched(base, [Edits(one.name, "", one.edits)])
    return Yield(one, outcome, _gains(base, outcome))


def _gains(base: Base, outcome: Outcome) -> dict[str, float]:
    if outcome.failure:
        return {}
    return {name: outcome.totals[name] - base.outcome.totals[name] for name in GAINS}


def write_edits(found: Harmonisation, path: Path) -> None:
    """Write the proposal as a file of edits, which `vaiven whatif` takes."""
    write_whole(path, tomli_w.dumps(found.edits()).encode())
