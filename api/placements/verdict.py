"""What publishing a plan comes to, judged against the programme as it is at one moment.

Invariant: whatever is published was audited by `engine.audit` together with every operation that stands, of all sides,
against the registers, orders and agreements of a revision of which `api.placements.publication` then finds that nothing
binding has changed since. So no sequence of calls publishes what is illegal or overbooks an order.
"""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from api.identity.access import ORIGIN
from api.snapshots.fitting import Pair, Unfit
from api.snapshots.held_pairs import unfit_beside_held
from api.snapshots.snapshot import write_pairs
from api.storage.operation_states import ENDED, OFFERABLE, STAFFED, STANDING
from api.storage.tables import operations, orders, placements, programmes, registers, runs
from engine.errors import Fault, InputError
from engine.programme import read_programme
from engine.words import message

Row = sa.Row[Any]
ERASED = message("The worker is in the register no more.")
ENDED_BEFORE = message("The worker declined this placement or left it.")
NOT_OPEN = message("The order takes nobody new: it is closed, or was returned.")


@dataclass(frozen=True)
class Verdict:
    """What publishing comes to at a revision: rows of new operations, operations that are proposed again or withdrawn,
    how many of the plan are open already, and what doesn't fit; or the faults by which the programme can't be read.
    """

    revision: int
    proposed: tuple[dict[str, Any], ...] = ()
    again: tuple[Row, ...] = ()
    withdrawn: tuple[Row, ...] = ()
    kept: int = 0
    unfit: tuple[Unfit, ...] = ()
    faults: tuple[Fault, ...] = ()


def judge(connection: sa.Connection, run_id: str) -> Verdict:
    """Judge the plan of a run. The connection must show one moment (a snapshot, or the programme is taken)."""
    run = connection.execute(sa.select(runs).where(runs.c.id == run_id)).one()
    programme = connection.execute(sa.select(programmes).where(programmes.c.id == run.programme_id)).one()
    stands = _standing(connection, run)
    of_programme = sa.select(orders.c.order_id, orders.c.state).where(orders.c.programme_id == run.programme_id)
    states = {order: state for order, state in connection.execute(of_programme)}
    plan = {(row.worker_id, row.order_id): row for row in connection.execute(_planned(run))}
    asked = {pair: row for pair, row in plan.items() if pair not in stands.facts}
    out = _out_of_hand(asked, stands, states)
    left = {(one.worker_id, one.order_id) for one in out}
    tried = {pair: float(row.value) for pair, row in asked.items() if pair not in left}
    facts = {pair: agreed for pair, agreed in stands.fixed.items() if pair not in tried and pair[1] in states}
    with tempfile.TemporaryDirectory(prefix="vaiven-audit-") as place:
        write_pairs(connection, programme, facts, tried, Path(place, "programme"))
        try:
            read = read_programme(Path(place, "programme"))
        except InputError as error:
            return Verdict(programme.revision, faults=error.faults)
    out += unfit_beside_held(read, tried)
    return _verdict(programme, run, plan, stands, out)


@dataclass(frozen=True)
class _Standing:
    """Operations by pair: ``facts`` stand and aren't the plan's to change, ``own`` proposed or offered by this side,
    ``ended`` and ``gone`` (withdrawn) others. ``fixed`` are the days of agreement of facts and of what the register
    promises.
    """

    facts: Mapping[Pair, Row]
    own: Mapping[Pair, Row]
    ended: Mapping[Pair, Row]
    gone: Mapping[Pair, Row]
    fixed: Mapping[Pair, str]


def _standing(connection: sa.Connection, run: Row) -> _Standing:
    asked = sa.select(operations, runs.c.role, runs.c.country).join(runs, runs.c.id == operations.c.run_id)
    facts: dict[Pair, Row] = {}
    own, ended, gone = dict(facts), dict(facts), dict(facts)
    for row in connection.execute(asked.where(operations.c.programme_id == run.programme_id)):
        mine = (row.role, row.country) == (run.role, run.country)
        group = own if row.state in OFFERABLE and mine else facts if row.state in STANDING else gone
        group = ended if row.state in ENDED else group
        group[row.worker_id, row.order_id] = row
    fixed = promised_pairs(connection, run.programme_id)
    fixed |= {pair: row.agreed_on for pair, row in facts.items()}
    return _Standing(facts, own, ended, gone, fixed)


