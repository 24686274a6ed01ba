"""Who of last year's crew may not return, by the rules of agreements that follow from earlier stays and from orders.

An employer is told nothing of the worker's own record: not what somebody refuses or would work for, no papers. So those
clauses alone are asked whose kind says that employers may know them (`engine.clauses.base.Rule.told_to_employers`), and
orders that were filed alone, so that nobody tries dates in drafts until a day of an earlier stay is found.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from api.answers.problems import ServiceError
from api.identity.access import Principal
from api.identity.visibility import orders_seen
from api.snapshots.pairs import write_pairs
from api.storage.database import allow_computing
from api.storage.operation_states import STAFFED
from api.storage.records import ProgrammeRecord
from api.storage.tables import operations, orders, registers
from engine.audit.lasting_rules import rule_in_words
from engine.audit.placement_table import PlacementTable
from engine.clauses.base import Clause
from engine.errors import InputError
from engine.planning.explain.reading import refusals
from engine.programme import Programme, read_programme
from engine.words import Message, message

# Rules without a clause that say nothing of a worker's record.
TOLD = ("horizon", "debarred", "no agreement")
MOST_PAIRS = 20_000


@dataclass(frozen=True)
class Return:
    """The orders that somebody may come back for, and, where there are none, the rules that are in the way."""

    orders: tuple[str, ...]
    barred_by: tuple[Message, ...] = ()


def returns_of(
    connection: sa.Connection, principal: Principal, programme: ProgrammeRecord, workers: Sequence[str]
) -> dict[str, Return]:
    """Whether workers may return to the orders that somebody has filed, by worker; of the first ones where they are
    many, and of nobody without such an order. Raises 409 where the programme as it stands can't be read.
    """
    filed = sa.and_(orders.c.programme_id == programme.id, orders.c.state.in_(STAFFED), orders_seen(principal))
    wanted = list(connection.scalars(sa.select(orders.c.order_id).where(filed).order_by(orders.c.order_id)))
    if not wanted or not workers:
        return {}
    asked = list(workers)[: max(1, MOST_PAIRS // len(wanted))]
    register = registers["workers"].c
    here = sa.and_(register.programme_id == programme.id, register.worker_id.in_(asked))
    registered = set(connection.scalars(sa.select(register.worker_id).where(here)))
    gone = Return((), (message("This worker isn't registered for this season."),))
    found = dict.fromkeys((one for one in asked if one not in registered), gone)
    if registered:
        pairs = [(worker, order) for worker in sorted(registered) for order in wanted]
        mine = sa.and_(operations.c.programme_id == programme.id, operations.c.worker_id.in_(registered))
        placed = sa.select(operations.c.worker_id, operations.c.order_id).where(mine)
        known = {(row.worker_id, row.order_id) for row in connection.execute(placed)}
        found |= _judged(_read(connection, programme, pairs), [pair for pair in pairs if pair not in known])
    return found


def _read(connection: sa.Connection, programme: ProgrammeRecord, pairs: list[tuple[str, str]]) -> Programme:
    allow_computing(connection)
    with tempfile.TemporaryDirectory(prefix="vaiven-") as place:
        folder = Path(place, "programme")
        write_pairs(connection, programme, {}, pairs, folder)()
        try:
            return read_programme(folder)
        except InputError as error:  # which may tell somebody's data
            hint = message("Its ministries see why; try again later.")
            raise ServiceError(409, message("The programme isn't sound at present."), hint) from error


def _judged(programme: Programme, pairs: Sequence[tuple[str, str]]) -> dict[str, Return]:
    """Pairs of a worker and an order, by the rules that may be told; orders that have no place left aren't in the
    programme.
    """
    workers, orders_there = (
        {str(name): row for row, name in enumerate(ids)}
        for ids in (programme.workers.id_text("worker_id"), programme.orders.id_text("order_id"))
    )
    asked = [pair for pair in pairs if pair[0] in workers and pair[1] in orders_there]
    table = PlacementTable(
        programme,
        np.array([workers[worker] for worker, _ in asked], np.int64),
        np.array([orders_there[order] for _, order in asked], np.int64),
    )
    found = [(rule, broken) for rule, broken in refusals(table) if _is_told(rule)]
    refused = np.sum([broken for _, broken in found], axis=0) > 0 if found else np.zeros(len(asked), bool)
    free: dict[str, list[str]] = {}
    barred: dict[str, dict[Message, None]] = {}
    for place, (worker, order) in enumerate(asked):
        free.setdefault(worker, []).extend([] if refused[place] else [order])
        barred.setdefault(worker, {}).update({rule_in_words(rule): None for rule, broken in found if broken[place]})
    return {worker: Return(tuple(mine), () if mine else tuple(barred[worker])) for worker, mine in free.items()}


def _is_told(rule: str | Clause) -> bool:
    return rule in TOLD if isinstance(rule, str) else rule.rule.told_to_employers
