"""Entry by a ministry's own identity provider (OpenID Connect): its signed ID token stands for a password.

Invariants: a token lets somebody in if it is an ID token, signed by a key of the provider with that key's own
algorithm, made for this service alone; no other token of the provider does, such as an access or a logout token. What
is wrong with the provider is told as that (503), and never counted against who asks; while it is away it is asked no
more than once in `AWAY_SECONDS`. A subject and an account are bound to each other once.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import jwt
import sqlalchemy as sa

from api.answers.problems import ServiceError
from api.identity.access import ADMINISTRATOR
from api.identity.provider import ANSWER_SECONDS, AWAY_SECONDS, provider, provider_away
from api.identity.tokens import CLOCKS_APART
from api.logs.audit_log import Entry, append
from api.settings import settings
from api.storage.account_tables import accounts
from engine.words import message


class _Keys(jwt.PyJWKClient):
    """The provider's public keys, kept for some minutes; whatever isn't a set of keys is no answer."""

    _away_until = 0.0

    def fetch_data(self) -> Any:
        """The keys from the provider. Raises PyJWKClientConnectionError, at once where it was away just now."""
        if time.monotonic() < self._away_until:
            raise jwt.PyJWKClientConnectionError("It was away just now.")
        try:
            return super().fetch_data()
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            self._away_until = time.monotonic() + AWAY_SECONDS
            raise jwt.PyJWKClientConnectionError("It gave no keys.") from error


@lru_cache(maxsize=4)
def _keys(url: str) -> jwt.PyJWKClient:
    return _Keys(url, timeout=ANSWER_SECONDS)


def claims_of(id_token: str, audience: str = "") -> dict[str, object]:
    """What an ID token says, once its signature, issuer, audience (that of the interface, unless another is named) and
    time are found good.

    Raises 401 for one that isn't good, 409 where no identity provider is set up, 503 where it is away.
    """
    asked, audience = settings(), audience or settings().oidc_audience
    if not (asked.oidc_issuer and audience):
        raise ServiceError(409, message("No identity provider is set up here."), message("Log in with a password."))
    keys = _keys(asked.oidc_keys_url or provider().jwks_uri)
    try:
        read = jwt.decode_complete(
            id_token,
            keys.get_signing_key_from_jwt(id_token),
            ["RS256", "ES256", "PS256", "EdDSA"],
            audience=audience,
            issuer=asked.oidc_issuer,
            options={"require": ["exp", "iat", "sub", "iss", "aud"]},
            leeway=CLOCKS_APART,
        )
        claims: dict[str, object] = read["payload"]
        _require_meant(read["header"], claims, audience)
    except jwt.PyJWKClientConnectionError as error:
        raise provider_away() from error
    except jwt.PyJWTError as error:
        raise token_not_good() from error
    return claims


def token_not_good() -> ServiceError:
    """What is told of a token that lets nobody in."""
    return ServiceError(401, message("The identity provider's token is not good."), message("Log in there again."))


def _require_meant(header: Mapping[str, object], claims: Mapping[str, object], audience: str) -> None:
    """Raise InvalidTokenError for another token than an ID token for this service alone, of one who has a name."""
    kind = str(header.get("typ") or "JWT").upper()
    alone = claims["aud"] in (audience, [audience]) and claims.get("azp", audience) == audience
    if kind != "JWT" or "events" in claims or not alone or not claims["sub"]:
        raise jwt.InvalidTokenError


def provider_factor(claims: Mapping[str, object]) -> str:
    """Which second factor the provider says that it asked for (`amr` of RFC 8176), '' where it doesn't say so."""
    told = claims.get("amr")
    return "identity provider" if isinstance(told, list) and "mfa" in told else ""


def account_of(connection: sa.Connection, claims: dict[str, object]) -> str:
    """The account that a token's subject is bound to. One that was made for it, without a password, is bound to it by
    its verified e-mail address the first time; administrators aren't.

    Raises 403 where nobody here is meant.
    """
    subject = f"{claims['iss']}|{claims['sub']}"
    mine = sa.select(accounts.c.id).where(accounts.c.oidc_subject == subject, accounts.c.active.is_(True))
    found = connection.scalar(mine)
    if found is None and claims.get("email_verified") is True:
        found = _bind(connection, str(claims.get("email", "")), subject) or connection.scalar(mine)
    if found is None:
        raise ServiceError(
            403, message("Nobody here is meant by this token."), message("Ask an administrator for an account.")
        )
    return str(found)


def _bind(connection: sa.Connection, email: str, subject: str) -> str | None:
    """Bind a subject to the account of an address that nobody was bound to before; None where there is none. Letters
    beyond ASCII stay as they are: some become others in lower case.
    """
    free = sa.and_(
        accounts.c.email == (email.lower() if email.isascii() else email),
        accounts.c.oidc_subject == "",
        accounts.c.password_hash == "",
        accounts.c.role != ADMINISTRATOR,
        accounts.c.active.is_(True),
    )
    bound = accounts.update().where(free).values(oidc_subject=subject).returning(accounts.c.id)
    try:
        with connection.begin_nested():
            found: str | None = connection.scalar(bound)
    except sa.exc.IntegrityError:  # the subject was bound to another account just now
        return None
    if found is not None:
        append(connection, [Entry(found, "account.bound", f"account/{found}", {})])
    return found
