"""Orders from a sheet: each row is filed as a draft or submitted, or changes the order of its id; all rows or none.

One sheet may hold orders of several states. An employer files where it has sites. A ministry of destination files those
of its own state. The ministry that owns the programme puts in new orders of any state too: they are drafts, which the
ministry of that state or the employer submits, and what is there already of another state it doesn't change.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from api.answers.problems import Contradiction, refused
from api.identity.access import EMPLOYER, GRANTS, ORIGIN, Principal
from api.identity.visibility import orders_seen, owns
from api.orders.open_places import in_the_way, require_free
from api.orders.order import COLUMNS, OrderRecord, orders_of
from api.orders.orders import CHANGEABLE, insert_order, order_id_of, require_order, update_order
from api.orders.schemas import OrdersUploadedOut
from api.storage.database import now
from api.storage.records import ProgrammeRecord
from api.storage.tables import orders
from api.uploads.uploads import require_sound, with_column
from engine.errors import Fault, InputError
from engine.programme.raw_table import RawTable
from engine.programme.schema import TABLES
from engine.words import message

OWN_ID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}"
WHOLE = tuple(column.name for column in TABLES["orders"].columns if column.kind == "integer")
OPTIONAL = {"min_crew": "1", "priority": "1"}
Cells = dict[str, str]


@dataclass
class _Filing:
    """An upload under way: whose it is, the orders known by their ids, and what to say of what wasn't done as asked."""

    connection: sa.Connection
    principal: Principal
    programme: ProgrammeRecord
    notices: list[str] = field(default_factory=list)
    known: dict[str, OrderRecord] = field(default_factory=dict)

    def is_anothers(self, cells: Cells) -> bool:
        """Whether an order is of a state for which this ministry files only since it owns the programme."""
        return owns(self.principal, self.programme) and (
            self.principal.role == ORIGIN or cells["destination_country"] != self.principal.country
        )


def file_orders(
    connection: sa.Connection, principal: Principal, programme: ProgrammeRecord, raw: RawTable, submit: bool
) -> OrdersUploadedOut:
    """File or change the orders of a table. Raises 403 for a ministry that files none, `InputError` with the faults of
    all rows.
    """
    if principal.role == ORIGIN and not owns(principal, programme):
        raise refused(GRANTS["order.file"].reason)
    filing = _Filing(connection, principal, programme)
    urgency = raw.columns["priority"].to_pylist() if principal.role == EMPLOYER and "priority" in raw.columns else []
    if principal.role == EMPLOYER:
        raw = _of_employer(raw, principal.employer_id)
    require_sound(raw, ("order_id",))
    records = [_cells(raw, number) for number in range(raw.size)]
    filing.known = _known(filing, [cells["order_id"] for cells in records])
    faults: list[Fault] = []
    for number, cells in enumerate(records):
        old = filing.known.get(cells["order_id"])
        cells["filed_at"] = old.filed_at if old is not None else now().isoformat(timespec="seconds")[:19]
        if principal.role == EMPLOYER:
            cells["priority"] = old.priority if old is not None else OPTIONAL["priority"]
        faults += [replace(fault, file=raw.file, row=raw.row(number)) for fault in _faults(filing, cells, old)]
    if faults:
        raise InputError(faults)
    ignored = [
        raw.row(number) for number, cell in enumerate(urgency) if _differs_in_number(cell, records[number]["priority"])
    ]
    if ignored:
        filing.notices.append(_notice_of_priority(ignored))
    return _write(filing, records, submit)


def _of_employer(raw: RawTable, employer_id: str) -> RawTable:
    """An employer's table: its own where no employer is named; its priorities aren't read."""
    if "employer_id" not in raw.columns or not any(raw.columns["employer_id"].to_pylist()):
        raw = with_column(raw, "employer_id", [employer_id] * raw.size)
    return with_column(raw, "priority", [OPTIONAL["priority"]] * raw.size)


