"""Every count rule as rows of an integer program whose columns are itineraries of parties."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import accumulate

from .count_rules import (
    Period,
    Plan,
    by_value,
    count_clauses,
    counted,
    counts,
    periods,
    present_on,
    starts_in,
)
from .matching import matches
from .programme_reader import Clause, Pair, Programme, first_day, last_day


@dataclass(frozen=True)
class Column:
    """One itinerary that a whole party (a lone worker or a travel group) may be given."""

    members: tuple[str, ...]
    order_ids: tuple[str, ...]
    worth: Fraction

    def pairs(self) -> Plan:
        """Return the placements that the column stands for."""
        return [(member, order_id) for member in self.members for order_id in self.order_ids]


@dataclass(frozen=True)
class LimitRow:
    """What each column uses of a limit, and the limit on either side."""

    amounts: list[int]
    low: int | None = None
    high: int | None = None


def limit_rows(programme: Programme, columns: list[Column]) -> Iterator[LimitRow]:
    """Yield the rows of all limits but headcount and crews, which need a variable for each order."""
    yield from _party_rows(columns)
    yield from _commitment_rows(programme, columns)
    yield from _bed_rows(programme, columns)
    # Whether a clause counts a placement hangs on the pair alone, so each pair is asked about once.
    pairs = sorted({pair for column in columns for pair in column.pairs()})
    for agreement_id, clauses in count_clauses(programme):
        for clause in clauses:
            yield from _clause_rows(programme, columns, pairs, agreement_id, clauses, clause)


def _party_rows(columns: list[Column]) -> Iterator[LimitRow]:
    for members in {column.members for column in columns}:
        yield LimitRow([int(column.members == members) for column in columns], high=1)


def _commitment_rows(programme: Programme, columns: list[Column]) -> Iterator[LimitRow]:
    for pair in programme.commitments:
        yield LimitRow([int(pair in column.pairs()) for column in columns], low=1)


def _bed_rows(programme: Programme, columns: list[Column]) -> Iterator[LimitRow]:
    for site_id, site in programme.sites.items():
        if not site["beds"]:
            continue
        orders = [row for row in programme.orders.values() if row["site_id"] == site_id]
        # The number housed grows only on a day on which an order starts.
        for day in {first_day(order) for order in orders}:
            open_then = {row["order_id"] for row in orders if first_day(row) <= day <= last_day(row)}
            amounts = [len(column.members) * len(open_then & set(column.order_ids)) for column in columns]
            yield LimitRow(amounts, high=int(site["beds"]))


def _clause_rows(
    programme: Programme,
    columns: list[Column],
    pairs: Plan,
    agreement_id: str,
    clauses: list[Clause],
    clause: Clause,
) -> Iterator[LimitRow]:
    if clause["kind"] == "cap":
        yield from _cap_rows(programme, columns, clause, counted(programme, agreement_id, clause, pairs))
    if clause["kind"] == "set_aside":
        cap = next(other for other in clauses if other["id"] == clause["within"])
        capped = counted(programme, agreement_id, cap, pairs)
        yield from _set_aside_rows(programme, columns, clause, cap, capped)
    if clause["kind"] == "share":
        asked = counted(programme, agreement_id, clause, pairs, "of")
        yield from _share_rows(programme, columns, clause, asked)


def _placements_of(column: Column, among: set[Pair]) -> int:
    return sum(pair in among for pair in column.pairs())


def _workers_of(column: Column, among: set[Pair]) -> int:
    return len({worker_id for worker_id, order_id in column.pairs() if (worker_id, order_id) in among})


def _amounts(
    columns: list[Column], among: Plan, measure: Callable[[Column, set[Pair]], int] = _placements_of
) -> list[int]:
    wanted = set(among)
    return [measure(column, wanted) for column in columns]


def _cap_rows(programme: Programme, columns: list[Column], clause: Clause, pairs: Plan) -> Iterator[LimitRow]:
    basis = clause.get("basis", "starts")
    for value, group in by_value(programme, clause, pairs).items():
        spans, limits = periods(programme, clause), counts(programme, clause, value)
        if basis == "present":
            yield from _present_rows(programme, columns, group, spans, limits)
            continue
        used = [starts_in(programme, group, span) for span in spans]
        if clause.get("rollover", False):
            # What is unused goes on and on: the starts up to a period's end keep to the counts up to it.
            used, limits = list(accumulate(used)), list(accumulate(limits))
        measure = _workers_of if basis == "workers" else _placements_of
        for among, limit in zip(used, limits, strict=True):
            yield LimitRow(_amounts(columns, among, measure), high=limit)


def _present_rows(
    programme: Programme, columns: list[Column], group: Plan, spans: list[Period], limits: list[int]
) -> Iterator[LimitRow]:
    starts = {first_day(programme.orders[order_id]) for _, order_id in group}
    for (first, last), limit in zip(spans, limits, strict=True):
        for day in _days_of_change(starts, first, last):
            yield LimitRow(_amounts(columns, present_on(programme, group, day)), high=limit)


def _days_of_change(starts: set[date], first: date, last: date) -> set[date]:
    # The number present grows only on a start, so a period's first day and its starts see its highest.
    return {first} | {day for day in starts if first <= day <= last}


def _set_aside_rows(
    programme: Programme, columns: list[Column], clause: Clause, cap: Clause, capped: Plan
) -> Iterator[LimitRow]:
    if programme.as_of < clause.get("release_on", date.max):
        starting = starts_in(programme, capped, (programme.horizon_start, programme.horizon_end))
        others = [pair for pair in starting if not _in_class(programme, clause, pair)]
        yield LimitRow(_amounts(columns, others), high=cap["count"] - clause["count"])


def _share_rows(programme: Programme, columns: list[Column], clause: Clause, asked: Plan) -> Iterator[LimitRow]:
    both = _amounts(columns, [pair for pair in asked if _in_class(programme, clause, pair)])
    either = _amounts(columns, asked)
    low, high = Fraction(clause.get("min_share", 0)), Fraction(clause.get("max_share", 1))
    yield LimitRow(_slack(both, either, low), low=0)
    yield LimitRow(_slack(both, either, high), high=0)


def _slack(both: list[int], either: list[int], share: Fraction) -> list[int]:
    # Times the share's denominator, to keep whole numbers in the row.
    return [b * share.denominator - share.numerator * e for b, e in zip(both, either, strict=True)]


def _in_class(programme: Programme, clause: Clause, pair: Pair) -> bool:
    return matches(programme, clause, programme.workers[pair[0]], programme.orders[pair[1]])
