"""Promises that the rules no longer let stand: what a run reads of them.

A person under way stays, whatever becomes of registers, agreements and settings afterwards, and whatever values a
reader is told. Invariant: the commitments that a run reads are a legal plan by themselves, or are completed to one by
the rest of their travel groups; so no run fails because of who is under way.

- Who can't be kept by the rules is left out, with the places that it holds. Of a count that is exceeded as many are
  left out as there are too many: those that stay use it up, and nobody new comes.
- A crew that is under way is no less than it is: its order asks for no more.
- A travel group that is parted, and can't be joined again, is no group any more.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from api.registers.fitting import GROUP, SHARE, Pair, Unfit, unfit
from engine.errors import InputError
from engine.programme import Programme, read_programme

Row = dict[str, str]
HELD, MISSING = 1.0, 0.0  # what a pair is worth where one of two has to go


def keep_what_can_be(folder: Path) -> list[Unfit]:
    """Rewrite a programme's folder so that its commitments can be kept; those that couldn't."""
    found: list[Unfit] = []
    while True:
        try:
            programme = read_programme(folder)
        except InputError:
            return found  # whoever reads it next says what is wrong
        held = _held(programme)
        _ask_no_more_of_crews(folder, programme, held)
        parted, broken = _judged(programme, held)
        if parted:
            _dissolve(folder, parted)
        elif broken:
            _leave_out(folder, programme, held, broken)
            found += broken
        else:
            return found


def _held(programme: Programme) -> list[Pair]:
    promises = programme.tables["commitments"]
    workers, orders = programme.workers.id_text("worker_id"), programme.orders.id_text("order_id")
    rows = (promises.values(name).astype(np.int64).tolist() for name in ("worker_id", "order_id"))
    return [(str(workers[worker]), str(orders[order])) for worker, order in zip(*rows, strict=True)]


def _judged(programme: Programme, held: list[Pair]) -> tuple[set[str], list[Unfit]]:
    """The travel groups that are parted and can't be joined again, and the promises that can't be kept."""
    group, members = _groups(programme)
    missing = {(worker, order): MISSING for one, order in held if one in group for worker in members[group[one]]}
    wrong = unfit(programme, [], missing | dict.fromkeys(held, HELD), whole=frozenset({GROUP, SHARE}))
    whole = set(held)
    parted = {group[w] for w, order in missing if (w, order) not in whole}
    return parted & {group[one.worker_id] for one in wrong if one.worker_id in group}, [
        one for one in wrong if (one.worker_id, one.order_id) in whole
    ]


def _groups(programme: Programme) -> tuple[dict[str, str], dict[str, list[str]]]:
    """The travel group of each worker that is in one, and the members of each."""
    labels, names = programme.workers.labels("travel_group_id"), programme.workers.id_text("worker_id")
    group: dict[str, str] = {}
    members: dict[str, list[str]] = {}
    for row in np.flatnonzero(labels.codes >= 0).tolist():
        name = labels.names[int(labels.codes[row])]
        group[str(names[row])] = name
        members.setdefault(name, []).append(str(names[row]))
    return group, members


def _ask_no_more_of_crews(folder: Path, programme: Programme, held: Iterable[Pair]) -> None:
    placed = Counter(order for _, order in held)
    crew = dict(zip(programme.orders.id_text("order_id").tolist(), programme.orders.values("min_crew"), strict=True))
    short = {order: str(count) for order, count in placed.items() if count < crew[order]}
    if short:
        _rewrite(folder / "orders.csv", lambda row: row | {"min_crew": short.get(row["order_id"], row["min_crew"])})


def _dissolve(folder: Path, groups: set[str]) -> None:
    def alone(row: Row) -> Row:
        return row | {"travel_group_id": ""} if row["travel_group_id"] in groups else row

    _rewrite(folder / "workers.csv", alone)


def _leave_out(folder: Path, programme: Programme, held: list[Pair], broken: list[Unfit]) -> None:
    """Take workers out of all tables, and the places that they hold out of their orders."""
    gone = {one.worker_id for one in broken}
    taken = Counter(order for worker, order in held if worker in gone)
    places = dict(zip(programme.orders.id_text("order_id").tolist(), programme.orders.values("headcount"), strict=True))
    empty = {order for order, count in taken.items() if places[order] <= count}

    def kept(row: Row) -> Row | None:
        lost = row.get("worker_id") in gone or row.get("order_id") in empty
        return None if lost else row

    _rewrite(folder / "orders.csv", lambda row: _with_fewer_places(row, taken[row["order_id"]]))
    for path in sorted(folder.glob("*.csv")):
        _rewrite(path, kept)


def _with_fewer_places(row: Row, taken: int) -> Row:
    places, crew = int(float(row["headcount"])) - taken, int(float(row["min_crew"] or 1)) - taken
    return row | {"headcount": str(places), "min_crew": str(max(crew, 1))} if taken else row


def _rewrite(path: Path, change: Callable[[Row], Row | None]) -> None:
    """Change or leave out rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        titles, rows = list(reader.fieldnames or ()), list(reader)
    changed = [change(row) for row in rows]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, titles, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in changed if row is not None)
