"""The ledger: how past stays and placements at one destination make up stays, and the clauses on them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from .matching import clauses_on, is_return, past_stays
from .programme_reader import Clause, Programme, Row, first_day, last_day


@dataclass(frozen=True)
class Entry:
    """One row of the calendar at a destination: a past stay, or a placement with its matching clauses."""

    start: date
    end: date
    order_id: str = ""
    clauses: list[Clause] = field(default_factory=list)


@dataclass
class Stay:
    """Entries that count as one stay, from the first start to the last end."""

    entries: list[Entry]

    @property
    def start(self) -> date:
        """Return the stay's first day."""
        return self.entries[0].start

    @property
    def end(self) -> date:
        """Return the stay's last day."""
        return max(entry.end for entry in self.entries)


def days_between(end: date, start: date) -> int:
    """Count the days that lie strictly between an end and a later start."""
    return (start - end).days - 1


def stays_at(programme: Programme, worker: Row, orders: list[Row], destination: str) -> list[Stay]:
    """Return the worker's stays at a destination, history and placements joined from left to right."""
    stays: list[Stay] = []
    for entry in _entries(programme, worker, orders, destination):
        if stays and _joins(stays[-1], entry):
            stays[-1].entries.append(entry)
        else:
            stays.append(Stay([entry]))
    return stays


def _entries(programme: Programme, worker: Row, orders: list[Row], destination: str) -> list[Entry]:
    past = [Entry(first_day(row), last_day(row)) for row in past_stays(programme, worker, destination)]
    placed = [
        Entry(first_day(order), last_day(order), order["order_id"], clauses_on(programme, worker, order))
        for order in orders
        if order["destination_country"] == destination
    ]
    # Of two that start on one day history comes first, for only a placement can be the later row of a join.
    return sorted(past + placed, key=lambda entry: (entry.start, entry.order_id != "", entry.end))


def _joins(stay: Stay, entry: Entry) -> bool:
    transfer = next((clause for clause in entry.clauses if clause["kind"] == "transfer"), None)
    if transfer is None:
        return False
    changes = len(stay.entries) - 1
    near = days_between(stay.end, entry.start) <= int(transfer["max_gap_days"])
    return near and changes < int(transfer["max_transfers"])


def days_present(stays: list[Stay]) -> list[int]:
    """Return the days of all the stays as ordinals, each once, gaps inside a stay included."""
    return sorted({day for stay in stays for day in range(stay.start.toordinal(), stay.end.toordinal() + 1)})


def stays_in(programme: Programme, worker: Row, orders: list[Row], countries: list[str]) -> list[Stay]:
    """Return the worker's stays in all these states, each state's joined by itself."""
    return [stay for country in countries for stay in stays_at(programme, worker, orders, country)]


def _stay_window(clause: Clause, entry: Entry, stays: list[Stay]) -> bool:
    days, length = days_present(stays), clause["window_days"]
    windows = range(entry.start.toordinal() - length + 1, entry.end.toordinal() + 1)
    return all(
        bisect_right(days, first + length - 1) - bisect_left(days, first) <= clause["max_days"] for first in windows
    )


def _total_stay(clause: Clause, entry: Entry, stays: list[Stay]) -> bool:
    since_absence: list[Stay] = []
    for stay in stays:
        if stay.start > entry.end:
            break
        gap = min((days_between(earlier.end, stay.start) for earlier in since_absence), default=0)
        if since_absence and gap >= clause["reset_days"]:
            since_absence = []
        since_absence.append(stay)
    present = [day for day in days_present(since_absence) if day <= entry.end.toordinal()]
    return len(present) <= int(clause["max_days"])


def _cool_off(clause: Clause, entry: Entry, stays: list[Stay]) -> bool:
    own = next(stay for stay in stays if entry in stay.entries)
    earlier = stays[: stays.index(own)]
    if not earlier:
        return True
    last_end = max(stay.end for stay in earlier)
    return days_between(last_end, own.start) >= int(clause["min_days"])


def _max_seasons(clause: Clause, entry: Entry, stays: list[Stay]) -> bool:
    year, length = entry.start.year, clause["years"]
    begins = [stay.start.year for stay in stays]
    return all(
        len({begun for begun in begins if first <= begun < first + length}) <= clause["count"]
        for first in range(year - length + 1, year + 1)
    )


LEDGER: dict[str, Callable[[Clause, Entry, list[Stay]], bool]] = {
    "stay_window": _stay_window,
    "total_stay": _total_stay,
    "cool_off": _cool_off,
    "max_seasons": _max_seasons,
}


def ledger_faults(programme: Programme, worker: Row, orders: list[Row]) -> set[str]:
    """Return the ids of the ledger clauses that the worker's placements break, at any destination."""
    abroad = {order["destination_country"] for order in orders if not is_return(worker, order)}
    return {
        clause["id"]
        for destination in abroad
        for stays in [stays_at(programme, worker, orders, destination)]
        for stay in stays
        for entry in stay.entries
        for clause in entry.clauses
        if clause["kind"] in LEDGER and destination in clause.get("zone", [destination])
        if not LEDGER[clause["kind"]](clause, entry, _seen(programme, worker, orders, clause) or stays)
    }


def _seen(programme: Programme, worker: Row, orders: list[Row], clause: Clause) -> list[Stay]:
    """Return the stays of the clause's zone, none where it has no zone."""
    return stays_in(programme, worker, orders, clause.get("zone", []))
