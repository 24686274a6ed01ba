"""What each role sees, as conditions on rows. What is not seen is not there, in lists, exports and messages alike.

Every condition ends closed: a role that a rule doesn't name, a ministry without a country and an employer without an id
see nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from api.identity.access import ADMINISTRATOR, AUDITOR, DESTINATION, EMPLOYER, MINISTRIES, ORIGIN, PLANNER, Principal
from api.identity.shown_columns import shown_columns
from api.settings import settings
from api.storage.database import now, utc
from api.storage.operation_states import HOME, UNDER_WAY
from api.storage.records import ProgrammeRecord
from api.storage.tables import (
    agreements,
    operation_history,
    operations,
    orders,
    programme_corridors,
    programmes,
    registers,
    runs,
)

Condition = sa.ColumnElement[bool]
SEES_ALL = (PLANNER, AUDITOR)


def _corridors(principal: Principal, programme_id: sa.ColumnElement[str]) -> sa.Select[tuple[str, str]]:
    """The corridors of a programme that are a ministry's own, as (origin, destination)."""
    own = programme_corridors.c.origin if principal.role == ORIGIN else programme_corridors.c.destination
    return sa.select(programme_corridors.c.origin, programme_corridors.c.destination).where(
        programme_corridors.c.programme_id == programme_id, own == principal.country
    )


def programmes_seen(principal: Principal) -> Condition:
    """Ministries see the programmes that they own or have a corridor in, employers those that list them; planners,
    auditors and administrators all.
    """
    if not principal.has_tenant:
        return sa.false()
    if principal.role in MINISTRIES:
        owned = sa.and_(programmes.c.owner_role == principal.role, programmes.c.owner_country == principal.country)
        return sa.or_(owned, _corridors(principal, programmes.c.id).correlate(programmes).exists())
    if principal.role == EMPLOYER:
        employers = registers["employers"].c
        return sa.exists().where(
            employers.programme_id == programmes.c.id, employers.employer_id == principal.employer_id
        )
    return sa.true() if principal.role in (*SEES_ALL, ADMINISTRATOR) else sa.false()


def orders_seen(principal: Principal) -> Condition:
    """Employers see their own orders, a ministry of destination those in its country, drafts included; a ministry of
    origin what was submitted in the countries of its corridors; planners and auditors what was submitted.
    """
    if not principal.has_tenant:
        return sa.false()
    filed = orders.c.state != "draft"
    if principal.role == EMPLOYER:
        return orders.c.employer_id == principal.employer_id
    if principal.role == DESTINATION:
        return orders.c.destination_country == principal.country
    if principal.role == ORIGIN:
        reached = _corridors(principal, orders.c.programme_id).with_only_columns(programme_corridors.c.destination)
        return sa.and_(filed, orders.c.destination_country.in_(reached.correlate(orders)))
    return filed if principal.role in SEES_ALL else sa.false()


def workers_seen(principal: Principal) -> Condition:
    """A ministry of origin sees its own workers; a ministry of destination and an employer those who have accepted to
    come to them, until they have returned.
    """
    if not principal.has_tenant:
        return sa.false()
    workers = registers["workers"].c
    theirs = sa.exists().where(
        operations.c.programme_id == workers.programme_id, operations.c.worker_id == workers.worker_id
    )
    if principal.role == ORIGIN:
        return workers.origin_country == principal.country
    if principal.role == DESTINATION:
        return theirs.where(operations.c.destination_country == principal.country, persons_told())
    if principal.role == EMPLOYER:
        return theirs.where(operations.c.employer_id == principal.employer_id, persons_told())
    return sa.true() if principal.role in SEES_ALL else sa.false()


def persons_told() -> Condition:
    """The operations by which the other end knows who somebody is: from the acceptance to the return, and for the days
    of the settings after it. Who declined or dropped out is told no longer at once.
    """
    returned = sa.and_(operations.c.state == HOME, operations.c.changed_at > now() - _days_told())
    return sa.or_(operations.c.state.in_(UNDER_WAY), returned)


def is_person_told(state: str, changed_at: datetime) -> bool:
    """Whether `persons_told` holds for an operation of this state."""
    return state in UNDER_WAY or (state == HOME and utc(changed_at) > now() - _days_told())


def _days_told() -> timedelta:
    return timedelta(days=settings().days_told_after_return)


