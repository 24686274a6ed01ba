"""Who may come in and what they did: accounts, sessions, keys, attempts, repeated requests, the log."""

from __future__ import annotations

import sqlalchemy as sa

from api.storage.columns import Moment, metadata, text_column

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("email", sa.Text, nullable=False, unique=True),
    text_column("name"),
    sa.Column("role", sa.Text, nullable=False),
    text_column("country"),
    text_column("employer_id"),
    text_column("password_hash"),
    # Somebody else chose the password: it is set anew before anything else is done with it.
    sa.Column("password_by_other", sa.Boolean, nullable=False, server_default=sa.false()),
    text_column("oidc_subject"),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
)
# Two tokens of one subject with two addresses, at once, bind one account.
sa.Index(
    "uq_accounts_oidc_subject",
    accounts.c.oidc_subject,
    unique=True,
    postgresql_where=accounts.c.oidc_subject != "",
    sqlite_where=accounts.c.oidc_subject != "",
)
sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False, index=True),
    sa.Column("refresh_hash", sa.Text, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("revoked_at", Moment),
    text_column("host_mark"),
    text_column("browser"),  # what a browser calls itself; '' for a session of tokens
    sa.Column("began_at", Moment),
    sa.Column("seen_at", Moment),
    # Whether more than a password was shown: a code, or what the identity provider says that it asked for.
    sa.Column("second_factor", sa.Boolean, nullable=False, server_default=sa.false()),
)
# What an account's codes are reckoned from; its codes are asked for once it is confirmed.
second_factors = sa.Table(
    "second_factors",
    metadata,
    sa.Column("account_id", sa.ForeignKey("accounts.id"), primary_key=True),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("last_step", sa.BigInteger, nullable=False),  # the half minute of the last code that was taken
    sa.Column("confirmed_at", Moment),
)
recovery_codes = sa.Table(
    "recovery_codes",
    metadata,
    sa.Column("account_id", sa.ForeignKey("accounts.id"), primary_key=True),
    sa.Column("code_hash", sa.Text, primary_key=True),
)
# Who must have one: every account of a role, or of a state's ministries.
second_factor_rules = sa.Table(
    "second_factor_rules",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),  # role or country
    sa.Column("value", sa.Text, primary_key=True),
)
api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False, index=True),
    text_column("name"),
    sa.Column("secret_hash", sa.Text, nullable=False),
    sa.Column("scope", sa.JSON(none_as_null=True)),  # actions; without: all that the account's role may
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("expires_at", Moment),  # a key without one is good no longer
    sa.Column("revoked_at", Moment),
)
attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("window", sa.BigInteger, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
)
secrets = sa.Table(
    "secrets", metadata, sa.Column("name", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False)
)
idempotency = sa.Table(
    "idempotency",
    metadata,
    sa.Column("account_id", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("headers", sa.JSON, nullable=False),
    sa.Column("body", sa.JSON),
    sa.Column("created_at", Moment, nullable=False),
)
audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("object", sa.Text, nullable=False),
    sa.Column("details", sa.Text, nullable=False),
    sa.Column("previous_hash", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)
# On PostgreSQL entries are put here, and take their place in the log when their transaction is committed.
audit_pending = sa.Table(
    "audit_pending",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("object", sa.Text, nullable=False),
    sa.Column("details", sa.Text, nullable=False),
)
audit_head = sa.Table(
    "audit_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)
