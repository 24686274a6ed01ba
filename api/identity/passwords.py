"""Passwords by Argon2; random secrets by their hash."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from pwdlib import PasswordHash

LEAST_LENGTH = 12
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no two of its signs look alike
_hasher = PasswordHash.recommended()
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    """The Argon2 hash of a password."""
    return _hasher.hash(password)


def password_fits(password: str, hashed: str) -> bool:
    """Whether a password is the one that was hashed; takes as long where there is no hash."""
    return _hasher.verify(password, hashed or _NOBODY) and bool(hashed)


def new_secret() -> str:
    """A secret that can't be guessed (256 bits)."""
    return secrets.token_urlsafe(32)


def drawn_text(length: int) -> str:
    """Drawn characters that people can read and type, five bits each."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def hash_secret(secret: str) -> str:
    """The hash under which a random secret is kept; it needs no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def secret_fits(secret: str, hashed: str) -> bool:
    """Whether a random secret has this hash."""
    return hmac.compare_digest(hash_secret(secret), hashed)
