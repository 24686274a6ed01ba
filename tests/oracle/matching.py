"""Which agreement and which clauses a placement falls under, and whether it matches a `where`."""

from __future__ import annotations

from datetime import date
from typing import Any

from .programme_reader import Agreement, Clause, Programme, Row, first_day, last_day


def is_return(worker: Row, order: Row) -> bool:
    """Tell whether the order is a work opportunity in the worker's own country."""
    return order["destination_country"] == worker["origin_country"]


def years_before(start: date, years: int) -> date:
    """Return the same day that many years earlier, 29 February becoming the 28th."""
    try:
        return start.replace(year=start.year - years)
    except ValueError:
        return start.replace(year=start.year - years, day=28)


def ended_within(stay: Row, start: date, years: int) -> bool:
    """Tell whether a past stay ended within that many years before the start, the start itself outside."""
    return years_before(start, years) <= last_day(stay) < start


def past_stays(programme: Programme, worker: Row, destination: str) -> list[Row]:
    """Return the worker's history at one destination."""
    rows = programme.history.get(worker["worker_id"], [])
    return [row for row in rows if row["destination_country"] == destination]


def worker_class(programme: Programme, worker: Row, order: Row, years: int = 3) -> str:
    """Call the worker new or returning by the history at the order's destination alone."""
    stays = past_stays(programme, worker, order["destination_country"])
    returning = any(ended_within(stay, first_day(order), years) for stay in stays)
    return "returning" if returning else "new"


def agreement_of(programme: Programme, worker: Row, order: Row) -> Agreement | None:
    """Return the agreement in force for a placement abroad; None if it is a return or there is none."""
    if is_return(worker, order):
        return None
    for agreement in programme.agreements:
        if _covers(agreement, worker, order):
            return agreement
    return None


def _covers(agreement: Agreement, worker: Row, order: Row) -> bool:
    in_sector = not agreement.sectors or order["sector"].startswith(tuple(agreement.sectors))
    return (
        worker["origin_country"] in agreement.origins
        and order["destination_country"] == agreement.destination
        and in_sector
        and agreement.effective_from <= first_day(order) <= agreement.effective_to
    )


def clauses_on(programme: Programme, worker: Row, order: Row) -> list[Clause]:
    """Return the clauses that bind and match a placement, its agreement's before the programme's."""
    if is_return(worker, order):
        return []
    agreement = agreement_of(programme, worker, order)
    own = agreement.clauses if agreement else []
    return [clause for clause in own + programme.clauses if matches(programme, clause, worker, order)]


def matches(programme: Programme, clause: Clause, worker: Row, order: Row, key: str = "where") -> bool:
    """Tell whether a placement matches every key of the clause's `where` (or of its `of`)."""
    where: dict[str, Any] = clause.get(key, {})
    return all(_matches_key(programme, where, name, worker, order) for name in where if name != "returning_years")


def _matches_key(programme: Programme, where: dict[str, Any], key: str, worker: Row, order: Row) -> bool:
    wanted = where[key]
    if key == "start_between":
        first, last = wanted
        return bool(first <= first_day(order) <= last)
    options = wanted if isinstance(wanted, list) else [wanted]
    if key == "recalled":
        return ((worker["worker_id"], order["order_id"]) in programme.recalls) in options
    if key == "worker_class":
        return worker_class(programme, worker, order, where.get("returning_years", 3)) in options
    found = value_of(programme, key, worker, order)
    if key in ("sector", "isco08"):
        return found.startswith(tuple(options))
    return found in options


def value_of(programme: Programme, key: str, worker: Row, order: Row) -> str:
    """Return the placement's value of a `where` key, or of household_id, as text."""
    if key == "worker_class":
        return worker_class(programme, worker, order)
    if key in ("origin_country", "origin_region", "sex", "household_id"):
        return worker[key]
    if key == "operator":
        return programme.employers[order["employer_id"]].get(key, "")
    return order[key]
