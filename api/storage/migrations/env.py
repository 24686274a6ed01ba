"""How alembic reaches the database: through the engine that calls it."""

from __future__ import annotations

from alembic import context

from api.storage.database import lift_limits
from api.storage.tables import programmes

with context.config.attributes["engine"].connect() as connection:
    context.configure(
        connection=connection, target_metadata=programmes.metadata, render_as_batch=True, compare_type=True
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            lift_limits(connection)
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7152026)")  # one process migrates at a time
        context.run_migrations()
    connection.commit()
