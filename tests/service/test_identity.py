"""Logging in and out, refreshing, throttling, API keys, OpenID Connect, and the first administrator."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import jwt
import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import rsa
from typer.testing import CliRunner
from world import PASSWORD, World

from api.commands import register
from api.settings import settings
from api.storage.tables import accounts, sessions
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


def test_a_password_is_kept_by_argon2_and_never_told(empty_world: World) -> None:
    """The hash is Argon2's, and no answer holds it."""
    _with_password(empty_world)
    with empty_world.engine.connect() as connection:
        kept = connection.scalar(sa.select(accounts.c.password_hash).where(accounts.c.email == "ana@example.org"))
    assert str(kept).startswith("$argon2id$")
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
    old = claims | {"exp": datetime.now(UTC) - timedelta(seconds=60)}
    world.tokens["old"] = jwt.encode(old, key, "HS256")
    for who in ("forged", "none", "old"):
        assert world.call(who, "GET", "/v1/me").status_code == 401


def test_a_clock_that_is_ahead_is_no_forgery(empty_world: World) -> None:
    """A token of a machine whose clock is some seconds ahead is good, one from a minute ahead isn't."""
    world = empty_world
    claims = jwt.decode(world.tokens["gt"], options={"verify_signature": False})
    with world.engine.connect() as connection:
        from api.identity.tokens import signing_key

        key = signing_key(connection)
    for seconds, status in ((10, 200), (90, 401)):
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


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An identity provider: its keys on a real server, and what signs its tokens."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key())) | {"kid": "k1", "use": "sig"}
    content = json.dumps({"keys": [public]}).encode()

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Keys)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("VAIVEN_OIDC_ISSUER", "https://id.example")
    monkeypatch.setenv("VAIVEN_OIDC_AUDIENCE", "vaiven")
    monkeypatch.setenv("VAIVEN_OIDC_KEYS_URL", f"http://127.0.0.1:{server.server_port}/keys")
    settings.cache_clear()

    def token(**changes: Any) -> str:
        moment = datetime.now(UTC)
        claims = {"iss": "https://id.example", "aud": "vaiven", "sub": "42", "email": "gt@example.org"}
        claims |= {"email_verified": True, "iat": moment, "exp": moment + timedelta(minutes=5), **changes}
        return jwt.encode(claims, private, "RS256", headers={"kid": "k1"})

    yield token
    server.shutdown()


def test_a_ministry_enters_by_its_own_identity_provider(empty_world: World, provider: Any) -> None:
    """A verified address binds the subject once; other audiences, issuers and strangers are refused."""
    world = empty_world

    def enter(**changes: Any) -> Any:
        return world.client.post("/v1/sessions/oidc", json={"id_token": provider(**changes)})

    world.tokens["oidc"] = enter().json()["access_token"]
    assert world.must("oidc", "GET", "/v1/me")["account_id"] == world.accounts["gt"]
    assert enter(email="moved@example.org").status_code == 201
    assert enter(aud="another").status_code == 401
    assert enter(iss="https://evil.example").status_code == 401
    assert enter(sub="43", email="hn@example.org", email_verified=False).status_code == 403
    assert enter(sub="44", email="gt@example.org").status_code == 403


def test_a_provider_that_is_away_is_told_apart(empty_world: World, provider: Any, monkeypatch: Any) -> None:
    """The token may be good: 503, and not that it isn't."""
    monkeypatch.setenv("VAIVEN_OIDC_KEYS_URL", "http://127.0.0.1:1/keys")
    settings.cache_clear()
    answer = empty_world.client.post("/v1/sessions/oidc", json={"id_token": provider()})
    assert answer.status_code == 503 and "can't be reached" in answer.json()["detail"]


def test_without_a_provider_id_tokens_are_refused(empty_world: World) -> None:
    """Nobody is trusted by default."""
    answer = empty_world.client.post("/v1/sessions/oidc", json={"id_token": "a.b.c"})
    assert answer.status_code == 409


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
