"""Secrets of webhooks, and what is signed by them: Standard Webhooks (standardwebhooks.com), version 1.

Whoever signs needs the secret itself, so it can't be kept as a hash. It is kept sealed (Fernet) by a key that follows
from the service's own (`VAIVEN_SECRET_KEY`): who reads the database alone, or a backup, signs nothing where that key
is set. Where the service's key is changed, secrets are sealed no more for anybody, and each webhook needs another one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from api.identity.tokens import signing_key

PREFIX, BYTES = "whsec_", 32


class SealBroken(Exception):
    """A secret was sealed by another key than the service has now."""


def new_webhook_secret() -> str:
    """A secret as receivers are told it: a prefix and 256 drawn bits in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def sealed(connection: sa.Connection, secret: str) -> str:
    """A secret as it is kept."""
    return _box(connection).encrypt(secret.encode()).decode()


def opened(connection: sa.Connection, kept: str) -> str:
    """A secret from how it is kept. Raises `SealBroken`."""
    try:
        return _box(connection).decrypt(kept.encode()).decode()
    except InvalidToken as error:
        raise SealBroken from error


def _box(connection: sa.Connection) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"vaiven: secrets of webhooks")
    return Fernet(base64.urlsafe_b64encode(derived.derive(signing_key(connection).encode())))


def signed_headers(keys: Sequence[str], identifier: str, seconds: int, body: bytes) -> dict[str, str]:
    """The headers of an event: its id, when this attempt is made (Unix time), and a signature by each secret."""
    told = f"{identifier}.{seconds}.".encode() + body
    signatures = " ".join(f"v1,{_signature(one, told)}" for one in keys)
    return {"webhook-id": identifier, "webhook-timestamp": str(seconds), "webhook-signature": signatures}


def _signature(secret: str, told: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, told, hashlib.sha256)).decode()
