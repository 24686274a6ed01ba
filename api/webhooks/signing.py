"""Secrets of webhooks, and what is signed by them: Standard Webhooks (standardwebhooks.com), version 1.

Whoever signs needs the secret itself, so it is kept sealed (`api.identity.sealing`).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

PREFIX, BYTES = "whsec_", 32


def new_webhook_secret() -> str:
    """A secret as receivers are told it: a prefix and 256 drawn bits in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def signed_headers(keys: Sequence[str], identifier: str, seconds: int, body: bytes) -> dict[str, str]:
    """The headers of an event: its id, when this attempt is made (Unix time), and a signature by each secret."""
    told = f"{identifier}.{seconds}.".encode() + body
    signatures = " ".join(f"v1,{_signature(one, told)}" for one in keys)
    return {"webhook-id": identifier, "webhook-timestamp": str(seconds), "webhook-signature": signatures}


def _signature(secret: str, told: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, told, hashlib.sha256)).decode()
