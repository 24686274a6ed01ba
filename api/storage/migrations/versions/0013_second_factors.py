"""Second factors: what an account's codes are reckoned from, its recovery codes, who must have one, and sessions that
were begun with one.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013_second_factors"
down_revision = "0012_reason_slips"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("sessions", sa.Column("second_factor", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "second_factors",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_second_factors")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_second_factors_account_id")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "code_hash", name=op.f("pk_recovery_codes")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_recovery_codes_account_id")),
    )
    op.create_table(
        "second_factor_rules",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "value", name=op.f("pk_second_factor_rules")),
    )


def downgrade() -> None:
    """Take it back; passwords alone let everybody in again."""
    for table in ("second_factor_rules", "recovery_codes", "second_factors"):
        op.drop_table(table)
    op.drop_column("sessions", "second_factor")
