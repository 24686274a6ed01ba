"""Job orders: filed, changed, submitted, certified, closed; each version is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from api.answers.problems import ServiceError, content_fault, refused
from api.identity.access import DESTINATION, EMPLOYER, GRANTS, Principal
from api.identity.passwords import drawn_text
from api.identity.visibility import orders_seen
from api.orders.open_places import in_the_way, require_free
from api.orders.order import COLUMNS, OrderRecord
from api.orders.schemas import OrderFields, OrderIn, OrderOut
from api.orders.words import STATES
from api.settings import settings
from api.storage.account_tables import accounts
from api.storage.database import inserting, now, utc
from api.storage.records import ProgrammeRecord
from api.storage.revisions import take_programmes
from api.storage.tables import order_history, orders, registers
from api.uploads.uploads import cell_faults
from engine.errors import Fault, InputError
from engine.words import message

Row = sa.Row[Any]
CHANGEABLE = ("draft", "submitted")
# From which state which step leads where, and who takes it.
STEPS: dict[str, tuple[tuple[str, ...], str]] = {
    "submission": (("draft",), "submitted"),
    "certification": (("submitted",), "certified"),
    "return": (("submitted", "certified"), "draft"),
    "closure": (("draft", "submitted", "certified"), "closed"),
}


def cells_of(fields: OrderFields) -> dict[str, str]:
    """An order's fields as the cells of a table."""
    return {name: _cell(getattr(fields, name)) for name in OrderFields.model_fields}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ";".join(value)
    if isinstance(value, float):
        return format(Decimal(repr(value)).normalize(), "f")
    return value.isoformat() if isinstance(value, date) else str(value)


def order_out(order: OrderRecord) -> OrderOut:
    """An order as it goes over the wire."""
    held = vars(order)
    read: dict[str, Any] = {name: held[name] for name in OrderFields.model_fields if held[name]}
    for name in ("required_skills", "desired_skills", "languages"):
        read[name] = [part for part in held[name].split(";") if part]
    own = {"order_id": order.order_id, "employer_id": order.employer_id, "state": order.state, "version": order.version}
    moments = {"created_at": utc(order.created_at), "changed_at": utc(order.changed_at)}
    return OrderOut.model_validate(read | own | moments)


def file_order(
    connection: sa.Connection, principal: Principal, programme: ProgrammeRecord, asked: OrderIn
) -> OrderRecord:
    """File an order, as a draft or submitted. Raises `InputError` with every fault, 409 for an id that is taken."""
    cells = cells_to_file(connection, principal, programme, asked)
    return insert_order(connection, principal, programme.id, cells, "submitted" if asked.submit else "draft")


def cells_to_file(
    connection: sa.Connection, principal: Principal, programme: ProgrammeRecord, asked: OrderIn
) -> dict[str, str]:
    """The cells of a new order. Raises `InputError` with every fault."""
    employer = _employer(principal, asked.employer_id)
    cells = cells_of(asked) | {
        "order_id": order_id_of(employer, asked.order_id or drawn_text(10)),
        "employer_id": employer,
        "filed_at": now().isoformat(timespec="seconds").removesuffix("+00:00"),
    }
    require_order(connection, principal, programme, cells, _priority_faults(principal, cells, "1"))
    return cells


def order_id_of(employer: str, own: str) -> str:
    """The id of an order: an employer's own id for it behind that of the employer, so that nobody meets another's."""
    return own if own.startswith(f"{employer}~") else f"{employer}~{own}"


def insert_order(
    connection: sa.Connection, principal: Principal, programme_id: str, cells: Mapping[str, str], state: str
) -> OrderRecord:
    """Write a new order. Raises 409 where its employer has one of this id, or too many drafts."""
    if state == "draft" and principal.role == EMPLOYER:
        _require_room_for_draft(connection, programme_id, cells["employer_id"])
    written = dict(cells) | {"programme_id": programme_id, "state": state, "version": 1}
    written |= {"created_at": now(), "changed_at": now()}
    inserted = inserting(connection, orders).values(written).on_conflict_do_nothing().returning(orders)
    row = connection.execute(inserted).one_or_none()
    if row is None:
        raise ServiceError(
            409, message("There is an order of this id."), message("Change that one, or leave the id out.")
        )
    return _kept(connection, OrderRecord.of(row), principal)


