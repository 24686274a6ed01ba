"""What a limit of prices.csv is called in a chart or a table that people read."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from engine.charts.plan_view import PlanView
from engine.clauses.vocabulary import KEYS, value_in_words
from engine.plan.limit_use import BEDS, HEADCOUNT, LimitUse
from engine.programme.programme import Agreement
from engine.words import joined, message
from engine.words.names import country

MOST_OF_ONE_CLAUSE = 3
MOST_ORIGINS = 3
LIMITS = {
    **KEYS,
    "min_share": message("minimum share"),
    "max_share": message("maximum share"),
}
PLACES = ("origin_country", "origin_region", "destination_country", "destination_region")
CLASSES = {"new": message("new workers"), "returning": message("returning workers")}
_PERIOD = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)")


def limit_label(view: PlanView, use: LimitUse) -> str:
    """The limit in the view's language: an order's places, a site's beds on a day, or a clause and what it holds for.

    The agreement of a clause is told by the countries that it joins.
    """
    if use.kind == HEADCOUNT:
        return view.say(message("Places of order {order}", order=use.scope))
    if use.kind == BEDS:
        site, _, day = use.scope.partition(" ")
        return view.say(message("Beds at site {site} on {day}", site=site, day=day))
    agreements = {agreement.id: agreement for agreement in view.programme.agreements}
    parts = [part for part in use.scope.split(" ") if part]
    own = agreements.get(parts[0]) if parts else None
    scope = [_scope_in_words(part) for part in parts if own is None or part != own.id]
    if own is None:
        return view.say(joined(use.clause_id, *scope, by=" · "))
    return view.say(joined(_corridor(own), use.clause_id, *scope, by=" · ")) + f" ({own.id})"


def _corridor(agreement: Agreement) -> str:
    """The countries that an agreement joins, in words."""
    if len(agreement.origins) > MOST_ORIGINS:
        return message("to {destination}", destination=country(agreement.destination))
    origins = tuple(country(origin) for origin in agreement.origins)
    return message("{origins} → {destination}", origins=origins, destination=country(agreement.destination))


def _scope_in_words(part: str) -> str:
    """``household_id`` as ``household`` and a period as two days; whatever has no words stays as it is."""
    period = _PERIOD.fullmatch(part)
    if period:
        return message("{first} to {last}", first=period[1], last=period[2])
    key, given, value = part.partition("=")
    if value in CLASSES:
        return CLASSES[value]
    if key not in LIMITS:
        return part
    if not given:
        return LIMITS[key]
    named = value_in_words(key, value)
    # Countries and regions say themselves what they are.
    return named if key in PLACES else message("{key} {value}", key=LIMITS[key], value=named)


def few_of_each_clause(table: pd.DataFrame) -> pd.DataFrame:
    """The first 3 rows of each ``clause``: one that holds for each region, say, must not hide all the others."""
    return table[table.groupby("clause").cumcount() < MOST_OF_ONE_CLAUSE]


def households_in_words(view: PlanView, found: dict[str, tuple[int, int]]) -> Sequence[str]:
    """How many households stand at their limit, a sentence a clause; none is named."""
    return [
        view.say(
            message(
                "{clause}: {full:,} of {every:,} households are at their limit; no household is shown by itself.",
                clause=clause.replace("|", " · "),
                full=full,
                every=every,
            )
        )
        for clause, (full, every) in found.items()
    ]
