"""Entry by a ministry's own identity provider (OpenID Connect): its signed ID token stands for a password."""

from __future__ import annotations

from functools import lru_cache

import jwt
import sqlalchemy as sa

from api.problems import ServiceError
from api.settings import settings
from api.storage.tables import accounts


@lru_cache(maxsize=4)
def _keys(url: str) -> jwt.PyJWKClient:
    return jwt.PyJWKClient(url, timeout=5)


def account_of_id_token(connection: sa.Connection, id_token: str) -> str:
    """The account of an ID token's subject; one that has none yet is bound to it by its verified e-mail address.

    Raises 401 for a token that isn't good and 403 where nobody here is meant by it.
    """
    asked = settings()
    if not (asked.oidc_issuer and asked.oidc_audience and asked.oidc_keys_url):
        raise ServiceError(409, "No identity provider is set up here.", "Log in with a password.")
    try:
        key = _keys(asked.oidc_keys_url).get_signing_key_from_jwt(id_token).key
        claims = jwt.decode(
            id_token,
            key,
            ["RS256", "ES256", "PS256", "EdDSA"],
            audience=asked.oidc_audience,
            issuer=asked.oidc_issuer,
            options={"require": ["exp", "iat", "sub", "iss", "aud"]},
        )
    except jwt.PyJWTError as error:
        raise ServiceError(401, "The identity provider's token is not good.", "Log in there again.") from error
    return _account(connection, f"{claims['iss']}|{claims['sub']}", claims)


def _account(connection: sa.Connection, subject: str, claims: dict[str, object]) -> str:
    active = accounts.c.active.is_(True)
    found = connection.scalar(sa.select(accounts.c.id).where(accounts.c.oidc_subject == subject, active))
    if found is None and claims.get("email_verified") is True:
        email = str(claims.get("email", "")).lower()
        unbound = sa.and_(accounts.c.email == email, accounts.c.oidc_subject == "", active)
        found = connection.scalar(sa.select(accounts.c.id).where(unbound))
        if found is not None:
            connection.execute(accounts.update().where(accounts.c.id == found).values(oidc_subject=subject))
    if found is None:
        raise ServiceError(403, "Nobody here is meant by this token.", "Ask an administrator for an account.")
    return str(found)
