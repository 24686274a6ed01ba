"""What caps count the stays of workers by who are in the register no more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020_counted_of_erased"
down_revision = "0019_operators"
branch_labels = None
depends_on = None
NAMES = ("origin_region", "last_exit")


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("operations") as table:
        for name in NAMES:
            table.add_column(sa.Column(name, sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("operations") as table:
        for name in NAMES:
            table.drop_column(name)
