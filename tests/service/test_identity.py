"""Logging in and out, refreshing, throttling, API keys, and the first administrator."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
import sqlalchemy as sa
from pwdlib import PasswordHash
from typer.testing import CliRunner
from world import PASSWORD, World

from api.commands import register
from api.identity import keys, passwords
from api.storage.account_tables import accounts, sessions
from engine.cli import app

register(app)


def _with_password(world: World, role: str = "planner") -> str:
    body = {"email": "Ana@Example.org", "name": "Ana", "role": role, "password": PASSWORD}
    made: dict[str, Any] = world.must("administrator", "POST", "/v1/accounts", json=body)
    return str(made["id"])


def _log_in(world: World, email: str = "ana@example.org", password: str = PASSWORD) -> Any:
    return world.client.post("/v1/sessions", json={"email": email, "password": password})


def test_a_session_begins_refreshes_and_ends(empty_world: World) -> None:
    """Tokens work until they are refreshed or revoked; a refresh token used twice ends the session."""
    world = empty_world
    _with_password(world)
    first = _log_in(world).json()
    world.tokens["ana"] = first["access_token"]
    assert world.must("ana", "GET", "/v1/me")["role"] == "planner"
    second = world.client.post("/v1/sessions/refresh", json={"refresh_token": first["refresh_token"]})
    assert second.status_code == 200
    stolen = world.client.post("/v1/sessions/refresh", json={"refresh_token": first["refresh_token"]})
    assert stolen.status_code == 401 and "used before" in stolen.json()["detail"]
    world.tokens["ana"] = second.json()["access_token"]
    assert world.call("ana", "GET", "/v1/me").status_code == 401
    world.tokens["ana"] = _log_in(world).json()["access_token"]
    assert world.call("ana", "DELETE", "/v1/sessions/current").status_code == 204
    assert world.call("ana", "GET", "/v1/me").status_code == 401


def test_a_password_is_kept_by_argon2_and_never_told(
    empty_world: World, careful_passwords: PasswordHash, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hash is Argon2's, of as much work as RFC 9106 recommends where memory is short, and no answer holds it."""
    monkeypatch.setattr(passwords, "_hasher", careful_passwords)
    _with_password(empty_world)
    with empty_world.engine.connect() as connection:
        kept = connection.scalar(sa.select(accounts.c.password_hash).where(accounts.c.email == "ana@example.org"))
    assert str(kept).startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert _log_in(empty_world).status_code == 201
    assert "argon2" not in empty_world.call("administrator", "GET", "/v1/accounts").text


def test_an_account_at_rest_is_out_at_once(empty_world: World) -> None:
    """Letting an account rest ends its sessions and refuses its password."""
    world = empty_world
    account = _with_password(world)
    world.tokens["ana"] = _log_in(world).json()["access_token"]
    version = world.call("administrator", "GET", f"/v1/accounts/{account}").headers["ETag"]
    rested = world.call(
        "administrator", "PATCH", f"/v1/accounts/{account}", json={"active": False}, headers={"If-Match": version}
    )
    assert rested.status_code == 200 and rested.json()["active"] is False
    assert world.call("ana", "GET", "/v1/me").status_code == 401
    assert _log_in(world).status_code == 401


def test_logins_are_throttled(empty_world: World) -> None:
    """After so many attempts nobody gets in for a while, with the right password neither; who asks can't tell."""
    _with_password(empty_world)
    statuses = [_log_in(empty_world, password="wrong password").status_code for _ in range(8)]
    assert statuses == [401] * 8
    late = _log_in(empty_world)
    assert late.status_code == 429 and int(late.headers["Retry-After"]) > 0
    assert _log_in(empty_world, email="nobody@example.org").status_code == 401


