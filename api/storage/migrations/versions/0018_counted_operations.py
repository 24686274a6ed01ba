"""Indexes that hold all by which pages count placements: what is overdue, and people."""

from __future__ import annotations

from alembic import op

revision = "0018_counted_operations"
down_revision = "0017_sealed_factors"
branch_labels = None
depends_on = None
BEFORE = ["programme_id", "start_date", "id", "origin_country", "destination_country", "state"]
PEOPLE = ["programme_id", "worker_id", "state", "origin_country", "destination_country"]


def upgrade() -> None:
    """Make the change."""
    op.drop_index("ix_operations_start", "operations")
    op.create_index("ix_operations_start", "operations", [*BEFORE, "end_date"])
    op.create_index("ix_operations_worker", "operations", PEOPLE)


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_operations_worker", "operations")
    op.drop_index("ix_operations_start", "operations")
    op.create_index("ix_operations_start", "operations", BEFORE)
