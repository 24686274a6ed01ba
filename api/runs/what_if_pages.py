"""What-ifs made in forms: changes are added one by one, what each touches is said, then the run is started."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from fastapi import Response

from api.answers.problems import content_fault
from api.console.forms import Answered, Fields, FormFields, faults_by_field, read_form
from api.console.page_router import PageRouter, viewed
from api.console.rendering import gone_to, page
from api.console.sections import Section
from api.requests.context import Context
from api.runs.beginning import begin_run
from api.runs.edit_forms import CHANGES, Change
from api.runs.edits_made import (
    LONGEST_TITLE,
    MOST_BRANCHES,
    MOST_CHANGES,
    Branch,
    as_toml,
    branches_sent,
    branches_to_send,
    changes_sent,
    changes_to_send,
    places_of,
    what_it_touches,
)
from api.runs.jobs.sweep_job import SweepIn
from api.runs.jobs.what_if_job import WhatIfIn
from api.runs.plain_words import plainly
from api.runs.plan_shown import own_agreements
from api.runs.ready_made import ready_made
from api.runs.starting import begun
from api.runs.words import LIMITS
from engine.errors import InputError
from engine.words import message, msgid

router = PageRouter(prefix="/programmes/{programme_id}/what-if")
SECTIONS = (
    Section(
        msgid("What if"),
        "/programmes/{programme_id}/what-if",
        "run.start",
        50,
        msgid("What would change with other quotas, rules, places or dates."),
    ),
)


@router.get("")
def ask_what_if(programme_id: str, context: Context = viewed("run.start")) -> Response:
    """An empty what-if."""
    return _form(context, {"time_limit": "600"}, [])


@router.post("")
def change_what_if(
    programme_id: str, fields: FormFields, context: Context = viewed("run.start", heavy=True)
) -> Response:
    """Add a change or a branch, take one out, or start the run; what the changes touch is said each time."""
    branches, changes = _branches(fields), _sent(fields)
    asked, kind, title = fields.get("do", ""), fields.get("kind", ""), fields.get("title", "")[:LONGEST_TITLE]
    try:
        if asked == "add" and kind in CHANGES:
            changes = [*changes, _added(fields, kind, changes)]
            kind = ""
        elif asked.startswith("remove-"):
            changes = [one for number, one in enumerate(changes) if f"remove-{number}" != asked]
        elif asked.startswith("drop-"):
            branches = [one for number, one in enumerate(branches) if f"drop-{number}" != asked]
        text = as_toml(title, changes)
        touched = what_it_touches(context.connection, context.principal, context.programme, text) if changes else ()
        if asked in ("another", "start"):
            branches = _with(branches, title, changes, needed=asked == "another" or not branches)
        if asked == "start":
            return _started(context, programme_id, fields, branches)
    except InputError as error:
        kept = _sent(fields) if asked == "add" else changes
        again = _form(context, fields, kept, kind=fields.get("kind", ""), branches=_branches(fields), error=error)
        raise Answered(again) from error
    if asked == "another":
        title, changes, touched = "", [], ()
    typed = {"title": title, "time_limit": fields.get("time_limit") or "600"}
    return _form(context, typed, changes, kind=kind, touched=touched, branches=branches)


@router.get("/ready-made")
def show_ready_made(programme_id: str, context: Context = viewed("run.start")) -> Response:
    """The what-ifs and sweeps of the library, each with a button."""
    return _ready_made(context)


@router.post("/ready-made")
def start_ready_made(programme_id: str, fields: FormFields, context: Context = viewed("run.start")) -> Response:
    """Start one of the library."""
    name = fields.get("name", "")
    is_sweep = any(one.name == name and one.is_sweep for one in ready_made())
    typed = {"kind": "sweep", "sweep": name} if is_sweep else {"kind": "what_if", "what_ifs": [name] if name else []}

    asked = SweepIn if is_sweep else WhatIfIn
    again = partial(_ready_made, context)
    run = begun(context.connection, context.principal, programme_id, asked, typed, again)
    context.record("run.started", f"run/{run}", kind=typed["kind"])
    return gone_to(f"/programmes/{programme_id}/runs/{run}")


def _ready_made(context: Context, error: InputError | None = None) -> Response:
    status = 200 if error is None else 422
    return page(context, "runs/ready_made.html", status, ready=ready_made(), error=error)


def _sent(fields: Fields) -> list[Change]:
    try:
        return changes_sent(fields.get("changes", ""))
    except ValueError:
        return []


def _branches(fields: Fields) -> list[Branch]:
    try:
        return branches_sent(fields.get("branches", ""))
    except ValueError:
        return []


def _with(branches: Sequence[Branch], title: str, changes: Sequence[Change], needed: bool) -> list[Branch]:
    """The finished branches and the one that is being made; one without a change is left out unless it is needed."""
    if not changes and needed:
        raise content_fault("changes", "", message("is nothing changed"), message("one change at least"))
    if len(branches) >= MOST_BRANCHES:
        problem = message("are too many branches")
        raise content_fault("changes", str(len(branches)), problem, message("{most:,} at most", most=MOST_BRANCHES))
    more = [Branch(title=title, changes=changes_to_send(changes))] if changes else []
    return [*branches, *more]


def _added(fields: Fields, kind: str, changes: Sequence[Change]) -> Change:
    if len(changes) >= MOST_CHANGES:
        problem = message("are too many changes")
        raise content_fault("changes", str(len(changes)), problem, message("{most:,} at most", most=MOST_CHANGES))
    made = CHANGES[kind]
    return read_form(made, {name: fields.get(name, "") for name in made.fields})


def _started(context: Context, programme_id: str, fields: Fields, branches: Sequence[Branch]) -> Response:
    texts = [as_toml(one.title, one.made(), number) for number, one in enumerate(branches, 1)]
    limit = fields.get("time_limit", "600")
    asked = read_form(WhatIfIn, {"kind": "what_if", "what_ifs": texts, "time_limit": limit})
    identifier = begin_run(context.connection, context.principal, programme_id, asked)
    context.record("run.started", f"run/{identifier}", kind="what_if")
    return gone_to(f"/programmes/{programme_id}/runs/{identifier}")


def _form(
    context: Context,
    typed: Any,
    changes: Sequence[Change],
    kind: str = "",
    touched: Sequence[str] = (),
    branches: Sequence[Branch] = (),
    error: InputError | None = None,
) -> Response:
    known = own_agreements(context.connection, context.principal, context.programme.id)
    told = {
        "typed": typed,
        "changes": changes,
        "sent": changes_to_send(changes),
        "branches": branches,
        "branches_sent": branches_to_send(branches),
        "kind": kind if kind in CHANGES else "",
        "kinds": CHANGES,
        "touched": plainly(tuple(touched), known),
        "plain": lambda told: plainly(told, known),
        "error": error,
        "faults": faults_by_field(error),
        "options": {**known.choices(), **places_of(context.connection, context.principal, context.programme.id)},
        "limits": LIMITS,
    }
    return page(context, "runs/what_if.html", 200 if error is None else 422, **told)
