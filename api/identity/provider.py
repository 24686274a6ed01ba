"""What the identity provider says of itself: where one signs in, where a code is exchanged, where its keys are (OpenID
Connect Discovery 1.0).

Invariants: a document is believed that names the issuer of the settings, and of an issuer behind TLS no address without
it; a provider that is away is asked no more than once in `AWAY_SECONDS`.
"""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass
from functools import lru_cache

import httpx2
import structlog
from authlib.oidc.discovery import get_well_known_url
from pydantic import BaseModel

from api.answers.problems import ServiceError
from api.settings import settings
from engine.words import message

AWAY_SECONDS, KEPT_SECONDS = 15, 600
ANSWER_SECONDS = 5
log = structlog.get_logger("vaiven.identity")


class Provider(BaseModel):
    """The addresses of an identity provider, and how it takes a client's secret, as its document names them."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]


@dataclass
class _Document:
    """The last answer of one issuer, and until when it isn't asked again."""

    issuer: str
    found: Provider | None = None
    kept_until: float = 0.0

    def read(self) -> Provider | None:
        """What the issuer says, None where it is away."""
        if time.monotonic() < self.kept_until:
            return self.found
        found = _fetched(self.issuer)
        self.found, self.kept_until = found, time.monotonic() + (AWAY_SECONDS if found is None else KEPT_SECONDS)
        return found


@lru_cache(maxsize=4)
def _document(issuer: str) -> _Document:
    return _Document(issuer)


def provider() -> Provider:
    """The identity provider of the settings, as it says itself. Raises 503 where it is away or isn't that issuer."""
    found = _document(settings().oidc_issuer).read()
    if found is None:
        raise provider_away()
    return found


def provider_away() -> ServiceError:
    """What is told where the provider gives no answer, or none that can be read."""
    return ServiceError(
        503, message("The identity provider can't be reached."), message("Try again, or tell the operator.")
    )


@lru_cache(maxsize=1)
def trusted() -> ssl.SSLContext:
    """Whose certificates are believed: those that this machine trusts; read once, as that takes a tenth of a second."""
    return httpx2.create_ssl_context()


def _fetched(issuer: str) -> Provider | None:
    """What is at the issuer's well-known address, None where that isn't its document; redirects aren't followed."""
    try:
        address = get_well_known_url(issuer, external=True)
        answer = httpx2.get(address, timeout=ANSWER_SECONDS, verify=trusted())
        found = Provider.model_validate_json(answer.raise_for_status().content)
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        log.warning("no discovery document", kind=type(error).__name__)
        return None
    scheme = "https://" if issuer.startswith("https:") else "http"
    addresses = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
    if found.issuer == issuer and all(address.startswith(scheme) for address in addresses):
        return found
    log.warning("no discovery document", kind="of another issuer or without TLS")
    return None
