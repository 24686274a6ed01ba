"""The worker's pages: a code opens what is offered, with its conditions, and takes the answer. No account."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from fastapi import Request, Response

from api.answers.problems import ServiceError
from api.answers.spoken_requests import has_chosen
from api.console.forms import Answered, FormFields
from api.console.page_router import PageRouter, viewed
from api.console.rendering import page, rendered
from api.identity.passwords import hash_secret
from api.identity.sign_in_limits import QUARTER_HOUR, host_of
from api.placements.letters import WRITTEN, language_of_worker, letter_of
from api.placements.reason_slips import Told, told_by
from api.placements.slips import ANSWERS, answer_slip, conditions_of, make_slip, operation_of
from api.placements.words import STATES
from api.rate_limits import count_attempt
from api.requests.context import Context
from api.settings import settings
from api.storage.database import database, transaction
from engine.words import message
from engine.words.wording import speaking

router = PageRouter()


@router.post("/programmes/{programme_id}/placements/{operation_id}/slip")
def make_a_slip(
    programme_id: str, operation_id: str, fields: FormFields, context: Context = viewed("operation.move")
) -> Response:
    """The slip of a placement, to be printed and handed over: its code is told this once."""
    operation = context.objects["operation_id"]
    code = make_slip(context.connection, context.principal, operation)
    context.record("slip.made", f"operation/{operation_id}")
    return _alone(context, code)


@router.get("/programmes/{programme_id}/placements/{operation_id}/letter")
def show_letter(programme_id: str, operation_id: str, context: Context = viewed("operation.move")) -> Response:
    """The letter of one worker alone, in his or her language, without a code."""
    if context.objects["operation_id"].state not in WRITTEN:
        raise ServiceError(409, message("There is no letter to write: nothing is offered (any more)."))
    return _alone(context, "")


def _alone(context: Context, code: str) -> Response:
    """A placement's letter on a page to print, with a code to answer by or without."""
    letter = letter_of(context.connection, context.principal, context.objects["operation_id"])
    if letter.name:
        context.record("persons.read", f"operation/{letter.operation.id}", names=1)
    text = letter.in_words(str(context.request.base_url.replace(path="/slip")), code)
    told: dict[str, Any] = {
        "operation": letter.operation,
        "letter_language": letter.language,
        "letter": text,
        "code": code,
    }
    return page(context, "placements/slip_made.html", **told)


@router.get("/slip")
def ask_for_code(request: Request) -> Response:
    """The form for a code."""
    return rendered(request, "placements/slip_code.html", error=None)


@router.post("/slip")
def read_slip(request: Request, fields: FormFields) -> Response:
    """What a code's placement offers; with ``answer``, that answer is recorded first."""
    count_attempt(database(), f"slip {hash_secret(host_of(request))}", settings().slips_per_quarter_hour, QUARTER_HOUR)
    code, answer = fields.get("code", ""), fields.get("answer", "")
    try:
        with transaction(database(), read_only=answer not in ANSWERS) as connection:
            if answer not in ANSWERS and (why := _reason(connection, code)) is not None:
                return _in_own_language(request, why.language, "placements/slip_reason.html", told=why)
            if answer in ANSWERS:
                answer_slip(connection, code, answer)
            operation = operation_of(connection, code)
            told = conditions_of(connection, operation)
            language = language_of_worker(connection, operation.programme_id, operation.worker_id)
    except ServiceError as error:
        raise Answered(rendered(request, "placements/slip_code.html", error.http_status, error=error)) from error
    shown: dict[str, Any] = {
        "operation": operation,
        "conditions": told,
        "code": code,
        "states": STATES,
        "answer": answer,
    }
    return _in_own_language(request, language, "placements/slip.html", **shown)


def _in_own_language(request: Request, language: str, template: str, **values: Any) -> Response:
    """A page for a worker in the language of his or her record, unless another was chosen in this browser."""
    if has_chosen(request):
        return rendered(request, template, **values)
    with speaking(language):
        answer = rendered(request, template, **values)
    answer.headers["Content-Language"] = language
    return answer


def _reason(connection: sa.Connection, code: str) -> Told | None:
    """Why somebody has no placement, where the code is one that tells that."""
    try:
        return told_by(connection, code)
    except ServiceError:
        return None
