"""How a page's form starts a run: read, begun, recorded; the browser goes to the run, or gets the form again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Response

from api.console.forms import or_again, read_form
from api.console.rendering import gone_to
from api.requests.context import Context
from api.runs.beginning import begin_run
from api.runs.schemas import RunIn, SpokenIn
from engine.errors import InputError
from engine.words.wording import spoken_language


def started(
    context: Context, model: type[RunIn], typed: Mapping[str, Any], again: Callable[[InputError], Response]
) -> Response:
    """Start a run of what was typed, in the language that is spoken; ``again`` is the form with what is wrong."""
    programme_id = context.programme.id

    def begun() -> tuple[str, str]:
        asked = read_form(model, typed)
        if isinstance(asked, SpokenIn):
            asked.lang = asked.lang or spoken_language()
        return begin_run(context.connection, context.principal, programme_id, asked), asked.kind

    identifier, kind = or_again(begun, again)
    context.record("run.started", f"run/{identifier}", kind=kind)
    return gone_to(f"/programmes/{programme_id}/runs/{identifier}")
