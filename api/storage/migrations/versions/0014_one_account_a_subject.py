"""A subject of an identity provider is bound to one account, whatever comes at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014_one_account_a_subject"
down_revision = "0013_second_factors"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change. Where a subject was bound to several accounts, the oldest keeps it."""
    op.execute(
        "UPDATE accounts SET oidc_subject = '' WHERE oidc_subject <> '' AND EXISTS (SELECT 1 FROM accounts AS older "
        "WHERE older.oidc_subject = accounts.oidc_subject AND older.id < accounts.id)"
    )
    bound = sa.text("oidc_subject <> ''")
    name, columns = "uq_accounts_oidc_subject", ["oidc_subject"]
    op.create_index(name, "accounts", columns, unique=True, postgresql_where=bound, sqlite_where=bound)


def downgrade() -> None:
    """Take it back."""
    op.drop_index("uq_accounts_oidc_subject", "accounts")