def _require_room_for_draft(connection: sa.Connection, programme_id: str, employer_id: str) -> None:
    take_programmes(connection, [programme_id])  # drafts are counted one after another
    drafts = sa.select(sa.func.count()).where(
        orders.c.programme_id == programme_id, orders.c.employer_id == employer_id, orders.c.state == "draft"
    )
    most = settings().drafts_of_an_employer
    if connection.scalars(drafts).one() >= most:
        raise ServiceError(
            409,
            message("An employer may keep {most:,} drafts of orders.", most=most),
            message("Submit or close some of them first."),
        )


def change_order(
    connection: sa.Connection,
    principal: Principal,
    programme: ProgrammeRecord,
    order: OrderRecord,
    asked: OrderFields,
    withdraw: bool,
) -> OrderRecord:
    """Change what an order says. Raises 409 for one that is certified or closed, and what `require_free` raises."""
    cells = cells_to_change(connection, principal, programme, order, asked)
    require_free(connection, principal, in_the_way(connection, order, cells, order.state), withdraw)
    return update_order(connection, principal, order, cells, order.state)


def cells_to_change(
    connection: sa.Connection, principal: Principal, programme: ProgrammeRecord, order: OrderRecord, asked: OrderFields
) -> dict[str, str]:
    """The cells that an order is to have. Raises 409 for one that is certified or closed, `InputError` with every fault
    of them.
    """
    require_changeable(order)
    cells = {**order.cells, **cells_of(asked)}
    faults = _priority_faults(principal, cells, order.priority)
    if principal.role == EMPLOYER:
        cells["priority"] = order.priority
    require_order(connection, principal, programme, cells, faults)
    return cells


def require_changeable(order: OrderRecord) -> None:
    """Raise 409 for an order that is certified or closed."""
    if order.state not in CHANGEABLE:
        raise ServiceError(
            409,
            message("The order is {state}; it can't be changed.", state=message(STATES[order.state])),
            message("Have it returned, or close it and file another."),
        )


def step_order(
    connection: sa.Connection, principal: Principal, order: OrderRecord, step: str, withdraw: bool
) -> OrderRecord:
    """Take an order a step further. Raises 409 where its state doesn't allow it, and what `require_free` raises."""
    begin, end = STEPS[step]
    if order.state not in begin:
        raise ServiceError(
            409,
            message("The order is {state}; it can't take this step.", state=message(STATES[order.state])),
            message("It must be {states:or}.", states=tuple(message(STATES[one]) for one in begin)),
        )
    require_free(connection, principal, in_the_way(connection, order, order.cells, end), withdraw)
    return update_order(connection, principal, order, {}, end)


def update_order(
    connection: sa.Connection, principal: Principal, order: OrderRecord, cells: Mapping[str, str], state: str
) -> OrderRecord:
    """Write the next version of an order."""
    mine = sa.and_(orders.c.programme_id == order.programme_id, orders.c.order_id == order.order_id)
    values = {**cells, "state": state, "version": order.version + 1, "changed_at": now()}
    row = connection.execute(orders.update().where(mine).values(values).returning(orders)).one()
    return _kept(connection, OrderRecord.of(row), principal)


def require_order(
    connection: sa.Connection,
    principal: Principal,
    programme: ProgrammeRecord,
    cells: Mapping[str, str],
    known: Sequence[Fault] = (),
    anywhere: bool = False,
) -> None:
    """Raise `InputError` with every fault of an order: its cells, its dates, its site, whose it is; ``known`` ones
    among them. With ``anywhere`` it may be of any state.
    """
    faults = [*known, *(fault for name in COLUMNS for fault in cell_faults("orders", name, cells.get(name, "")))]
    faults += _disorder(cells) + _strangers(connection, principal, programme, cells, anywhere)
    if faults:
        raise InputError(faults)


def _disorder(cells: Mapping[str, str]) -> list[Fault]:
    faults = []
    if cells["end_date"] < cells["start_date"]:
        faults.append(
            Fault("request", 0, "end_date", cells["end_date"], message("is before start_date"), message("a later day"))
        )
    if float(cells["min_crew"] or 1) > float(cells["headcount"]):
        faults.append(
            Fault(
                "request", 0, "min_crew", cells["min_crew"], message("is above headcount"), message("at most headcount")
            )
        )
    return faults


def _priority_faults(principal: Principal, cells: Mapping[str, str], before: str) -> list[Fault]:
    """Employers don't say how urgent an order is; what the ministry has said may be repeated."""
    asked = float(cells["priority"] or 1)
    if principal.role != EMPLOYER or asked in (1, float(before or 1)):
        return []
    return [Fault("request", 0, "priority", cells["priority"], message("is not set by employers"), message("1"))]


