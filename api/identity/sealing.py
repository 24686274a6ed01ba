"""Secrets that the service needs itself, so that they can't be kept as hashes: of webhooks, of second factors.

They are kept sealed (Fernet) by a key that follows from the service's own (`VAIVEN_SECRET_KEY`): whoever reads the
database alone, or a backup, has none of them where that key is set. Where the service's key is changed, they are sealed
no more for anybody, and have to be made anew.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from api.identity.tokens import signing_key


class SealBroken(Exception):
    """A secret was sealed by another key than the service has now."""


@dataclass(frozen=True)
class Seal:
    """How secrets of one ``purpose`` are sealed; what is sealed for one is opened for no other."""

    purpose: bytes

    def sealed(self, connection: sa.Connection, secret: str) -> str:
        """A secret as it is kept."""
        return self._box(connection).encrypt(secret.encode()).decode()

    def opened(self, connection: sa.Connection, kept: str) -> str:
        """A secret from how it is kept. Raises `SealBroken`."""
        try:
            return self._box(connection).decrypt(kept.encode()).decode()
        except InvalidToken as error:
            raise SealBroken from error

    def _box(self, connection: sa.Connection) -> Fernet:
        derived = HKDF(SHA256(), 32, salt=None, info=self.purpose)
        return Fernet(base64.urlsafe_b64encode(derived.derive(signing_key(connection).encode())))


OF_WEBHOOKS = Seal(b"vaiven: secrets of webhooks")
OF_SECOND_FACTORS = Seal(b"vaiven: secrets of second factors")
