"""The rules for one worker's calendar: overlap, travel, the number of placements and the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from .income import corridor_number
from .ledger import days_between, ledger_faults, stays_at
from .matching import is_return
from .pair_rules import refusals
from .programme_reader import Programme, Row, first_day, last_day


def calendar_faults(programme: Programme, worker_id: str, order_ids: list[str]) -> set[str]:
    """Return the names of all the calendar rules and ledger clauses that the placements break."""
    worker = programme.workers[worker_id]
    orders = sorted((programme.orders[order_id] for order_id in order_ids), key=first_day)
    faults = ledger_faults(programme, worker, orders)
    if _abroad(worker, orders) > programme.max_placements_per_worker:
        faults.add("too many placements")
    for earlier, later in combinations(orders, 2):
        if _overlap(earlier, later):
            faults.add("overlap")
        elif _too_close(programme, worker, orders, earlier, later):
            faults.add("travel")
    return faults


def _abroad(worker: Row, orders: list[Row]) -> int:
    return sum(not is_return(worker, order) for order in orders)


def _overlap(earlier: Row, later: Row) -> bool:
    return first_day(later) <= last_day(earlier)


def _too_close(programme: Programme, worker: Row, orders: list[Row], earlier: Row, later: Row) -> bool:
    travel = _travel_days(programme, worker, earlier) + _travel_days(programme, worker, later)
    if days_between(last_day(earlier), first_day(later)) >= travel:
        return False
    return not _in_one_stay(programme, worker, orders, earlier, later)


def _travel_days(programme: Programme, worker: Row, order: Row) -> int:
    return 0 if is_return(worker, order) else int(corridor_number(programme, worker, order, "travel_days"))


def _in_one_stay(programme: Programme, worker: Row, orders: list[Row], earlier: Row, later: Row) -> bool:
    stays = stays_at(programme, worker, orders, earlier["destination_country"])
    pair = {earlier["order_id"], later["order_id"]}
    return any(pair <= {entry.order_id for entry in stay.entries} for stay in stays)


def legal_itineraries(programme: Programme, worker_id: str) -> list[tuple[str, ...]]:
    """Return every legal calendar of at least one placement that the worker may have, sorted by start."""
    worker = programme.workers[worker_id]
    orders = [programme.orders[order_id] for order_id in programme.orders]
    open_to = [order for order in orders if not refusals(programme, worker_id, order["order_id"])]
    calendars = _calendars(programme, worker, sorted(open_to, key=first_day), [])
    return [ids for ids in calendars if not calendar_faults(programme, worker_id, list(ids))]


def _calendars(programme: Programme, worker: Row, orders: list[Row], chosen: list[Row]) -> Iterator[tuple[str, ...]]:
    for position, order in enumerate(orders):
        longer = [*chosen, order]
        if chosen and _overlap(chosen[-1], order):
            continue
        if _abroad(worker, longer) > programme.max_placements_per_worker:
            continue
        yield tuple(row["order_id"] for row in longer)
        yield from _calendars(programme, worker, orders[position + 1 :], longer)
