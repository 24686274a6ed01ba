"""The service as it runs in a ministry: PostgreSQL, a web process and workers, each killable and startable anew."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from api.accounts.accounts import make_account
from api.accounts.schemas import AccountIn
from api.identity.browser_sessions import COOKIE, begin_browser_session
from api.identity.tokens import begin_session
from api.settings import settings
from api.storage.database import database, transaction, upgrade
from benchmarks.postgresql_server import PostgresqlServer, postgresql_server
from benchmarks.waiting import running, until

VAIVEN = str(Path(sys.executable).with_name("vaiven"))
READY_SECONDS = 10.0  # that one look whether it answers may take
ROOMY = {
    "VAIVEN_REQUESTS_PER_MINUTE": "1000000",
    "VAIVEN_ACCESS_MINUTES": "240",
    "VAIVEN_WAITING_RUNS_OF_A_PLANNER": "100",
    "VAIVEN_LEASE_SECONDS": "3",
    "VAIVEN_CHECKPOINT_SECONDS": "1",
}


@dataclass
class ServiceProcesses:
    """A service under measurement; ``tokens`` and ``cookies`` by the names of its accounts."""

    server: PostgresqlServer
    engine: sa.Engine
    port: int
    log: Path
    tokens: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where the web process listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, name: str) -> None:
        """Start the process of a name: "web" or "worker N"."""
        call = [VAIVEN, "serve", "--no-worker", "--port", str(self.port)] if name == "web" else [VAIVEN, "worker"]
        with self.log.open("ab") as log:
            self.running[name] = subprocess.Popen(call, stdout=log, stderr=log)

    def kill(self, name: str) -> None:
        """kill -9."""
        process = self.running.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def wait_until_ready(self) -> None:
        """Wait for the web process to answer. Raises `RuntimeError` where it ended."""
        until(self._is_ready, running(self.running["web"]))

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(self.address + "/health/ready", timeout=READY_SECONDS):
                return True
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def account(self, name: str, **role: str) -> None:
        """Make an account, a session of it and one of a browser of it."""
        with transaction(self.engine) as connection:
            asked = AccountIn.model_validate({"email": f"{name.lower()}@example.org", "name": name, **role})
            row = make_account(connection, asked)
            self.tokens[name] = begin_session(connection, row.id).access_token
            self.cookies[name] = f"{COOKIE}={begin_browser_session(connection, row.id, '', 'a measurement')}"


@contextmanager
def service(environment: Mapping[str, str] | None = None) -> Iterator[ServiceProcesses]:
    """A service on a PostgreSQL server of its own, without processes yet; those that are started end with it."""
    with postgresql_server() as server, tempfile.TemporaryDirectory(prefix="vaiven-service-") as place:
        before = dict(os.environ)
        os.environ |= {**ROOMY, **(environment or {}), "VAIVEN_DATABASE_URL": f"{server.address}/postgres"}
        settings.cache_clear()
        database.cache_clear()
        made = ServiceProcesses(server, database(), free_port(), Path(place, "log"))
        try:
            upgrade(made.engine)
            yield made
        finally:
            for name in list(made.running):
                made.kill(name)
            made.engine.dispose()
            os.environ.clear()
            os.environ.update(before)
            settings.cache_clear()
            database.cache_clear()


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def is_listening(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0
