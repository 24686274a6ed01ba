"""Whose address and password these are, and whose code: tried within the limits that hold for the interface and for
pages together.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from fastapi import Request

from api.answers.problems import ServiceError
from api.identity.passwords import password_fits
from api.identity.second_factor import shown_factor
from api.identity.sign_in_limits import Attempt, SignInLimits, host_of
from api.storage.account_tables import accounts
from api.storage.database import database, transaction
from engine.words import message


def account_by_password(request: Request, email: str, password: str) -> str:
    """The id of the account whose address and password were sent. Raises 401 for a wrong one, 429 after too many."""
    limits, attempt = sign_in_limits(request), Attempt(host_of(request), email.strip().lower())
    limits.require_open(attempt)
    with transaction(database(), read_only=True) as connection:
        row = connection.execute(sa.select(accounts).where(accounts.c.email == attempt.email)).one_or_none()
        limits.require_room(connection, attempt, None if row is None else row.id)
    fits = password_fits(password, row.password_hash if row is not None and row.active else "")
    if row is None or not fits:
        limits.count_failure(attempt)
        raise ServiceError(401, message("The address or the password is wrong."))
    return str(row.id)


def code_of_sign_in(request: Request, connection: sa.Connection, account_id: str, code: str) -> str:
    """Which second factor somebody shows who signs in, '' for an account that has none; wrong codes are counted for the
    host too. Raises as `shown_factor` does.
    """
    try:
        return shown_factor(connection, account_id, code)
    except ServiceError as error:
        if error.keeps:
            sign_in_limits(request).count_failure(Attempt(host_of(request)))
        raise


def claims_within_limits(request: Request, read: Callable[[], dict[str, object]]) -> dict[str, object]:
    """What a provider's token says, as ``read`` finds it; those that aren't good (401) are counted for the host alone.
    Raises 429 after too many.
    """
    limits, attempt = sign_in_limits(request), Attempt(host_of(request))
    with transaction(database(), read_only=True) as connection:
        limits.require_room(connection, attempt, None)
    try:
        return read()
    except ServiceError as error:
        if error.http_status == 401:
            limits.count_failure(attempt)
        raise


def sign_in_limits(request: Request) -> SignInLimits:
    """The counts of this process."""
    found: SignInLimits = request.app.state.sign_in_limits
    return found
