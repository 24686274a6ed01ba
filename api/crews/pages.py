"""Pages of crews: who comes when, beds by week, and who of last season is asked back."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from fastapi import Response

from api.answers.problems import content_fault
from api.console.forms import FormFields, or_again
from api.console.page_router import PageRouter, viewed
from api.console.rendering import gone_to, page
from api.console.sections import Section
from api.console.tables import Column, Filter, Listing, read_table, table_file
from api.crews.crews import NAME, call_off, last_crew, recall, recalled, sites_by_week, standing, with_persons
from api.crews.returns import returns_of
from api.identity.access import EMPLOYER
from api.identity.visibility import orders_seen
from api.orders.addresses import order_path
from api.orders.words import STATES as ORDER_STATES
from api.placements.words import STATES
from api.requests.context import Context
from api.storage.tables import operations, orders, registers
from engine.errors import InputError
from engine.words import message, msgid, plural

router = PageRouter(prefix="/programmes/{programme_id}")
SECTIONS = (
    Section(
        msgid("Crew"),
        "/programmes/{programme_id}/crew",
        "order.file",
        30,
        msgid("Who comes when, what is paid, beds by week, and whom to ask back."),
    ),
)
MOST_SITES_OPEN = 3  # so many are shown week by week without asking for one
COLUMNS = (
    Column("id", msgid("Case"), operations.c.id, hidden=True),
    Column("name", msgid("Name"), NAME, joined=True),
    Column("worker_id", msgid("Pseudonym"), operations.c.worker_id),
    Column("order_id", msgid("Order"), operations.c.order_id),
    Column("site_id", msgid("Work site"), orders.c.site_id),
    Column("start_date", msgid("Arrives"), operations.c.start_date),
    Column("end_date", msgid("Leaves"), operations.c.end_date),
    Column("state", msgid("State"), operations.c.state, words=STATES),
)
FILTERS = (
    Filter("state", msgid("State"), operations.c.state, words=STATES),
    Filter("site_id", msgid("Work site"), orders.c.site_id),
    Filter("order_id", msgid("Order begins with"), operations.c.order_id, text=True),
)
COMING = Listing(msgid("Who comes when"), COLUMNS, FILTERS, sort="start_date")


@router.get("/crew")
def list_arrivals(programme_id: str, context: Context = viewed("order.file")) -> Response:
    """Who comes when, with the days of arrival and departure; as a calendar too."""
    bare = standing(context.principal, programme_id)
    rows = with_persons(bare)
    file = table_file(context, COMING, rows)
    if file is not None:
        context.record("persons.read", f"programme/{programme_id}/operations", form="file")
        return file
    shown = read_table(context, COMING, rows, bare)
    _record_names(context, sum(bool(row["name"]) for row in shown.rows))
    return page(context, "crews/arrivals.html", shown=shown)


@router.get("/crew-beds")
def read_beds(programme_id: str, context: Context = viewed("order.file")) -> Response:
    """The beds of each site, by week: how many are slept in."""
    sites = sites_by_week(context.connection, context.principal, programme_id)
    asked = context.request.query_params.get("site", "")
    opened = [one for one in sites if one.site_id == asked] if asked or len(sites) > MOST_SITES_OPEN else sites
    return page(context, "crews/beds.html", sites=sites, opened=[one for one in opened if one.weeks])


@router.get("/crew-recalls")
def list_recalls(programme_id: str, context: Context = viewed("order.file")) -> Response:
    """Who of last season is asked back, for which order, and what became of it."""
    file = table_file(context, _recalls(programme_id), recalled(context.principal, programme_id))
    if file is not None:
        context.record("persons.read", f"programme/{programme_id}/operations", form="file")
        return file
    return _recall_page(context)


@router.get("/crew-returns")
def say_who_may_return(programme_id: str, context: Context = viewed("order.file", heavy=True)) -> Response:
    """Who of last season may come back, and which rules are in the way of the others."""
    return _recall_page(context, judges=True)


@router.post("/crew-recalls")
def ask_back(programme_id: str, fields: FormFields, context: Context = viewed("register.write")) -> Response:
    """Ask workers back for an order: those who were ticked, and those whose pseudonyms were typed."""
    typed = [part for part in re.split(r"[\s,;]+", fields.get("workers", "")) if part]
    workers = list(dict.fromkeys([*fields.every("worker_id"), *typed]))

    def done() -> int:
        if not workers:
            raise content_fault("workers", "", message("is missing"), message("the pseudonym of a worker"))
        return recall(context.connection, context.principal, context.programme, fields.get("order_id", ""), workers)

    added = or_again(done, lambda error: _recall_page(context, error, fields))
    about = f"programme/{programme_id}/recalls"
    context.record("register.uploaded", about, added=added, changed=len(workers) - added)
    return gone_to(f"/programmes/{programme_id}/crew-recalls?count={added}", "asked-back")


@router.post("/crew-recalls-ended")
def ask_back_no_longer(programme_id: str, fields: FormFields, context: Context = viewed("register.write")) -> Response:
    """Ask those who were ticked back no longer."""
    pairs = [(one.partition(" ")[0], one.partition(" ")[2]) for one in fields.every("ids")]
    count = call_off(context.connection, context.principal, context.programme, pairs)
    context.record("register.uploaded", f"programme/{programme_id}/recalls", removed=count)
    return gone_to(f"/programmes/{programme_id}/crew-recalls?count={count}", "called-off")


def _recalls(programme_id: str) -> Listing:
    recalls = registers["recalls"].c
    return Listing(
        msgid("Who is asked back"),
        (
            Column("pair", msgid("Order and pseudonym"), recalls.order_id + " " + recalls.worker_id, hidden=True),
            Column("name", msgid("Name"), NAME),
            Column(
                "order_id",
                msgid("Order"),
                recalls.order_id,
                link=lambda row: order_path(programme_id, row["order_id"]),
            ),
            Column("worker_id", msgid("Pseudonym"), recalls.worker_id),
            Column(
                "state",
                msgid("What became of it"),
                sa.func.coalesce(operations.c.state, "none"),
                words=STATES | {"none": msgid("not offered yet")},
            ),
        ),
        (Filter("order_id", msgid("Order"), recalls.order_id),),
        sort="order_id",
    )


def _recall_page(
    context: Context, error: InputError | None = None, typed: Any = None, judges: bool = False
) -> Response:
    """The page; with ``judges`` who of the crew may return stands beside each."""
    programme, who = context.programme.id, context.principal
    shown = read_table(context, _recalls(programme), recalled(who, programme))
    crew = last_crew(context.connection, who, programme) if who.role == EMPLOYER else []
    _record_names(context, sum(bool(row["name"]) for row in shown.rows) + sum(bool(row.name) for row in crew))
    taking = sa.select(orders.c.order_id, orders.c.state).where(
        orders.c.programme_id == programme, orders_seen(who), orders.c.state != "closed"
    )
    asked = [row.worker_id for row in crew] if judges else []
    told = {
        "shown": shown,
        "crew": crew,
        "returns": returns_of(context.connection, who, context.programme, asked),
        "orders": [
            (row.order_id, message("{order}, {state}", order=row.order_id, state=message(ORDER_STATES[row.state])))
            for row in context.connection.execute(taking.order_by(orders.c.order_id))
        ],
        "result": _result(context),
        "typed": typed or {},
        "ticked_ones": typed.every("worker_id") if typed else [],
        "error": error if error is None else _in_the_form(error),
    }
    status = 200 if error is None else getattr(error, "http_status", 422)
    return page(context, "crews/recalls.html", status, **told)


def _in_the_form(error: InputError) -> InputError:
    """The faults as they stand in the form, where nothing has rows."""
    columns = {"worker_id": "workers"}
    return InputError(
        [replace(fault, row=0, column=columns.get(fault.column, fault.column)) for fault in error.faults], error.hint
    )


def _result(context: Context) -> Any:
    done, count = (context.request.query_params.get(name, "") for name in ("done", "count"))
    if not count.isdigit():
        return None
    if done == "asked-back":
        return plural("{n:,} worker more is asked back.", "{n:,} workers more are asked back.", n=int(count))
    return plural("{n:,} worker is asked back no longer.", "{n:,} workers are asked back no longer.", n=int(count))


def _record_names(context: Context, names: int) -> None:
    if names:
        context.record("persons.read", f"programme/{context.programme.id}/operations", names=names)
