"""Register and demand at a glance: how many could go and how many are asked for, and where they miss each other."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.audit.lasting_rules import rule_label
from engine.audit.placement_table import PlacementTable
from engine.planning.explain.reading import refusals
from engine.planning.nobody_admitted import NobodyAdmitted, able_by_order, pairs_of_order, pairs_of_worker
from engine.programme.programme import Programme
from engine.words import Message, message
from engine.words.names import language

MOST_PAIRS, MOST_TOLD = 20_000_000, 200
LEVELS = ("", "A1", "A2", "B1", "B2", "C1", "C2")


@dataclass(frozen=True)
class Beside:
    """``people`` who could beside ``places`` that ask for it: of a month, an occupation or a language at a level."""

    name: str
    people: int
    places: int


@dataclass(frozen=True)
class Never:
    """A worker whom no order admits, or an order that admits nobody: the ``rule`` that refuses most, with how many of
    the ``looked_at`` pairs; '' where there is no pair, since no occupation meets.
    """

    id: str
    rule: str
    refused: int
    looked_at: int


@dataclass(frozen=True)
class Overview:
    """A register beside its demand. ``workers`` and ``orders`` are those that can never be placed or filled, the first
    of ``workers_count`` and ``orders_count``; ``missing`` counts the workers told by what stands in their way most.
    """

    people: int
    places: int
    months: tuple[Beside, ...]
    occupations: tuple[Beside, ...]
    languages: tuple[Beside, ...]
    workers_count: int
    orders_count: int
    workers: tuple[Never, ...]
    orders: tuple[Never, ...]
    missing: tuple[tuple[str, int], ...]
    left_open: int


def overview(programme: Programme) -> Overview:
    """Look over a programme; at most `MOST_PAIRS` pairs for who can never be placed, the others are ``left_open``."""
    nobody = NobodyAdmitted(programme, MOST_PAIRS)
    worker_ids, order_ids = programme.workers.id_text("worker_id"), programme.orders.id_text("order_id")
    workers = [
        _never(str(worker_ids[row]), pairs_of_worker(programme, row)) for row in nobody.workers[:MOST_TOLD].tolist()
    ]
    orders = [_never(str(order_ids[row]), pairs_of_order(programme, row)) for row in nobody.orders[:MOST_TOLD].tolist()]
    missing = Counter(one.rule for one in workers)
    return Overview(
        programme.workers.size,
        int(programme.orders.values("headcount").sum()),
        _months(programme),
        _occupations(programme),
        _languages(programme),
        len(nobody.workers),
        len(nobody.orders),
        tuple(workers),
        tuple(orders),
        tuple(sorted(missing.items(), key=lambda one: (-one[1], one[0]))),
        nobody.left_open,
    )


def _never(identifier: str, pairs: PlacementTable) -> Never:
    if not pairs.size:
        return Never(identifier, "", 0, 0)
    rule, broken = max(refusals(pairs), key=lambda found: int(found[1].sum()))
    return Never(identifier, rule_label(rule), int(broken.sum()), pairs.size)


def _months(programme: Programme) -> tuple[Beside, ...]:
    """In the middle of each month: who is available, and how many places there is work in."""
    orders, workers = programme.orders, programme.workers
    start, end = orders.values("start_date"), orders.values("end_date")
    if not len(start):
        return ()
    first = np.datetime64(int(start.min()), "D").astype("datetime64[M]")
    last = np.datetime64(int(end.max()), "D").astype("datetime64[M]")
    found = []
    for month in np.arange(first, last + 1):
        day = int(month.astype("datetime64[D]").astype(np.int64)) + 14
        able = (workers.values("available_from") <= day) & (day <= workers.values("available_to"))
        asked = (start <= day) & (day <= end)
        found.append(Beside(str(month), int(able.sum()), int(orders.values("headcount")[asked].sum())))
    return tuple(found)


def _occupations(programme: Programme) -> tuple[Beside, ...]:
    codes, places = programme.orders.labels("isco08"), programme.orders.values("headcount")
    able = able_by_order(programme)
    found = []
    for code in np.unique(codes.codes).tolist():
        mine = codes.codes == code
        found.append(Beside(str(codes.names[code]), int(able[mine].max()), int(places[mine].sum())))
    return tuple(sorted(found, key=lambda one: (-one.places, one.name)))


def _languages(programme: Programme) -> tuple[Beside, ...]:
    """For each language at each level that orders ask for: who has at least that, and in how many places."""
    asked, known = programme.orders.lists("languages"), programme.workers.lists("languages")
    places = programme.orders.values("headcount")[asked.rows()]
    numbers = {name: number for number, name in enumerate(known.names)}
    found = []
    for code, level in sorted(set(zip(asked.codes.tolist(), asked.amounts.tolist(), strict=True))):
        name = asked.names[code]
        has = (known.codes == numbers.get(name, -1)) & (known.amounts >= level)
        mine: npt.NDArray[np.bool_] = (asked.codes == code) & (asked.amounts == level)
        told = message("{language} {level}", language=_named(name), level=LEVELS[level])
        found.append(Beside(told, len(np.unique(known.rows()[has])), int(places[mine].sum())))
    return tuple(found)


def _named(code: str) -> Message:
    return Message("{name}", {"name": language(code)})
