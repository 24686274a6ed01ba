"""Sessions, accounts and API keys."""

from __future__ import annotations

import sqlalchemy as sa
from fastapi import Request, Response

from api.audit_log import Entry, append
from api.identity.access import EMPLOYER, GRANTS, MINISTRIES
from api.identity.oidc import account_of, claims_of
from api.identity.passwords import hash_password, hash_secret, new_secret, password_fits
from api.identity.tokens import Tokens, begin_session, end_session, end_sessions, refreshed
from api.problems import ServiceError, content_fault, not_found
from api.rate_limits import count_attempt
from api.registers.uploads import cell_faults
from api.request_context import Context, Router, allowed, etag
from api.settings import settings
from api.storage.database import database, new_id, now, transaction, utc
from api.storage.tables import accounts, api_keys
from api.wire.identity import (
    AccountChange,
    AccountIn,
    AccountOut,
    IdTokenIn,
    KeyIn,
    KeyOut,
    LoginIn,
    MeOut,
    RefreshIn,
    TokensOut,
)
from api.wire.shapes import After, Limit, Page, page
from engine.errors import InputError

router = Router(prefix="/v1")
QUARTER_HOUR = 900


@router.post("/sessions", status_code=201, tags=["identity"])
def log_in(request: Request, asked: LoginIn) -> TokensOut:
    """Log in with a password; attempts are counted by address and by account."""
    email, most = asked.email.strip().lower(), settings().logins_per_quarter_hour
    client = request.client.host if request.client else "unknown"
    count_attempt(database(), f"login {hash_secret(email + client)}", most, QUARTER_HOUR)
    count_attempt(database(), f"login for {hash_secret(email)}", 10 * most, QUARTER_HOUR)
    count_attempt(database(), f"login from {hash_secret(client)}", 10 * most, QUARTER_HOUR)
    with transaction(database(), read_only=True) as connection:
        row = connection.execute(sa.select(accounts).where(accounts.c.email == email)).one_or_none()
    fits = password_fits(asked.password, row.password_hash if row is not None and row.active else "")
    if row is None or not fits:
        raise ServiceError(401, "The address or the password is wrong.")
    with transaction(database()) as connection:
        return _begun(connection, row.id, "session.began")


@router.post("/sessions/oidc", status_code=201, tags=["identity"])
def log_in_by_identity_provider(request: Request, asked: IdTokenIn) -> TokensOut:
    """Log in with the signed ID token of the ministry's own identity provider."""
    client = request.client.host if request.client else "unknown"
    most = 10 * settings().logins_per_quarter_hour
    count_attempt(database(), f"oidc from {hash_secret(client)}", most, QUARTER_HOUR)
    subject = claims_of(asked.id_token)
    with transaction(database()) as connection:
        return _begun(connection, account_of(connection, subject), "session.began by oidc")


@router.post("/sessions/refresh", tags=["identity"])
def refresh_session(asked: RefreshIn) -> TokensOut:
    """New tokens for a session; the refresh token given is good no longer."""
    with transaction(database()) as connection:
        return _out(refreshed(connection, asked.refresh_token))


@router.delete("/sessions/current", status_code=204, tags=["identity"])
def log_out(context: Context = allowed("key.own")) -> Response:
    """End this session: its tokens are good no longer."""
    if not context.principal.session_id:
        raise ServiceError(409, "An API key has no session.", "Delete the key.")
    end_session(context.connection, context.principal.session_id)
    context.record("session.ended", f"account/{context.principal.account_id}")
    return Response(status_code=204)


@router.get("/me", tags=["identity"])
def read_me(context: Context = allowed("key.own")) -> MeOut:
    """Who asks, and which actions the table of roles allows."""
    who = context.principal
    may = [action for action in GRANTS if who.may(action)]
    return MeOut(account_id=who.account_id, role=who.role, country=who.country, employer_id=who.employer_id, may=may)


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
    _require_tenant(asked)
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
def change_account(account_id: str, asked: AccountChange, context: Context = allowed("account.write")) -> Response:
    """Rename an account, give it a new password, or let it rest; the latter two end its sessions."""
    row = context.objects["account_id"]
    version = context.require_version(row)
    values = asked.model_dump(exclude_none=True, exclude={"password"}) | {"version": version + 1}
    if asked.password is not None:
        values["password_hash"] = hash_password(asked.password)
    changed = accounts.update().where(accounts.c.id == row.id, accounts.c.version == version).values(values)
    found = context.connection.execute(changed.returning(accounts)).one()
    if asked.password is not None or asked.active is False:
        end_sessions(context.connection, row.id)
    context.record("account.changed", f"account/{row.id}", columns=sorted(asked.model_fields_set))
    return context.answer(_account(found), ETag=etag(found.version))


