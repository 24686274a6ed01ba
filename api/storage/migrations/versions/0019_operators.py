"""The operator that an employer recruits through, by which a quota may be split."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019_operators"
down_revision = "0018_counted_operations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("register_employers") as table:
        table.add_column(sa.Column("operator", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("register_employers") as table:
        table.drop_column("operator")
