"""First schema."""

from __future__ import annotations

from secrets import token_urlsafe

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "accounts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), server_default="", nullable=False),
        sa.Column("employer_id", sa.Text(), server_default="", nullable=False),
        sa.Column("password_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("oidc_subject", sa.Text(), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("email", name=op.f("uq_accounts_email")),
    )
    op.create_table(
        "attempts",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("window", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "window", name=op.f("pk_attempts")),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "audit_log",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_log")),
    )
    op.create_table(
        "audit_pending",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_pending")),
    )
    op.create_table(
        "idempotency",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "order_history",
        sa.Column("programme_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("programme_id", "order_id", "version", name=op.f("pk_order_history")),
    )
    op.create_table(
        "persons",
        sa.Column("worker_id", sa.Text(), nullable=False),
        sa.Column("origin_country", sa.Text(), nullable=False),
        sa.Column("register_number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("contact", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("worker_id", name=op.f("pk_persons")),
        sa.UniqueConstraint(
            "origin_country", "register_number", name=op.f("uq_persons_origin_country_register_number")
        ),
    )
    op.create_table(
        "programmes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("owner_role", sa.Text(), nullable=False),
        sa.Column("owner_country", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programmes")),
    )
    op.create_table(
        "secrets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secrets")),
    )
    op.create_table(
        "agreements",
        sa.Column("programme_id", sa.Text(), nullable=False),
        sa.Column("agreement_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_agreements_programme_id")),
        sa.PrimaryKeyConstraint("programme_id", "agreement_id", "version", name=op.f("pk_agreements")),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_api_keys_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
    )
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_keys_account_id"), ["account_id"], unique=False)

    op.create_table(
        "orders",
        sa.Column("programme_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), server_default="", nullable=False),
        sa.Column("employer_id", sa.Text(), server_default="", nullable=False),
        sa.Column("site_id", sa.Text(), server_default="", nullable=False),
        sa.Column("destination_country", sa.Text(), server_default="", nullable=False),
        sa.Column("destination_region", sa.Text(), server_default="", nullable=False),
        sa.Column("sector", sa.Text(), server_default="", nullable=False),
        sa.Column("isco08", sa.Text(), server_default="", nullable=False),
        sa.Column("required_skills", sa.Text(), server_default="", nullable=False),
        sa.Column("desired_skills", sa.Text(), server_default="", nullable=False),
        sa.Column("languages", sa.Text(), server_default="", nullable=False),
        sa.Column("min_experience_months", sa.Text(), server_default="", nullable=False),
        sa.Column("start_date", sa.Text(), server_default="", nullable=False),
        sa.Column("end_date", sa.Text(), server_default="", nullable=False),
        sa.Column("headcount", sa.Text(), server_default="", nullable=False),
        sa.Column("min_crew", sa.Text(), server_default="", nullable=False),
        sa.Column("weekly_hours", sa.Text(), server_default="", nullable=False),
        sa.Column("guaranteed_weekly_hours", sa.Text(), server_default="", nullable=False),
        sa.Column("hourly_wage", sa.Text(), server_default="", nullable=False),
        sa.Column("weekly_deductions", sa.Text(), server_default="", nullable=False),
        sa.Column("worker_cost", sa.Text(), server_default="", nullable=False),
        sa.Column("labour_market_test_until", sa.Text(), server_default="", nullable=False),
        sa.Column("priority", sa.Text(), server_default="", nullable=False),
        sa.Column("filed_at", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_orders_programme_id")),
        sa.PrimaryKeyConstraint("programme_id", "order_id", name=op.f("pk_orders")),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index("ix_orders_employer", ["programme_id", "employer_id"], unique=False)

    op.create_table(
        "programme_corridors",
        sa.Column("programme_id", sa.Text(), nullable=False),
        sa.Column("agreement_id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_programme_corridors_programme_id")),
        sa.PrimaryKeyConstraint(
            "programme_id", "agreement_id", "origin", "destination", name=op.f("pk_programme_corridors")
        ),
    )
    op.create_table(
        "register_commitments",
        sa.Column("programme_id", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Text(), server_default="", nullable=False),
        sa.Column("order_id", sa.Text(), server_default="", nullable=False),
        sa.Column("agreed_on", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_register_commitments_programme_id")),
        sa.PrimaryKeyConstraint("programme_id", "worker_id", "order_id", name=op.f("pk_register_commitments")),
    )
    op.create_table(
        "register_corridors",
        sa.Column("programme_id", sa.Text(), nullable=False),
        sa.Column("origin_country", sa.Text(), server_default="", nullable=False),
        sa.Column("destination_country", sa.Text(), server_default="", nullable=False),
        sa.Column("travel_cost_to_worker", sa.Text(), server_default="", nullable=False),
        sa.Column("travel_days", sa.Text(), server_default="", nullable=False),
        sa.Column("remittance_cost_share", sa.Text(), server_default="", nullable=False),
        sa.Column("lead_time_days", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_register_corridors_programme_id")),
        sa.PrimaryKeyConstraint(
            "programme_id", "origin_country", "destination_country", name=op.f("pk_register_corridors")
        ),
    )
    op.create_table(
        "register_employers",
        sa.Column("programme_id", sa.Text(), nullable=False),
        sa.Column("employer_id", sa.Text(), server_default="", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("country", sa.Text(), server_default="", nullable=False),
        sa.Column("accredited_until", sa.Text(), server_default="", nullable=False),
        sa.Column("debarred_from", sa.Text(), server_default="", nullable=False),
        sa.Column("debarred_until", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_register_employers_programme_id")),
        sa.PrimaryKeyConstraint("programme_id", "employer_id", name=op.f("pk_register_employers")),
    )
    op.create_table(
        "register_exclusions",
        sa.Column("programme_id", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Text(), server_default="", nullable=False),
        sa.Column("order_id", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_register_exclusions_programme_id")),
        sa.PrimaryKeyConstraint("programme_id", "worker_id", "order_id", name=op.f("pk_register_exclusions")),
    )
    op.create_table(
        "register_history",
        sa.Column("programme_id", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Text(), server_default="", nullable=False),
        sa.Column("employer_id", sa.Text(), server_default="", nullable=False),
        sa.Column("isco08", sa.Text(), server_default="", nullable=False),
        sa.Column("destination_country", sa.Text(), server_default="", nullable=False),
        sa.Column("start_date", sa.Text(), server_default="", nullable=False),
        sa.Column("end_date", sa.Text(), server_default="", nullable=False),
        sa.Column("exit_reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_register_history_programme_id")),
        sa.PrimaryKeyConstraint("programme_id", "worker_id", "start_date", name=op.f("pk_register_history")),
    )
    op.create_table(
        "register_preferences",
        sa.Column("programme_id", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Text(), server_default="", nullable=False),
        sa.Column("order_id", sa.Text(), server_default="", nullable=False),
        sa.Column("employer_id", sa.Text(), server_default="", nullable=False),
        sa.Column("rank", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_register_preferences_programme_id")),
        sa.PrimaryKeyConstraint(
            "programme_id", "worker_id", "order_id", "employer_id", name=op.f("pk_register_preferences")
        ),
    )
    op.create_table(
        "register_recalls",
        sa.Column("programme_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), server_default="", nullable=False),
        sa.Column("worker_id", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_register_recalls_programme_id")),
        sa.PrimaryKeyConstraint("programme_id", "order_id", "worker_id", name=op.f("pk_register_recalls")),
    )
    op.create_table(
        "register_scores",
        sa.Column("programme_id", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Text(), server_default="", nullable=False),
        sa.Column("order_id", sa.Text(), server_default="", nullable=False),
        sa.Column("score", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_register_scores_programme_id")),
        sa.PrimaryKeyConstraint("programme_id", "worker_id", "order_id", name=op.f("pk_register_scores")),
    )
    op.create_table(
        "register_sites",
        sa.Column("programme_id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), server_default="", nullable=False),
        sa.Column("employer_id", sa.Text(), server_default="", nullable=False),
        sa.Column("region", sa.Text(), server_default="", nullable=False),
        sa.Column("beds", sa.Text(), server_default="", nullable=False),
        sa.Column("inspected_until", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_register_sites_programme_id")),
        sa.PrimaryKeyConstraint("programme_id", "site_id", name=op.f("pk_register_sites")),
    )
    op.create_table(
        "register_workers",
        sa.Column("programme_id", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Text(), server_default="", nullable=False),
        sa.Column("origin_country", sa.Text(), server_default="", nullable=False),
        sa.Column("origin_region", sa.Text(), server_default="", nullable=False),
        sa.Column("birth_date", sa.Text(), server_default="", nullable=False),
        sa.Column("sex", sa.Text(), server_default="", nullable=False),
        sa.Column("occupations", sa.Text(), server_default="", nullable=False),
        sa.Column("skills", sa.Text(), server_default="", nullable=False),
        sa.Column("languages", sa.Text(), server_default="", nullable=False),
        sa.Column("available_from", sa.Text(), server_default="", nullable=False),
        sa.Column("available_to", sa.Text(), server_default="", nullable=False),
        sa.Column("reservation_weekly_income", sa.Text(), server_default="", nullable=False),
        sa.Column("passport_expires", sa.Text(), server_default="", nullable=False),
        sa.Column("medical_valid_until", sa.Text(), server_default="", nullable=False),
        sa.Column("household_id", sa.Text(), server_default="", nullable=False),
        sa.Column("travel_group_id", sa.Text(), server_default="", nullable=False),
        sa.Column("refuses", sa.Text(), server_default="", nullable=False),
        sa.Column("isced", sa.Text(), server_default="", nullable=False),
        sa.Column("registered_at", sa.Text(), server_default="", nullable=False),
        sa.Column("points", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_register_workers_programme_id")),
        sa.PrimaryKeyConstraint("programme_id", "worker_id", name=op.f("pk_register_workers")),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("programme_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), server_default="", nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("cancel_asked", sa.Boolean(), nullable=False),
        sa.Column("replayable", sa.Boolean(), nullable=False),
        sa.Column("progress", sa.JSON(), nullable=False),
        sa.Column("manifest", sa.JSON(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_runs_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_runs_state"), ["state"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("refresh_hash", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_sessions_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_account_id"), ["account_id"], unique=False)

    op.create_table(
        "operations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("programme_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("employer_id", sa.Text(), nullable=False),
        sa.Column("origin_country", sa.Text(), nullable=False),
        sa.Column("destination_country", sa.Text(), nullable=False),
        sa.Column("start_date", sa.Text(), nullable=False),
        sa.Column("end_date", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_operations_programme_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_operations_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operations")),
        sa.UniqueConstraint(
            "programme_id", "worker_id", "order_id", name=op.f("uq_operations_programme_id_worker_id_order_id")
        ),
    )
    with op.batch_alter_table("operations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_operations_worker_id"), ["worker_id"], unique=False)

    op.create_table(
        "placements",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("employer_id", sa.Text(), nullable=False),
        sa.Column("agreement_id", sa.Text(), nullable=False),
        sa.Column("start_date", sa.Text(), nullable=False),
        sa.Column("end_date", sa.Text(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_placements_run_id")),
        sa.PrimaryKeyConstraint("run_id", "worker_id", "order_id", name=op.f("pk_placements")),
    )
    op.create_table(
        "run_files",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_files_run_id")),
        sa.PrimaryKeyConstraint("run_id", "name", name=op.f("pk_run_files")),
    )
    op.create_table(
        "operation_history",
        sa.Column("operation_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["operation_id"], ["operations.id"], name=op.f("fk_operation_history_operation_id")),
        sa.PrimaryKeyConstraint("operation_id", "version", name=op.f("pk_operation_history")),
    )
    _draw_signing_key()
    _begin_audit_log()


def _draw_signing_key() -> None:
    """The key that signs tokens unless the settings have one: 256 bits, drawn once."""
    key = sa.text("INSERT INTO secrets (name, value) VALUES ('signing_key', :value)")
    op.get_bind().execute(key, {"value": token_urlsafe(32)})


def _begin_audit_log() -> None:
    """The head of the log; and let the database itself chain entries and refuse to change or delete them."""
    op.execute(f"INSERT INTO audit_head (id, number, hash) VALUES (1, 0, '{'0' * 64}')")
    if op.get_bind().dialect.name != "postgresql":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_log_no_{change.lower()} BEFORE {change} ON audit_log "
                "BEGIN SELECT RAISE(ABORT, 'the audit log is appended only'); END"
            )
        return
    for statement in (_CHAIN, _CHAIN_TRIGGER, _REFUSE, _REFUSE_TRIGGER):
        op.execute(statement)


_CHAIN = """
CREATE FUNCTION chain_audit_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    head audit_head;
    digest text;
BEGIN
    SELECT * INTO STRICT head FROM audit_head WHERE id = 1 FOR UPDATE;
    digest := encode(sha256(convert_to(concat_ws(chr(31), (head.number + 1)::text, NEW.at, NEW.account_id, NEW.action,
        NEW.object, NEW.details, head.hash), 'UTF8')), 'hex');
    INSERT INTO audit_log (number, at, account_id, action, object, details, previous_hash, hash)
        VALUES (head.number + 1, NEW.at, NEW.account_id, NEW.action, NEW.object, NEW.details, head.hash, digest);
    UPDATE audit_head SET number = head.number + 1, hash = digest WHERE id = 1;
    DELETE FROM audit_pending WHERE id = NEW.id;
    RETURN NULL;
END $$
"""
_CHAIN_TRIGGER = """
CREATE CONSTRAINT TRIGGER audit_pending_chained AFTER INSERT ON audit_pending
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION chain_audit_entry()
"""
_REFUSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is appended only';
END $$
"""
_REFUSE_TRIGGER = """
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log EXECUTE FUNCTION refuse_change()
"""


def downgrade() -> None:
    """Undo the change."""
    if op.get_bind().dialect.name == "postgresql":
        for trigger, table, function in (
            ("audit_log_append_only", "audit_log", "refuse_change"),
            ("audit_pending_chained", "audit_pending", "chain_audit_entry"),
        ):
            op.execute(f"DROP TRIGGER {trigger} ON {table}")
            op.execute(f"DROP FUNCTION {function}")
    op.drop_table("operation_history")
    op.drop_table("run_files")
    op.drop_table("placements")
    with op.batch_alter_table("operations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_operations_worker_id"))

    op.drop_table("operations")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_account_id"))

    op.drop_table("sessions")
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_runs_state"))

    op.drop_table("runs")
    op.drop_table("register_workers")
    op.drop_table("register_sites")
    op.drop_table("register_scores")
    op.drop_table("register_recalls")
    op.drop_table("register_preferences")
    op.drop_table("register_history")
    op.drop_table("register_exclusions")
    op.drop_table("register_employers")
    op.drop_table("register_corridors")
    op.drop_table("register_commitments")
    op.drop_table("programme_corridors")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index("ix_orders_employer")

    op.drop_table("orders")
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_keys_account_id"))

    op.drop_table("api_keys")
    op.drop_table("agreements")
    op.drop_table("secrets")
    op.drop_table("programmes")
    op.drop_table("persons")
    op.drop_table("order_history")
    op.drop_table("idempotency")
    op.drop_table("audit_pending")
    op.drop_table("audit_log")
    op.drop_table("audit_head")
    op.drop_table("attempts")
    op.drop_table("accounts")
