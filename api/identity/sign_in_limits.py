"""Who may try to sign in, and how often: wrong passwords are counted, right ones never.

Invariants: what is refused writes nothing, and a wrong password one row at most; whoever has signed in from a host gets
in from there again, whatever others try from that host, or with that address from others; and sessions that have begun
go on, for refreshing them is not counted.

- An address on a host: `logins_per_quarter_hour` wrong passwords a quarter of an hour, in the database and so for all
  processes; after them the right one isn't tried either.
- A host, and an address on all hosts: ten times as many, in each process. They don't hold for an address that signed in
  from that host within the last weeks (its sessions say so).

What a flood still does: from a flooded host nobody gets in for a quarter of an hour who hasn't been in from there
lately, and whoever shares a host with an attacker can have one address refused there. Both get in from a second host.
"""

from __future__ import annotations

import hmac
import ipaddress
import threading
from collections import Counter
from dataclasses import dataclass

import sqlalchemy as sa
from fastapi import Request

from api.identity.passwords import hash_secret
from api.identity.tokens import signing_key
from api.rate_limits import count_in_window, counted_in_window, too_many, window_of
from api.settings import settings
from api.storage.account_tables import sessions
from api.storage.database import database, transaction

QUARTER_HOUR = 900
OVER_ALL = 10  # times as many for a host, and for an address on all hosts
MOST_KEYS = 100_000


@dataclass(frozen=True)
class Attempt:
    """Somebody who tries to sign in: the host, and the e-mail address or '' where a provider's token says who it is."""

    host: str
    email: str = ""

    @property
    def pair(self) -> str:
        """The key under which the address on the host is counted."""
        return f"login {hash_secret(f'{self.email} {self.host}')}"


def host_of(request: Request) -> str:
    """The host that a request comes from; of IPv6 the network of 64 bits, which one host has whole."""
    told = request.client.host if request.client else "unknown"
    try:
        address = ipaddress.ip_address(told)
    except ValueError:
        return told
    return told if address.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))


def host_mark(connection: sa.Connection, account_id: str, host: str) -> str:
    """What a session keeps of the host that it began from: a digest by the service's key, from which no address can be
    found without it.
    """
    key = signing_key(connection).encode()
    return hmac.digest(key, f"{account_id} {host}".encode(), "sha256").hex()


class SignInLimits:
    """The counts of one process, forgotten with each quarter of an hour."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._window = 0
        self._failed: Counter[str] = Counter()

    def require_open(self, attempt: Attempt) -> None:
        """Raise 429 for an address that is refused on its host already; looks at nothing but memory."""
        if self._count(attempt.pair) >= settings().logins_per_quarter_hour:
            raise too_many(QUARTER_HOUR)

    def require_room(self, connection: sa.Connection, attempt: Attempt, account_id: str | None) -> None:
        """Raise 429 where the address on its host, the host, or the address everywhere failed too often. ``account_id``
        is whose address it is, None for nobody's.
        """
        most = settings().logins_per_quarter_hour
        if attempt.email and counted_in_window(connection, attempt.pair, QUARTER_HOUR) >= most:
            self._fail(attempt.pair, most)
            raise too_many(QUARTER_HOUR)
        crowded = max(self._count(f"from {attempt.host}"), self._count(f"for {attempt.email}") if attempt.email else 0)
        if crowded >= OVER_ALL * most and not _been_here(connection, attempt, account_id):
            raise too_many(QUARTER_HOUR)

    def count_failure(self, attempt: Attempt) -> None:
        """Count a wrong password, or a token that isn't good."""
        self._fail(f"from {attempt.host}", 1)
        if not attempt.email:
            return
        self._fail(f"for {attempt.email}", 1)
        with transaction(database()) as connection:
            count = count_in_window(connection, attempt.pair, QUARTER_HOUR)
        if count >= settings().logins_per_quarter_hour:
            self._fail(attempt.pair, count)

    def _count(self, key: str) -> int:
        with self._lock:
            self._begin_window()
            return self._failed[key]

    def _fail(self, key: str, times: int) -> None:
        with self._lock:
            self._begin_window()
            if len(self._failed) >= MOST_KEYS:  # as many hosts as that: the most counted stay
                self._failed = Counter(dict(self._failed.most_common(MOST_KEYS // 2)))
            self._failed[key] += times

    def _begin_window(self) -> None:
        window = window_of(QUARTER_HOUR)
        if window != self._window:
            self._window, self._failed = window, Counter()


def _been_here(connection: sa.Connection, attempt: Attempt, account_id: str | None) -> bool:
    if account_id is None:
        return False
    mark = host_mark(connection, account_id, attempt.host)
    asked = sa.select(sa.literal(1)).where(sessions.c.account_id == account_id, sessions.c.host_mark == mark)
    return connection.scalar(asked.limit(1)) is not None
