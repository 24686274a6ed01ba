"""Secrets of second factors are sealed, as `api.identity.sealing` opens them."""

from __future__ import annotations

import base64
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from api.settings import settings

revision = "0017_sealed_factors"
down_revision = "0016_kept_sheets"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Seal what stands there as it is."""
    _rewrite(lambda box, secret: box.encrypt(secret.encode()).decode())


def downgrade() -> None:
    """Open what was sealed."""
    _rewrite(lambda box, secret: box.decrypt(secret.encode()).decode())


def _rewrite(change: Callable[[Fernet, str], str]) -> None:
    connection = op.get_bind()
    factors = sa.table("second_factors", sa.column("account_id", sa.Text), sa.column("secret", sa.Text))
    rows = connection.execute(sa.select(factors.c.account_id, factors.c.secret)).all()
    for row in rows:
        mine = factors.update().where(factors.c.account_id == row.account_id)
        connection.execute(mine.values(secret=change(_box(connection), row.secret)))


def _box(connection: sa.Connection) -> Fernet:
    """The box as of this version; how it is made from then on is written here, whatever becomes of the service's."""
    drawn = sa.text("SELECT value FROM secrets WHERE name = 'signing_key'")
    key = settings().secret_key or str(connection.scalar(drawn))
    derived = HKDF(SHA256(), 32, salt=None, info=b"vaiven: secrets of second factors").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
