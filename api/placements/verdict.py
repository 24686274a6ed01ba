"""What publishing a plan comes to, judged against the programme as it is at one moment.

Invariant: whatever is published was audited by `engine.audit` together with every operation that stands, of all sides,
against the registers, orders and agreements of a revision of which `api.placements.publication` then finds that nothing
binding has changed since. So no sequence of calls publishes what is illegal or overbooks an order.
"""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from api.identity.access import ORIGIN
from api.snapshots.fitting import Pair, Unfit
from api.snapshots.held_pairs import unfit_beside_held
from api.snapshots.pairs import write_pairs
from api.snapshots.standing import promised_pairs
from api.storage.database import new_id
from api.storage.many_rows import ManyRows
from api.storage.operation_states import ENDED, OFFERABLE, STAFFED, STANDING
from api.storage.records import ProgrammeRecord, programme_of
from api.storage.tables import operations, orders, placements, registers, runs
from engine.errors import Fault, InputError
from engine.programme import read_programme
from engine.words import message

Row = sa.Row[Any]
NOTHING = ManyRows.of((), ())
ERASED = ""
IS_ERASED = message("The worker is in the register no more.")
ENDED_BEFORE = message("The worker declined this placement or left it.")
NOT_OPEN = message("The order takes nobody new: it is closed, or was returned.")


@dataclass(frozen=True)
class Verdict:
    """What publishing comes to at a revision: the rows of new operations, agreed ``as_of`` a day, operations that are
    proposed again or withdrawn, how many of the plan are open already, and what doesn't fit; or the faults by which the
    programme can't be read.
    """

    revision: int
    proposed: ManyRows = NOTHING
    as_of: str = ""
    again: tuple[Row, ...] = ()
    withdrawn: tuple[Row, ...] = ()
    kept: int = 0
    unfit: tuple[Unfit, ...] = ()
    faults: tuple[Fault, ...] = ()


class Planned(NamedTuple):
    """A placement of a plan, with the two states that it is between; of a worker who is erased, no state of origin."""

    employer_id: str
    origin_country: str
    destination_country: str
    start_date: str
    end_date: str
    value: float


@dataclass(frozen=True)
class Material:
    """What a plan is judged by, as it was read at one moment; ``folder`` holds the programme, ``complete`` completes
    it, ``out`` is what no audit has to look at.
    """

    programme: ProgrammeRecord
    plan: Mapping[Pair, Planned]
    stands: _Standing
    out: tuple[Unfit, ...]
    tried: Mapping[Pair, float]
    folder: Path
    complete: Callable[[], None]

    def judged(self) -> Verdict:
        """The verdict; what is computed here needs no database."""
        self.complete()
        try:
            read = read_programme(self.folder)
        except InputError as error:
            return Verdict(self.programme.revision, faults=error.faults)
        return self._verdict([*self.out, *unfit_beside_held(read, self.tried)])

    def _verdict(self, unfit: list[Unfit]) -> Verdict:
        left, stands = {(one.worker_id, one.order_id) for one in unfit}, self.stands
        fits = {pair: row for pair, row in self.plan.items() if pair not in left}
        known = stands.own.keys() | stands.facts.keys()
        fresh = {pair: row for pair, row in fits.items() if pair not in known and pair not in stands.gone}
        return Verdict(
            revision=self.programme.revision,
            proposed=_new_operations(fresh),
            as_of=str(tomllib.loads(self.programme.settings).get("as_of", "")),
            again=tuple(stands.gone[pair] for pair in fits if pair in stands.gone),
            withdrawn=tuple(row for pair, row in stands.own.items() if pair not in fits),
            kept=sum(pair in known for pair in fits),
            unfit=tuple(unfit),
        )


def _new_operations(fresh: Mapping[Pair, Planned]) -> ManyRows:
    """The own cells of new operations, in the order of their keys, so that two who write the same don't clash."""
    columns = ("id", "worker_id", "order_id", *Planned._fields[:-1])
    return ManyRows.of(columns, ((new_id(), *pair, *fresh[pair][:-1]) for pair in sorted(fresh)))