def _differs_in_number(cell: str, kept: str) -> bool:
    try:
        return bool(cell.strip()) and float(cell) != float(kept or 1)
    except ValueError:
        return True


def _notice_of_priority(rows: list[int]) -> str:
    shown = tuple(map(str, rows[:10]))
    named = message("{rows} and others", rows=shown) if len(rows) > 10 else message("{rows}", rows=shown)
    return message("The priority was ignored (rows {named}): it is set by the ministry of destination.", named=named)


def _cells(raw: RawTable, number: int) -> Cells:
    cells = {name: raw.columns[name][number].as_py() if name in raw.columns else "" for name in COLUMNS}
    cells |= {name: cells[name] or usual for name, usual in OPTIONAL.items()}
    cells |= {name: str(int(float(cells[name]))) for name in WHOLE}  # "3.0" and "3" are the same order
    cells["order_id"] = order_id_of(cells["employer_id"], cells["order_id"])
    return cells


def _known(filing: _Filing, ids: list[str]) -> dict[str, OrderRecord]:
    """The orders that are there of those ids, as far as they are seen; all of them for who owns the programme."""
    seen = sa.true() if owns(filing.principal, filing.programme) else orders_seen(filing.principal)
    asked = sa.select(orders).where(orders.c.programme_id == filing.programme.id, seen).order_by(orders.c.order_id)
    wanted = set(ids)
    found = orders_of(filing.connection, asked.with_for_update())
    return {order.order_id: order for order in found if order.order_id in wanted}


def _faults(filing: _Filing, cells: Cells, old: OrderRecord | None) -> list[Fault]:
    found: list[Fault] = []
    principal = filing.principal
    if re.fullmatch(OWN_ID, cells["order_id"].removeprefix(f"{cells['employer_id']}~")) is None:
        expected = message("at most 40 letters, digits, dots, dashes and underscores")
        found.append(Fault("", 0, "order_id", cells["order_id"], message("is no id of an order"), expected))
    if principal.role == EMPLOYER and cells["employer_id"] != principal.employer_id:
        found.append(
            Fault("", 0, "employer_id", cells["employer_id"], message("is another employer"), principal.employer_id)
        )
    if old is not None and old.differs(cells):
        if old.state not in CHANGEABLE:
            found.append(
                Fault(
                    "",
                    0,
                    "order_id",
                    cells["order_id"],
                    message("is {state}", state=old.state),
                    message("an order that may be changed"),
                )
            )
        elif filing.is_anothers(cells) or filing.is_anothers(old.cells):
            expected = message("the row as it is there: its own state and its employer change it")
            found.append(
                Fault("", 0, "order_id", cells["order_id"], message("is another state's and there already"), expected)
            )
    try:
        require_order(filing.connection, principal, filing.programme, cells, (), filing.is_anothers(cells))
        if old is not None:
            in_way = in_the_way(filing.connection, old, cells, old.state)
            require_free(filing.connection, principal, in_way, withdraw=False)
    except Contradiction as error:
        found.append(Fault("", 0, "order_id", cells["order_id"], error.message, message("a change that fits them")))
    except InputError as error:
        found += error.faults
    return found


def _write(filing: _Filing, records: list[Cells], submit: bool) -> OrdersUploadedOut:
    done = OrdersUploadedOut(added=[], changed=[], unchanged=0, notices=filing.notices)
    drafts = 0
    for cells in records:
        old = filing.known.get(cells["order_id"])
        if old is None:
            anothers = filing.is_anothers(cells)
            drafts += anothers
            state = "submitted" if submit and not anothers else "draft"
            insert_order(filing.connection, filing.principal, filing.programme.id, cells, state)
            done.added.append(cells["order_id"])
        elif old.differs(cells):
            update_order(filing.connection, filing.principal, old, cells, old.state)
            done.changed.append(cells["order_id"])
        else:
            done.unchanged += 1
    if drafts:
        told = message(
            "{drafts} orders of other states are drafts: their ministries or their employers submit them.",
            drafts=drafts,
        )
        done.notices.append(told)
    return done
