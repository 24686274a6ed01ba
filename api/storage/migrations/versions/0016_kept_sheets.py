"""Sheets that are kept between the steps in which somebody says how they are read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016_kept_sheets"
down_revision = "0015_webhooks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "kept_sheets",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("programme_id", sa.Text(), nullable=False),
        sa.Column("register", sa.Text(), nullable=False),
        sa.Column("ending", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_sheets")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_kept_sheets_account_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_kept_sheets_programme_id")),
    )
    op.create_index("ix_kept_sheets_account_id", "kept_sheets", ["account_id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("kept_sheets")
