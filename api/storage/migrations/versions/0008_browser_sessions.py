"""Sessions of browsers: what the browser calls itself, when it began and when it was last used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008_browser_sessions"
down_revision = "0007_session_hosts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("sessions", sa.Column("browser", sa.Text(), server_default="", nullable=False))
    op.add_column("sessions", sa.Column("began_at", sa.DateTime(timezone=True)))
    op.add_column("sessions", sa.Column("seen_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Take it back; browsers sign in again."""
    op.execute("DELETE FROM sessions WHERE browser != ''")
    for name in ("browser", "began_at", "seen_at"):
        op.drop_column("sessions", name)
