"""Placements of a plan held against what stands now, before anybody is offered one or it is opened again.

Invariant: nothing is offered, and nothing opened again, that breaks a rule as registers, orders and agreements are at
that moment, beside all that is open and promised: an employer who was debarred since the plan was published, a worker
who can't go any more, an agreement that asks more. The audit is the engine's, and the programme is taken, so that it
stays so.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from api.answers.problems import Contradiction, ServiceError
from api.identity.access import Principal
from api.snapshots.fitting import Pair, Unfit
from api.snapshots.held_pairs import unfit_beside_held
from api.snapshots.pairs import write_pairs
from api.snapshots.scope import told_to
from api.snapshots.standing import promised_pairs
from api.storage.database import allow_computing
from api.storage.operation_states import STANDING
from api.storage.records import programme_of
from api.storage.tables import operations, registers
from engine.errors import Fault, InputError
from engine.programme import read_programme
from engine.words import message

Row = sa.Row[Any]
NO_COUNTS_OF_OTHERS: frozenset[str] = frozenset()  # a step can't bring a crew, a group or a share along


def require_fitting(connection: sa.Connection, principal: Principal, programme_id: str, found: Collection[Row]) -> None:
    """Raise `Contradiction` (409) with each of these operations that doesn't fit beside all that is open and promised,
    the rule that it breaks and what to do; 409 where a worker is in the register no more.
    """
    asked = {(row.worker_id, row.order_id): row for row in found}
    _require_registered(connection, programme_id, {worker for worker, _ in asked})
    wrong = _unfit(connection, principal, programme_id, asked)
    if wrong:
        faults = [_fault(asked[one.worker_id, one.order_id], one) for one in wrong]
        raise Contradiction(
            message("It doesn't fit any more what stands now."),
            faults,
            message("Withdraw the placements that are named, or have mended what they break."),
        )


def _fault(operation: Row, one: Unfit) -> Fault:
    breaks = message("on {order_id} breaks {rule}", order_id=one.order_id, rule=one.rule)
    return Fault("operations", 0, "id", operation.id, breaks, one.sentence, "rule")


def _unfit(connection: sa.Connection, principal: Principal, programme_id: str, asked: Collection[Pair]) -> list[Unfit]:
    within = operations.c.programme_id == programme_id
    standing = connection.execute(sa.select(operations).where(within, operations.c.state.in_(STANDING)))
    facts = promised_pairs(connection, programme_id) | {(r.worker_id, r.order_id): r.agreed_on for r in standing}
    for pair in asked:
        facts.pop(pair, None)
    with tempfile.TemporaryDirectory(prefix="vaiven-audit-") as place:
        allow_computing(connection)
        folder = Path(place, "programme")
        write_pairs(connection, programme_of(connection, programme_id), facts, asked, folder)()
        try:
            read = read_programme(folder)
        except InputError as error:
            told = told_to(principal.role, error)
            raise Contradiction(
                message("The programme isn't sound at present."), told.faults, message("Have what is named mended.")
            ) from error
    return unfit_beside_held(read, dict.fromkeys(asked, 0.0), NO_COUNTS_OF_OTHERS)


def _require_registered(connection: sa.Connection, programme_id: str, wanted: Collection[str]) -> None:
    workers = registers["workers"].c
    mine = sa.and_(workers.programme_id == programme_id, workers.worker_id.in_(wanted))
    if len(set(connection.scalars(sa.select(workers.worker_id).where(mine)))) < len(wanted):
        raise ServiceError(409, message("The worker is in the register of this programme no more."))
