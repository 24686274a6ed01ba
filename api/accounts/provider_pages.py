"""The way of a browser to the identity provider and back: a link there, and what becomes of who comes back.

Invariants: whoever comes back is let in as after a password (`api.accounts.entering`), to a page of ours alone and with
a new cookie; the cookie of the way goes when its sign-in has ended, well or not; nothing that goes wrong is counted
against an account.
"""

from __future__ import annotations

from fastapi import Request, Response

from api.accounts.entering import gone_on, own_path
from api.answers.problems import ServiceError
from api.console.page_router import PageRouter
from api.console.rendering import gone_to, rendered
from api.identity.browser_sessions import set_cookie
from api.identity.code_flow import (
    BACK,
    LEFT_SECONDS,
    Left,
    address_there,
    claims_for,
    come_back,
    leave,
    require_code,
    signed,
)
from api.identity.oidc import account_of, provider_factor
from api.identity.signing_in import claims_within_limits
from api.requests.handlers import asking_outside
from api.storage.database import database, transaction

LEFT_COOKIE = "vaiven_left_for_provider"
router = PageRouter()


@router.get("/sign-in/provider")
@asking_outside
def leave_for_provider(request: Request) -> Response:
    """Go to the identity provider; a link, since no form of ours may lead to another host."""
    left = leave(own_path(request.query_params.get("next")))
    try:
        response = gone_to(address_there(left))
    except ServiceError as error:
        return _not_signed_in(request, error, left.target)
    with transaction(database(), read_only=True) as connection:
        set_cookie(response, request, LEFT_COOKIE, signed(connection, left), LEFT_SECONDS)
    return response


@router.get(BACK)
@asking_outside
def come_back_from_provider(request: Request) -> Response:
    """Let in whom the provider knows; who didn't leave from this browser changes nothing, not even its cookie."""
    try:
        with transaction(database(), read_only=True) as connection:
            left = come_back(connection, request.cookies.get(LEFT_COOKIE, ""), request.query_params)
    except ServiceError as error:
        return _not_signed_in(request, error)
    try:
        response = _let_in(request, left)
    except ServiceError as error:
        response = _not_signed_in(request, error, left.target)
    response.delete_cookie(LEFT_COOKIE, path="/")
    return response


def _let_in(request: Request, left: Left) -> Response:
    code = require_code(request.query_params)
    claims = claims_within_limits(request, lambda: claims_for(code, left))
    with transaction(database()) as connection:
        account = account_of(connection, claims)
    return gone_on(request, account, provider_factor(claims), left.target)


def _not_signed_in(request: Request, error: ServiceError, target: str = "") -> Response:
    """What went wrong, and the way back; the address that was come back to, with its code, stands nowhere on it."""
    told = {"error": error, "next": own_path(target), "here": "/sign-in"}
    response = rendered(request, "accounts/not_signed_in.html", error.http_status, **told)
    response.headers.update(error.headers)
    return response