def judge(connection: sa.Connection, run_id: str) -> Verdict:
    """Judge the plan of a run. The connection must show one moment (a snapshot, or the programme is taken)."""
    with tempfile.TemporaryDirectory(prefix="vaiven-audit-") as place:
        return read_material(connection, run_id, Path(place, "programme")).judged()


def read_material(connection: sa.Connection, run_id: str, folder: Path) -> Material:
    """Read what the plan of a run is judged by. The connection must show one moment."""
    run = connection.execute(sa.select(runs).where(runs.c.id == run_id)).one()
    programme = programme_of(connection, run.programme_id)
    stands = _standing(connection, run)
    columns = (orders.c.order_id, orders.c.state, orders.c.destination_country)
    of_programme: sa.Select[Any] = sa.select(*columns).where(orders.c.programme_id == run.programme_id)
    found = {row.order_id: row for row in connection.execute(of_programme)}
    plan = _planned(connection, run, found)
    asked = {pair: row for pair, row in plan.items() if pair not in stands.facts}
    out = _out_of_hand(asked, stands, {order: str(row.state) for order, row in found.items()})
    left = {(one.worker_id, one.order_id) for one in out}
    tried = {pair: row.value for pair, row in asked.items() if pair not in left}
    facts = {pair: agreed for pair, agreed in stands.fixed.items() if pair not in tried and pair[1] in found}
    complete = write_pairs(connection, programme, facts, tried, folder)
    return Material(programme, plan, stands, tuple(out), tried, folder, complete)


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
    rows = operations.c
    columns = (rows.id, rows.version, rows.worker_id, rows.order_id, rows.state, rows.agreed_on)
    asked: sa.Select[Any] = sa.select(*columns, runs.c.role, runs.c.country).join(runs, runs.c.id == rows.run_id)
    facts: dict[Pair, Row] = {}
    own, ended, gone = dict(facts), dict(facts), dict(facts)
    for row in connection.execute(asked.where(rows.programme_id == run.programme_id)):
        mine = (row.role, row.country) == (run.role, run.country)
        group = own if row.state in OFFERABLE and mine else facts if row.state in STANDING else gone
        group = ended if row.state in ENDED else group
        group[row.worker_id, row.order_id] = row
    fixed = promised_pairs(connection, run.programme_id)
    fixed |= {pair: row.agreed_on for pair, row in facts.items()}
    return _Standing(facts, own, ended, gone, fixed)


def _planned(connection: sa.Connection, run: Row, found: Mapping[str, Row]) -> dict[Pair, Planned]:
    """The placements of a plan on this ministry's side.

    Tables are joined here: a database that has no statistics of a new plan may choose a way that takes a second.
    """
    rows, workers = placements.c, registers["workers"].c
    mine = rows.run_id == run.id
    placed = sa.select(rows.worker_id).where(mine)
    asked = sa.select(workers.worker_id, workers.origin_country)
    asked = asked.where(workers.programme_id == run.programme_id, workers.worker_id.in_(placed))
    origin: dict[str, str] = {worker: country for worker, country in connection.execute(asked)}
    columns = (rows.worker_id, rows.order_id, rows.employer_id, rows.start_date, rows.end_date, rows.value)
    plan = {}
    for worker, order, employer, first, last, value in connection.execute(sa.select(*columns).where(mine)):
        if order in found:
            ends = (origin.get(worker, ERASED), found[order].destination_country)
            plan[worker, order] = Planned(employer, *ends, first, last, float(value))
    if run.role == ORIGIN:
        return {pair: row for pair, row in plan.items() if row.origin_country in (run.country, ERASED)}
    return {pair: row for pair, row in plan.items() if row.destination_country == run.country}


def _out_of_hand(plan: Mapping[Pair, Planned], stands: _Standing, states: Mapping[str, str]) -> list[Unfit]:
    """Placements that no audit has to look at."""
    found = []
    for pair, row in plan.items():
        if row.origin_country == ERASED:
            found.append(Unfit(*pair, "erased", IS_ERASED))
        elif pair in stands.ended:
            found.append(Unfit(*pair, "ended", ENDED_BEFORE))
        elif states.get(pair[1]) not in STAFFED:
            found.append(Unfit(*pair, "order state", NOT_OPEN))
    return found
