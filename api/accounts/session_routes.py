"""Sessions, and who one is."""

from __future__ import annotations

import sqlalchemy as sa
from fastapi import Request, Response

from api.accounts.accounts import set_own_password
from api.accounts.schemas import (
    IdTokenIn,
    LoginIn,
    MeOut,
    PasswordIn,
    RefreshIn,
    TokensOut,
)
from api.answers.problems import ServiceError
from api.identity.access import GRANTS
from api.identity.oidc import account_of, claims_of, provider_factor
from api.identity.sign_in_limits import QUARTER_HOUR, host_mark, host_of
from api.identity.signing_in import account_by_password, claims_within_limits, code_of_sign_in
from api.identity.tokens import Tokens, begin_session, end_session, refreshed
from api.logs.audit_log import Entry, append
from api.rate_limits import count_within
from api.requests.context import Context
from api.requests.handlers import allowed, asking_outside
from api.requests.router import Router
from api.settings import settings
from api.storage.database import database, transaction
from engine.words import message

router = Router(prefix="/v1", tags=["identity"])


@router.post("/sessions", status_code=201)
def log_in(request: Request, asked: LoginIn) -> TokensOut:
    """Log in with a password, and a code where the account has a second factor; wrong ones are counted."""
    account = account_by_password(request, asked.email, asked.password)
    with transaction(database()) as connection:
        kind = code_of_sign_in(request, connection, account, asked.code)
        return _begun(connection, account, "session.began", host_of(request), kind)


@router.post("/sessions/oidc", status_code=201)
@asking_outside
def log_in_by_identity_provider(request: Request, asked: IdTokenIn) -> TokensOut:
    """Log in with the signed ID token of the ministry's own identity provider; tokens that aren't good are counted."""
    claims = claims_within_limits(request, lambda: claims_of(asked.id_token))
    with transaction(database()) as connection:
        account = account_of(connection, claims)
        kind = provider_factor(claims) or code_of_sign_in(request, connection, account, asked.code)
        return _begun(connection, account, "session.began by oidc", host_of(request), kind)


@router.post("/sessions/refresh")
def refresh_session(request: Request, asked: RefreshIn) -> TokensOut:
    """New tokens for a session; the refresh token given is good no longer."""
    with transaction(database()) as connection:
        return _out(refreshed(connection, asked.refresh_token))


@router.delete("/sessions/current", status_code=204)
def log_out(context: Context = allowed("session.own")) -> Response:
    """End this session: its tokens are good no longer."""
    if not context.principal.session_id:
        raise ServiceError(409, message("An API key has no session."), message("Delete the key."))
    end_session(context.connection, context.principal.session_id)
    context.record("session.ended", f"account/{context.principal.account_id}")
    return Response(status_code=204)


@router.get("/me")
def read_me(context: Context = allowed("session.own")) -> MeOut:
    """Who asks, and which actions the table of roles allows."""
    who = context.principal
    may = [action for action in GRANTS if who.may(action)]
    return MeOut(
        account_id=who.account_id,
        role=who.role,
        country=who.country,
        employer_id=who.employer_id,
        may=may,
        must_set_password=who.must_set_password,
        must_set_up_second_factor=who.must_set_up_second_factor,
    )


@router.put("/me/password", status_code=204)
def set_password(asked: PasswordIn, context: Context = allowed("password.own")) -> Response:
    """Set one's own password with the old one; every other session ends. Who came in with a password that somebody else
    chose does this before anything else.
    """
    who = context.principal
    count_within(context.connection, f"password of {who.account_id}", settings().logins_per_quarter_hour, QUARTER_HOUR)
    set_own_password(context.connection, who, asked.old_password, asked.password)
    context.record("password.set", f"account/{who.account_id}")
    return Response(status_code=204)


def _begun(connection: sa.Connection, account_id: str, action: str, host: str, kind: str) -> TokensOut:
    tokens = begin_session(connection, account_id, host_mark(connection, account_id, host), bool(kind))
    append(connection, [Entry(account_id, action, f"account/{account_id}", {"second_factor": kind})])
    return _out(tokens)


def _out(tokens: Tokens) -> TokensOut:
    return TokensOut(access_token=tokens.access_token, expires_in=tokens.expires_in, refresh_token=tokens.refresh_token)
