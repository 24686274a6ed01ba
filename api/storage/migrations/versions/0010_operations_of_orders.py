"""The operations on an order are found without reading those of the whole programme."""

from __future__ import annotations

from alembic import op

revision = "0010_operations_of_orders"
down_revision = "0009_slips"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_index("ix_operations_order", "operations", ["programme_id", "order_id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_operations_order", "operations")