@router.get("/api-keys", tags=["identity"])
def list_api_keys(context: Context = allowed("key.own")) -> Page[KeyOut]:
    """One's own API keys that are good, without their secrets."""
    mine = sa.and_(api_keys.c.account_id == context.principal.account_id, api_keys.c.revoked_at.is_(None))
    rows = context.connection.execute(sa.select(api_keys).where(mine).order_by(api_keys.c.id)).all()
    return Page(items=[KeyOut(id=row.id, name=row.name, created_at=utc(row.created_at)) for row in rows])


@router.post("/api-keys", status_code=201, tags=["identity"])
def create_api_key(asked: KeyIn, context: Context = allowed("key.own")) -> KeyOut:
    """Make an API key for a system; its secret is told this once."""
    identifier, secret, at = new_id(), new_secret(), now()
    values = {"id": identifier, "account_id": context.principal.account_id, "name": asked.name, "created_at": at}
    context.connection.execute(api_keys.insert().values(**values, secret_hash=hash_secret(secret), revoked_at=None))
    context.record("key.created", f"key/{identifier}")
    return KeyOut(id=identifier, name=asked.name, created_at=at, secret=f"vaiven_{identifier}.{secret}")


@router.delete("/api-keys/{key_id}", status_code=204, tags=["identity"])
def delete_api_key(key_id: str, context: Context = allowed("key.own")) -> Response:
    """Revoke one of one's own API keys."""
    mine = sa.and_(api_keys.c.id == key_id, api_keys.c.account_id == context.principal.account_id)
    revoked = api_keys.update().where(mine, api_keys.c.revoked_at.is_(None)).values(revoked_at=now())
    if not context.connection.execute(revoked).rowcount:
        raise not_found()
    context.record("key.revoked", f"key/{key_id}")
    return Response(status_code=204)


def make_account(connection: sa.Connection, asked: AccountIn) -> sa.Row[tuple[object, ...]]:
    """Write a new account. Raises 409 for an address that has one."""
    values = asked.model_dump(exclude={"password", "email"}) | {"id": new_id(), "email": asked.email.lower()}
    hashed = hash_password(asked.password) if asked.password is not None else ""
    values |= {"password_hash": hashed, "oidc_subject": "", "active": True, "version": 1, "created_at": now()}
    try:
        with connection.begin_nested():
            return connection.execute(accounts.insert().values(values).returning(accounts)).one()
    except sa.exc.IntegrityError as error:
        raise ServiceError(409, "There is an account of this address.") from error


def _require_tenant(asked: AccountIn) -> None:
    """A ministry's account has a country, an employer's an employer."""
    if (asked.role in MINISTRIES) != bool(asked.country):
        raise content_fault("country", asked.country, "doesn't go with the role", "a country for ministries alone")
    if (asked.role == EMPLOYER) != bool(asked.employer_id):
        raise content_fault("employer_id", asked.employer_id, "doesn't go with the role", "an id for employers alone")
    faults = cell_faults("employers", "employer_id", asked.employer_id) if asked.employer_id else ()
    faults += cell_faults("employers", "country", asked.country)
    if faults:
        raise InputError(faults)


def _begun(connection: sa.Connection, account_id: str, action: str) -> TokensOut:
    tokens = begin_session(connection, account_id)
    append(connection, [Entry(account_id, action, f"account/{account_id}", {})])
    return _out(tokens)


def _out(tokens: Tokens) -> TokensOut:
    return TokensOut(access_token=tokens.access_token, expires_in=tokens.expires_in, refresh_token=tokens.refresh_token)


def _account(row: sa.Row[tuple[object, ...]]) -> AccountOut:
    told = {name: row._mapping[name] for name in AccountOut.model_fields if name != "created_at"}
    return AccountOut(**told, created_at=utc(row.created_at))
