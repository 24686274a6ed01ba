"""What a row of prices.csv is called in a chart or a table that people read."""

from __future__ import annotations

from engine.charts.plan_view import PlanView

CAPACITY = ("headcount", "beds")


def limit_label(view: PlanView, limit: str, clause_id: str, scope: str) -> str:
    """The limit in words: an order's places, a site's beds on a day, or a clause with the scope that it holds in."""
    if limit.startswith("headcount|"):
        return view.say(f"Places of order {scope}", f"Plazas de la oferta {scope}")
    if limit.startswith("beds|"):
        site, _, day = scope.partition(" ")
        return view.say(f"Beds at site {site} on {day}", f"Camas del sitio {site} el {day}")
    words = " · ".join(part for part in (clause_id, *scope.split(" ")) if part)
    return words.replace("..", view.say(" to ", " a ")).replace("_", " ").replace("=", " ")


def clause_of(limit: str, clause_id: str) -> str:
    """The name of the clause that a limit belongs to, its agreement's id before it: what ``per`` and periods share."""
    parts = limit.split("|")
    return "|".join(parts[: parts.index(clause_id) + 1])
