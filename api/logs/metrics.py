"""What is measured: requests by operation and status, and the queue of runs as the database tells it."""

from __future__ import annotations

import sqlalchemy as sa
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from api.storage.database import database, transaction
from api.storage.tables import runs

registry = CollectorRegistry()
REQUESTS = Counter("vaiven_requests", "Requests answered.", ["operation", "status"], registry=registry)
SECONDS = Histogram(
    "vaiven_request_seconds",
    "Seconds until a request was answered.",
    ["operation"],
    registry=registry,
    buckets=(0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
RUNS = Gauge("vaiven_runs", "Runs by state.", ["state"], registry=registry)
GAP = Gauge("vaiven_last_run_gap", "The certified gap of the run that ended last.", registry=registry)


def measured() -> bytes:
    """All metrics as text."""
    with transaction(database(), read_only=True) as connection:
        counts = connection.execute(sa.select(runs.c.state, sa.func.count()).group_by(runs.c.state)).all()
        newest = sa.select(runs.c.manifest).where(runs.c.state == "done").order_by(runs.c.ended_at.desc()).limit(1)
        manifest = connection.scalar(newest) or {}
    RUNS.clear()
    for state, count in counts:
        RUNS.labels(state).set(count)
    GAP.set(manifest.get("certificate", {}).get("gap", 0.0))
    return generate_latest(registry)
