"""The service on SQLite and on PostgreSQL, each test on a database of its own.

``world`` is small and made by hand, ``generated_world`` a season of the northern-triangle preset: 300 workers of five
states, eighteen agreements with every family of clause, 25 orders. Both are copies of what a session makes once.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import escape
from types import SimpleNamespace
from typing import Any
from zlib import crc32

import pytest
import sqlalchemy as sa
import structlog
from databases import CONTENTS, PATIENCE, Databases, pseudonyms_drawn_for, service_on
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from world import World, copied_world

from api.app import begin, create_app
from api.identity import passwords
from api.logs.service_log import set_up_logs
from api.requests.lanes import Lane
from benchmarks.postgresql_server import running_postgresql


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """One database a test, drawn from its name, and both where locks and transactions matter; in `make proof` all on
    both."""
    if "VAIVEN_BOTH_DATABASES" in os.environ:
        return
    left_out = [item for item in items if not _runs_here(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def _runs_here(item: pytest.Item) -> bool:
    case = getattr(item, "callspec", None)
    database = case.params.get("database_url") if case else None
    if database is not None and item.get_closest_marker("computes"):
        return bool(database == "sqlite")
    if database is None or item.get_closest_marker("locks"):
        return True
    drawn = crc32(item.nodeid.replace(database, "").encode()) % 2
    return bool(database == ("sqlite", "postgresql")[drawn])


@pytest.fixture(scope="session", autouse=True)
def _patience() -> Iterator[None]:
    """Nobody gives up because the machine is slow: what waits too long says so only where a test asks for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VAIVEN_LOCK_SECONDS", str(PATIENCE))
        patch.setenv("VAIVEN_STATEMENT_SECONDS", str(PATIENCE))
        yield


@pytest.fixture(scope="session", autouse=True)
def careful_passwords() -> Iterator[PasswordHash]:
    """How passwords are hashed outside tests; in all of them but those that ask for it, Argon2 does the least work."""
    quick = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
    careful = passwords._hasher
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", quick)
        patch.setattr(passwords, "_NOBODY", quick.hash("nobody's password"))
        yield careful


@pytest.fixture(autouse=True)
def _pseudonyms(request: pytest.FixtureRequest) -> Iterator[None]:
    with pseudonyms_drawn_for(request.function.__name__):
        yield


@pytest.fixture(autouse=True)
def _branches_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Branches and futures on a thread; processes, which begin anew for each run, where a test asks."""
    if "branch_processes" not in request.fixturenames:
        for user in ("branching", "jobs.outlook_job"):
            monkeypatch.setattr(f"api.runs.{user}.process_pool", lambda _: ThreadPoolExecutor(1))


@pytest.fixture
def branch_processes() -> None:
    """Branches on processes of their own, as outside tests."""


@pytest.fixture(autouse=True)
def _charts_not_drawn(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of a picture stands what it would be drawn from, unless a test asks for it, as those of charts do."""
    if "drawn_charts" not in request.fixturenames:
        monkeypatch.setattr("engine.charts.report.picture", _all_of)


def _all_of(specification: dict[str, Any], language: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg"><title>{language} {escape(json.dumps(specification))}</title></svg>'
    )


@pytest.fixture
def drawn_charts() -> None:
    """Pictures as outside tests."""


@pytest.fixture(autouse=True)
def _one_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is counted by the minute or the quarter of an hour falls into one window, whenever a test runs."""
    moment = time.time()
    standing = SimpleNamespace(time=lambda: moment, monotonic=time.monotonic)
    monkeypatch.setattr("api.rate_limits.time", standing)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a real server."""
    with running_postgresql() as address:
        yield address


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """What has been made of databases in this session."""
    return Databases(tmp_path_factory.mktemp("databases"), lambda: request.getfixturevalue("postgresql"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, databases: Databases) -> str:
    """The address of a database with what the test's fixtures ask for: a world, or the schema alone."""
    asked = [content for content in CONTENTS if content in request.fixturenames]
    return databases.copy(request.param, asked[0] if asked else "schema")


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """The engine of a database with the newest schema, which is that of the settings."""
    with service_on(database_url) as made:
        yield made


@pytest.fixture(scope="session")
def application() -> FastAPI:
    """The service, whose routes are worked out once: for each test anew they would be a third of what tests cost."""
    return create_app()


@pytest.fixture
def _copied(engine: sa.Engine, database_url: str, databases: Databases, application: FastAPI) -> Iterator[World]:
    app = application
    begin(app)
    for lane in vars(app.state.lanes).values():
        if isinstance(lane, Lane):
            lane.patience = PATIENCE
    with TestClient(app, raise_server_exceptions=False) as client:
        yield copied_world(client, engine, **databases.worlds[database_url])


@pytest.fixture
def empty_world(_copied: World) -> World:
    """The service with an account for each role."""
    return _copied


@pytest.fixture
def world(_copied: World) -> World:
    """The service with a programme, its registers and accounts."""
    return _copied


@pytest.fixture
def generated_world(_copied: World) -> World:
    """The service with a generated season."""
    return _copied


@pytest.fixture
def json_logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Standard error as the service's processes write it."""
    for module, name in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(module, name, getattr(module, name))
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", list(root.handlers))
    before = root.level
    set_up_logs()
    yield
    logging.captureWarnings(False)
    structlog.reset_defaults()
    root.setLevel(before)
