"""The worker's slip: a one-time code, no account, by which somebody reads what is offered and answers it.

Invariants: a code leads to one placement and to nothing else; it is kept as its hash alone, a new one takes the
place of the old, and it ends after some days. Whoever tries codes is held up by host. The answer is recorded
as the ministry of origin records one, by the account that made the slip, and once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from api.agreements.agreements import terms_on_costs, where_of
from api.answers.problems import ServiceError, not_found, refused
from api.identity.access import Principal
from api.identity.passwords import ALPHABET, drawn_text, hash_secret
from api.logs.audit_log import Entry, append
from api.placements.operations import STEPS, step
from api.settings import settings
from api.storage.account_tables import accounts
from api.storage.database import inserting, now
from api.storage.revisions import raise_revision, take_programmes
from api.storage.tables import operations, orders, placements, programmes, registers, slips
from engine.clauses.where import Where
from engine.programme.toml_files import parse_toml
from engine.words import message
from engine.words.names import country, region

LENGTH = 12  # drawn characters of an alphabet of 32: 60 bits
ANSWERS = ("accepted", "declined")


def make_slip(connection: sa.Connection, principal: Principal, operation: sa.Row[Any]) -> str:
    """A new code for a placement that was offered, in groups of four; it is told once.

    Raises 403 for another than the worker's own ministry, 409 for a placement that isn't offered.
    """
    if principal.role not in STEPS["offered"]["accepted"]:
        raise refused(message("Slips are made by the ministry of the worker's own state."))
    if operation.state != "offered":
        raise ServiceError(
            409, message("Slips are for placements that are offered."), message("Record the offer first.")
        )
    code = drawn_code()
    ends = now() + timedelta(days=settings().slip_days)
    values = {"code_hash": hash_secret(plain_code(code)), "account_id": principal.account_id, "expires_at": ends}
    written = inserting(connection, slips).values(operation_id=operation.id, **values)
    connection.execute(written.on_conflict_do_update(index_elements=["operation_id"], set_=values))
    return code


def drawn_code() -> str:
    """A code in groups of four."""
    code = drawn_text(LENGTH)
    return "-".join(code[place : place + 4] for place in range(0, LENGTH, 4))


def plain_code(typed: str) -> str:
    """A code as it was drawn, however it is typed."""
    return "".join(sign for sign in typed.upper() if sign in ALPHABET)


def operation_of(connection: sa.Connection, code: str, lock: bool = False) -> sa.Row[Any]:
    """The placement that a code leads to, with who made the slip. Raises 404 for a code that isn't good (any more)."""
    asked = (
        sa.select(operations, slips.c.account_id)
        .join(slips, slips.c.operation_id == operations.c.id)
        .where(slips.c.code_hash == hash_secret(plain_code(code)), slips.c.expires_at > now())
    )
    found = connection.execute(asked.with_for_update(of=operations) if lock else asked).one_or_none()
    if found is None:
        raise not_found()
    return found


def conditions_of(connection: sa.Connection, operation: sa.Row[Any]) -> dict[str, Any]:
    """What is offered: the order, its employer's name, the region of its site and what the way costs the worker."""
    employers, sites, corridors = (registers[name].c for name in ("employers", "sites", "corridors"))
    mine = sa.and_(orders.c.programme_id == operation.programme_id, orders.c.order_id == operation.order_id)
    order = connection.execute(sa.select(orders).where(mine)).mappings().one()
    within = operation.programme_id
    same = sa.and_(employers.programme_id == within, employers.employer_id == order["employer_id"])
    place = sa.and_(sites.programme_id == within, sites.site_id == order["site_id"])
    way = sa.and_(
        corridors.programme_id == within,
        corridors.origin_country == operation.origin_country,
        corridors.destination_country == operation.destination_country,
    )
    settings = connection.scalar(sa.select(programmes.c.settings).where(programmes.c.id == within)) or ""
    content = parse_toml(settings.encode(), "programme.toml", lambda _: None) or {}
    return {
        **order,
        "currency": str(content.get("currency", "")),
        "employer": connection.scalar(sa.select(employers.name).where(same)) or order["employer_id"],
        "region": region(name) if (name := connection.scalar(sa.select(sites.region).where(place))) else "",
        "country": country(operation.destination_country),
        "travel_cost": connection.scalar(sa.select(corridors.travel_cost_to_worker).where(way)) or "",
        "beds": connection.scalar(sa.select(sites.beds).where(place)) or "",
        "terms": _terms_on_costs(connection, operation, where_of(order, operation.origin_country)),
    }


def _terms_on_costs(connection: sa.Connection, operation: sa.Row[Any], offered: Where) -> tuple[str, ...]:
    """What the agreement of a placement says of costs and housing, as far as it looks at such a one."""
    placed = sa.and_(
        placements.c.run_id == operation.run_id,
        placements.c.worker_id == operation.worker_id,
        placements.c.order_id == operation.order_id,
    )
    name = str(connection.scalar(sa.select(placements.c.agreement_id).where(placed)) or "")
    return terms_on_costs(connection, operation.programme_id, name, [offered])[1]


def answer_slip(connection: sa.Connection, code: str, answer: str) -> sa.Row[Any]:
    """Record a worker's answer. Raises 404 for a code that isn't good, 409 where the placement was answered before."""
    if answer not in ANSWERS:
        raise not_found()
    take_programmes(connection, [operation_of(connection, code).programme_id])
    operation = operation_of(connection, code, lock=True)
    account = connection.execute(sa.select(accounts).where(accounts.c.id == operation.account_id)).one()
    who = Principal(account.id, account.role, account.country, account.employer_id)
    row = step(connection, who, operation, answer)
    raise_revision(connection, row.programme_id)
    told = Entry(account.id, f"operation.{answer} by slip", f"operation/{row.id}", {"version": row.version})
    append(connection, [told])
    return row
