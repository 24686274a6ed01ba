"""What of an order an employer has checked on a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004_check_variants"
down_revision = "0003_keys"
branch_labels = None
depends_on = None

KEYS = ("programme_id", "employer_id", "day", "order_id", "variant")


def upgrade() -> None:
    """Make the change."""
    columns = [sa.Column(name, sa.Text(), nullable=False) for name in KEYS]
    op.create_table(
        "order_check_variants",
        *columns,
        sa.PrimaryKeyConstraint(*KEYS, name=op.f("pk_order_check_variants")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("order_check_variants")
