"""What a limit of prices.csv is called in a chart or a table that people read."""

from __future__ import annotations

import re

import pandas as pd

from engine.clauses.vocabulary import KEYS, value_in_words
from engine.plan.metrics import LimitUse
from engine.words import Message, joined, message

MOST_OF_ONE_CLAUSE = 3
LIMITS = {
    **KEYS,
    "min_share": message("minimum share"),
    "max_share": message("maximum share"),
}
CLASSES = {"new": message("new workers"), "returning": message("returning workers")}
_PERIOD = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)")


def limit_label(use: LimitUse) -> Message:
    """The limit in words: an order's places, a site's beds on a day, or a clause with the scope that it holds in."""
    if is_headcount(use):
        return message("Places of order {order}", order=use.scope)
    if is_beds(use):
        site, _, day = use.scope.partition(" ")
        return message("Beds at site {site} on {day}", site=site, day=day)
    return joined(use.clause_id, *(_scope_in_words(part) for part in use.scope.split(" ") if part), by=" · ")


def _scope_in_words(part: str) -> str:
    """``household_id=H1`` as ``household H1`` and a period as two days; an agreement's id stays as it is."""
    period = _PERIOD.fullmatch(part)
    if period:
        return message("{first} to {last}", first=period[1], last=period[2])
    key, given, value = part.partition("=")
    if value in CLASSES:
        return CLASSES[value]
    if key not in LIMITS:
        return part
    return message("{key} {value}", key=LIMITS[key], value=value_in_words(key, value)) if given else LIMITS[key]


def clause_of(use: LimitUse) -> str:
    """The clause that a limit belongs to, its agreement's id before it: what all periods and values of it share."""
    parts = use.limit.split("|")
    return "|".join(parts[: parts.index(use.clause_id) + 1])


def is_headcount(use: LimitUse) -> bool:
    """Whether the limit is the number of places of an order."""
    return use.limit.startswith("headcount|") and use.clause_id == "headcount"


def is_beds(use: LimitUse) -> bool:
    """Whether the limit is the beds of a site on a day."""
    return use.limit.startswith("beds|") and use.clause_id == "beds"


def few_of_each_clause(table: pd.DataFrame) -> pd.DataFrame:
    """The first 3 rows of each ``clause``: one that holds for each household, say, must not hide all the others."""
    return table[table.groupby("clause").cumcount() < MOST_OF_ONE_CLAUSE]
