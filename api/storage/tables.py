"""The tables of the service. Ids are text that sorts by creation, moments are UTC, register cells text as in a file.

A worker is known everywhere by a pseudonym, ``worker_id``. Only ``persons`` says who that is.
"""

from __future__ import annotations

import sqlalchemy as sa

from api.storage.account_tables import accounts
from api.storage.columns import Moment, metadata, programme_column, text_column
from api.storage.spoken_json import SpokenJSON
from engine.programme.schema import TABLES

programmes = sa.Table(
    "programmes",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("owner_role", sa.Text, nullable=False),
    sa.Column("owner_country", sa.Text, nullable=False),
    sa.Column("settings", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sa.Column("binding_revision", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("created_at", Moment, nullable=False),
)
agreements = sa.Table(
    "agreements",
    metadata,
    sa.Column("programme_id", sa.ForeignKey("programmes.id"), primary_key=True),
    sa.Column("agreement_id", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
)
programme_corridors = sa.Table(
    "programme_corridors",
    metadata,
    sa.Column("programme_id", sa.ForeignKey("programmes.id"), primary_key=True),
    sa.Column("agreement_id", sa.Text, primary_key=True),
    sa.Column("origin", sa.Text, primary_key=True),
    sa.Column("destination", sa.Text, primary_key=True),
)
persons = sa.Table(
    "persons",
    metadata,
    sa.Column("worker_id", sa.Text, primary_key=True),
    sa.Column("origin_country", sa.Text, nullable=False),
    sa.Column("register_number", sa.Text, nullable=False),
    text_column("name"),
    text_column("contact"),
    sa.UniqueConstraint("origin_country", "register_number"),
)
orders = sa.Table(
    "orders",
    metadata,
    sa.Column("programme_id", sa.ForeignKey("programmes.id"), primary_key=True),
    *(
        sa.Column(column.name, sa.Text, primary_key=column.name == "order_id", nullable=False, server_default="")
        for column in TABLES["orders"].columns
    ),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
    sa.Index("ix_orders_employer", "programme_id", "employer_id"),
)
# What of an order an employer has checked in the week that began on a day; no content, its keyed hash alone.
order_check_variants = sa.Table(
    "order_check_variants",
    metadata,
    sa.Column("programme_id", sa.Text, primary_key=True),
    sa.Column("employer_id", sa.Text, primary_key=True),
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("order_id", sa.Text, primary_key=True),
    sa.Column("variant", sa.Text, primary_key=True),
)
order_history = sa.Table(
    "order_history",
    metadata,
    sa.Column("programme_id", sa.Text, primary_key=True),
    sa.Column("order_id", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("account_id", sa.Text, nullable=False),
)
runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    programme_column(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("options", sa.JSON, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    text_column("country"),
    sa.Column("account_id", sa.Text, nullable=False, index=True),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("long", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("queued_at", Moment),
    sa.Column("spent_seconds", sa.Float, nullable=False, server_default="0"),
    sa.Column("slice_seconds", sa.Float, nullable=False, server_default="0"),
    sa.Column("overdue_at", Moment),
    sa.Column("owner", sa.Text),
    sa.Column("lease_until", Moment),
    sa.Column("fence", sa.Integer, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("cancel_asked", sa.Boolean, nullable=False),
    sa.Column("replayable", sa.Boolean, nullable=False),
    sa.Column("progress", SpokenJSON, nullable=False),
    sa.Column("manifest", SpokenJSON, nullable=False),
    sa.Column("problem", SpokenJSON),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("started_at", Moment),
    sa.Column("ended_at", Moment),
    sa.Column("published_at", Moment),
    sa.Column("revision", sa.BigInteger),  # of the programme, as the run read it
)
# Files of runs that aren't results: what a run read, what another attempt could begin from, what this one began from.
INPUT, CHECKPOINT, BEGUN_FROM = "input.tar.gz", "checkpoint/", "begun_from/"
run_files = sa.Table(
    "run_files",
    metadata,
    sa.Column("run_id", sa.ForeignKey("runs.id"), primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
placements = sa.Table(
    "placements",
    metadata,
    sa.Column("run_id", sa.ForeignKey("runs.id"), primary_key=True),
    sa.Column("worker_id", sa.Text, primary_key=True),
    sa.Column("order_id", sa.Text, primary_key=True),
    sa.Column("employer_id", sa.Text, nullable=False),
    sa.Column("agreement_id", sa.Text, nullable=False),
    sa.Column("start_date", sa.Text, nullable=False),
    sa.Column("end_date", sa.Text, nullable=False),
    sa.Column("value", sa.Float, nullable=False),
)
operations = sa.Table(
    "operations",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    programme_column(),
    sa.Column("run_id", sa.ForeignKey("runs.id"), nullable=False),
    sa.Column("worker_id", sa.Text, nullable=False, index=True),
    sa.Column("order_id", sa.Text, nullable=False),
    sa.Column("employer_id", sa.Text, nullable=False),
    sa.Column("origin_country", sa.Text, nullable=False),
    sa.Column("destination_country", sa.Text, nullable=False),
    sa.Column("start_date", sa.Text, nullable=False),
    sa.Column("end_date", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
    text_column("agreed_on"),  # the programme's day when it was proposed, from which lead times count
    # Of a worker who is in the register no more: what caps count the stay by, besides the two states.
    text_column("origin_region"),
    text_column("last_exit"),
    sa.UniqueConstraint("programme_id", "worker_id", "order_id"),
    sa.Index("ix_operations_order", "programme_id", "order_id"),
    # All that the table of placements counts and sorts by at first, so that it reads nothing else for it.
    sa.Index(
        "ix_operations_start",
        *("programme_id", "start_date", "id", "origin_country", "destination_country", "state", "end_date"),
    ),
    # What the first page counts people by: by worker, so that nobody has to be sorted for it.
    sa.Index("ix_operations_worker", "programme_id", "worker_id", "state", "origin_country", "destination_country"),
)
operation_history = sa.Table(
    "operation_history",
    metadata,
    sa.Column("operation_id", sa.ForeignKey("operations.id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("account_id", sa.Text, nullable=False),
    # Whether this took the step before it back, and why; the text goes with the person.
    sa.Column("corrects", sa.Boolean, nullable=False, server_default=sa.false()),
    text_column("reason"),
)
# The one-time code by which a worker reads and answers a placement; ``account_id`` is who made it for the worker.
slips = sa.Table(
    "slips",
    metadata,
    sa.Column("operation_id", sa.ForeignKey("operations.id"), primary_key=True),
    sa.Column("code_hash", sa.Text, nullable=False, unique=True),
    sa.Column("account_id", sa.ForeignKey(accounts.c.id), nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
)
# The same for somebody whom a published plan has no job for: the code tells why.
reason_slips = sa.Table(
    "reason_slips",
    metadata,
    sa.Column("run_id", sa.ForeignKey("runs.id"), primary_key=True),
    sa.Column("worker_id", sa.Text, primary_key=True),
    sa.Column("code_hash", sa.Text, nullable=False, unique=True),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
)
# A sheet between the steps in which whoever sent it says how it is read; nobody else sees it.
kept_sheets = sa.Table(
    "kept_sheets",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False, index=True),
    programme_column(),
    sa.Column("register", sa.Text, nullable=False),
    sa.Column("ending", sa.Text, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
)
# A question with the runs made for it, each as it was when it was put in.
experiments = sa.Table(
    "experiments",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    programme_column(),
    sa.Column("role", sa.Text, nullable=False),
    text_column("country"),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    text_column("conclusion"),
    sa.Column("runs", SpokenJSON, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
)
# Where a ministry's own system hears of changes; secrets are sealed (`api.webhooks.signing`).
webhooks = sa.Table(
    "webhooks",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    text_column("country"),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("kinds", sa.JSON, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("failing_since", Moment),  # the first event that was given up since one arrived
    sa.Column("secret", sa.Text, nullable=False),
    text_column("old_secret"),
    sa.Column("old_secret_until", Moment),
    sa.Column("created_at", Moment, nullable=False),
)
# Events as they are sent, written with the change that they tell of. No foreign key: a change neither waits for who
# removes a webhook, nor fails by it.
webhook_deliveries = sa.Table(
    "webhook_deliveries",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("webhook_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("status", sa.Integer, nullable=False, server_default="0"),  # of the last answer, 0 without one
    text_column("reason"),
    sa.Column("created_at", Moment, nullable=False, index=True),
    sa.Column("next_at", Moment, nullable=False),
    sa.Column("lease_until", Moment),
    sa.Column("ended_at", Moment),
    sa.Index("ix_webhook_deliveries_due", "state", "next_at"),
    sa.Index("ix_webhook_deliveries_webhook", "webhook_id", "id"),
)

# What makes a row of a register one and the same row.
KEYS: dict[str, tuple[str, ...]] = {
    "workers": ("worker_id",),
    "employers": ("employer_id",),
    "sites": ("site_id",),
    "history": ("worker_id", "start_date"),
    "recalls": ("order_id", "worker_id"),
    "preferences": ("worker_id", "order_id", "employer_id"),
    "corridors": ("origin_country", "destination_country"),
    "commitments": ("worker_id", "order_id"),
    "exclusions": ("worker_id", "order_id"),
    "scores": ("worker_id", "order_id"),
}


def _register(name: str) -> sa.Table:
    """The table of a register: the columns of the programme's format as text, in a programme."""
    keys = KEYS[name]
    return sa.Table(
        f"register_{name}",
        metadata,
        sa.Column("programme_id", sa.ForeignKey("programmes.id"), primary_key=True),
        *(
            sa.Column(column.name, sa.Text, primary_key=column.name in keys, nullable=False, server_default="")
            for column in TABLES[name].columns
        ),
    )


registers: dict[str, sa.Table] = {name: _register(name) for name in KEYS}
