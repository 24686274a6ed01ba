"""Slips: the one-time codes by which workers read and answer their own placements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009_slips"
down_revision = "0008_browser_sessions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "slips",
        sa.Column("operation_id", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("operation_id", name=op.f("pk_slips")),
        sa.ForeignKeyConstraint(["operation_id"], ["operations.id"], name=op.f("fk_slips_operation_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_slips_account_id")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_slips_code_hash")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("slips")
