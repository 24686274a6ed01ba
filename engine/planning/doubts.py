"""What is likely wrong in a sound programme: people registered twice, and people, recalls and orders nothing admits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from engine.audit.lasting_rules import rule_label
from engine.audit.placement_table import PlacementTable
from engine.clauses.base import Clause
from engine.days import NO_DATE
from engine.planning.explain.reading import refusals
from engine.planning.nobody_admitted import NobodyAdmitted, pairs_of_order, pairs_of_worker
from engine.programme.programme import Programme
from engine.programme.table import Labels, Lists, Table
from engine.words import Message, message, msgid, plural

Bools = npt.NDArray[np.bool_]
Found = Sequence[tuple[str | Clause, Bools]]
MOST_PAIRS, MOST_TOLD = 20_000_000, 20
# What differs between two registrations of one person, and says nothing of the person.
_OF_REGISTRATION = ("worker_id", "registered_at", "household_id", "travel_group_id")


def doubts(programme: Programme) -> list[Message]:
    """Warnings about a programme, of each sort ``MOST_TOLD`` at most with the number of the others.

    At most ``MOST_PAIRS`` pairs of a worker and an order in one of his or her occupations are looked at; of whom no
    admitted pair was found by then is said how many they are.
    """
    told = [line for sort in (_duplicates(programme), _recalls(programme)) for line in _cut(list(sort))]
    nobody = NobodyAdmitted(programme, MOST_PAIRS)
    told += _cut([_worker(programme, row) for row in nobody.workers[:MOST_TOLD].tolist()], len(nobody.workers))
    told += _cut([_order(programme, row) for row in nobody.orders[:MOST_TOLD].tolist()], len(nobody.orders))
    if nobody.left_open:
        told.append(
            plural(
                "{n:,} worker or order was not looked through for pairs that nothing refuses: there are too many "
                "pairs.",
                "{n:,} workers and orders were not looked through for pairs that nothing refuses: there are too many "
                "pairs.",
                n=nobody.left_open,
            )
        )
    return told


def _cut(lines: list[Message], count: int = 0) -> list[Message]:
    """The first lines, and how many of the ``count`` (or of the lines) are left out."""
    more = max(count, len(lines)) - MOST_TOLD
    if more <= 0:
        return lines
    return [*lines[:MOST_TOLD], plural("and {n:,} more such remark", "and {n:,} more such remarks", n=more)]


def _duplicates(programme: Programme) -> Iterator[Message]:
    """Workers born the same day in the same region who are alike in all else, or whose passports end the same day."""
    workers = programme.workers
    born, region = workers.values("birth_date"), workers.labels("origin_region").codes
    ids, passport = workers.id_text("worker_id"), workers.values("passport_expires")
    keys = born.astype(np.int64) * (int(region.max(initial=0)) + 2) + region
    _, group, size = np.unique(keys, return_inverse=True, return_counts=True)
    rows = np.flatnonzero((size[group] > 1) & (born != NO_DATE))
    first: dict[tuple[object, ...], int] = {}
    for row in rows.tolist():
        same: list[tuple[object, ...]] = [("row", *_cells(workers, row))]
        if passport[row] != NO_DATE:
            same.append(("passport", int(keys[row]), int(passport[row]), int(workers.labels("sex").codes[row])))
        earlier = next((first[key] for key in same if key in first), None)
        for key in same:
            first.setdefault(key, row)
        if earlier is not None:
            yield message("{one} and {other} are likely one person registered twice.", one=ids[earlier], other=ids[row])


def _cells(table: Table, row: int) -> Iterator[object]:
    """What a row holds, apart from what belongs to a registration."""
    for name, column in table.columns.items():
        if name in _OF_REGISTRATION:
            continue
        if isinstance(column, Labels):
            yield int(column.codes[row])
        elif isinstance(column, Lists):
            span = slice(int(column.offsets[row]), int(column.offsets[row + 1]))
            yield frozenset(zip(column.codes[span].tolist(), column.amounts[span].tolist(), strict=True))
        else:
            cell = np.asarray(column)[row]
            yield None if cell != cell else cell  # no number equals itself


def _recalls(programme: Programme) -> Iterator[Message]:
    recalls = programme["recalls"]
    worker, order = recalls.values("worker_id").astype(np.int64), recalls.values("order_id").astype(np.int64)
    if not len(worker):
        return
    found = refusals(PlacementTable(programme, worker, order))
    workers, orders = programme.workers.id_text("worker_id"), programme.orders.id_text("order_id")
    for row in np.flatnonzero(_refused(found, len(worker))).tolist():
        rules = tuple(rule_label(rule) for rule, broken in found if broken[row])
        yield message(
            "The recall of {worker} to {order} is not admitted by {rules}.",
            worker=workers[worker[row]],
            order=orders[order[row]],
            rules=rules,
        )


# Of whom nobody is admitted: what is said where nobody has the occupation, and where a rule refuses most.
_NOBODY = {
    "worker": (
        msgid("{worker} can never be placed: no order asks for his or her occupations."),
        msgid(
            "{worker} can never be placed: {rule} refuses {refused:,} of {count:,} orders in his or her occupations."
        ),
    ),
    "order": (
        msgid("{order} admits nobody: no worker has its occupation."),
        msgid("{order} admits nobody: {rule} refuses {refused:,} of {count:,} workers with its occupation."),
    ),
}


def _worker(programme: Programme, row: int) -> Message:
    """That no order admits a worker, and the rule that refuses most."""
    return _nobody("worker", programme.workers.id_text("worker_id")[row], pairs_of_worker(programme, row))


def _order(programme: Programme, row: int) -> Message:
    """That an order admits nobody, and the rule that refuses most."""
    return _nobody("order", programme.orders.id_text("order_id")[row], pairs_of_order(programme, row))


def _nobody(kind: str, name: str, pairs: PlacementTable) -> Message:
    without_pairs, with_pairs = _NOBODY[kind]
    if not pairs.size:
        return Message(without_pairs, {kind: name})
    rule, refused = _refusing_most(pairs)
    return Message(with_pairs, {kind: name, "rule": rule, "refused": refused, "count": pairs.size})


def _refusing_most(pairs: PlacementTable) -> tuple[str, int]:
    """The rule that refuses most of some pairs (the first of equal ones), and how many."""
    rule, broken = max(refusals(pairs), key=lambda found: int(found[1].sum()))
    return rule_label(rule), int(broken.sum())


def _refused(found: Found, size: int) -> Bools:
    return np.logical_or.reduce([np.zeros(size, bool), *(broken for _, broken in found)])
