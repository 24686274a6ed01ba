"""Pages of signing in, by a password and a code where the account has a second factor, and of signing out."""

from __future__ import annotations

from fastapi import Request, Response

from api.accounts.entering import at_second_step, entered, gone_on, own_path
from api.accounts.schemas import CodeIn, LoginIn
from api.answers.problems import ServiceError
from api.console.forms import Answered, FormFields, faults_by_field, picked, read_form
from api.console.page_router import PageRouter, viewed
from api.console.rendering import gone_to, rendered
from api.identity.browser_sessions import COOKIE
from api.identity.code_flow import provider_name
from api.identity.signing_in import account_by_password, code_of_sign_in
from api.identity.tokens import end_session
from api.requests.context import Context
from api.storage.database import database, transaction
from engine.errors import InputError

router = PageRouter()
Wrong = InputError | ServiceError


@router.get("/sign-in")
def ask_to_sign_in(request: Request) -> Response:
    """The form to sign in."""
    return _sign_in_form(request, request.query_params.get("next"))


@router.post("/sign-in")
def sign_in(request: Request, fields: FormFields) -> Response:
    """Sign in by a password; who has a second factor is asked for its code."""
    try:
        asked = read_form(LoginIn, picked(fields, LoginIn))
        account = account_by_password(request, asked.email, asked.password)
    except (InputError, ServiceError) as error:
        raise Answered(_sign_in_form(request, fields.get("next"), fields.get("email", ""), error)) from error
    return gone_on(request, account, "", fields.get("next", ""))


@router.get("/sign-in/code")
def ask_for_code(request: Request) -> Response:
    """The form for the code of the second factor."""
    with transaction(database(), read_only=True) as connection:
        step = at_second_step(request, connection)
    return gone_to("/sign-in") if step is None else _code_form(request)


@router.post("/sign-in/code")
def give_code(request: Request, fields: FormFields) -> Response:
    """Let the browser in by a code of the app or a recovery code; wrong ones are counted."""
    with transaction(database()) as connection:
        step = at_second_step(request, connection)
        if step is None:
            return gone_to("/sign-in")
        account, target = step
        try:
            kind = code_of_sign_in(request, connection, account, read_form(CodeIn, picked(fields, CodeIn)).code)
        except (InputError, ServiceError) as error:
            raise Answered(_code_form(request, error), getattr(error, "keeps", False)) from error
        return entered(request, connection, account, kind, target)


@router.post("/sign-out")
def sign_out(fields: FormFields, context: Context = viewed("session.own")) -> Response:
    """End this session."""
    end_session(context.connection, context.principal.session_id)
    context.record("session.ended", f"account/{context.principal.account_id}")
    response = gone_to("/sign-in", "signed-out")
    response.delete_cookie(COOKIE, path="/")
    return response


def _sign_in_form(request: Request, asked: str | None, email: str = "", error: Wrong | None = None) -> Response:
    told = {"typed": {"email": email}, "error": error, "faults": faults_by_field(error), "next": own_path(asked)}
    told["provider"] = provider_name()
    return rendered(request, "accounts/sign_in.html", _status(error), **told)


def _code_form(request: Request, error: Wrong | None = None) -> Response:
    return rendered(request, "accounts/code.html", _status(error), error=error, faults=faults_by_field(error))


def _status(error: Wrong | None) -> int:
    return 200 if error is None else int(getattr(error, "http_status", 422))