_SITES, _EMPLOYERS = registers["sites"].c, registers["employers"].c
_ASKED = ("employer_id", "site_id")
_THEIR_SITE = sa.and_(
    _SITES.programme_id == _EMPLOYERS.programme_id,
    _SITES.employer_id == _EMPLOYERS.employer_id,
    _SITES.site_id == sa.bindparam("site_id"),
)
_EMPLOYER_AND_SITE = (
    sa.select(_EMPLOYERS.country, _SITES.site_id)
    .outerjoin(registers["sites"], _THEIR_SITE)
    .where(_EMPLOYERS.programme_id == sa.bindparam("of"), _EMPLOYERS.employer_id == sa.bindparam("employer_id"))
)


def _strangers(
    connection: sa.Connection,
    principal: Principal,
    programme: ProgrammeRecord,
    cells: Mapping[str, str],
    anywhere: bool,
) -> list[Fault]:
    """Faults of what an order refers to; what belongs to others is told as if it weren't there."""
    faults = []
    if principal.role == DESTINATION and not anywhere and cells["destination_country"] != principal.country:
        expected = message("{country}: a ministry files the orders of its own state", country=principal.country)
        return [
            Fault(
                "request", 0, "destination_country", cells["destination_country"], message("is another state"), expected
            )
        ]
    found = connection.execute(_EMPLOYER_AND_SITE, {"of": programme.id, **{key: cells[key] for key in _ASKED}})
    employer = found.one_or_none()
    theirs = principal.role == DESTINATION and not anywhere
    if employer is None or (theirs and employer.country not in ("", principal.country)):
        known = message("an employer of this programme")
        faults.append(Fault("request", 0, "employer_id", cells["employer_id"], message("is not in employers"), known))
    if employer is not None and employer.country not in ("", cells["destination_country"]):
        place, expected = cells["destination_country"], message("{country}, the employer's", country=employer.country)
        faults.append(Fault("request", 0, "destination_country", place, message("is another state"), expected))
    if employer is None or employer.site_id is None:
        faults.append(
            Fault(
                "request",
                0,
                "site_id",
                cells["site_id"],
                message("is not in sites"),
                message("a site of this employer"),
            )
        )
    return faults


def _employer(principal: Principal, named: str | None) -> str:
    if principal.role == EMPLOYER:
        if named not in (None, principal.employer_id):
            raise refused(message("An employer files its own orders alone."))
        return principal.employer_id
    if named is None:
        raise content_fault(
            "employer_id", "", message("is missing"), message("the employer that the order is filed for")
        )
    return named


def require_filer(principal: Principal, step: str) -> None:
    """Raise 403 where a step is another's: certifying and returning are the ministry's."""
    action = "order.certify" if step in ("certification", "return") else "order.file"
    if not principal.may(action):
        raise refused(GRANTS[action].reason)


def _kept(connection: sa.Connection, order: OrderRecord, principal: Principal) -> OrderRecord:
    """The order, of which this version is kept."""
    connection.execute(
        order_history.insert().values(
            programme_id=order.programme_id,
            order_id=order.order_id,
            version=order.version,
            state=order.state,
            content=order.cells,
            at=order.changed_at,
            account_id=principal.account_id,
        )
    )
    return order


def versions_of(connection: sa.Connection, principal: Principal, order: OrderRecord) -> Sequence[Row]:
    """Every version of an order with the ``role`` of who made it, oldest first; drafts are seen by those who file
    orders alone.
    """
    kept = order_history.c
    mine = sa.and_(kept.programme_id == order.programme_id, kept.order_id == order.order_id)
    if not principal.may("order.file"):
        mine = sa.and_(mine, kept.state != "draft")
    asked = sa.select(order_history, accounts.c.role).outerjoin(accounts, accounts.c.id == kept.account_id)
    return connection.execute(asked.where(mine).order_by(kept.version)).all()


def listed_orders(principal: Principal, programme_id: str, after: str | None, limit: int) -> sa.Select[Any]:
    """The orders that somebody sees, by id, one more than asked."""
    asked = sa.select(orders).where(orders.c.programme_id == programme_id, orders_seen(principal))
    if after is not None:
        asked = asked.where(orders.c.order_id > after)
    return asked.order_by(orders.c.order_id).limit(limit + 1)
