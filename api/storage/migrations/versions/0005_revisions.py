"""The revision of a programme that a run read, the newest one that may contradict a plan, the day of an agreement."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_revisions"
down_revision = "0004_check_variants"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("runs", sa.Column("revision", sa.BigInteger(), nullable=True))
    op.add_column("programmes", sa.Column("binding_revision", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("operations", sa.Column("agreed_on", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("operations", "agreed_on")
    op.drop_column("programmes", "binding_revision")
    op.drop_column("runs", "revision")
