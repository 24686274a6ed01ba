"""Pages as people have them: a published season, served by a real server, in a real browser."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from databases import Databases, service_on
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, sync_playwright
from visitor import Place
from world import copied_world

from api.app import create_app
from benchmarks.service_processes import free_port, is_listening
from benchmarks.waiting import until

QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser of this machine, without a screen."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(QUIET))
        yield launched
        launched.close()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Place]:
    """A published season on a database, served on a port of this machine."""
    url = databases.copy(request.param, "published_world")
    with service_on(url) as engine, pytest.MonkeyPatch.context() as patch:
        patch.setenv("VAIVEN_LOGINS_PER_QUARTER_HOUR", "1000")
        app, port = create_app(), free_port()
        server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical"))
        thread = threading.Thread(target=server.run, name="server")
        thread.start()
        until(lambda: is_listening(port), lambda: thread.is_alive() or pytest.fail("the server ended"))
        with TestClient(app, raise_server_exceptions=False) as client:
            yield Place(f"http://127.0.0.1:{port}", copied_world(client, engine, **databases.worlds[url]))
        server.should_exit = True
        thread.join()
