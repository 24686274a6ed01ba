"""Entry by a ministry's own identity provider (OpenID Connect): its signed ID token stands for a password."""

from __future__ import annotations

from functools import lru_cache

import jwt
import sqlalchemy as sa

from api.answers.problems import ServiceError
from api.identity.access import ADMINISTRATOR
from api.identity.tokens import CLOCKS_APART
from api.logs.audit_log import Entry, append
from api.settings import settings
from api.storage.tables import accounts
from engine.words import message


@lru_cache(maxsize=4)
def _keys(url: str) -> jwt.PyJWKClient:
    return jwt.PyJWKClient(url, timeout=5)


def claims_of(id_token: str) -> dict[str, object]:
    """What an ID token says, once its signature, issuer, audience and time are found good.

    Raises 401 for one that isn't good, 409 where no identity provider is set up, 503 where it is away.
    """
    asked = settings()
    if not (asked.oidc_issuer and asked.oidc_audience and asked.oidc_keys_url):
        raise ServiceError(409, message("No identity provider is set up here."), message("Log in with a password."))
    try:
        claims: dict[str, object] = jwt.decode(
            id_token,
            _keys(asked.oidc_keys_url).get_signing_key_from_jwt(id_token).key,
            ["RS256", "ES256", "PS256", "EdDSA"],
            audience=asked.oidc_audience,
            issuer=asked.oidc_issuer,
            options={"require": ["exp", "iat", "sub", "iss", "aud"]},
            leeway=CLOCKS_APART,
        )
    except jwt.PyJWKClientConnectionError as error:
        raise ServiceError(
            503, message("The identity provider can't be reached."), message("Try again, or tell the operator.")
        ) from error
    except jwt.PyJWTError as error:
        raise ServiceError(
            401, message("The identity provider's token is not good."), message("Log in there again.")
        ) from error
    return claims


def account_of(connection: sa.Connection, claims: dict[str, object]) -> str:
    """The account that a token's subject is bound to. One that was made for it, without a password, is bound to it by
    its verified e-mail address the first time; administrators aren't.

    Raises 403 where nobody here is meant.
    """
    subject, active = f"{claims['iss']}|{claims['sub']}", accounts.c.active.is_(True)
    found = connection.scalar(sa.select(accounts.c.id).where(accounts.c.oidc_subject == subject, active))
    if found is None and claims.get("email_verified") is True:
        meant = sa.and_(accounts.c.oidc_subject == "", accounts.c.password_hash == "", accounts.c.role != ADMINISTRATOR)
        email = str(claims.get("email", "")).lower()
        found = connection.scalar(sa.select(accounts.c.id).where(accounts.c.email == email, meant, active))
        if found is not None:
            connection.execute(accounts.update().where(accounts.c.id == found).values(oidc_subject=subject))
            append(connection, [Entry(str(found), "account.bound", f"account/{found}", {})])
    if found is None:
        raise ServiceError(
            403, message("Nobody here is meant by this token."), message("Ask an administrator for an account.")
        )
    return str(found)
