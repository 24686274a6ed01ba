"""The letters of a plan as one page to print, each in its worker's language; with codes to answer by, or without."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from api.console.forms import FormFields
from api.console.page_router import PageRouter, viewed
from api.console.rendering import page
from api.placements.letters import letters_of
from api.placements.slips import make_slip
from api.requests.context import Context

router = PageRouter(prefix="/programmes/{programme_id}/runs/{run_id}/letters")
AT_ONCE = 200  # letters of one page


@router.get("")
def show_letters(programme_id: str, run_id: str, context: Context = viewed("operation.move")) -> Response:
    """The letters, without codes."""
    return _letters(context, _number(context), False)


@router.post("")
def make_letters(
    programme_id: str, run_id: str, fields: FormFields, context: Context = viewed("operation.move")
) -> Response:
    """The letters, each that is offered with a new code, told this once, which takes the place of an older one."""
    return _letters(context, _number(context), True)


def _number(context: Context) -> int:
    asked = context.request.query_params.get("page", "")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 6 else 1


def _letters(context: Context, number: int, with_codes: bool) -> Response:
    run = context.objects["run_id"]
    first = (number - 1) * AT_ONCE
    letters, count = letters_of(context.connection, context.principal, run, first, AT_ONCE)
    codes = {}
    if with_codes:
        for one in letters:
            if one.operation.state == "offered":
                codes[one.operation.id] = make_slip(context.connection, context.principal, one.operation)
        context.record("slips.made", f"run/{run.id}", slips=len(codes))
    names = sum(bool(one.name) for one in letters)
    if names:
        context.record("persons.read", f"run/{run.id}/letters", names=names)
    place = str(context.request.base_url.replace(path="/slip"))
    shown = [(one.language, one.in_words(place, codes.get(one.operation.id, ""))) for one in letters]
    pages = max(1, -(-count // AT_ONCE))
    offered = any(one.operation.state == "offered" for one in letters)
    told: dict[str, Any] = {"letters": shown, "count": count, "number": number, "pages": pages, "offered": offered}
    return page(context, "placements/letters.html", run_id=run.id, with_codes=with_codes, **told)
