"""What stands against a rule: the fact beside the demand, for placements that the rule refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from engine.audit.placement_table import PlacementTable
from engine.clauses.base import Clause, Gate
from engine.words import Message, message, plural

Facts = Sequence[Message]


def _occupation(placements: PlacementTable) -> Facts:
    months = placements.months_in_occupation().astype(int).tolist()
    needed = placements.number("orders", "min_experience_months").astype(int).tolist()
    return [
        plural(
            "{n} month of experience, {needed} needed", "{n} months of experience, {needed} needed", n=n, needed=least
        )
        for n, least in zip(months, needed, strict=True)
    ]


def _availability(placements: PlacementTable) -> Facts:
    columns = (("workers", "available_from"), ("workers", "available_to"), ("orders", "start_date"))
    dates = (placements.date(*column).tolist() for column in (*columns, ("orders", "end_date")))
    return [_available(*row) for row in zip(*dates, strict=True)]


def _available(first: Any, last: Any, start: Any, end: Any) -> Message:
    if first is not None and first > start:
        return message("available from {first}, needed from {start}", first=first, start=start)
    return message("available until {last}, needed until {end}", last=last, end=end)


def _reservation(placements: PlacementTable) -> Facts:
    asked = placements.number("workers", "reservation_weekly_income").tolist()
    incomes = placements.net_weekly_income().tolist()
    return [
        message("a net weekly income of {income:,.2f}, {asked:,.2f} asked for", income=income, asked=least)
        for income, least in zip(incomes, asked, strict=True)
    ]


_OF_LASTING_RULES: Mapping[str, Callable[[PlacementTable], Facts]] = {
    "occupation": _occupation,
    "availability": _availability,
    "reservation": _reservation,
}


def shows_facts(rule: str | Clause) -> bool:
    """Whether a rule can show what stands against it."""
    if isinstance(rule, str):
        return rule in _OF_LASTING_RULES
    return isinstance(rule.rule, Gate) and type(rule.rule).facts is not Gate.facts


def facts_against(rule: str | Clause, placements: PlacementTable) -> Facts:
    """What stands against a rule that `shows_facts`, in each of the placements, all of which it refuses."""
    if isinstance(rule, str):
        return _OF_LASTING_RULES[rule](placements)
    assert isinstance(rule.rule, Gate)
    return rule.rule.facts(placements)


def first_refused(placements: PlacementTable, refused: Any, worker_count: int) -> Any:
    """The number of each worker's first placement that is refused, -1 where none is (int32)."""
    first = np.full(worker_count, -1, np.int32)
    hits = np.flatnonzero(refused)[::-1]
    first[placements.worker[hits]] = hits
    return first
