"""Accounts: made and changed by administrators, of whom one who can enter is always left; passwords of one's own."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from api.accounts.schemas import AccountChange, AccountIn
from api.answers.problems import ServiceError, content_fault
from api.identity.access import ADMINISTRATOR, EMPLOYER, MINISTRIES, Principal
from api.identity.keys import revoke_keys
from api.identity.passwords import hash_password, password_fits
from api.identity.tokens import end_sessions
from api.storage.account_tables import accounts
from api.storage.database import new_id, now
from api.uploads.uploads import cell_faults
from engine.errors import InputError
from engine.words import Message, message

Row = sa.Row[Any]


def make_account(connection: sa.Connection, asked: AccountIn, by_other: bool = True) -> Row:
    """Write a new account; ``by_other`` says whether somebody else chose its password.

    Raises 409 for an address that has one.
    """
    values = asked.model_dump(exclude={"password", "email"}) | {"id": new_id(), "email": asked.email.lower()}
    hashed = hash_password(asked.password) if asked.password is not None else ""
    values |= {"password_hash": hashed, "password_by_other": bool(hashed) and by_other, "oidc_subject": ""}
    values |= {"active": True, "version": 1, "created_at": now()}
    try:
        with connection.begin_nested():
            return connection.execute(accounts.insert().values(values).returning(accounts)).one()
    except sa.exc.IntegrityError as error:
        raise ServiceError(409, message("There is an account of this address.")) from error


def require_tenant(asked: AccountIn) -> None:
    """Raise `InputError` unless a ministry has a country, an employer an employer's id, and no other account either."""
    _require_with_role("country", asked.country, asked.role in MINISTRIES, message("a ministry's state, as GT"))
    _require_with_role("employer_id", asked.employer_id, asked.role == EMPLOYER, message("the employer's id"))
    faults = cell_faults("employers", "employer_id", asked.employer_id) if asked.employer_id else ()
    faults += cell_faults("employers", "country", asked.country)
    if faults:
        raise InputError(faults)


def _require_with_role(name: str, value: str, is_needed: bool, expected: Message) -> None:
    if is_needed and not value:
        raise content_fault(name, value, message("is missing: the role needs it"), expected)
    if value and not is_needed:
        raise content_fault(name, value, message("doesn't go with the role"), message("left empty"))


def locked_account(connection: sa.Connection, account_id: str) -> Row:
    """An account, held together with every active administrator, in one order so that no two wait for each other.

    Two administrators who let each other rest at once so come one after the other; the second sees what the first did.
    """
    held = sa.or_(accounts.c.id == account_id, sa.and_(accounts.c.role == ADMINISTRATOR, accounts.c.active.is_(True)))
    rows = connection.execute(sa.select(accounts).where(held).order_by(accounts.c.id).with_for_update()).all()
    return next(row for row in rows if row.id == account_id)


def changed_account(
    connection: sa.Connection, principal: Principal, row: Row, version: int, asked: AccountChange
) -> Row:
    """Change an account; `locked_account` has found it. Its sessions and keys end with a new password and with rest.

    Raises 409 for one's own password, and for the last administrator who can enter.
    """
    values = asked.model_dump(exclude_none=True, exclude={"password"}) | {"version": version + 1}
    if asked.password is not None:
        if row.id == principal.account_id:
            raise ServiceError(
                409, message("One's own password is set with the old one."), message("PUT /v1/me/password.")
            )
        values |= {"password_hash": hash_password(asked.password), "password_by_other": True}
    ends = asked.password is not None or asked.active is False
    if ends and row.role == ADMINISTRATOR and row.active and not _others(connection, row.id):
        raise ServiceError(
            409,
            message("This is the last administrator who can enter."),
            message("Make another one first, who has signed in."),
        )
    changed = accounts.update().where(accounts.c.id == row.id, accounts.c.version == version).values(values)
    found = connection.execute(changed.returning(accounts)).one()
    if ends:
        end_sessions(connection, row.id)
        revoke_keys(connection, row.id)
    return found


def _others(connection: sa.Connection, account_id: str) -> bool:
    """Whether another administrator can enter: active, with a password of his or her own or an identity provider."""
    own = sa.and_(accounts.c.password_hash != "", accounts.c.password_by_other.is_(False))
    able = sa.and_(accounts.c.role == ADMINISTRATOR, accounts.c.active.is_(True))
    found = sa.select(accounts.c.id).where(
        able, sa.or_(own, accounts.c.oidc_subject != ""), accounts.c.id != account_id
    )
    return connection.scalar(found.limit(1)) is not None


def set_own_password(connection: sa.Connection, principal: Principal, old: str, new: str) -> None:
    """Set one's own password; every other session of the account ends.

    Raises 422 where the old password is wrong, or the new one is the old one. What was counted before is kept.
    """
    mine = accounts.c.id == principal.account_id
    row = connection.execute(sa.select(accounts).where(mine).with_for_update()).one()
    if not password_fits(old, row.password_hash):
        error = ServiceError(
            422, message("The old password isn't this one."), message("Send the one that you signed in with.")
        )
        error.keeps = True
        raise error
    if old == new:
        raise content_fault("password", "", message("is the old one"), message("another password"))
    values = {"password_hash": hash_password(new), "password_by_other": False, "version": row.version + 1}
    connection.execute(accounts.update().where(mine).values(values))
    end_sessions(connection, principal.account_id, but=principal.session_id)
