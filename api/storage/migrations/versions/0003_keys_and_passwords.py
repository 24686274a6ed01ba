"""API keys end and have a scope; accounts know whether somebody else chose their password.

Keys that were made before end after the days of the settings. Passwords that were set before count as one's own.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from api.settings import settings

revision = "0003_keys"
down_revision = "0002_queue"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    own: sa.Column[bool] = sa.Column("password_by_other", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("accounts", own)
    op.add_column("api_keys", sa.Column("scope", sa.JSON(), nullable=True))
    op.add_column("api_keys", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    keys = sa.table("api_keys", sa.column("expires_at", sa.DateTime(timezone=True)))
    op.execute(keys.update().values(expires_at=datetime.now(UTC) + timedelta(days=settings().key_days)))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("api_keys", "expires_at")
    op.drop_column("api_keys", "scope")
    op.drop_column("accounts", "password_by_other")
