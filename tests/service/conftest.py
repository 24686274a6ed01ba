"""The service on SQLite and on PostgreSQL, each test on a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from world import World, make_world, with_programme

from api.app import create_app
from api.settings import settings
from api.storage.database import database, upgrade
from benchmarks.postgresql_server import running_postgresql


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a real server."""
    with running_postgresql() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/service.sqlite"
    return new_postgresql_database(request.getfixturevalue("postgresql"))


def new_postgresql_database(server: str) -> str:
    """A new database on a server."""
    name = f"t{uuid4().hex}"
    engine = sa.create_engine(
        server.replace("postgresql:", "postgresql+psycopg:") + "/postgres", isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return f"{server}/{name}"


@pytest.fixture
def engine(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[sa.Engine]:
    """The engine of a database with the newest schema, which is that of the settings."""
    monkeypatch.setenv("VAIVEN_DATABASE_URL", database_url)
    monkeypatch.setenv("VAIVEN_LOGINS_PER_QUARTER_HOUR", "8")
    settings.cache_clear()
    database.cache_clear()
    made = database()
    upgrade(made)
    yield made
    made.dispose()
    settings.cache_clear()
    database.cache_clear()


@pytest.fixture
def empty_world(engine: sa.Engine) -> Iterator[World]:
    """The service with an account for each role."""
    with TestClient(create_app(), raise_server_exceptions=False) as client:
        yield make_world(client, engine)


@pytest.fixture
def world(empty_world: World) -> World:
    """The service with a programme, its registers and accounts."""
    return with_programme(empty_world)
