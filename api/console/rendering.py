"""Pages as HTML: templates of the rooms within one frame, in the language asked, with what keeps a browser safe.

Invariant: a page loads nothing from another host and runs no script that stands in it (`SAFE_HEADERS`).
"""

from __future__ import annotations

import os
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import platformdirs
import sqlalchemy as sa
from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemBytecodeCache, FunctionLoader, StrictUndefined

import api
from api.console.forms import TOKEN_FIELD
from api.console.sections import sections_for
from api.identity.browser_sessions import COOKIE, form_token
from api.requests.context import Context
from api.storage.account_tables import accounts
from engine.kernel import software_version
from engine.words import message, plural
from engine.words.catalogue import languages, tongue
from engine.words.wording import say, shown, speaking, spoken_language

ROOMS = Path(api.__path__[0])
SAFE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def page(context: Context, template: str, status: int = 200, **values: Any) -> Response:
    """A page of who has signed in: a template named ``room/file.html`` within the frame of the console."""
    who = context.connection.execute(
        sa.select(accounts.c.name, accounts.c.email).where(accounts.c.id == context.principal.account_id)
    ).one()
    frame = {
        "principal": context.principal,
        "who": who.name or who.email,
        "programme": context.objects.get("programme_id"),
        "sections": sections_for(context.principal, False),
        "programme_sections": sections_for(context.principal, True),
        "programme_id": context.request.path_params.get("programme_id", ""),
    }
    return rendered(context.request, template, status, **frame, **values)


def rendered(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """A page by itself; nobody has to be known."""
    told = {"principal": None, "programme": None, "done": request.query_params.get("done", "")}
    cookie = request.cookies.get(COOKIE, "")
    html = (
        _environment()
        .get_template(template)
        .render(
            **{
                "request": request,
                "path": request.url.path,
                "here": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
                "language": spoken_language().replace("_", "-"),
                "direction": direction(),
                "languages": languages(),
                "token_field": TOKEN_FIELD,
                "form_token": form_token(cookie) if cookie else "",
                **told,
                **values,
            }
        )
    )
    return HTMLResponse(html, status, SAFE_HEADERS)


def part(template: str, language: str, **values: Any) -> str:
    """A part of a page in a language of its own (a tag), as HTML."""
    with speaking(language):
        return _environment().get_template(template).render(**values)


def gone_to(path: str, done: str = "") -> Response:
    """Where the browser goes, as after a form was taken; ``done`` names the sentence that is shown there."""
    target = f"{path}{'&' if '?' in path else '?'}done={done}" if done else path
    return RedirectResponse(target, 303, SAFE_HEADERS)


def direction() -> str:
    """In which direction the language that is spoken is written: ltr or rtl."""
    spoken = spoken_language()
    return "rtl" if spoken.startswith("ar") else str(tongue(spoken).locale.text_direction)


def own_name(tag: str) -> str:
    """What a language calls itself."""
    return str(tongue(tag).locale.get_language_name() or tag).capitalize()


def _told(value: Any) -> str:
    """A value as it stands in a page: sentences, numbers and days as the language has them."""
    if isinstance(value, str):  # most of what stands in a page; markup that a macro made among it
        return say(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return say(message("yes") if value else message("no"))
    if isinstance(value, datetime):
        return shown(value.date(), "long")
    if isinstance(value, int | float | Decimal):
        return shown(value, ",")
    if isinstance(value, date):
        return shown(value, "long")
    return value


def make_ready() -> None:
    """Compile every template, and read every language, so that no reader of a page waits for it."""
    for file in sorted(ROOMS.glob("*/templates/*")):
        _environment().get_template(f"{file.parent.parent.name}/{file.name}")
    for language in languages():
        tongue(language)


@cache
def _environment() -> Environment:
    made = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(_source),
        auto_reload=False,
        finalize=_told,
        bytecode_cache=_compiled_before(),
    )
    made.globals |= {"message": message, "plural": plural, "say": say, "shown": shown, "own_name": own_name}
    made.globals |= {"day": date.fromisoformat, "number": Decimal}  # of cells, which are text
    return made


def _compiled_before() -> FileSystemBytecodeCache | None:
    """Templates as they were compiled before, in a folder of this version and this user; None where none can be."""
    place = Path(platformdirs.user_cache_dir("vaiven", version=software_version()), "templates")
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return FileSystemBytecodeCache(str(place)) if os.access(place, os.W_OK) else None


def _source(name: str) -> str | None:
    room, _, file = name.partition("/")
    place = ROOMS / room / "templates" / file
    return place.read_text("utf-8") if place.is_file() else None