def promised_pairs(connection: sa.Connection, programme_id: str) -> dict[Pair, str]:
    """What the register promises on orders that take somebody new, and nobody declined or left, with the day of each
    agreement.
    """
    rows = registers["commitments"].c
    staffed = sa.and_(orders.c.programme_id == rows.programme_id, orders.c.order_id == rows.order_id)
    asked = sa.select(rows.worker_id, rows.order_id, rows.agreed_on).join(orders, staffed)
    same = sa.and_(operations.c.programme_id == programme_id, operations.c.worker_id == rows.worker_id)
    ended = sa.exists().where(same, operations.c.order_id == rows.order_id, operations.c.state.in_(ENDED))
    asked = asked.where(rows.programme_id == programme_id, orders.c.state.in_(STAFFED), ~ended)
    return {(row.worker_id, row.order_id): row.agreed_on for row in connection.execute(asked)}


def _planned(run: Row) -> sa.Select[Any]:
    """The placements of a plan on this ministry's side, with the two states they are between; of those erased, no
    state of origin.
    """
    workers = registers["workers"]
    same_worker = sa.and_(workers.c.programme_id == run.programme_id, workers.c.worker_id == placements.c.worker_id)
    same_order = sa.and_(orders.c.programme_id == run.programme_id, orders.c.order_id == placements.c.order_id)
    asked = sa.select(placements, workers.c.origin_country, orders.c.destination_country)
    asked = asked.outerjoin(workers, same_worker).join(orders, same_order).where(placements.c.run_id == run.id)
    if run.role == ORIGIN:
        return asked.where(sa.or_(workers.c.origin_country == run.country, workers.c.origin_country.is_(None)))
    return asked.where(orders.c.destination_country == run.country)


def _out_of_hand(plan: Mapping[Pair, Row], stands: _Standing, states: Mapping[str, str]) -> list[Unfit]:
    """Placements that no audit has to look at."""
    found = []
    for pair, row in plan.items():
        if row.origin_country is None:
            found.append(Unfit(*pair, "erased", ERASED))
        elif pair in stands.ended:
            found.append(Unfit(*pair, "ended", ENDED_BEFORE))
        elif states.get(pair[1]) not in STAFFED:
            found.append(Unfit(*pair, "order state", NOT_OPEN))
    return found


def _verdict(programme: Row, run: Row, plan: Mapping[Pair, Row], stands: _Standing, out: list[Unfit]) -> Verdict:
    left = {(one.worker_id, one.order_id) for one in out}
    fits = {pair: row for pair, row in plan.items() if pair not in left}
    known = {**stands.own, **stands.facts}
    fresh = [row for pair, row in fits.items() if pair not in known and pair not in stands.gone]
    as_of = str(tomllib.loads(programme.settings).get("as_of", ""))
    return Verdict(
        revision=programme.revision,
        proposed=tuple(_operation(run, row, as_of) for row in fresh),
        again=tuple(stands.gone[pair] for pair in fits if pair in stands.gone),
        withdrawn=tuple(row for pair, row in stands.own.items() if pair not in fits),
        kept=sum(pair in known for pair in fits),
        unfit=tuple(out),
    )


def _operation(run: Row, row: Row, as_of: str) -> dict[str, Any]:
    """The cells of a new operation, without what only its publication can say."""
    shared = ("worker_id", "order_id", "employer_id", "origin_country", "destination_country", "start_date", "end_date")
    own = {"programme_id": run.programme_id, "run_id": run.id, "state": "proposed", "version": 1, "agreed_on": as_of}
    return {name: row._mapping[name] for name in shared} | own
