"""Orders from a sheet: each row is filed as a draft or submitted, or changes the order of its id; all rows or none."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from api.demand.open_places import in_the_way, require_free
from api.demand.orders import CHANGEABLE, COLUMNS, insert_order, order_id_of, require_order, update_order
from api.identity.access import EMPLOYER, Principal
from api.identity.visibility import orders_seen
from api.problems import Contradiction
from api.registers.uploads import require_sound, with_column
from api.storage.database import now
from api.storage.tables import orders
from api.wire.orders import OrdersUploadedOut
from engine.errors import Fault, InputError
from engine.programme.raw_table import RawTable
from engine.programme.schema import TABLES

OWN_ID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}"
WHOLE = tuple(column.name for column in TABLES["orders"].columns if column.kind == "integer")
OPTIONAL = {"min_crew": "1", "priority": "1"}


def file_orders(
    connection: sa.Connection, principal: Principal, programme: sa.Row[Any], raw: RawTable, submit: bool
) -> OrdersUploadedOut:
    """File or change the orders of a table. Raises `InputError` with the faults of all rows."""
    if principal.role == EMPLOYER and (
        "employer_id" not in raw.columns or not any(raw.columns["employer_id"].to_pylist())
    ):
        raw = with_column(raw, "employer_id", [principal.employer_id] * raw.size)
    require_sound(raw, ("order_id",))
    seen = sa.select(orders).where(orders.c.programme_id == programme.id, orders_seen(principal)).with_for_update()
    known = {row.order_id: row for row in connection.execute(seen)}
    faults: list[Fault] = []
    records = []
    for number in range(raw.size):
        cells = {name: raw.columns[name][number].as_py() if name in raw.columns else "" for name in COLUMNS}
        cells |= {name: cells[name] or usual for name, usual in OPTIONAL.items()}
        cells |= {name: str(int(float(cells[name]))) for name in WHOLE}  # "3.0" and "3" are the same order
        cells["order_id"] = order_id_of(cells["employer_id"], cells["order_id"])
        old = known.get(cells["order_id"])
        cells["filed_at"] = old.filed_at if old is not None else now().isoformat(timespec="seconds")[:19]
        found = _faults(connection, principal, programme, cells, old)
        faults += [replace(fault, file=raw.file, row=raw.row(number)) for fault in found]
        records.append((cells, old))
    if faults:
        raise InputError(faults)
    return _write(connection, principal, programme, records, submit)


def _faults(
    connection: sa.Connection, principal: Principal, programme: sa.Row[Any], cells: dict[str, str], old: Any
) -> list[Fault]:
    found: list[Fault] = []
    if re.fullmatch(OWN_ID, cells["order_id"].removeprefix(f"{cells['employer_id']}~")) is None:
        expected = "at most 40 letters, digits, dots, dashes and underscores"
        found.append(Fault("", 0, "order_id", cells["order_id"], "is no id of an order", expected))
    if principal.role == EMPLOYER and cells["employer_id"] != principal.employer_id:
        found.append(Fault("", 0, "employer_id", cells["employer_id"], "is another employer", principal.employer_id))
    if old is not None and old.state not in CHANGEABLE and _differs(cells, old):
        found.append(Fault("", 0, "order_id", cells["order_id"], f"is {old.state}", "an order that may be changed"))
    try:
        require_order(connection, principal, programme, cells)
        if old is not None:
            require_free(connection, principal, in_the_way(connection, old, cells, old.state), withdraw=False)
    except Contradiction as error:
        found.append(Fault("", 0, "order_id", cells["order_id"], error.message, "a change that fits them"))
    except InputError as error:
        found += error.faults
    return found


def _differs(cells: dict[str, str], old: Any) -> bool:
    return any(cells[name] != old._mapping[name] for name in COLUMNS)


def _write(
    connection: sa.Connection,
    principal: Principal,
    programme: sa.Row[Any],
    records: list[tuple[dict[str, str], Any]],
    submit: bool,
) -> OrdersUploadedOut:
    done = OrdersUploadedOut(added=[], changed=[], unchanged=0)
    for cells, old in records:
        if old is None:
            insert_order(connection, principal, programme.id, cells, "submitted" if submit else "draft")
            done.added.append(cells["order_id"])
        elif _differs(cells, old):
            update_order(connection, principal, old, cells, old.state)
            done.changed.append(cells["order_id"])
        else:
            done.unchanged += 1
    return done
