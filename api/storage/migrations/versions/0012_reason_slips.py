"""Slips that tell somebody why a plan has no job for him or her."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012_reason_slips"
down_revision = "0011_experiments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "reason_slips",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "worker_id", name=op.f("pk_reason_slips")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_reason_slips_run_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_reason_slips_account_id")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_reason_slips_code_hash")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("reason_slips")
