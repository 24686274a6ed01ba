"""Signing in with a browser at the identity provider: the authorization code flow of OpenID Connect (Core 1.0, 3.1), by
PKCE with S256 (RFC 7636), state and nonce.

Invariants, which `tests/service/test_provider_sign_in.py` holds: a code is exchanged for that browser alone that left
for the provider, known by the state in its cookie, and with the verifier that no one else has; the ID token that comes
is looked at as every other (`api.identity.oidc`) and must name the nonce of that browser; the provider is asked with a
time limit, and no redirect of its is followed. Neither code, verifier nor token is ever logged.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

import httpx2
import jwt
import sqlalchemy as sa
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import OAuth2Client

from api.answers.problems import ServiceError
from api.identity.oidc import claims_of, token_not_good
from api.identity.provider import ANSWER_SECONDS, Provider, provider, provider_away, trusted
from api.identity.tokens import ALGORITHM, signing_key
from api.settings import settings
from api.storage.database import now
from engine.words import message

BACK = "/sign-in/provider/back"
LEFT_SECONDS = 600
LEFT_AUDIENCE = "vaiven-left-for-provider"
DRAWN_CHARACTERS = 48
# What a provider may say is wrong with a client (RFC 6749, 5.2); whatever else it says isn't logged.
KNOWN_ERRORS = ("invalid_request", "invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope")
log = structlog.get_logger("vaiven.identity")


@dataclass(frozen=True)
class Left:
    """What a browser that left for the provider keeps until it is back, and the page that it goes to then."""

    target: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


def leave(target: str) -> Left:
    """Draw what one sign-in is known by."""
    return Left(target, *(generate_token(DRAWN_CHARACTERS) for _ in range(3)))


def is_offered() -> bool:
    """Whether browsers can sign in at an identity provider: it must know us and where we are."""
    return bool(settings().oidc_issuer and _client_id() and settings().public_address)


def provider_name() -> str:
    """What the provider is called on pages, '' where there is none to sign in at."""
    return (settings().oidc_name or urlsplit(settings().oidc_issuer).hostname or "") if is_offered() else ""


def address_there(left: Left) -> str:
    """Where the browser goes to sign in. Raises 409 where no provider is set up, 503 where it is away."""
    if not is_offered():
        raise ServiceError(409, message("No identity provider is set up here."), message("Log in with a password."))
    told = provider()
    with _client(told) as client:
        address, _ = client.create_authorization_url(
            told.authorization_endpoint, state=left.state, code_verifier=left.verifier, nonce=left.nonce
        )
    return str(address)


def signed(connection: sa.Connection, left: Left) -> str:
    """The value of the cookie that a browser keeps."""
    claims = {**asdict(left), "aud": LEFT_AUDIENCE, "exp": now() + timedelta(seconds=LEFT_SECONDS)}
    return jwt.encode(claims, signing_key(connection), ALGORITHM)


def come_back(connection: sa.Connection, cookie: str, asked: Mapping[str, str]) -> Left:
    """What the browser that comes back left with. Raises 403 where it is another one, or left too long ago."""
    try:
        found = jwt.decode(cookie, signing_key(connection), [ALGORITHM], audience=LEFT_AUDIENCE)
    except jwt.InvalidTokenError:
        raise _not_begun_here() from None
    same = hmac.compare_digest(asked.get("state", "").encode(), found["state"].encode())
    # The issuer, where a provider names itself on the way back (RFC 9207).
    if not same or asked.get("iss", settings().oidc_issuer) != settings().oidc_issuer:
        raise _not_begun_here()
    return Left(found["target"], found["state"], found["nonce"], found["verifier"])


def require_code(asked: Mapping[str, str]) -> str:
    """The code that a provider gave. Raises 403 where it let nobody in, 503 where it could not."""
    if asked.get("error") == "access_denied":
        raise ServiceError(
            403, message("The identity provider didn't let you in."), message("Try again, or ask who runs it.")
        )
    if "error" in asked or not asked.get("code"):
        raise ServiceError(
            503, message("The identity provider could not sign you in."), message("Try again, or tell the operator.")
        )
    return asked["code"]


def claims_for(code: str, left: Left) -> dict[str, object]:
    """What the ID token says that a code is exchanged for.

    Raises 401 for a code or a token that isn't good, 503 where the provider is away or refuses this service.
    """
    claims = claims_of(_exchanged(code, left), _client_id())
    if claims.get("nonce") != left.nonce:
        raise token_not_good()
    return claims


def _exchanged(code: str, left: Left) -> str:
    told = provider()
    try:
        with _client(told) as client:
            answer = client.fetch_token(
                told.token_endpoint, grant_type="authorization_code", code=code, code_verifier=left.verifier
            )
        return str(answer["id_token"])
    except AuthlibBaseError as error:
        raise _not_exchanged(error) from None
    except (httpx2.HTTPError, httpx2.InvalidURL, LookupError, TypeError, ValueError, RecursionError):
        raise provider_away() from None


def _client(told: Provider) -> OAuth2Client:
    asked, methods = settings(), told.token_endpoint_auth_methods_supported
    by_secret = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
    return OAuth2Client(
        _client_id(),
        asked.oidc_client_secret,
        token_endpoint_auth_method=by_secret if asked.oidc_client_secret else "none",
        scope="openid email",
        redirect_uri=asked.public_address.rstrip("/") + BACK,
        code_challenge_method="S256",
        timeout=ANSWER_SECONDS,
        follow_redirects=False,
        verify=trusted(),
    )


def _client_id() -> str:
    return settings().oidc_client_id or settings().oidc_audience


def _not_begun_here() -> ServiceError:
    return ServiceError(
        403, message("This sign-in was begun in another browser, or too long ago."), message("Begin it again here.")
    )


def _not_exchanged(error: AuthlibBaseError) -> ServiceError:
    if error.error == "invalid_grant":
        return ServiceError(
            401, message("The identity provider takes this sign-in no more."), message("Begin it again.")
        )
    log.warning("code not exchanged", problem=error.error if error.error in KNOWN_ERRORS else "another")
    return ServiceError(503, message("The identity provider refuses this service."), message("Tell the operator."))
