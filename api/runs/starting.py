"""How a page's form begins a run: read and put into the queue, or the form is asked for again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from fastapi import Response

from api.console.forms import or_again, read_form
from api.identity.access import Principal
from api.runs.beginning import begin_run
from api.runs.schemas import RunIn, SpokenIn
from engine.errors import InputError
from engine.words.wording import spoken_language


def begun(
    connection: sa.Connection,
    principal: Principal,
    programme_id: str,
    model: type[RunIn],
    typed: Mapping[str, Any],
    again: Callable[[InputError], Response],
) -> str:
    """Begin a run of what was typed, in the language that is spoken; its id. ``again`` gives the form anew."""

    def begin() -> str:
        asked = read_form(model, typed)
        if isinstance(asked, SpokenIn):
            asked.lang = asked.lang or spoken_language()
        return begin_run(connection, principal, programme_id, asked)

    identifier: str = or_again(begin, again)
    return identifier
