"""The rules that hold for one pair: those that always hold, the agreement and every gate."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from .gates import GATES, months_in, speaks
from .income import net_weekly_income, six_decimals, value
from .matching import agreement_of, clauses_on, is_return
from .programme_reader import Pair, Programme, Row, day, first_day, items, labelled, last_day, number


def _has_occupation(worker: Row, order: Row) -> bool:
    held = labelled(worker["occupations"])
    enough = months_in(worker, order["isco08"]) >= number(order["min_experience_months"])
    return order["isco08"] in held and enough


def _has_skills(worker: Row, order: Row) -> bool:
    return set(items(order["required_skills"])) <= set(items(worker["skills"]))


def _has_languages(worker: Row, order: Row) -> bool:
    return all(speaks(worker, language, level) for language, level in labelled(order["languages"]).items())


def _is_available(worker: Row, order: Row) -> bool:
    start, end = first_day(order), last_day(order)
    return (day(worker["available_from"]) or start) <= start and end <= (day(worker["available_to"]) or end)


def _in_horizon(programme: Programme, order: Row) -> bool:
    return programme.horizon_start <= first_day(order) and last_day(order) <= programme.horizon_end


def _is_refused(worker: Row, order: Row) -> bool:
    refused = items(worker["refuses"])
    return order["destination_country"] in refused or order["employer_id"] in refused


def _is_debarred(programme: Programme, order: Row) -> bool:
    employer = programme.employers[order["employer_id"]]
    since, until = day(employer["debarred_from"]), day(employer["debarred_until"])
    if since is None and until is None:
        return False
    return (since or date.min) <= last_day(order) and first_day(order) <= (until or date.max)


def _reserves_more(programme: Programme, worker: Row, order: Row) -> bool:
    return net_weekly_income(programme, worker, order) < number(worker["reservation_weekly_income"])


def refusals(programme: Programme, worker_id: str, order_id: str) -> set[str]:
    """Return the names of all the pair rules that refuse the worker on the order."""
    worker, order = programme.workers[worker_id], programme.orders[order_id]
    no_agreement = not is_return(worker, order) and agreement_of(programme, worker, order) is None
    verdicts = {
        "occupation": not _has_occupation(worker, order),
        "skills": not _has_skills(worker, order),
        "language": not _has_languages(worker, order),
        "availability": not _is_available(worker, order),
        "horizon": not _in_horizon(programme, order),
        "excluded": (worker_id, order_id) in programme.exclusions,
        "refused": _is_refused(worker, order),
        "reservation": _reserves_more(programme, worker, order),
        "debarred": _is_debarred(programme, order),
        "no agreement": no_agreement,
    }
    return {name for name, refused in verdicts.items() if refused} | _shut_gates(programme, worker, order)


def _shut_gates(programme: Programme, worker: Row, order: Row) -> set[str]:
    gates = [clause for clause in clauses_on(programme, worker, order) if clause["kind"] in GATES]
    return {clause["id"] for clause in gates if not GATES[clause["kind"]](programme, clause, worker, order)}


def admitted(programme: Programme) -> dict[Pair, Decimal]:
    """Return every pair that the pair rules admit, with its value rounded to six decimals."""
    return {
        (worker_id, order_id): six_decimals(value(programme, worker_id, order_id))
        for worker_id in programme.workers
        for order_id in programme.orders
        if not refusals(programme, worker_id, order_id)
    }
