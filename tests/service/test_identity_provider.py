"""Entry by a ministry's own identity provider, and what of a provider's tokens is no entry."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from identity_provider import EC_KEY, RSA_KEY, IdentityProvider, running
from world import World

from api.answers.problems import ServiceError
from api.identity import oidc
from api.identity.oidc import account_of
from api.settings import settings
from api.storage.account_tables import accounts
from api.storage.database import transaction
from benchmarks.waiting import until


@dataclass
class Provider(IdentityProvider):
    """A provider whose tokens are sent to a world."""

    world: World = field(kw_only=True)

    def enter(self, token: str = "", **changes: Any) -> Any:
        """Sign in with a token."""
        sent = {"id_token": token or self.token(**changes)}
        return self.world.client.post("/v1/sessions/oidc", json=sent)


@pytest.fixture
def provider(empty_world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """An identity provider whose keys are on a real server."""
    with running(Provider(world=empty_world)) as made:
        monkeypatch.setenv("VAIVEN_OIDC_ISSUER", "https://id.example")
        monkeypatch.setenv("VAIVEN_OIDC_AUDIENCE", "vaiven")
        monkeypatch.setenv("VAIVEN_OIDC_KEYS_URL", f"{made.address}/keys")
        settings.cache_clear()
        oidc._keys.cache_clear()
        yield made


def test_a_ministry_enters_by_its_own_identity_provider(provider: Provider) -> None:
    """A verified address binds the subject once; strangers are refused."""
    world = provider.world
    world.tokens["oidc"] = provider.enter(aud=["vaiven"], azp="vaiven").json()["access_token"]
    assert world.must("oidc", "GET", "/v1/me")["account_id"] == world.accounts["gt"]
    assert provider.enter(email="moved@example.org").status_code == 201
    for verified in (False, "true", 1, None):
        assert provider.enter(sub="43", email="hn@example.org", email_verified=verified).status_code == 403
    assert provider.enter(sub="44").status_code == 403, "who is bound is bound"
    assert provider.enter(sub="45", email="administrator@example.org").status_code == 403
    assert provider.enter(sub="46", email="planner@example.org", header={"kid": "e1", "alg": "ES256"}, key=EC_KEY)


def test_no_other_token_of_the_provider_is_an_entry(provider: Provider) -> None:
    """Of another issuer or audience, for others too, of another kind, too old or from the future, of nobody."""
    moment = datetime.now(UTC)
    wrong: list[dict[str, Any]] = [
        {"iss": "https://evil.example"},
        {"iss": "https://id.example/"},
        {"iss": None},
        *({"aud": audience} for audience in (None, [], "another", ["vaiven", "another"], ["another"])),
        {"azp": "another"},
        {"events": {"http://schemas.openid.net/event/backchannel-logout": {}}},
        *({"header": {"typ": kind}} for kind in ("at+jwt", "logout+jwt", "secevent+jwt")),
        {"exp": None},
        {"exp": moment - timedelta(seconds=60)},
        {"iat": None},
        {"iat": moment + timedelta(seconds=90)},
        {"nbf": moment + timedelta(seconds=90)},
        {"sub": None},
        {"sub": ""},
    ]
    for changes in wrong:
        assert provider.enter(**changes).status_code == 401, changes
    assert provider.enter().status_code == 201


def test_a_token_is_good_by_its_keys_own_algorithm_alone(provider: Provider) -> None:
    """No other key, no algorithm of another kind of key, none, and no secret made of the public key."""
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = RSA_KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    unsigned = provider.token().split(".")[1]
    unprotected = jwt.utils.base64url_encode(b'{"alg":"none","kid":"k1"}').decode()
    hashed = jwt.api_jws.PyJWS().encode(
        jwt.utils.base64url_decode(unsigned), jwt.utils.base64url_encode(pem), "HS256", {"kid": "k1"}
    )
    wrong = [
        provider.token(key=other),
        provider.token({"kid": "unknown"}),
        provider.token({"alg": "ES256"}, EC_KEY),
        provider.token({"kid": "e1"}),
        provider.token({"kid": "e1", "alg": "PS256"}),
        provider.token({"alg": "PS256"}),
        f"{unprotected}.{unsigned}.",
        hashed,
    ]
    for token in wrong:
        assert provider.enter(token).status_code == 401, token
    assert provider.times["/keys"] == 1, "unknown keys make nobody ask the provider each time"


@pytest.mark.parametrize("answer", [b"<html>", b"", b"[]", b"{}", b'{"keys": []}', b"\xff\xfe", b"[" * 100_000])
def test_a_provider_without_keys_is_told_apart(provider: Provider, answer: bytes) -> None:
    """The token may be good: 503, and not that it isn't; and the provider isn't asked by everybody."""
    provider.keys = answer
    for _ in range(3):
        found = provider.enter()
        assert found.status_code == 503 and "can't be reached" in found.json()["detail"]
    assert provider.times["/keys"] == 1


def test_who_has_a_password_waits_for_no_provider(provider: Provider) -> None:
    """However many wait for a provider that doesn't answer, passwords are looked at."""
    provider.open.clear()
    waiting = [threading.Thread(target=provider.enter) for _ in range(4)]
    for thread in waiting:
        thread.start()
    until(provider.asked.is_set, lambda: any(thread.is_alive() for thread in waiting))
    found = provider.world.client.post("/v1/sessions", json={"email": "gt@example.org", "password": "wrong"})
    assert found.status_code == 401 and not provider.open.is_set()
    provider.open.set()
    for thread in waiting:
        thread.join()


def test_an_account_is_bound_once(provider: Provider) -> None:
    """Of two subjects with one address the first stays; letters that become others in lower case are no address."""
    world = provider.world
    claims = {"iss": "i", "sub": "1", "email": "GT@example.org", "email_verified": True}
    with transaction(world.engine) as connection:
        assert account_of(connection, claims) == world.accounts["gt"]
        with pytest.raises(ServiceError):
            account_of(connection, claims | {"sub": "2"})
        with connection.begin_nested():
            renamed = accounts.update().where(accounts.c.id == world.accounts["hn"])
            connection.execute(renamed.values(email="honduras-k@example.org"))
        with pytest.raises(ServiceError):
            account_of(connection, claims | {"sub": "3", "email": "honduras-\u212a@example.org"})
        bound = connection.scalars(sa.select(accounts.c.oidc_subject).where(accounts.c.oidc_subject != "")).all()
    assert bound == ["i|1"]


def test_a_subject_is_bound_to_one_account(world: World) -> None:
    """Also where its token names the verified address of a second account, at once with the first."""
    with transaction(world.engine) as connection:
        assert oidc._bind(connection, "gt@example.org", "issuer|one") == world.accounts["gt"]
        assert oidc._bind(connection, "hn@example.org", "issuer|one") is None
        bound = sa.select(accounts.c.id).where(accounts.c.oidc_subject == "issuer|one")
        assert connection.scalars(bound).all() == [world.accounts["gt"]]
        assert oidc._bind(connection, "hn@example.org", "issuer|two") == world.accounts["hn"]


def test_without_a_provider_id_tokens_are_refused(empty_world: World) -> None:
    """Nobody is trusted by default."""
    answer = empty_world.client.post("/v1/sessions/oidc", json={"id_token": "a.b.c"})
    assert answer.status_code == 409
