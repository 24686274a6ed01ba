"""What a limit of prices.csv is called in a chart or a table that people read."""

from __future__ import annotations

import pandas as pd

from engine.charts.plan_view import PlanView
from engine.plan.metrics import LimitUse

MOST_OF_ONE_CLAUSE = 3
SCOPE_WORDS = {
    "origin_country": ("origin", "origen"),
    "origin_region": ("region of origin", "región de origen"),
    "destination_country": ("destination", "destino"),
    "destination_region": ("region of destination", "región de destino"),
    "sector": ("sector", "sector"),
    "isco08": ("occupation", "ocupación"),
    "employer_id": ("employer", "empleador"),
    "site_id": ("site", "sitio"),
    "worker_class": ("workers", "personas"),
    "household_id": ("household", "hogar"),
    "min_share": ("minimum share", "proporción mínima"),
    "max_share": ("maximum share", "proporción máxima"),
    "new": ("new", "nuevas"),
    "returning": ("returning", "que regresan"),
}


def limit_label(view: PlanView, use: LimitUse) -> str:
    """The limit in words: an order's places, a site's beds on a day, or a clause with the scope that it holds in."""
    if is_headcount(use):
        return view.say(f"Places of order {use.scope}", f"Plazas de la oferta {use.scope}")
    if is_beds(use):
        site, _, day = use.scope.partition(" ")
        return view.say(f"Beds at site {site} on {day}", f"Camas del sitio {site} el {day}")
    parts = [use.clause_id, *(_scope_in_words(view, part) for part in use.scope.split(" ") if part)]
    return " · ".join(parts)


def _scope_in_words(view: PlanView, part: str) -> str:
    """``household_id=H1`` as ``household H1`` and a period as two days; an agreement's id stays as it is."""
    words = (view.say(*SCOPE_WORDS.get(word, (word, word))) for word in part.split("="))
    return " ".join(words).replace("..", view.say(" to ", " a "))


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
