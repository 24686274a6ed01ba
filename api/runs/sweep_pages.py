"""A sweep made in a form: one change, tried with several numbers, as a curve and a table."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from fastapi import Response

from api.answers.problems import content_fault
from api.console.forms import Fields, FormFields, faults_by_field, or_again, read_form
from api.console.page_router import PageRouter, viewed
from api.console.rendering import gone_to, page
from api.requests.context import Context
from api.runs.edit_forms import CHANGES, Change
from api.runs.edits_made import LONGEST_TITLE, as_sweep, as_toml, places_of, what_it_touches
from api.runs.jobs.sweep_job import SweepIn
from api.runs.plain_words import plainly
from api.runs.plan_shown import own_agreements
from api.runs.starting import begun
from api.runs.words import LIMITS
from engine.errors import InputError
from engine.words import message

router = PageRouter(prefix="/programmes/{programme_id}/what-if/sweep")
MOST_VALUES = 20
SWEPT = {name: kind for name, kind in CHANGES.items() if kind.varies}


@router.get("")
def ask_sweep(programme_id: str, context: Context = viewed("run.start")) -> Response:
    """Which change is tried, then the form for it."""
    return _form(context, {"time_limit": "600", "kind": context.request.query_params.get("kind", "")})


@router.post("")
def start_sweep(programme_id: str, fields: FormFields, context: Context = viewed("run.start", heavy=True)) -> Response:
    """Start a sweep, or say what its change touches."""

    def touched() -> tuple[str, ...]:
        kind = SWEPT[fields["kind"]]
        return what_it_touches(context.connection, context.principal, context.programme, _first_alone(kind, fields))

    if fields.get("do") == "touched":
        or_again(lambda: _read(fields), lambda error: _form(context, fields, error))
        told = or_again(touched, lambda error: _form(context, fields, error))
        return _form(context, fields, touched=told)
    sweep = or_again(lambda: _read(fields), lambda error: _form(context, fields, error))
    asked = {"kind": "sweep", "sweep": sweep, "time_limit": fields.get("time_limit", "600")}
    again = partial(_form, context, fields)
    run = begun(context.connection, context.principal, programme_id, SweepIn, asked, again)
    context.record("run.started", f"run/{run}", kind="sweep")
    return gone_to(f"/programmes/{programme_id}/runs/{run}")


def _values(fields: Fields) -> list[str]:
    return [one.strip() for one in fields.get("values", "").replace(";", ",").split(",") if one.strip()]


def _first_alone(kind: type[Change], fields: Fields) -> str:
    """The change with the first of its numbers, as a what-if."""
    typed = {name: fields.get(name, "") for name in kind.fields}
    return as_toml("", [read_form(kind, {**typed, kind.varies: _values(fields)[0]})])


def _read(fields: Fields) -> str:
    """What was typed as a sweep. Raises `InputError` with the field that is wrong."""
    kind = SWEPT.get(fields.get("kind", ""))
    values = _values(fields)
    if kind is None or not 2 <= len(set(values)) <= MOST_VALUES:
        expected = message("two to {most:,} numbers with commas between them", most=MOST_VALUES)
        raise content_fault("values", fields.get("values", ""), message("is no list of numbers"), expected)
    typed = {name: fields.get(name, "") for name in kind.fields if name != kind.varies}
    read_form(kind, {**typed, kind.varies: values[0]})
    try:
        return as_sweep(fields.get("title", "")[:LONGEST_TITLE], kind, typed, list(dict.fromkeys(values)))
    except ValueError as error:
        expected = message("numbers that this change takes, all of them with a sign before them or none")
        raise content_fault("values", fields.get("values", ""), message("is no list of numbers"), expected) from error


def _form(context: Context, typed: Any, error: InputError | None = None, touched: Sequence[str] = ()) -> Response:
    known = own_agreements(context.connection, context.principal, context.programme.id)
    kind = SWEPT.get(typed.get("kind", ""))
    told = {
        "typed": typed,
        "kind": kind,
        "kinds": SWEPT,
        "touched": plainly(tuple(touched), known),
        "error": error,
        "faults": faults_by_field(error),
        "options": {**known.choices(), **places_of(context.connection, context.principal, context.programme.id)},
        "limits": LIMITS,
    }
    return page(context, "runs/sweep_form.html", 200 if error is None else 422, **told)
