"""Steps of operations that were taken back, and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_corrections"
down_revision = "0005_revisions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("operation_history", sa.Column("corrects", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("operation_history", sa.Column("reason", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("operation_history", "reason")
    op.drop_column("operation_history", "corrects")
