"""The smallest change of each kind after which the best plan would place a worker; found by trial.

A trial asks the exact program (`trial.py`), or the prices of a plan where the program is too large (`price_trial.py`).

For each kind the amounts that could matter are tried in rising order by bisection, since more of one never makes a
placement worse: what the smallest amount does, the next smaller one is known not to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

import numpy as np

from engine.audit.placement_table import PlacementTable
from engine.clauses.base import Clause, Count, Reserve
from engine.days import NO_DATE, day_date
from engine.planning.explain.reading import Bools, Longs, refusals
from engine.programme.programme import Programme
from engine.programme.schema import CEFR_LEVELS
from engine.words import Message, message, plural
from engine.words.names import language

MOST_UNITS, MOST_MONTHS = 3, 60
Entry = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """A change: its ``kind``, how much of it (a CEFR level from 1 to 6 for a language), in words, and as an edit."""

    kind: str
    amount: float
    text: str
    edit: Entry


Candidates = Sequence[Change]


class Trial(Protocol):
    """What can be asked whether somebody would be placed after an edit."""

    @property
    def programme(self) -> Programme:
        """The programme asked about."""

    def edited(self, *entries: Entry) -> Trial | None:
        """The trial with edits made; None where they are not possible."""

    def would_place(self, worker_id: str) -> bool:
        """Whether a worker would be placed."""


def smallest_changes(trial: Trial, worker_id: str, orders: Longs) -> list[Change]:
    """The least change of each kind that places the worker; kinds that can't do it are left out.

    ``orders`` are the rows of the orders that are looked at.
    """
    row = int(np.flatnonzero(trial.programme.workers.id_text("worker_id") == worker_id)[0])
    pairs = PlacementTable(trial.programme, np.full(len(orders), row), orders)
    found = refusals(pairs)
    count = np.sum([broken for _, broken in found], axis=0) if found else np.zeros(pairs.size)
    changes = []
    for candidates in (
        *_of_the_worker(trial, worker_id, row, pairs, found, count),
        *_of_limits(pairs, count),
    ):
        best = _least(trial, worker_id, candidates)
        if best is not None:
            changes.append(best)
    return _one_a_kind(changes)


def _least(trial: Trial, worker_id: str, candidates: Candidates) -> Change | None:
    """The first of rising candidates that places the worker."""

    def places(change: Change) -> bool:
        after = trial.edited(change.edit)
        return after is not None and after.would_place(worker_id)

    if not candidates or not places(candidates[-1]):
        return None
    low, high = -1, len(candidates) - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if places(candidates[middle]) else (middle, high)
    return candidates[high]


def _one_a_kind(changes: list[Change]) -> list[Change]:
    """The smallest of each kind."""
    kept: dict[str, Change] = {}
    for change in changes:
        if change.kind not in kept or change.amount < kept[change.kind].amount:
            kept[change.kind] = change
    return list(kept.values())


def _of_the_worker(
    trial: Trial,
    worker_id: str,
    row: int,
    pairs: PlacementTable,
    found: list[tuple[str | Clause, Bools]],
    count: Any,
) -> Iterator[Candidates]:
    """Changes of what the worker has or can do, by the rules that alone refuse an order."""

    def only(wanted: Callable[[str | Clause], bool]) -> Bools:
        """Pairs that nothing but the wanted rules refuses, and these do."""
        hits = np.sum([broken for rule, broken in found if wanted(rule)], axis=0)
        return np.asarray((count == hits) & (count > 0))

    def kind(*names: str) -> Callable[[str | Clause], bool]:
        return lambda rule: (rule if isinstance(rule, str) else rule.rule.kind) in names

    own = {"table": "workers", "where": {"worker_id": worker_id}}
    workers, orders = trial.programme.workers, trial.programme.orders
    pending = only(kind("availability"))
    start, end = orders.values("start_date")[pairs.order], orders.values("end_date")[pairs.order]
    first, last = int(workers.values("available_from")[row]), int(workers.values("available_to")[row])
    yield [
        Change(
            "available_from",
            d,
            plural("available {n} day earlier", "available {n} days earlier", n=d),
            own | {"add": {"available_from": -d}},
        )
        for d in _rising(first - start[pending & (end <= last)])
    ]
    yield [
        Change(
            "available_to",
            d,
            plural("available {n} day longer", "available {n} days longer", n=d),
            own | {"add": {"available_to": d}},
        )
        for d in _rising(end[pending & (start >= first)] - last)
    ]
    yield from _languages(own, pairs, only(kind("language")))
    yield from _experience(own, pairs, only(kind("occupation", "experience")))
    yield [
        Change(
            "reservation",
            round(float(cut), 2),
            message("asking {amount:,.2f} less a week", amount=cut),
            own | {"add": {"reservation_weekly_income": -Decimal(f"{cut:.2f}")}},
        )
        for cut in _cuts(workers.values("reservation_weekly_income")[row], pairs.subset(only(kind("reservation"))))
    ]
    papers = only(kind("documents"))
    if int(workers.values("passport_expires")[row]) > NO_DATE:
        yield _passports(own, int(workers.values("passport_expires")[row]), end[papers])


def _rising(amounts: Any) -> list[int]:
    return sorted({int(amount) for amount in amounts if amount > 0})


def _cuts(asked: float, pairs: PlacementTable) -> list[float]:
    """By how much the reservation income is above what refused orders pay, in whole hundredths, rounded up."""
    return sorted({float(np.ceil((asked - income) * 100 - 1e-6) / 100) for income in pairs.net_weekly_income()})


def _languages(own: Entry, pairs: PlacementTable, pending: Bools) -> Iterator[Candidates]:
    names = pairs.programme.orders.lists("languages").names
    if not pending.any():
        return
    for name in names:
        yield [
            Change(
                "language",
                number,
                message("CEFR level {level} in {language}", level=level, language=language(name)),
                own | {"grant": {"languages": f"{name}:{level}"}},
            )
            for number, level in enumerate(CEFR_LEVELS, 1)
        ]


def _experience(own: Entry, pairs: PlacementTable, pending: Bools) -> Iterator[Candidates]:
    labels = pairs.label("orders", "isco08")
    months = pairs.months_in_occupation()
    for code in np.unique(labels.codes[pending]):
        held = int(months[labels.codes == code].max(initial=-1))
        if held < 0:
            continue
        name = labels.names[code]
        yield [
            Change(
                "experience",
                more,
                plural(
                    "{n} more month in occupation {occupation}",
                    "{n} more months in occupation {occupation}",
                    n=more,
                    occupation=name,
                ),
                own | {"grant": {"occupations": f"{name}:{held + more}"}},
            )
            for more in range(1, MOST_MONTHS + 1)
        ]


def _passports(own: Entry, expires: int, ends: Any) -> Candidates:
    """A passport that runs on until some months after the last order that nothing else refuses."""
    if not len(ends):
        return []
    latest = int(ends.max()) + 366
    return [
        Change(
            "passport",
            d,
            plural("a passport valid {n} day longer", "a passport valid {n} days longer", n=d),
            own | {"set": {"passport_expires": day_date(expires + d)}},
        )
        for d in range(1, max(latest - expires, 0) + 1)
    ]


def _of_limits(pairs: PlacementTable, count: Any) -> Iterator[Candidates]:
    """More places, beds or quota on the orders that admit the worker."""
    admitted = pairs.subset(np.flatnonzero(count == 0))
    for name in dict.fromkeys(admitted.text("orders", "order_id").tolist()):
        yield _units("headcount", more_places, name, {"table": "orders", "where": {"order_id": name}}, "headcount")
    for name in dict.fromkeys(admitted.text("orders", "site_id").tolist()):
        yield _units("beds", more_beds, name, {"table": "sites", "where": {"site_id": name}}, "beds")
    for clause in _caps(admitted):
        own = {"clause": clause.id} | ({"agreement": clause.agreement_id} if clause.agreement_id else {})
        yield _units("quota", more_quota, clause.name, own, "count")


def more_places(count: int, order: str) -> Message:
    """So many places more on an order."""
    return plural("{n} more place on order {order}", "{n} more places on order {order}", n=count, order=order)


def more_beds(count: int, site: str) -> Message:
    """So many beds more at a site."""
    return plural("{n} more bed at site {site}", "{n} more beds at site {site}", n=count, site=site)


def more_quota(count: int, clause: str) -> Message:
    """So many places more under a clause."""
    return plural("{n} more place under {clause}", "{n} more places under {clause}", n=count, clause=clause)


def _units(kind: str, said: Callable[[int, str], Message], name: str, edit: Entry, column: str) -> Candidates:
    """One unit more, two, and so on."""
    return [Change(kind, k, said(k, name), edit | {"add": {column: k}}) for k in range(1, MOST_UNITS + 1)]


def _caps(admitted: PlacementTable) -> list[Clause]:
    """The caps of one count that the placements would count under."""
    agreement, programme = admitted.agreement(), admitted.programme
    owners = {programme.agreements[p].id for p in np.unique(agreement[agreement >= 0])} | {""}
    return [
        clause
        for clause, count, _ in programme.in_force(Count)
        if clause.agreement_id in owners and count.takes_more() and not isinstance(count, Reserve)
    ]
