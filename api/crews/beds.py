"""Beds by week: how many people are at a site at once, day by day, of those whose placements stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

Stay = tuple[date, date, int]  # the first day, the last, and how many people
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Week:
    """A week from its Monday, with the most people on any of its days."""

    monday: date
    people: int


@dataclass(frozen=True)
class SiteWeeks:
    """A site with the weeks in which somebody is there; ``beds`` is None where housing has no limit."""

    site_id: str
    employer_id: str
    region: str
    beds: int | None
    weeks: Sequence[Week]

    @property
    def fullest(self) -> Week | None:
        """The first of the weeks with the most people."""
        return max(self.weeks, key=lambda week: (week.people, -week.monday.toordinal()), default=None)


def weeks_of(stays: Iterable[Stay]) -> list[Week]:
    """The weeks from the first arrival to the last departure; both days of a stay are nights at the site."""
    changes: dict[date, int] = {}
    for first, last, people in stays:
        changes[first] = changes.get(first, 0) + people
        after = last + timedelta(days=1)
        changes[after] = changes.get(after, 0) - people
    if not changes:
        return []
    most: dict[date, int] = {}
    day, end, there = min(changes), max(changes), 0
    while day < end:
        there += changes.get(day, 0)
        monday = day - timedelta(days=day.weekday())
        most[monday] = max(most.get(monday, 0), there)
        day += timedelta(days=1)
    return [Week(monday, count) for monday, count in sorted(most.items())]
