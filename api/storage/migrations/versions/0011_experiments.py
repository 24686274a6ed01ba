"""Experiments, and an index by which the table of placements is sorted without reading all of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011_experiments"
down_revision = "0010_operations_of_orders"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "experiments",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("programme_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False, server_default=""),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("conclusion", sa.Text(), nullable=False, server_default=""),
        sa.Column("runs", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experiments")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_experiments_programme_id")),
    )
    columns = ["programme_id", "start_date", "id", "origin_country", "destination_country", "state"]
    op.create_index("ix_operations_start", "operations", columns)


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_operations_start", "operations")
    op.drop_table("experiments")
