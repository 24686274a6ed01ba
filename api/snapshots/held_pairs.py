"""Promises that the rules no longer let stand: what a run reads of them.

A person under way stays, whatever becomes of registers, agreements and settings afterwards, and whatever values a
reader is told. Invariant: the commitments that a run reads are a legal plan by themselves, or are completed to one by
the rest of their travel groups; so no run fails because of who is under way.

- Who can't be kept by the rules is left out, with the places that it holds. Of a count that is exceeded as many are
  left out as there are too many: those that stay use it up, and nobody new comes. Caps count who is left out
  (`api.snapshots.used_up`). Of a share nobody is left out (`api.snapshots.held_shares`).
- A crew that is under way is no less than it is: its order asks for no more.
- A travel group that is parted, and can't be joined again, is no group any more.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np

from api.snapshots.fitting import CREW, GROUP, SHARE, Pair, Unfit, rule_of, unfit
from api.snapshots.held_shares import allow_shares
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
        held = held_in(programme)
        _ask_no_more_of_crews(folder, programme, held)
        parted, broken = _judged(programme, held)
        if parted:
            _dissolve(folder, parted)
        elif broken:
            leave_out(folder, programme, held, {one.worker_id for one in broken})
            found += broken
        else:
            allow_shares(folder, programme, completed(programme, held))
            return found


def held_in(programme: Programme) -> list[Pair]:
    """The commitments of a programme, as (worker, order)."""
    promises = programme.tables["commitments"]
    workers, orders = programme.workers.id_text("worker_id"), programme.orders.id_text("order_id")
    rows = (promises.values(name).astype(np.int64).tolist() for name in ("worker_id", "order_id"))
    return [(str(workers[worker]), str(orders[order])) for worker, order in zip(*rows, strict=True)]


def commitments_in(folder: Path) -> set[Pair]:
    """The commitments of a programme's folder, as (worker, order)."""
    return {(row["worker_id"], row["order_id"]) for row in read_rows(folder / "commitments.csv")}


def unfit_beside_held(
    programme: Programme, candidates: Mapping[Pair, float], whole: frozenset[str] = frozenset({GROUP, CREW, SHARE})
) -> list[Unfit]:
    """The candidates that can't stand beside the commitments of a programme (`api.snapshots.fitting.unfit`). An order
    that isn't in the programme has no place left.
    """
    orders = set(programme.orders.id_text("order_id").tolist())
    full = [Unfit(*pair, *rule_of("headcount")) for pair in candidates if pair[1] not in orders]
    tried = {pair: value for pair, value in candidates.items() if pair[1] in orders}
    return full + unfit(programme, held_in(programme), tried, whole)


def _judged(programme: Programme, held: list[Pair]) -> tuple[set[str], list[Unfit]]:
    """The travel groups that are parted and can't be joined again, and the promises that can't be kept."""
    group = _groups(programme)[0]
    missing = dict.fromkeys(completed(programme, held), MISSING)
    wrong = unfit(programme, [], missing | dict.fromkeys(held, HELD), whole=frozenset({GROUP}))
    whole = set(held)
    parted = {group[w] for w, order in missing if (w, order) not in whole}
    return parted & {group[one.worker_id] for one in wrong if one.worker_id in group}, [
        one for one in wrong if (one.worker_id, one.order_id) in whole
    ]


def completed(programme: Programme, held: Iterable[Pair]) -> list[Pair]:
    """What is held, with the rest of the travel groups."""
    group, members = _groups(programme)
    all_of = {one: members[group[one]] for one, _ in held if one in group}
    return list(dict.fromkeys((worker, order) for one, order in held for worker in all_of.get(one, [one])))


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
        rewrite(folder / "orders.csv", lambda row: row | {"min_crew": short.get(row["order_id"], row["min_crew"])})


def _dissolve(folder: Path, groups: set[str]) -> None:
    def alone(row: Row) -> Row:
        return row | {"travel_group_id": ""} if row["travel_group_id"] in groups else row

    rewrite(folder / "workers.csv", alone)


def leave_out(folder: Path, programme: Programme, held: list[Pair], gone: set[str]) -> None:
    """Take workers (``gone``, by id) out of all tables, and the places that they hold out of their orders."""
    taken = Counter(order for worker, order in held if worker in gone)
    places = dict(zip(programme.orders.id_text("order_id").tolist(), programme.orders.values("headcount"), strict=True))
    empty = {order for order, count in taken.items() if places[order] <= count}

    def kept(row: Row) -> Row | None:
        lost = row.get("worker_id") in gone or row.get("order_id") in empty
        return None if lost else row

    take_places(folder, taken, Counter(order for worker, order in held if worker not in gone))
    for path in sorted(folder.glob("*.csv")):
        rewrite(path, kept)


def take_places(folder: Path, gone: Mapping[str, int], held: Mapping[str, int]) -> None:
    """Take places out of orders, by order, and as many beds out of their sites; no fewer are left than are held."""
    site = {row["order_id"]: row["site_id"] for row in read_rows(folder / "orders.csv")}
    beds_gone, beds_held = Counter[str](), Counter[str]()
    for counts, beds in ((gone, beds_gone), (held, beds_held)):
        for order, count in counts.items():
            beds[site[order]] += count

    def with_fewer_beds(row: Row) -> Row:
        lost = beds_gone[row["site_id"]] if row["beds"] else 0
        beds = int(float(row["beds"])) if lost else 0
        return row | {"beds": str(min(beds, max(beds - lost, beds_held[row["site_id"]])))} if lost else row

    rewrite(folder / "sites.csv", with_fewer_beds)
    rewrite(
        folder / "orders.csv",
        lambda row: with_fewer_places(row, gone.get(row["order_id"], 0), held.get(row["order_id"], 0)),
    )


def with_fewer_places(order: Mapping[str, str], gone: int, held: int = 0) -> Row:
    """The cells of an order without places that are gone; no fewer are left than are held."""
    if not gone:
        return dict(order)
    places, crew = int(float(order["headcount"])), int(float(order["min_crew"] or 1))
    left = min(places, max(places - gone, held))
    return dict(order) | {"headcount": str(left), "min_crew": str(max(1, min(crew - gone, left)))}


def read_rows(path: Path) -> list[Row]:
    """The rows of a table; none where it isn't there."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rewrite(path: Path, change: Callable[[Row], Row | None]) -> None:
    """Change the rows of a table, or leave out those for which there is none."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        titles, rows = list(reader.fieldnames or ()), list(reader)
    changed = [change(row) for row in rows]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, titles, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in changed if row is not None)
