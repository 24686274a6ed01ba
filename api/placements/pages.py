"""Pages of placements: all that one sees, each as a case with its steps and what is still to do, and steps of many."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from fastapi import Response

from api.answers.problems import ServiceError
from api.console.forms import FormFields, faults_by_field, or_again, picked, read_form, require_shown
from api.console.page_router import PageRouter, viewed
from api.console.rendering import gone_to, page
from api.console.sections import Section, Waiting
from api.console.tables import Column, Filter, Listing, read_table, table_file
from api.identity.access import DESTINATION, EMPLOYER, Principal
from api.identity.shown_columns import PERSON
from api.identity.visibility import operations_seen, persons_told, workers_seen
from api.placements.corrections import correct
from api.placements.operation_history import history_of
from api.placements.operations import STEPS, listed_operations, operation_out, step, step_many
from api.placements.pay import wages_of
from api.placements.schemas import BulkMoveIn, CorrectionIn
from api.placements.tasks import OVERDUE, is_overdue, lead_days, tasks_of
from api.placements.words import ROLES, STATES, STEPS_TO
from api.requests.context import Context
from api.storage.database import now
from api.storage.tables import operations, persons, registers
from engine.errors import InputError
from engine.words import msgid, plural

router = PageRouter(prefix="/programmes/{programme_id}/placements")
SECTIONS = (
    Section(
        msgid("Placements"),
        "/programmes/{programme_id}/placements",
        "operation.read",
        40,
        msgid("Whom a published plan places: each step from the offer to the return, and what is late."),
    ),
)


def waiting(context: Context, programme_id: str) -> list[Waiting]:
    """Placements that wait for a step which this role records, and how many are overdue."""
    if not context.principal.may("operation.read"):
        return []
    mine = sa.and_(operations.c.programme_id == programme_id, operations_seen(context.principal))
    late = sa.case((is_overdue(context.connection, programme_id, now().date()), 1), else_=0)
    counted = sa.select(operations.c.state, sa.func.count(), sa.func.sum(late)).where(mine)
    found = context.connection.execute(counted.group_by(operations.c.state)).all()
    counts, overdue = {str(state): int(count) for state, count, _ in found}, sum(int(count) for *_, count in found)
    told = {
        "proposed": plural("{n:,} placement to offer", "{n:,} placements to offer", n=counts.get("proposed", 0)),
        "offered": plural("{n:,} offer unanswered", "{n:,} offers unanswered", n=counts.get("offered", 0)),
        "travelling": plural("{n:,} arrival to record", "{n:,} arrivals to record", n=counts.get("travelling", 0)),
    }
    path = f"/programmes/{programme_id}/placements"
    waits = [
        Waiting(told[state], f"{path}?state={state}")
        for state in told
        if counts.get(state) and _concerns(context.principal, state)
    ]
    if overdue and context.principal.may("operation.move"):
        late_ones = plural("{n:,} placement is overdue", "{n:,} placements are overdue", n=overdue)
        waits.insert(0, Waiting(late_ones, f"{path}?deadline={OVERDUE}"))
    return waits


def _concerns(principal: Principal, state: str) -> bool:
    """Whether a role records what comes next; an employer waits for the answer to an offer."""
    after = frozenset().union(*(roles for name, roles in STEPS[state].items() if name not in ("withdrawn", "dropped")))
    return principal.role in after or (principal.role == EMPLOYER and state == "offered")


def _listing(context: Context) -> tuple[Listing, sa.Select[Any], sa.Select[Any]]:
    """The table of what somebody sees, with names where they are told, its rows, and these without the names."""
    programme = context.programme.id
    path = f"/programmes/{programme}/placements"
    who = context.principal
    named: sa.ColumnElement[Any] = sa.null()
    if "name" in PERSON.get(who.role, ()):
        named = sa.case((persons_told(), persons.c.name)) if who.role in (EMPLOYER, DESTINATION) else persons.c.name
    late = sa.case((is_overdue(context.connection, programme, now().date()), OVERDUE), else_="")
    columns = [
        Column("id", msgid("Case"), operations.c.id, hidden=True),
        Column("worker_id", msgid("Worker"), operations.c.worker_id, link=lambda row: f"{path}/{row['id']}"),
        Column("name", msgid("Name"), named, joined=True),
        Column("order_id", msgid("Order"), operations.c.order_id),
        Column("origin_country", msgid("From"), operations.c.origin_country),
        Column("destination_country", msgid("To"), operations.c.destination_country),
        Column("start_date", msgid("Arrives"), operations.c.start_date, whole=True),
        Column("end_date", msgid("Leaves"), operations.c.end_date, whole=True),
        Column("state", msgid("State"), operations.c.state, words=STATES),
    ]
    columns = [one for one in columns if one.name != "name" or PERSON.get(who.role)]
    filters = [
        Filter("state", msgid("State"), operations.c.state, words=STATES),
        Filter("deadline", msgid("Deadline"), late, words={OVERDUE: msgid("overdue")}),
        Filter("destination_country", msgid("To"), operations.c.destination_country),
        Filter("origin_country", msgid("From"), operations.c.origin_country),
        Filter("order_id", msgid("Order begins with"), operations.c.order_id, text=True),
        Filter("worker_id", msgid("Worker begins with"), operations.c.worker_id, text=True),
    ]
    bare = sa.select(operations).where(operations.c.programme_id == programme, operations_seen(who))
    rows = bare.select_from(operations.outerjoin(persons, persons.c.worker_id == operations.c.worker_id))
    return Listing(msgid("Placements"), columns, filters, "start_date"), rows, bare


@router.get("")
def show_placements(programme_id: str, context: Context = viewed("operation.read")) -> Response:
    """All published placements that somebody sees, as a table and as files."""
    return _shown(context)


def _shown(context: Context, status: int = 200, **values: Any) -> Response:
    listing, rows, bare = _listing(context)
    if status == 200 and (file := table_file(context, listing, rows)) is not None:
        context.record("persons.read", f"programme/{context.programme.id}/operations", form="file")
        return file
    shown = read_table(context, listing, rows, bare)
    names = sum(bool(row.get("name")) for row in shown.rows)
    if names:
        context.record("persons.read", f"programme/{context.programme.id}/operations", names=names)
    told = {"error": None, "moved": context.request.query_params.get("moved", "")}
    steps = [(state, STEPS_TO[state]) for state in STEPS_TO if _records(context.principal, state)]
    return page(context, "placements/list.html", status, shown=shown, steps=steps, **{**told, **values})


def _records(principal: Principal, state: str) -> bool:
    """Whether a role records that a placement has come to a state."""
    return principal.may("operation.move") and any(
        principal.role in follow[state] for follow in STEPS.values() if state in follow
    )


@router.post("/steps")
def step_many_placements(
    programme_id: str, fields: FormFields, context: Context = viewed("operation.move", heavy=True)
) -> Response:
    """Record the same step of all that are ticked, or of none."""

    def done() -> int:
        asked = read_form(BulkMoveIn, {"state": fields.get("state", ""), "ids": fields.every("ids")})
        moved = step_many(context.connection, context.principal, programme_id, asked.ids, asked.state)
        context.record(f"operations.{asked.state}", f"programme/{programme_id}", moved=moved)
        return moved

    moved = or_again(done, lambda error: _shown(context, 422, error=error))
    return gone_to(f"/programmes/{programme_id}/placements?moved={moved}")


@router.get("/{operation_id}")
def show_placement(programme_id: str, operation_id: str, context: Context = viewed("operation.read")) -> Response:
    """One placement as a case: who, where, its steps so far and what comes next."""
    return _case(context)


def _case(context: Context, error: InputError | ServiceError | None = None, reason: str = "") -> Response:
    identifier = context.objects["operation_id"].id
    seen = listed_operations(context.principal, context.programme.id, None, None, None)
    row = context.connection.execute(seen.where(operations.c.id == identifier)).one()
    told = operation_out(context.principal, row)
    if told.name:
        context.record("persons.read", f"operation/{row.id}", names=1)
    lead = lead_days(context.connection, context.programme.id, row.origin_country, row.destination_country)
    history = history_of(context.connection, context.principal, row.id)
    follow = STEPS.get(row.state, {})
    steps = [(state, STEPS_TO[state]) for state, roles in follow.items() if context.principal.role in roles]
    workers = registers["workers"].c
    mine = sa.exists().where(
        workers.programme_id == context.programme.id,
        workers.worker_id == row.worker_id,
        workers_seen(context.principal),
    )
    return page(
        context,
        "placements/case.html",
        422 if error else 200,
        case=told,
        sees_worker=context.principal.may("worker.read") and context.connection.scalar(sa.select(mine)),
        wages=wages_of(context.connection, row.id),
        currency=context.programme.currency,
        states=STATES,
        roles=ROLES,
        history=history,
        tasks=tasks_of(row, lead, now().date()),
        steps=steps if context.principal.may("operation.move") else [],
        before=history[-2].state if len(history) > 1 and context.principal.may("operation.move") else "",
        error=error,
        faults=faults_by_field(error),
        typed={"reason": reason},
    )


@router.post("/{operation_id}/step")
def step_placement(
    programme_id: str, operation_id: str, fields: FormFields, context: Context = viewed("operation.move")
) -> Response:
    """Record what became of a placement."""
    operation = _meant(context, fields)
    row = or_again(
        lambda: step(context.connection, context.principal, operation, fields.get("state", "")),
        lambda error: _case(context, error),
    )
    context.record(f"operation.{row.state}", f"operation/{operation_id}", version=row.version)
    return gone_to(f"/programmes/{programme_id}/placements/{operation_id}", "recorded")


@router.post("/{operation_id}/correction")
def correct_placement(
    programme_id: str, operation_id: str, fields: FormFields, context: Context = viewed("operation.move", heavy=True)
) -> Response:
    """Take back the last step, which was recorded by mistake."""
    operation = _meant(context, fields)

    def done() -> sa.Row[Any]:
        asked = read_form(CorrectionIn, picked(fields, CorrectionIn))
        return correct(context.connection, context.principal, context.programme, operation, asked.state, asked.reason)

    row = or_again(done, lambda error: _case(context, error, fields.get("reason", "")))
    context.record(
        "operation.corrected", f"operation/{operation_id}", version=row.version, before=operation.state, state=row.state
    )
    return gone_to(f"/programmes/{programme_id}/placements/{operation_id}", "corrected")


def _meant(context: Context, fields: FormFields) -> sa.Row[Any]:
    """The placement that the form was made for. Raises 412 where it was changed since."""
    operation = context.objects["operation_id"]
    require_shown(fields, operation.version)
    return operation
