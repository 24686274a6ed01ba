"""A flood of wrong passwords: what it writes, whom it keeps out, and whom it doesn't."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from starlette.requests import Request
from world import PASSWORD, World

from api.identity.sign_in_limits import host_of
from api.storage.account_tables import attempts
from api.storage.columns import metadata
from api.storage.database import database

pytestmark = pytest.mark.locks

MOST = 8  # `VAIVEN_LOGINS_PER_QUARTER_HOUR` in these tests
FLOODED, OTHER = "203.0.113.7", "198.51.100.2"


@pytest.fixture
def ana(empty_world: World) -> World:
    """A world with an account that has a password."""
    body = {"email": "ana@example.org", "name": "Ana", "role": "planner", "password": PASSWORD}
    empty_world.must("administrator", "POST", "/v1/accounts", json=body)
    return empty_world


def _log_in(world: World, host: str, email: str = "ana@example.org", password: str = PASSWORD) -> Any:
    client = TestClient(world.client.app, client=(host, 50_000))
    return client.post("/v1/sessions", json={"email": email, "password": password})


def _flood(world: World, host: str) -> None:
    """Wrong passwords for many addresses, until the host is refused."""
    for number in range(10 * MOST):
        assert _log_in(world, host, f"n{number}@example.org", "wrong password").status_code == 401
    assert _log_in(world, host, "other@example.org", "wrong password").status_code == 429


def _rows(world: World) -> int:
    """The rows of all tables together."""
    with world.engine.connect() as connection:
        counted = (sa.select(sa.func.count()).select_from(table) for table in metadata.sorted_tables)
        return sum(int(connection.scalar(asked) or 0) for asked in counted)


def test_what_is_refused_writes_nothing(ana: World) -> None:
    """A wrong password writes one row at most, a refused attempt none, by address, by host and over all hosts."""
    before = _rows(ana)
    for _ in range(MOST):
        _log_in(ana, OTHER, password="wrong password")
    assert _rows(ana) == before + 1
    _flood(ana, FLOODED)
    full = _rows(ana)
    assert full <= before + 1 + 10 * MOST
    for number in range(40):
        assert _log_in(ana, FLOODED, f"more{number}@example.org", "wrong password").status_code == 429
        assert _log_in(ana, OTHER).status_code == 429
    assert _rows(ana) == full
    with ana.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.max(attempts.c.count))) == MOST


def test_a_flood_keeps_nobody_out_who_was_there_or_has_another_host(ana: World) -> None:
    """From the flooded host gets in who has been in from there, and anybody from elsewhere; a session goes on."""
    begun = _log_in(ana, FLOODED)
    assert begun.status_code == 201
    body = {"email": "eva@example.org", "name": "Eva", "role": "planner", "password": PASSWORD}
    ana.must("administrator", "POST", "/v1/accounts", json=body)
    _flood(ana, FLOODED)
    assert _log_in(ana, FLOODED).status_code == 201
    assert _log_in(ana, FLOODED, "eva@example.org").status_code == 429
    assert _log_in(ana, OTHER, "eva@example.org").status_code == 201
    again = ana.client.post("/v1/sessions/refresh", json={"refresh_token": begun.json()["refresh_token"]})
    assert again.status_code == 200


def test_an_address_that_is_tried_from_many_hosts_gets_in_from_its_own(ana: World) -> None:
    """Hosts of an attacker use up the address's attempts over all hosts; from its own it still gets in."""
    assert _log_in(ana, OTHER).status_code == 201
    for host in range(10):
        for _ in range(MOST):
            assert _log_in(ana, f"203.0.113.{host}", password="wrong password").status_code == 401
    assert _log_in(ana, "203.0.113.99").status_code == 429
    assert _log_in(ana, OTHER).status_code == 201


def test_the_right_password_is_never_counted(ana: World) -> None:
    """Whoever signs in often isn't refused."""
    assert {_log_in(ana, OTHER).status_code for _ in range(MOST + 2)} == {201}


def test_another_process_knows_what_was_counted(ana: World) -> None:
    """An address that is refused on a host is so by every process on the same database."""
    from api.app import create_app

    for _ in range(MOST):
        _log_in(ana, OTHER, password="wrong password")
    with TestClient(create_app(), client=(OTHER, 50_000)) as another:
        asked = {"email": "ana@example.org", "password": PASSWORD}
        assert another.post("/v1/sessions", json=asked).status_code == 429
    assert str(database().url) == str(ana.engine.url)


def test_a_network_of_ipv6_is_one_host() -> None:
    """One host has 2**64 addresses of IPv6."""
    hosts = ("2001:db8::1", "2001:db8::ff")
    told = {host_of(Request({"type": "http", "client": (host, 1), "headers": []})) for host in hosts}
    assert told == {"2001:db8::/64"}
    assert host_of(Request({"type": "http", "client": ("192.0.2.1", 1), "headers": []})) == "192.0.2.1"
