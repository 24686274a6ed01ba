"""Sessions, who one is, and accounts."""

from __future__ import annotations

import sqlalchemy as sa
from fastapi import Request, Response

from api.accounts.accounts import changed_account, locked_account, make_account, require_tenant, set_own_password
from api.accounts.schemas import (
    AccountChange,
    AccountIn,
    AccountOut,
    IdTokenIn,
    LoginIn,
    MeOut,
    PasswordIn,
    RefreshIn,
    TokensOut,
)
from api.answers.problems import ServiceError
from api.identity.access import GRANTS
from api.identity.oidc import account_of, claims_of
from api.identity.passwords import password_fits
from api.identity.sign_in_limits import QUARTER_HOUR, Attempt, SignInLimits, host_mark, host_of
from api.identity.tokens import Tokens, begin_session, end_session, refreshed
from api.logs.audit_log import Entry, append
from api.rate_limits import count_within
from api.requests.context import Context, Router, allowed, asking_outside, etag
from api.requests.shapes import After, Limit, Page, page
from api.settings import settings
from api.storage.database import database, transaction, utc
from api.storage.tables import accounts
from engine.words import message

router = Router(prefix="/v1")


@router.post("/sessions", status_code=201, tags=["identity"])
def log_in(request: Request, asked: LoginIn) -> TokensOut:
    """Log in with a password; wrong ones are counted by address and host."""
    limits, attempt = _limits(request), Attempt(host_of(request), asked.email.strip().lower())
    limits.require_open(attempt)
    with transaction(database(), read_only=True) as connection:
        row = connection.execute(sa.select(accounts).where(accounts.c.email == attempt.email)).one_or_none()
        limits.require_room(connection, attempt, None if row is None else row.id)
    fits = password_fits(asked.password, row.password_hash if row is not None and row.active else "")
    if row is None or not fits:
        limits.count_failure(attempt)
        raise ServiceError(401, message("The address or the password is wrong."))
    with transaction(database()) as connection:
        return _begun(connection, row.id, "session.began", attempt.host)


@router.post("/sessions/oidc", status_code=201, tags=["identity"])
@asking_outside
def log_in_by_identity_provider(request: Request, asked: IdTokenIn) -> TokensOut:
    """Log in with the signed ID token of the ministry's own identity provider; tokens that aren't good are counted."""
    limits, attempt = _limits(request), Attempt(host_of(request))
    with transaction(database(), read_only=True) as connection:
        limits.require_room(connection, attempt, None)
    try:
        subject = claims_of(asked.id_token)
    except ServiceError as error:
        if error.http_status == 401:
            limits.count_failure(attempt)
        raise
    with transaction(database()) as connection:
        return _begun(connection, account_of(connection, subject), "session.began by oidc", attempt.host)


@router.post("/sessions/refresh", tags=["identity"])
def refresh_session(request: Request, asked: RefreshIn) -> TokensOut:
    """New tokens for a session; the refresh token given is good no longer."""
    with transaction(database()) as connection:
        return _out(refreshed(connection, asked.refresh_token))


@router.delete("/sessions/current", status_code=204, tags=["identity"])
def log_out(context: Context = allowed("session.own")) -> Response:
    """End this session: its tokens are good no longer."""
    if not context.principal.session_id:
        raise ServiceError(409, message("An API key has no session."), message("Delete the key."))
    end_session(context.connection, context.principal.session_id)
    context.record("session.ended", f"account/{context.principal.account_id}")
    return Response(status_code=204)


@router.get("/me", tags=["identity"])
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
    )


@router.put("/me/password", status_code=204, tags=["identity"])
def set_password(asked: PasswordIn, context: Context = allowed("password.own")) -> Response:
    """Set one's own password with the old one; every other session ends. Who came in with a password that somebody else
    chose does this before anything else.
    """
    who = context.principal
    count_within(context.connection, f"password of {who.account_id}", settings().logins_per_quarter_hour, QUARTER_HOUR)
    set_own_password(context.connection, who, asked.old_password, asked.password)
    context.record("password.set", f"account/{who.account_id}")
    return Response(status_code=204)


@router.get("/accounts", tags=["identity"])
def list_accounts(
    limit: Limit = 100, after: After = None, context: Context = allowed("account.read")
) -> Page[AccountOut]:
    """All accounts, in the order in which they were made."""
    asked = sa.select(accounts).order_by(accounts.c.id).limit(limit + 1)
    rows = context.connection.execute(asked if after is None else asked.where(accounts.c.id > after)).all()
    return page([_account(row) for row in rows], limit, [row.id for row in rows])


@router.post("/accounts", status_code=201, tags=["identity"], response_model=AccountOut)
def create_account(asked: AccountIn, context: Context = allowed("account.write")) -> Response:
    """Make an account."""
    require_tenant(asked)
    row = make_account(context.connection, asked)
    context.record("account.created", f"account/{row.id}", role=row.role)
    return context.answer(_account(row), 201, Location=f"/v1/accounts/{row.id}", ETag=etag(row.version))


@router.get("/accounts/{account_id}", tags=["identity"])
def read_account(account_id: str, response: Response, context: Context = allowed("account.read")) -> AccountOut:
    """One account."""
    row = context.objects["account_id"]
    response.headers["ETag"] = etag(row.version)
    return _account(row)


@router.patch("/accounts/{account_id}", tags=["identity"], response_model=AccountOut)
def change_account(
    account_id: str, asked: AccountChange, context: Context = allowed("account.write", versioned=True)
) -> Response:
    """Rename an account, give it a new password, or let it rest; the latter two end its sessions and API keys."""
    row = locked_account(context.connection, account_id)
    found = changed_account(context.connection, context.principal, row, context.require_version(row), asked)
    context.record("account.changed", f"account/{row.id}", columns=sorted(asked.model_fields_set))
    return context.answer(_account(found), ETag=etag(found.version))


def _limits(request: Request) -> SignInLimits:
    found: SignInLimits = request.app.state.sign_in_limits
    return found


def _begun(connection: sa.Connection, account_id: str, action: str, host: str) -> TokensOut:
    tokens = begin_session(connection, account_id, host_mark(connection, account_id, host))
    append(connection, [Entry(account_id, action, f"account/{account_id}", {})])
    return _out(tokens)


def _out(tokens: Tokens) -> TokensOut:
    return TokensOut(access_token=tokens.access_token, expires_in=tokens.expires_in, refresh_token=tokens.refresh_token)


def _account(row: sa.Row[tuple[object, ...]]) -> AccountOut:
    told = {name: row._mapping[name] for name in AccountOut.model_fields if name != "created_at"}
    return AccountOut(**told, created_at=utc(row.created_at))
