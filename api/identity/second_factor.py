"""The second factor: codes of an app by time (RFC 6238), and recovery codes for whoever has lost it.

Invariants: no code is taken twice, whoever sends it at the same moment; wrong ones are counted by account, over all
hosts and processes, as only who knows the password can try any, and right ones never; recovery codes are kept as their
hash alone, what codes are reckoned from sealed (`api.identity.sealing`). A session that was begun without one opens
nothing but the way to set it up, where its account needs one.
"""

from __future__ import annotations

import pyotp
import sqlalchemy as sa
from pyotp.utils import strings_equal

from api.answers.problems import ServiceError
from api.identity.access import ADMINISTRATOR
from api.identity.passwords import drawn_text, hash_secret
from api.identity.sealing import OF_SECOND_FACTORS, SealBroken
from api.rate_limits import count_in_window, counted_in_window, too_many
from api.settings import settings
from api.storage.account_tables import accounts, recovery_codes, second_factor_rules, second_factors
from api.storage.database import now
from engine.words import message

APP, RECOVERY = "app", "recovery code"
DIGITS, STEPS_APART = 6, 1  # half minutes that the clock of a telephone may differ by
CODES, CODE_LENGTH = (
    10,
    16,
)  # drawn characters of an alphabet of 32: 80 bits, as nobody can slow a search of hashes down
QUARTER_HOUR = 900


class CodeNeeded(ServiceError):
    """A password alone doesn't let this account in."""

    code = "second-factor"

    def __init__(self) -> None:
        hint = message("Send the code of your app, or a recovery code, as `code` with the same password.")
        super().__init__(401, message("This account has a second factor."), hint)


def needs_second_factor() -> sa.ColumnElement[bool]:
    """Which accounts need one: of administrators as the settings say, of others as the rules of administrators do."""
    rule = second_factor_rules.c
    fits = sa.or_(
        sa.and_(rule.kind == "role", rule.value == accounts.c.role),
        sa.and_(rule.kind == "country", rule.value == accounts.c.country),
    )
    ruled = sa.exists().where(fits).correlate(accounts)
    if not settings().administrators_need_second_factor:
        return ruled
    return sa.or_(accounts.c.role == ADMINISTRATOR, ruled)


def confirmed_factor(account_id: str) -> sa.Select[tuple[str, str, int]]:
    """The factor that an account's codes are asked by."""
    mine = sa.and_(second_factors.c.account_id == account_id, second_factors.c.confirmed_at.is_not(None))
    return sa.select(second_factors.c.account_id, second_factors.c.secret, second_factors.c.last_step).where(mine)


def has_factor(connection: sa.Connection, account_id: str) -> bool:
    """Whether an account's codes are asked for."""
    return connection.execute(confirmed_factor(account_id)).one_or_none() is not None


def shown_factor(connection: sa.Connection, account_id: str, code: str) -> str:
    """Which kind of code was shown, '' where the account has no second factor.

    Raises `CodeNeeded` without a code, 401 for a wrong one or one that was used, 429 after too many; counts are kept.
    """
    if not has_factor(connection, account_id):
        return ""
    if not code:
        raise CodeNeeded
    kind = tried_code(connection, account_id, code)
    if not kind:
        error = ServiceError(401, message("The code is wrong, or was used before."), message("Wait for the next one."))
        error.keeps = True
        raise error
    return kind


def tried_code(connection: sa.Connection, account_id: str, code: str) -> str:
    """Which kind of code of the account this is, '' for a wrong one, which is counted; no code is taken twice.

    Raises 429 after too many; all that try for one account come one after the other.
    """
    factor = connection.execute(confirmed_factor(account_id).with_for_update()).one_or_none()
    key = f"code {account_id}"
    if counted_in_window(connection, key, QUARTER_HOUR) >= settings().logins_per_quarter_hour:
        raise too_many(QUARTER_HOUR)
    told = "".join(sign for sign in code.upper() if sign.isalnum())
    if factor is not None and len(told) == DIGITS and told.isdigit():
        secret = opened_secret(connection, factor.secret)
        kind = APP if secret and take_code(connection, account_id, secret, told) else ""
    else:
        kind = RECOVERY if _take_recovery_code(connection, account_id, told) else ""
    if not kind:
        count_in_window(connection, key, QUARTER_HOUR)
    return kind


def opened_secret(connection: sa.Connection, kept: str) -> str:
    """What an account's codes are reckoned from, '' where it was sealed by a key that the service has no more: then no
    code is good, and recovery codes still are.
    """
    try:
        return OF_SECOND_FACTORS.opened(connection, kept)
    except SealBroken:
        return ""


def take_code(connection: sa.Connection, account_id: str, secret: str, code: str) -> bool:
    """Take an app's code of about now, unless it or a later one was taken before; whether it is good."""
    app = pyotp.TOTP(secret)
    middle = app.timecode(now())
    steps = range(middle - STEPS_APART, middle + STEPS_APART + 1)
    fits = [step for step in steps if strings_equal(code, app.generate_otp(step))]  # each in constant time
    if not fits:
        return False
    unused = sa.and_(second_factors.c.account_id == account_id, second_factors.c.last_step < max(fits))
    return connection.execute(second_factors.update().where(unused).values(last_step=max(fits))).rowcount == 1


def _take_recovery_code(connection: sa.Connection, account_id: str, code: str) -> bool:
    """Whether a recovery code is good; it is so once. What is looked up is a hash, whose timing says nothing of it."""
    mine = sa.and_(recovery_codes.c.account_id == account_id, recovery_codes.c.code_hash == _hash(account_id, code))
    return connection.execute(recovery_codes.delete().where(mine)).rowcount == 1


def draw_recovery_codes(connection: sa.Connection, account_id: str) -> list[str]:
    """New recovery codes, in groups of four, told once; those of before are good no longer."""
    drawn = [drawn_text(CODE_LENGTH) for _ in range(CODES)]
    forget_recovery_codes(connection, account_id)
    rows = [{"account_id": account_id, "code_hash": _hash(account_id, code)} for code in drawn]
    connection.execute(recovery_codes.insert(), rows)
    return ["-".join(code[place : place + 4] for place in range(0, CODE_LENGTH, 4)) for code in drawn]


def forget_recovery_codes(connection: sa.Connection, account_id: str) -> None:
    """Delete the recovery codes of an account."""
    connection.execute(recovery_codes.delete().where(recovery_codes.c.account_id == account_id))


def _hash(account_id: str, code: str) -> str:
    return hash_secret(f"{account_id} {code}")
