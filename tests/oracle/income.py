"""Weeks, corridors, net income and the value of a placement, in exact fractions."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from .programme_reader import Programme, Row, first_day, items, labelled, last_day, number


def weeks(order: Row) -> Fraction:
    """Return the length of an order in weeks, both its ends included."""
    return Fraction((last_day(order) - first_day(order)).days + 1, 7)


def corridor_number(programme: Programme, worker: Row, order: Row, column: str) -> Fraction:
    """Return a number of the corridor from the worker's origin to the order's destination, 0 where unknown."""
    row = programme.corridors.get((worker["origin_country"], order["destination_country"]), {})
    return number(row.get(column, ""))


def net_weekly_income(programme: Programme, worker: Row, order: Row) -> Fraction:
    """Return what the worker keeps of a week, the costs of going spread over the order's weeks."""
    pay = number(order["weekly_hours"]) * number(order["hourly_wage"]) - number(order["weekly_deductions"])
    travel = corridor_number(programme, worker, order, "travel_cost_to_worker")
    return pay - (travel + number(order["worker_cost"])) / weeks(order)


def _skill_fit(worker: Row, order: Row) -> Fraction:
    months = number(labelled(worker["occupations"]).get(order["isco08"], ""))
    desired, held = set(items(order["desired_skills"])), set(items(worker["skills"]))
    share = Fraction(len(desired & held), len(desired)) if desired else Fraction(1)
    return min(Fraction(1), months / 24) / 2 + share / 2


def _income_gain(programme: Programme, worker: Row, order: Row) -> Fraction:
    gain = net_weekly_income(programme, worker, order) / programme.reference_weekly_income
    return min(Fraction(1), max(Fraction(0), gain))


def _chosen(programme: Programme, worker: Row, order: Row) -> Fraction:
    ranked = programme.preferences.get(worker["worker_id"], [])
    if not ranked:
        return Fraction(1, 2)
    ranks = [
        int(row["rank"])
        for row in ranked
        if row["order_id"] == order["order_id"] or row["employer_id"] == order["employer_id"]
    ]
    return Fraction(1, min(ranks)) if ranks else Fraction(0)


def value(programme: Programme, worker_id: str, order_id: str) -> Fraction:
    """Return the exact value of a placement, whether or not it is admitted."""
    worker, order = programme.workers[worker_id], programme.orders[order_id]
    terms = {
        "fill": number(order["priority"] or "1"),
        "skill": _skill_fit(worker, order),
        "income": _income_gain(programme, worker, order),
        "recall": Fraction((worker_id, order_id) in programme.recalls),
        "choice": _chosen(programme, worker, order),
        "score": programme.scores.get((worker_id, order_id), Fraction(0)),
    }
    return weeks(order) * sum(programme.objective.get(name, Fraction(0)) * term for name, term in terms.items())


def six_decimals(amount: Fraction) -> Decimal:
    """Return the amount rounded to six decimals."""
    return Decimal(round(amount * 10**6)).scaleb(-6)
