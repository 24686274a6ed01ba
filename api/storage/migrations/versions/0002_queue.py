"""What the queue of runs needs for fair shares: what a run has used, how long it waits, how long it keeps its turn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_queue"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("long", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("spent_seconds", sa.Float(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("slice_seconds", sa.Float(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("overdue_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_runs_account_id"), ["account_id"], unique=False)
    op.execute("UPDATE runs SET queued_at = created_at, long = (kind IN ('what_if', 'sweep'))")


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_runs_account_id"))
        for name in ("overdue_at", "slice_seconds", "spent_seconds", "queued_at", "long"):
            batch_op.drop_column(name)