def test_a_forged_or_old_token_is_refused(empty_world: World) -> None:
    """Neither another key, nor another algorithm, nor a token that is too old."""
    world = empty_world
    claims = jwt.decode(world.tokens["gt"], options={"verify_signature": False})
    world.tokens["forged"] = jwt.encode(claims, "another key of thirty-two characters", "HS256")
    world.tokens["none"] = jwt.encode(claims, None, "none")  # type: ignore[arg-type]  # what an attacker would send
    with world.engine.connect() as connection:
        from api.identity.tokens import signing_key

        key = signing_key(connection)
    old = claims | {"exp": datetime.now(UTC) - timedelta(hours=1)}
    world.tokens["old"] = jwt.encode(old, key, "HS256")
    for who in ("forged", "none", "old"):
        assert world.call(who, "GET", "/v1/me").status_code == 401


def test_a_clock_that_is_ahead_is_no_forgery(empty_world: World) -> None:
    """A token of a machine whose clock is some seconds ahead is good, one from an hour ahead isn't."""
    world = empty_world
    claims = jwt.decode(world.tokens["gt"], options={"verify_signature": False})
    with world.engine.connect() as connection:
        from api.identity.tokens import signing_key

        key = signing_key(connection)
    for seconds, status in ((10, 200), (3600, 401)):
        ahead = claims | {"iat": datetime.now(UTC) + timedelta(seconds=seconds)}
        world.tokens["ahead"] = jwt.encode(ahead, key, "HS256")
        assert world.call("ahead", "GET", "/v1/me").status_code == status


def test_an_api_key_works_until_it_is_revoked(empty_world: World) -> None:
    """Its secret is told once; another account can't revoke it."""
    world = empty_world
    made = world.must("gt", "POST", "/v1/api-keys", json={"name": "register"})
    headers = {"X-API-Key": made["secret"]}
    assert world.call(None, "GET", "/v1/me", headers=headers).json()["country"] == "GT"
    assert world.must("gt", "GET", "/v1/api-keys")["items"][0]["secret"] is None
    assert world.call("hn", "DELETE", f"/v1/api-keys/{made['id']}").status_code == 404
    assert world.call("gt", "DELETE", f"/v1/api-keys/{made['id']}").status_code == 204
    assert world.call(None, "GET", "/v1/me", headers=headers).status_code == 401
    assert world.call(None, "GET", "/v1/me", headers={"X-API-Key": "vaiven_x.y"}).status_code == 401


def test_an_account_has_no_more_keys_than_it_may(empty_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where many are asked for at once; a revoked one makes room."""
    monkeypatch.setattr(keys, "MOST_KEYS", 3)
    world = empty_world

    def make(number: int) -> Any:
        return world.call("e1", "POST", "/v1/api-keys", json={"name": f"key {number}"})

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(make, range(8)))
    assert sorted(one.status_code for one in made) == [201] * 3 + [409] * 5
    assert world.call("e2", "POST", "/v1/api-keys", json={"name": "another's"}).status_code == 201
    first = next(one.json()["id"] for one in made if one.status_code == 201)
    assert world.call("e1", "DELETE", f"/v1/api-keys/{first}").status_code == 204
    assert make(9).status_code == 201


def test_the_first_administrator_is_made_once(engine: sa.Engine) -> None:
    """By a command, with a password of twelve characters; never a second time."""
    runner = CliRunner()
    call = ["account", "first-administrator", "root@example.org"]
    short = runner.invoke(app, call, env={"VAIVEN_FIRST_PASSWORD": "short"})
    assert short.exit_code != 0 and "12 characters" in str(short.exception)
    made = runner.invoke(app, call, env={"VAIVEN_FIRST_PASSWORD": PASSWORD})
    assert made.exit_code == 0, made.output
    again = runner.invoke(app, call, env={"VAIVEN_FIRST_PASSWORD": PASSWORD})
    assert again.exit_code != 0 and "already" in str(again.exception)
    with engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(sessions)) == 0


def test_roles_go_with_tenants(empty_world: World) -> None:
    """A ministry without a country, or an employer without an id, isn't made."""
    for body in (
        {"role": "origin_ministry"},
        {"role": "employer", "country": "GT"},
        {"role": "planner", "country": "GT"},
    ):
        content = {"email": "x@example.org", "name": "X", **body}
        assert empty_world.call("administrator", "POST", "/v1/accounts", json=content).status_code == 422