def rows_seen(table: str, principal: Principal) -> Condition:
    """Rows of a register: of a worker, where the worker is seen; employers see what is their own."""
    if not principal.has_tenant:
        return sa.false()
    rows = registers[table].c
    if not shown_columns(principal, table):
        return sa.false()
    if table == "workers":
        return workers_seen(principal)
    if principal.role in SEES_ALL:
        return sa.true()
    if principal.role in MINISTRIES and table in ("employers", "sites", "corridors"):
        return _rows_of_corridors(table, principal)
    if principal.role == EMPLOYER:
        return _rows_of_employer(table, principal)
    if principal.role not in MINISTRIES:
        return sa.false()
    workers = registers["workers"].c
    here = rows.destination_country == principal.country if table == "history" else sa.true()
    own = sa.true() if principal.role == ORIGIN else here
    return sa.exists().where(
        own, workers.programme_id == rows.programme_id, workers.worker_id == rows.worker_id, workers_seen(principal)
    )


def _rows_of_corridors(table: str, principal: Principal) -> Condition:
    """Employers and sites in the states that a ministry's corridors lead to, its own for a ministry of destination."""
    rows, employers = registers[table].c, registers["employers"].c
    if table == "corridors":
        return (rows.origin_country if principal.role == ORIGIN else rows.destination_country) == principal.country
    reached = _corridors(principal, rows.programme_id).with_only_columns(programme_corridors.c.destination)
    own = sa.or_(employers.country == principal.country, employers.country == "")
    if principal.role == ORIGIN:
        own = sa.or_(own, employers.country.in_(reached.correlate(registers[table], registers["employers"])))
    if table == "employers":
        return own
    same = sa.and_(employers.programme_id == rows.programme_id, employers.employer_id == rows.employer_id)
    return sa.exists().where(same, own)


def _rows_of_employer(table: str, principal: Principal) -> Condition:
    rows = registers[table].c
    if table in ("employers", "sites"):
        return rows.employer_id == principal.employer_id
    if table != "recalls":
        return sa.false()
    same = sa.and_(orders.c.programme_id == rows.programme_id, orders.c.order_id == rows.order_id)
    return sa.exists().where(same, orders_seen(principal))


def agreements_seen(principal: Principal) -> Condition:
    """Ministries see the agreements of their own corridors and of the programmes they own, employers those that lead to
    their state, planners and auditors all.
    """
    if not principal.has_tenant:
        return sa.false()
    if principal.role == EMPLOYER:
        employers = registers["employers"].c
        home = sa.and_(
            employers.programme_id == programme_corridors.c.programme_id,
            employers.employer_id == principal.employer_id,
            employers.country.in_((programme_corridors.c.destination, "")),
        )
        leads = sa.and_(
            programme_corridors.c.programme_id == agreements.c.programme_id,
            programme_corridors.c.agreement_id == agreements.c.agreement_id,
        )
        return sa.exists().where(home, leads)
    if principal.role not in MINISTRIES:
        return sa.true() if principal.role in SEES_ALL else sa.false()
    mine = _corridors(principal, agreements.c.programme_id).where(
        programme_corridors.c.agreement_id == agreements.c.agreement_id
    )
    owned = sa.exists().where(
        programmes.c.id == agreements.c.programme_id,
        programmes.c.owner_role == principal.role,
        programmes.c.owner_country == principal.country,
    )
    return sa.or_(owned, mine.correlate(agreements).exists())


def runs_seen(principal: Principal) -> Condition:
    """Ministries see their own runs, planners those of planners, auditors all."""
    if not principal.has_tenant:
        return sa.false()
    if principal.role in MINISTRIES:
        return sa.and_(runs.c.role == principal.role, runs.c.country == principal.country)
    if principal.role == PLANNER:
        return runs.c.role == PLANNER
    return sa.true() if principal.role == AUDITOR else sa.false()


def operations_seen(principal: Principal) -> Condition:
    """Each ministry sees its own side, employers what was offered for their orders, auditors all."""
    if not principal.has_tenant:
        return sa.false()
    if principal.role == ORIGIN:
        return operations.c.origin_country == principal.country
    if principal.role == DESTINATION:
        return operations.c.destination_country == principal.country
    if principal.role == EMPLOYER:
        offered = sa.exists().where(
            operation_history.c.operation_id == operations.c.id, operation_history.c.state == "offered"
        )
        own = operations.c.employer_id == principal.employer_id
        return sa.and_(own, offered, operations.c.state != "proposed")
    return sa.true() if principal.role == AUDITOR else sa.false()


def owns(principal: Principal, programme: ProgrammeRecord) -> bool:
    """Whether a programme is a ministry's own."""
    same = principal.role == programme.owner_role and principal.country == programme.owner_country
    return bool(same and principal.has_tenant)
