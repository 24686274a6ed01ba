"""Sessions keep a digest of the host that they began from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007_session_hosts"
down_revision = "0006_corrections"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("sessions", sa.Column("host_mark", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("sessions", "host_mark")
