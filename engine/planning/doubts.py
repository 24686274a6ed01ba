"""What is likely wrong in a sound programme: people registered twice, and people, recalls and orders nothing admits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from engine.audit.candidate_pairs import CandidatePairs
from engine.audit.lasting_rules import rule_label
from engine.audit.placement_table import PlacementTable
from engine.clauses.base import Clause
from engine.days import NO_DATE
from engine.planning.explain.reading import refusals
from engine.programme.programme import Programme
from engine.programme.table import Labels, Lists, Table
from engine.words import Message, message, plural

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Found = Sequence[tuple[str | Clause, Bools]]
MOST_PAIRS, MOST_TOLD = 2_000_000, 20
# What differs between two registrations of one person, and says nothing of the person.
_OF_REGISTRATION = ("worker_id", "registered_at", "household_id", "travel_group_id")


def doubts(programme: Programme) -> list[Message]:
    """Warnings about a programme, of each sort ``MOST_TOLD`` at most with the number of the others.

    Programmes of more than ``MOST_PAIRS`` pairs of a worker and an order in one of his or her occupations are held
    against duplicates and recalls alone.
    """
    told = [_duplicates(programme), _recalls(programme)]
    candidates = CandidatePairs(programme)
    if candidates.total <= MOST_PAIRS:
        pairs = PlacementTable(programme, *candidates.at(np.arange(candidates.total)))
        found = refusals(pairs) if pairs.size else []
        told += [_workers(programme, pairs, found), _orders(programme, pairs, found)]
    return [line for sort in told for line in _cut(list(sort))]


def _cut(lines: list[Message]) -> list[Message]:
    more = len(lines) - MOST_TOLD
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


def _workers(programme: Programme, pairs: PlacementTable, found: Found) -> Iterator[Message]:
    ids = programme.workers.id_text("worker_id")
    for row, count, rule, refused in _nothing_left(pairs.worker, len(ids), found):
        if not count:
            yield message("{worker} can never be placed: no order asks for his or her occupations.", worker=ids[row])
            continue
        yield message(
            "{worker} can never be placed: {rule} refuses {refused:,} of {count:,} orders in his or her occupations.",
            worker=ids[row],
            rule=rule,
            refused=refused,
            count=count,
        )


def _orders(programme: Programme, pairs: PlacementTable, found: Found) -> Iterator[Message]:
    ids, asked = programme.orders.id_text("order_id"), programme.orders.values("headcount")
    for row, count, rule, refused in _nothing_left(pairs.order, len(ids), found):
        if not asked[row]:
            continue
        if not count:
            yield message("{order} admits nobody: no worker has its occupation.", order=ids[row])
            continue
        yield message(
            "{order} admits nobody: {rule} refuses {refused:,} of {count:,} workers with its occupation.",
            order=ids[row],
            rule=rule,
            refused=refused,
            count=count,
        )


def _refused(found: Found, size: int) -> Bools:
    return np.logical_or.reduce([np.zeros(size, bool), *(broken for _, broken in found)])


def _nothing_left(owner: Longs, size: int, found: Found) -> Iterator[tuple[int, int, str, int]]:
    """(row, its pairs, the rule that refuses most of them, how many) of whom no pair is admitted."""
    count = np.bincount(owner, minlength=size)
    left = np.bincount(owner[~_refused(found, len(owner))], minlength=size)
    by_rule = np.array([np.bincount(owner[broken], minlength=size) for _, broken in found]).reshape(-1, size)
    for row in np.flatnonzero(left == 0).tolist():
        most = int(by_rule[:, row].argmax()) if count[row] else -1
        rule, refused = (rule_label(found[most][0]), int(by_rule[most, row])) if most >= 0 else ("", 0)
        yield row, int(count[row]), rule, refused
