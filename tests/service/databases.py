"""Databases for tests: each content is made once a session on each kind of database, and copied for each test."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from generated_season import make_generated_world, make_published_world
from world import World, make_world, with_programme

from api.app import create_app
from api.identity.passwords import ALPHABET
from api.settings import settings
from api.storage.database import database, upgrade

PATIENCE = 600.0  # seconds that the service waits for what a test isn't about, however slow the machine is
# What a database may hold, by the fixture that asks for it.
CONTENTS: dict[str, Callable[[TestClient, sa.Engine], World]] = {
    "published_world": make_published_world,
    "generated_world": make_generated_world,
    "world": lambda client, engine: with_programme(make_world(client, engine)),
    "empty_world": make_world,
}


@contextmanager
def pseudonyms_drawn_for(name: str) -> Iterator[None]:
    """The same pseudonyms in each session, which draw among equally good plans; VAIVEN_TEST_PSEUDONYMS for others."""
    drawn = random.Random(f"{os.environ.get('VAIVEN_TEST_PSEUDONYMS', '')} {name}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("api.workers.persons.drawn_text", lambda length: "".join(drawn.choices(ALPHABET, k=length)))
        yield


@contextmanager
def service_on(url: str) -> Iterator[sa.Engine]:
    """The engine of a database, which is that of the settings as long as this lasts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VAIVEN_DATABASE_URL", url)
        patch.setenv("VAIVEN_LOGINS_PER_QUARTER_HOUR", "8")
        patch.setenv("VAIVEN_ADMINISTRATORS_NEED_SECOND_FACTOR", "false")  # but where a test is about it
        settings.cache_clear()
        database.cache_clear()
        made = database()
        try:
            yield made
        finally:
            made.dispose()
            settings.cache_clear()
            database.cache_clear()


@dataclass
class Databases:
    """Makes databases of a kind, "sqlite" or "postgresql"; ``server`` gives the address of a PostgreSQL server."""

    place: Path
    server: Callable[[], str]
    made: dict[tuple[str, str], str] = field(default_factory=dict)
    worlds: dict[str, dict[str, Any]] = field(default_factory=dict)

    def copy(self, kind: str, content: str) -> str:
        """The address of a new database with a content of `CONTENTS`, or with the newest schema alone."""
        if (kind, content) not in self.made:
            self.made[kind, content] = self._make(kind, content)
        return self._copied(kind, self.made[kind, content])

    def _make(self, kind: str, content: str) -> str:
        base = self.copy(kind, "schema") if content != "schema" else self._copied(kind, "")
        with service_on(base) as engine:
            if content == "schema":
                upgrade(engine)
                return base
            with pseudonyms_drawn_for(content), TestClient(create_app()) as client:
                world = CONTENTS[content](client, engine)
        self.worlds[base] = {"accounts": world.accounts, "programme": world.programme}
        return base

    def _copied(self, kind: str, model: str) -> str:
        if kind == "sqlite":
            target = self.place / f"{uuid4().hex}.sqlite"
            if model:
                shutil.copyfile(model.removeprefix("sqlite:///"), target)
            url = f"sqlite:///{target}"
        else:
            url = new_postgresql_database(self.server(), model.rpartition("/")[2])
        self.worlds[url] = self.worlds.get(model, {})
        return url


def new_postgresql_database(server: str, model: str = "") -> str:
    """A new database on a server, a copy of another or empty."""
    name = f"t{uuid4().hex}"
    engine = sa.create_engine(
        server.replace("postgresql:", "postgresql+psycopg:") + "/postgres", isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {model or 'template0'} STRATEGY file_copy")
    engine.dispose()
    return f"{server}/{name}"
