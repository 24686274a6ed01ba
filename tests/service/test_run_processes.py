"""Runs in real processes: ended by a signal, and going on while the database is away."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from databases import PATIENCE, service_on
from webhook_receiver import Receiver
from world import World, workers_csv

from api.runs.computing import _is_away
from api.runs.queue import kept_files
from api.runs.worker import Worker
from api.settings import settings
from api.storage.database import now, upgrade
from api.storage.tables import runs
from benchmarks.postgresql_server import postgresql_server
from benchmarks.waiting import running, until
from engine.solve.budget import Budget, heeding
from engine.solve.exact.solver_children import SolverChild

pytestmark = pytest.mark.locks

P = "/v1/programmes/{p}"
EDIT = 'edit = { agreement = "GT-CA", clause = "quota", count = "VALUE" }'
ENDLESS_RUNS = str(Path(__file__).with_name("endless_runs.py"))
READY = {"worker": "working", "serve": "serving"}
COMMANDS = {"worker": ["worker"], "serve": ["serve", "--port", "0"]}


@contextmanager
def _process(command: list[str], **settings: str) -> Iterator[subprocess.Popen[str]]:
    """A process of ours whose runs don't end by themselves, ended at the end; its log is on standard error."""
    environment = os.environ | {"VAIVEN_CHECKPOINT_SECONDS": "0"} | settings
    call = [sys.executable, ENDLESS_RUNS, *command]
    process = subprocess.Popen(call, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


def _row(world: World, run: str) -> Any:
    with world.engine.connect() as connection:
        return connection.execute(sa.select(runs).where(runs.c.id == run)).one()


def _queued_sweep(world: World, points: int) -> str:
    sweep = f'[[vary]]\nname = "quota"\n{EDIT}\nvalues = {list(range(points))}\n'
    body = {"kind": "sweep", "sweep": sweep}
    return str(world.must("gt", "POST", P + "/runs", json=body)["id"])


def _queued_match(world: World) -> str:
    """A match that takes some seconds."""
    world.upload("gt", "workers", workers_csv("GT", range(1, 1500)))
    toml = world.must("gt", "GET", P + "/agreements/GT-CA")["toml"].replace("count = 50", "count = 1100")
    world.must("gt", "PUT", P + "/agreements/GT-CA", json={"toml": toml}, headers={"If-Match": '"1"'})
    sites = "site_id,employer_id,region,beds,inspected_until\nS1,E1,CA-ON,2000,\n"
    assert world.upload("ca", "sites", sites).status_code == 201
    for number in range(12):
        world.certified(headcount=100, hourly_wage=12 + number / 4, min_crew=5 + number)
    return str(world.must("gt", "POST", P + "/runs", json={"gap": 0.0})["id"])


@pytest.mark.parametrize("command", sorted(COMMANDS))
@pytest.mark.computes
def test_a_signal_hands_the_run_back(world: World, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGTERM: status 0, no attempt lost, and the next process begins from the checkpoint. Webhooks hear meanwhile."""
    monkeypatch.setenv("VAIVEN_WEBHOOKS_TO_LOOPBACK", "true")
    settings.cache_clear()
    run, receiver = _queued_match(world), Receiver()
    asked = {"url": receiver.address, "kinds": ["run.finished"]}
    hook = world.must("gt", "POST", "/v1/webhooks", json=asked)
    world.must("gt", "POST", f"/v1/webhooks/{hook['id']}/test")
    with _process(COMMANDS[command]) as process:
        until(lambda: kept_files(world.engine, run, "checkpoint/checkpoint/"), running(process))
        until(lambda: receiver.seen, running(process))
        receiver.close()
        assert _row(world, run).state == "running"
        process.send_signal(signal.SIGTERM)
        process.communicate()
        assert process.returncode == 0
    assert (_row(world, run).state, _row(world, run).attempts) == ("queued", 1)
    assert Worker(world.engine).run_one()
    found = world.must("gt", "GET", f"{P}/runs/{run}")
    assert (found["state"], found["attempts"], found["manifest"]["resumed"]) == ("done", 1, True)


@pytest.mark.computes
def test_a_signal_hands_a_sweep_back(world: World) -> None:
    """With the points that are finished; its processes end with it."""
    world.certified(headcount=4)
    run = _queued_sweep(world, 4)
    with _process(COMMANDS["worker"]) as process:
        until(lambda: kept_files(world.engine, run, "checkpoint/points/"), running(process))
        process.send_signal(signal.SIGTERM)
        process.communicate()
        assert process.returncode == 0
    row = _row(world, run)
    assert (row.state, row.attempts, row.owner) == ("queued", 1, None)


def test_a_solver_process_that_computes_is_stopped() -> None:
    """Without waiting for its answer."""
    asked = threading.Event()

    def heed() -> None:
        if asked.is_set():
            raise InterruptedError
        asked.set()

    with heeding(heed):
        budget = Budget(3600.0)
    child = SolverChild("json.tool")  # reads on until its input ends, and answers nothing before
    with pytest.raises(InterruptedError):
        child.answers("x = 1", budget)
    assert not child.alive


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_outages_of_the_database_are_no_deaths(world: World, postgresql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five in one run, each longer than its lease: the process that has it takes it up again, beside one that waits."""
    monkeypatch.setattr("api.runs.worker.HOLD_AGAIN_SECONDS", PATIENCE)
    monkeypatch.setenv("VAIVEN_LEASE_SECONDS", str(2 * PATIENCE))  # of the one that waits
    settings.cache_clear()
    world.certified(headcount=4)
    run = _queued_sweep(world, 40)
    with _process(COMMANDS["worker"], VAIVEN_LEASE_SECONDS="1") as process:
        until(lambda: kept_files(world.engine, run, "checkpoint/points/"), running(process))
        other = Worker(world.engine)
        other.start()
        for _ in range(5):
            with _away(postgresql, world, run, process):
                _read_warning(process)
            until(lambda: _holds_again(world, run), running(process))
        row = _row(world, run)
        assert (row.state, row.attempts, row.fence) == ("running", 1, 1)
        assert other.end(threading.TIMEOUT_MAX)
        process.send_signal(signal.SIGTERM)
        process.communicate()
        assert process.returncode == 0 and _row(world, run).attempts == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_transaction_that_stood_idle_too_long_is_tried_again(engine: sa.Engine) -> None:
    """The server ends it, which is no fault of what was done in it."""
    asked = sa.text("SELECT 1 FROM pg_stat_activity WHERE pid = :pid")
    with engine.connect() as idle, engine.connect() as other:
        pid = idle.scalar(sa.text("SELECT pg_backend_pid()"))
        idle.exec_driver_sql("SET idle_in_transaction_session_timeout = '1ms'")

        def ended() -> bool:
            other.rollback()
            return other.scalar(asked, {"pid": pid}) is None

        until(ended, lambda: True)
        with pytest.raises(sa.exc.DBAPIError) as told:
            idle.scalar(sa.select(sa.literal(1)))
        assert _is_away(told.value)
        idle.invalidate()


def _read_warning(process: subprocess.Popen[str]) -> None:
    """Read the log until it tells of the database."""
    assert process.stderr is not None
    lines = iter(process.stderr.readline, "")
    assert any('"event": "database"' in line for line in lines), "the process died"


def _holds_again(world: World, run: str) -> bool:
    with world.engine.connect() as connection:
        held = sa.select(runs.c.lease_until > sa.func.now()).where(runs.c.id == run)
        return bool(connection.scalar(held))


@contextmanager
def _away(server: str, world: World, run: str, process: subprocess.Popen[str]) -> Iterator[None]:
    """A database that nobody can reach and whose connections have been ended, until after the lease of a run."""
    name = world.engine.url.database
    address = server.replace("postgresql:", "postgresql+psycopg:") + "/postgres"
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    with world.engine.connect() as last, engine.connect() as connection:
        mine = last.scalar(sa.text("SELECT pg_backend_pid()"))
        connection.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %(name)s AND pid <> %(mine)s"
        until(lambda: not connection.exec_driver_sql(others, {"name": name, "mine": mine}).all(), running(process))
        yield
        last.execute(runs.update().where(runs.c.id == run).values(lease_until=now() - timedelta(seconds=1)))
        last.commit()
        last.invalidate()
        connection.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    engine.dispose()
    world.engine.dispose()  # whoever used one just now isn't asked whether it is still there: what is asked of it falls


@pytest.mark.parametrize("command", list(COMMANDS))
def test_processes_wait_for_a_database_that_starts_after_them(command: str) -> None:
    """As after the loss of a machine's power, when everything starts at once."""
    with postgresql_server() as server:
        address = f"{server.address}/postgres"
        with service_on(address) as engine:
            upgrade(engine)
        server.stop()
        with _process(COMMANDS[command], VAIVEN_DATABASE_URL=address) as process:
            assert process.stderr is not None
            assert "waiting for the database" in process.stderr.readline()
            server.start()
            lines = iter(process.stderr.readline, "")  # "" where it died
            assert next((line for line in lines if f'"{READY[command]}"' in line), "")
