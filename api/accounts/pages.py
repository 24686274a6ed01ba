"""Pages of accounts: all of them, a new one, and one with its sessions and keys, for administrators and auditors."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from fastapi import Response

from api.accounts.accounts import changed_account, locked_account, make_account, require_tenant
from api.accounts.schemas import AccountChange, AccountIn
from api.accounts.second_factors import factor_of
from api.answers.problems import ServiceError
from api.console.forms import FormFields, faults_by_field, or_again, picked, read_form, require_shown
from api.console.page_router import PageRouter, viewed
from api.console.rendering import gone_to, page
from api.console.sections import Section
from api.console.tables import Column, Filter, Listing, read_table, table_file
from api.identity.access import ROLES
from api.identity.code_flow import provider_name
from api.identity.keys import good_keys
from api.identity.tokens import end_sessions
from api.placements.words import ROLES as ROLE_WORDS
from api.requests.context import Context
from api.storage.account_tables import accounts, api_keys, sessions
from api.storage.database import now
from engine.errors import InputError
from engine.words import message, msgid

router = PageRouter()
SECTIONS = (
    Section(
        msgid("Accounts"),
        "/accounts",
        "account.read",
        10,
        msgid("Who may sign in, in which role; passwords, keys and second factors."),
    ),
)
LISTING = Listing(
    msgid("Accounts"),
    [
        Column("email", msgid("E-mail address"), accounts.c.email, link=lambda row: f"/accounts/{row['id']}"),
        Column("name", msgid("Name"), accounts.c.name),
        Column("role", msgid("Role"), accounts.c.role, words=ROLE_WORDS),
        Column("country", msgid("State"), accounts.c.country),
        Column("employer_id", msgid("Employer"), accounts.c.employer_id),
        Column("active", msgid("Active"), accounts.c.active),
        Column("id", msgid("Id"), accounts.c.id, hidden=True),
    ],
    [
        Filter("role", msgid("Role"), accounts.c.role, words=ROLE_WORDS),
        Filter("country", msgid("State"), accounts.c.country),
        Filter("email", msgid("Address begins with"), accounts.c.email, text=True),
    ],
    "email",
)


@router.get("/accounts")
def show_accounts(context: Context = viewed("account.read")) -> Response:
    """All accounts, as a table and as files."""
    rows = sa.select(accounts)
    if (file := table_file(context, LISTING, rows)) is not None:
        return file
    may_write = context.principal.may("account.write")
    return page(context, "accounts/list.html", shown=read_table(context, LISTING, rows), may_write=may_write)


@router.get("/new-account")
def ask_for_account(context: Context = viewed("account.write")) -> Response:
    """The form of a new account, with a first password drawn for it."""
    return _form(context, {"password": secrets.token_urlsafe(12)})


def _form(context: Context, typed: dict[str, str], error: InputError | None = None) -> Response:
    roles = [(role, message(ROLE_WORDS[role])) for role in ROLES]
    status = 422 if error else 200
    told = {"typed": typed, "error": error, "faults": faults_by_field(error), "roles": roles}
    return page(context, "accounts/new.html", status, provider=provider_name(), **told)


@router.post("/new-account")
def make_new_account(fields: FormFields, context: Context = viewed("account.write")) -> Response:
    """Make an account; who holds it sets a password of his or her own before anything else."""

    def done() -> str:
        asked = read_form(AccountIn, picked(fields, AccountIn))
        require_tenant(asked)
        row = make_account(context.connection, asked)
        context.record("account.created", f"account/{row.id}", role=row.role)
        return str(row.id)

    made = or_again(done, lambda error: _form(context, dict(fields), error))
    return gone_to(f"/accounts/{made}", "made")


@router.get("/accounts/{account_id}")
def show_account(account_id: str, context: Context = viewed("account.read")) -> Response:
    """One account with its sessions and keys."""
    return _account(context)


def _account(context: Context, error: InputError | ServiceError | None = None) -> Response:
    row = context.objects["account_id"]
    mine = sa.and_(sessions.c.account_id == row.id, sessions.c.revoked_at.is_(None), sessions.c.expires_at > now())
    keys = sa.select(api_keys.c.name, api_keys.c.expires_at, api_keys.c.scope)
    return page(
        context,
        "accounts/account.html",
        422 if error else 200,
        row=row,
        factor=factor_of(context.connection, row.id),
        roles=ROLE_WORDS,
        sessions_open=context.connection.scalar(sa.select(sa.func.count()).select_from(sessions).where(mine)) or 0,
        keys=context.connection.execute(keys.where(api_keys.c.account_id == row.id, good_keys())).all(),
        error=error,
        faults=faults_by_field(error),
        typed={"name": row.name},
        may_write=context.principal.may("account.write"),
    )


@router.post("/accounts/{account_id}/sessions-ended")
def end_sessions_of_account(
    account_id: str, fields: FormFields, context: Context = viewed("account.write")
) -> Response:
    """End every session of an account but the one that asks; its keys and its password stay good."""
    row = context.objects["account_id"]
    end_sessions(context.connection, row.id, but=context.principal.session_id)
    context.record("account.sessions_ended", f"account/{row.id}")
    return gone_to(f"/accounts/{account_id}", "sessions-ended")


@router.post("/accounts/{account_id}")
def change_one_account(account_id: str, fields: FormFields, context: Context = viewed("account.write")) -> Response:
    """Rename an account, give it a new password, or let it rest; the latter two end its sessions and keys."""
    row = locked_account(context.connection, account_id)
    require_shown(fields, row.version)

    def done() -> None:
        asked = read_form(AccountChange, picked(fields, AccountChange))
        changed_account(context.connection, context.principal, row, row.version, asked)
        context.record("account.changed", f"account/{row.id}", columns=sorted(asked.model_fields_set))

    or_again(done, lambda error: _account(context, error))
    return gone_to(f"/accounts/{account_id}", "changed")
