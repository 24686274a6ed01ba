"""One's own second factor: begun, confirmed by a code, switched off; who must have one is decided by administrators."""

from __future__ import annotations

from typing import Any

import pyotp
import sqlalchemy as sa

from api.accounts.schemas import FactorOut, FactorRules, NewFactorOut
from api.answers.problems import ServiceError, content_fault
from api.identity.access import ADMINISTRATOR, ROLES, Principal
from api.identity.passwords import password_fits
from api.identity.sealing import OF_SECOND_FACTORS
from api.identity.second_factor import (
    draw_recovery_codes,
    forget_recovery_codes,
    has_factor,
    needs_second_factor,
    opened_secret,
    take_code,
    tried_code,
)
from api.identity.tokens import end_sessions
from api.storage.account_tables import accounts, recovery_codes, second_factor_rules, second_factors, sessions
from api.storage.database import inserting, now
from engine.words import message

ISSUER = "Vaivén"


def factor_of(connection: sa.Connection, account_id: str) -> FactorOut:
    """Whether an account has a second factor and needs one, and how many recovery codes are left."""
    needed = sa.select(needs_second_factor()).select_from(accounts).where(accounts.c.id == account_id)
    left = sa.select(sa.func.count()).where(recovery_codes.c.account_id == account_id)
    return FactorOut(
        is_set_up=has_factor(connection, account_id),
        is_needed=bool(connection.scalar(needed)),
        recovery_codes_left=int(connection.scalar(left) or 0),
    )


def begin_factor(connection: sa.Connection, principal: Principal) -> NewFactorOut:
    """Draw a secret for an app; nothing asks for its codes until one has confirmed it.

    Raises 409 where the account has a second factor.
    """
    _require_none(connection, principal.account_id)
    secret = OF_SECOND_FACTORS.sealed(connection, pyotp.random_base32())
    values: dict[str, Any] = {"secret": secret, "last_step": 0, "confirmed_at": None}
    begun = inserting(connection, second_factors).values(account_id=principal.account_id, **values)
    connection.execute(begun.on_conflict_do_update(index_elements=["account_id"], set_=values))
    return begun_factor(connection, principal)


def begun_factor(connection: sa.Connection, principal: Principal) -> NewFactorOut:
    """The secret that was drawn and waits to be confirmed. Raises 409 where none does that can be opened."""
    asked = sa.select(second_factors.c.secret, accounts.c.email).join(accounts)
    pending = sa.and_(accounts.c.id == principal.account_id, second_factors.c.confirmed_at.is_(None))
    row = connection.execute(asked.where(pending)).one_or_none()
    secret = "" if row is None else opened_secret(connection, row.secret)
    if row is None or not secret:
        raise ServiceError(409, message("No second factor waits to be confirmed."), message("Begin anew."))
    uri = pyotp.TOTP(secret).provisioning_uri(name=row.email, issuer_name=ISSUER)
    return NewFactorOut(secret=secret, otpauth_uri=uri)


def confirm_factor(connection: sa.Connection, principal: Principal, code: str) -> list[str]:
    """Let the app's code confirm the secret that was drawn; the recovery codes, told once. Every other session ends.

    Raises `InputError` for a wrong code, 409 where nothing waits to be confirmed.
    """
    secret = begun_factor(connection, principal).secret
    if not take_code(connection, principal.account_id, secret, "".join(code.split())):
        raise content_fault(
            "code", code, message("isn't the code of this moment"), message("the six digits that the app shows now")
        )
    mine = second_factors.c.account_id == principal.account_id
    connection.execute(second_factors.update().where(mine).values(confirmed_at=now()))
    end_sessions(connection, principal.account_id, but=principal.session_id)
    connection.execute(sessions.update().where(sessions.c.id == principal.session_id).values(second_factor=True))
    return draw_recovery_codes(connection, principal.account_id)


def renew_recovery_codes(connection: sa.Connection, principal: Principal, code: str) -> list[str]:
    """New recovery codes in place of those of before, told once. Raises 422 for a wrong code, 429 after too many."""
    if not tried_code(connection, principal.account_id, code):
        raise _kept(message("The code is wrong, or was used before."), message("Wait for the next one."))
    return draw_recovery_codes(connection, principal.account_id)


def switch_off_factor(connection: sa.Connection, principal: Principal, password: str) -> None:
    """Take one's own second factor away with one's password; who has none shows a code instead.

    Raises 422 for a wrong one, 409 without a second factor. An account that needs one sets up another before anything.
    """
    if not has_factor(connection, principal.account_id):
        raise ServiceError(409, message("This account has no second factor."))
    hashed = connection.scalar(sa.select(accounts.c.password_hash).where(accounts.c.id == principal.account_id))
    fits = password_fits(password, hashed) if hashed else tried_code(connection, principal.account_id, password)
    if not fits:
        raise _kept(message("The password isn't this one."), message("Send the one that you sign in with."))
    remove_factor(connection, principal.account_id)


def reset_factor(connection: sa.Connection, principal: Principal, account_id: str) -> None:
    """Take the second factor of somebody who has lost it away, and end the account's sessions.

    Raises 409 for one's own, and where there is none.
    """
    if account_id == principal.account_id:
        raise ServiceError(409, message("One's own second factor is switched off with the password."))
    if not remove_factor(connection, account_id):
        raise ServiceError(409, message("This account has no second factor."))
    end_sessions(connection, account_id)


def remove_factor(connection: sa.Connection, account_id: str) -> bool:
    """Delete an account's second factor and recovery codes; whether it had one. Its sessions are as begun without."""
    removed = connection.execute(second_factors.delete().where(second_factors.c.account_id == account_id)).rowcount
    forget_recovery_codes(connection, account_id)
    connection.execute(sessions.update().where(sessions.c.account_id == account_id).values(second_factor=False))
    return bool(removed)


def factor_rules(connection: sa.Connection) -> FactorRules:
    """Who needs a second factor, by role and by state; administrators as the settings say."""
    rows = connection.execute(sa.select(second_factor_rules).order_by(second_factor_rules.c.value)).all()
    found = {kind: [row.value for row in rows if row.kind == kind] for kind in ("role", "country")}
    return FactorRules.model_validate({"roles": found["role"], "countries": found["country"]})


def write_factor_rules(connection: sa.Connection, asked: FactorRules) -> None:
    """Say anew who needs a second factor; it holds for sessions that have begun too."""
    wanted: list[tuple[str, str]] = [("role", role) for role in sorted(set(asked.roles))]
    wanted += [("country", country) for country in sorted(set(asked.countries))]
    connection.execute(second_factor_rules.delete())
    if wanted:
        rows = [{"kind": kind, "value": value} for kind, value in wanted]
        connection.execute(second_factor_rules.insert(), rows)


def ruled_roles() -> list[str]:
    """The roles that rules are made for."""
    return [role for role in ROLES if role != ADMINISTRATOR]


def _require_none(connection: sa.Connection, account_id: str) -> None:
    if has_factor(connection, account_id):
        raise ServiceError(
            409,
            message("This account has a second factor already."),
            message("Switch it off before another one."),
        )


def _kept(problem: str, hint: str) -> ServiceError:
    """An error that keeps the count of what was tried."""
    error = ServiceError(422, problem, hint)
    error.keeps = True
    return error
