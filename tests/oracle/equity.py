"""The best plan under a demand for equity: integer programs with a variable for each difference and each household."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import TypeVar

from .limit_rows import Column, LimitRow
from .optimum import best_choice, columns_of, parties
from .pair_rules import admitted
from .programme_reader import Programme

TOLERANCE = 1e-7
T = TypeVar("T")


@dataclass(frozen=True)
class Equity:
    """A programme's legal itineraries, and its groups by one column with how many of each are admitted."""

    programme: Programme
    columns: list[Column]
    key: str
    admitted: dict[str, int]

    def placed(self, group: str, columns: list[Column] | None = None) -> list[int]:
        """How many of a group each itinerary places."""
        every = self.columns if columns is None else columns
        rows = self.programme.workers
        return [sum(rows[member][self.key] == group for member in column.members) for column in every]

    def rates(self, chosen: list[Column]) -> dict[str, Fraction]:
        """Placed of admitted, by group."""
        return {group: Fraction(sum(self.placed(group, chosen)), size) for group, size in self.admitted.items()}

    def best(self, floors: list[LimitRow], others: int = 0) -> tuple[float, list[Column]] | None:
        """The plan of most value above some floors."""
        return best_choice(self.programme, self.columns, [float(one.worth) for one in self.columns], floors, others)


def equity(programme: Programme, key: str) -> Equity:
    """Groups of whom some legal plan places somebody."""
    columns = [column for members in parties(programme) for column in columns_of(programme, members)]
    rows, able = programme.workers, {worker for worker, _ in admitted(programme)}
    could = {rows[member][key] for column in columns for member in column.members} - {""}
    sizes = {group: sum(rows[one][key] == group for one in able) for group in sorted(could)}
    every = Equity(programme, columns, key, sizes)
    placed = {group: size for group, size in sizes.items() if every.best([LimitRow(every.placed(group), low=1)])}
    return Equity(programme, columns, key, placed)


def above(found: Equity, rate: Fraction) -> tuple[float, list[Column]] | None:
    """The best plan in which every group's rate is at least ``rate``."""
    return found.best(
        [LimitRow(found.placed(g), low=-(-rate.numerator * a // rate.denominator)) for g, a in _sizes(found)]
    )


def highest_least_rate(found: Equity) -> Fraction:
    """The highest least rate that a plan has: of all rates that a group can have, those that can be kept."""
    rates = sorted({Fraction(k, a) for _, a in _sizes(found) for k in range(a + 1)})
    return _last(rates, lambda rate: above(found, rate) is not None)


def within(found: Equity, most: float) -> tuple[float, list[Column]] | None:
    """The best plan whose mean absolute difference of rates is at most that: ``d_gh >= r_g - r_h`` and back."""
    pairs = list(combinations(_sizes(found), 2))
    rows = []
    for number, ((one, size), (other, others)) in enumerate(pairs):
        apart = [p / size - q / others for p, q in zip(found.placed(one), found.placed(other), strict=True)]
        own = [float(number == place) for place in range(len(pairs))]
        rows += [LimitRow(apart + [-x for x in own], high=0), LimitRow([-x for x in apart] + [-x for x in own], high=0)]
    total = LimitRow([0.0] * len(found.columns) + [1.0] * len(pairs), high=(most + TOLERANCE) * len(pairs))
    return found.best([*rows, total], len(pairs))


def within_range(found: Equity, most: float) -> tuple[float, list[Column]] | None:
    """The best plan whose rates are nowhere further apart than that: all between two bounds that lie so far apart."""
    rows = []
    for group, size in _sizes(found):
        rate = [p / size for p in found.placed(group)]
        rows += [LimitRow([*rate, -1.0], low=0), LimitRow([*rate, -1.0], high=most + TOLERANCE)]
    return found.best(rows, 1)


def reaching(found: Equity, least: int) -> tuple[float, list[Column]] | None:
    """The best plan that places somebody of at least so many groups: ``y_g <= p_g``."""
    sizes = _sizes(found)
    own = [[float(number == place) for place in range(len(sizes))] for number in range(len(sizes))]
    rows = [
        LimitRow([-p for p in found.placed(group)] + own[number], high=0) for number, (group, _) in enumerate(sizes)
    ]
    total = LimitRow([0.0] * len(found.columns) + [1.0] * len(sizes), low=least)
    return found.best([*rows, total], len(sizes))


def most_reached(found: Equity) -> int:
    """Of how many groups a plan can place somebody."""
    return _last(list(range(len(found.admitted) + 1)), lambda least: reaching(found, least) is not None)


def _sizes(found: Equity) -> list[tuple[str, int]]:
    return list(found.admitted.items())


def _last(values: list[T], holds: Callable[[T], bool]) -> T:
    """The last of rising values that holds, where all before it hold."""
    low, high = 0, len(values)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(values[middle]) else (low, middle)
    return values[low]
