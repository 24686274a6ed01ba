"""How the interface behaves: OpenAPI, problems, limits, offline documentation, health, metrics, logs, migrations."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from fastapi.testclient import TestClient
from typer.testing import CliRunner
from world import ORDER, World

from api.app import create_app
from api.commands import register
from api.logs.audit_log import verify
from api.rate_limits import RequestLimit
from api.settings import settings
from api.storage.account_tables import audit_log
from api.storage.columns import metadata
from api.storage.database import database, is_postgresql, migrations, upgrade
from api.storage.tables import orders
from benchmarks.postgresql_server import program_of_postgresql
from benchmarks.service_processes import free_port, is_listening
from benchmarks.waiting import running, until
from engine.cli import app as command_line

register(command_line)
P = "/v1/programmes/{p}"


def _operations(world: World) -> list[tuple[str, str, dict[str, Any]]]:
    paths = world.client.get("/v1/openapi.json").json()["paths"]
    return [(path, method, one) for path, methods in paths.items() for method, one in methods.items()]


def test_every_operation_has_an_example_and_a_stable_id(empty_world: World) -> None:
    """Ids are those of the functions; bodies and answers of JSON have an example."""
    schemas = empty_world.client.get("/v1/openapi.json").json()["components"]["schemas"]
    ids = []
    for path, method, one in _operations(empty_world):
        ids.append(one["operationId"])
        assert one["summary"] and one["description"], (path, method)
        contents = [answer.get("content", {}) for status, answer in one["responses"].items() if status < "300"]
        contents.append(one.get("requestBody", {}).get("content", {}))
        for content in contents:
            for kind, described in content.items():
                if kind == "application/json":
                    assert _has_example(described["schema"], schemas), (path, method, described)
    assert len(ids) == len(set(ids)) and all(re.fullmatch("[a-z_]+", name) for name in ids)


def _has_example(schema: dict[str, Any], schemas: dict[str, Any]) -> bool:
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if "examples" in schema or "example" in schema or schema.get("additionalProperties") == {"type": "string"}:
        return True
    if "oneOf" in schema:
        return all(_has_example(one, schemas) for one in schema["oneOf"])
    items = schema.get("properties", {}).get("items", {}).get("items", {})
    return bool(items) and _has_example(items, schemas)


def test_every_failure_is_one_problem(world: World) -> None:
    """RFC 9457: one shape, whatever went wrong."""
    answers = [
        world.call(None, "GET", "/v1/me"),
        world.call("gt", "GET", "/v1/nothing"),
        world.call("gt", "DELETE", "/v1/me"),
        world.call("gt", "GET", "/v1/programmes/x"),
        world.call("e1", "POST", "/v1/programmes", json={"title": "T", "settings": ""}),
        world.call("gt", "POST", "/v1/programmes", json={"title": "T", "settings": "x"}),
        world.call("gt", "POST", "/v1/programmes", json={"title": "T", "stranger": 1}),
        world.call("gt", "POST", "/v1/programmes", content=b"{", headers={"Content-Type": "application/json"}),
        world.call("gt", "PATCH", P, json={"title": "T"}),
        world.call("gt", "GET", P + "/orders?limit=0"),
        world.call("gt", "POST", "/v1/programmes", json={"title": "T\x00", "settings": "x"}),
        world.call("gt", "POST", "/v1/programmes", content=b'{"title": "\\ud800", "settings": "x"}'),
        world.call("gt", "GET", P + "/orders/%00"),
    ]
    assert [answer.status_code for answer in answers[:10]] == [401, 404, 405, 404, 403, 422, 422, 400, 428, 422]
    for answer in answers:
        assert 400 <= answer.status_code < 500, answer.text
        assert answer.headers["Content-Type"] == "application/problem+json"
        content = answer.json()
        assert content["status"] == answer.status_code and content["title"] and content["type"]


def test_bodies_are_limited(world: World) -> None:
    """By what is said to come, and by what comes."""
    large = b'{"title": "' + b"x" * 600_000 + b'"}'
    assert world.call("gt", "POST", "/v1/programmes", content=large).status_code == 413
    parts = (large[begin : begin + 10_000] for begin in range(0, len(large), 10_000))
    chunked = world.call("gt", "POST", "/v1/programmes", content=parts, headers={"Content-Type": "application/json"})
    assert chunked.status_code == 413


def test_requests_are_limited(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each account for itself, and told when to try again."""
    monkeypatch.setattr("api.rate_limits.time", SimpleNamespace(monotonic=lambda: 0.0))  # nothing flows in meanwhile
    world.client.app.state.limit = RequestLimit(5)  # type: ignore[attr-defined]  # the application
    statuses = [world.call("gt", "GET", "/v1/me").status_code for _ in range(7)]
    assert statuses == [200] * 5 + [429] * 2
    assert world.call("hn", "GET", "/v1/me").status_code == 200


def test_other_origins_are_not_let_in(empty_world: World) -> None:
    """CORS is off."""
    answer = empty_world.client.get("/health/live", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.usefixtures("engine")
def test_an_origin_that_is_let_in_may_send_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its browser is told so before it calls."""
    monkeypatch.setenv("VAIVEN_ALLOWED_ORIGINS", '["https://console.example"]')
    settings.cache_clear()
    asked = {"Origin": "https://console.example", "Access-Control-Request-Method": "PUT"}
    asked["Access-Control-Request-Headers"] = "authorization, if-match, idempotency-key, content-type"
    with TestClient(create_app()) as client:
        assert client.options("/v1/programmes", headers=asked).status_code == 200
        assert client.options("/v1/programmes", headers=asked | {"Origin": "https://evil.example"}).status_code == 400


def test_a_fault_of_ours_is_no_conflict(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a key that is taken, a deadlock or the like is answered by "send it again"."""

    def forget(connection: sa.Connection, *_: object) -> None:
        connection.execute(orders.insert().values(programme_id=world.programme, order_id="X"))

    monkeypatch.setattr("api.orders.routes.file_order", forget)
    assert world.call("e1", "POST", P + "/orders", json=ORDER).status_code == 500


def test_the_documentation_works_offline(empty_world: World) -> None:
    """The page reaches for nothing that this service doesn't serve."""
    page = empty_world.client.get("/docs").text
    reached = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(reached) >= 2 and all(link.startswith("/docs/files/") for link in reached), reached
    for link in reached:
        assert empty_world.client.get(link).status_code == 200, link
    assert "https://" not in page and "http://" not in page
    assert b"isOAS31" in empty_world.client.get("/docs/files/swagger-ui-bundle.js").content  # reads OpenAPI 3.1


def test_the_documentation_shows_the_operations_in_a_browser(tmp_path: Path) -> None:
    """A real browser, with the service as a process of its own."""
    environment = os.environ | {"VAIVEN_DATABASE_URL": f"sqlite:///{tmp_path}/service.sqlite"}
    port = free_port()
    call = [str(Path(sys.executable).with_name("vaiven")), "serve", "--no-worker", "--port", str(port)]
    served = subprocess.Popen(call, env=environment)
    quiet = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    browser = ["chromium", *quiet.split(), "--disable-component-update", "--disable-sync"]
    asked = [f"--user-data-dir={tmp_path}/browser", "--virtual-time-budget=10000", "--dump-dom"]
    try:
        until(lambda: is_listening(port), running(served))
        shown = subprocess.run(
            [*browser, *asked, f"http://127.0.0.1:{port}/docs"], capture_output=True, text=True, check=True
        ).stdout
    finally:
        served.terminate()
        served.wait()
    assert "/v1/programmes/{programme_id}/" in shown.replace("&#8203;", "").replace("\u200b", "").replace("<wbr>", "")
    assert "Unable to render" not in shown


def test_health_readiness_and_metrics(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alive without a database, ready with one of this version; metrics name nobody."""
    world.certified()
    world.run(gap=0.0)
    text = world.client.get("/metrics").text
    assert 'vaiven_runs{state="done"} 1.0' in text and 'operation="create_order"' in text
    assert world.programme not in text
    assert world.client.get("/health/ready").status_code == 200
    monkeypatch.setattr("api.about.health_routes.database", lambda: sa.create_engine(f"sqlite:///{tmp_path}/new"))
    assert world.client.get("/health/live").status_code == 200
    assert world.client.get("/health/ready").status_code == 503


@pytest.mark.usefixtures("json_logs")
def test_logs_are_lines_of_json_without_anybodys_data(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    """Operation, status and time; neither ids nor what was sent."""
    capfd.readouterr()
    order = world.order()
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    told = [line for line in lines if line["event"] == "request"]
    assert told[-1]["operation"] == "create_order" and told[-1]["status"] == 201
    assert order["order_id"] not in json.dumps(lines) and world.programme not in json.dumps(lines)


def test_models_and_migrations_agree(engine: sa.Engine) -> None:
    """Nothing is in the tables that no migration makes; the way back and forth is whole."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    command.downgrade(migrations(engine), "base")
    assert set(sa.inspect(engine).get_table_names()) <= {"alembic_version"}
    upgrade(engine)
    assert set(metadata.tables) <= set(sa.inspect(engine).get_table_names())


def test_a_backup_is_restored(world: World, tmp_path: Path) -> None:
    """What the operator's page says: afterwards every order is there, and the audit log is whole."""
    filed = {world.order()["order_id"] for _ in range(3)}
    if is_postgresql(world.engine):
        restored = _dump_and_restore(world.engine, tmp_path)
    else:
        done = CliRunner().invoke(command_line, ["database", "backup", str(tmp_path / "copy.sqlite")])
        assert done.exit_code == 0, done.output
        assert "exists" in str(
            CliRunner().invoke(command_line, ["database", "backup", str(tmp_path / "copy.sqlite")]).exception
        )
        restored = f"sqlite:///{tmp_path}/copy.sqlite"
    engine = database(restored)
    with engine.connect() as connection:
        assert set(connection.scalars(sa.select(orders.c.order_id))) == filed
        assert verify(connection)[1] == "" and verify(connection)[0] > 3
        with pytest.raises(sa.exc.DBAPIError):
            connection.execute(audit_log.delete())
    engine.dispose()


def _dump_and_restore(engine: sa.Engine, place: Path) -> str:
    address = engine.url.set(drivername="postgresql")
    other = address.set(database=f"{address.database}_restored")
    dump = place / "vaiven.dump"
    url = address.render_as_string(hide_password=False)
    subprocess.run([program_of_postgresql("pg_dump"), "--format=custom", f"--file={dump}", url], check=True)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {other.database}")
    restored = other.render_as_string(hide_password=False)
    subprocess.run(
        [program_of_postgresql("pg_restore"), "--exit-on-error", f"--dbname={restored}", str(dump)], check=True
    )
    return restored


def test_an_answer_is_committed_before_it_leaves(world: World) -> None:
    """What is acknowledged is in the database for another connection at that moment."""
    order = world.order()
    with world.engine.connect() as connection:
        assert connection.scalar(sa.select(orders.c.version).where(orders.c.order_id == order["order_id"])) == 1


def test_the_commands_of_the_service_check_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new SQLite file is made ready; the audit log of an empty one is whole."""
    monkeypatch.setenv("VAIVEN_DATABASE_URL", f"sqlite:///{tmp_path}/new.sqlite")
    settings.cache_clear()
    database.cache_clear()
    done = CliRunner().invoke(command_line, ["audit-log", "verify"])
    assert done.exit_code == 0 and "whole: 0 entries" in done.output
    assert CliRunner().invoke(command_line, ["database", "upgrade"]).exit_code == 0
    with TestClient(create_app()) as client:
        assert client.get("/health/ready").status_code == 200
    settings.cache_clear()
    database.cache_clear()


def test_the_compose_file_starts_commands_that_there_are() -> None:
    """Each service runs a command of the command line, on the image that is built here."""
    root = Path(__file__).resolve().parents[2]
    services = yaml.safe_load((root / "compose.yaml").read_text("utf-8"))["services"]
    ours = {name: one for name, one in services.items() if one.get("build") == "."}
    assert set(ours) == {"upgrade", "service", "worker"}
    commands = [one["command"] for one in ours.values() if "command" in one] + [["serve", "--no-worker"]]
    for called in commands:
        assert CliRunner().invoke(command_line, [*called, "--help"]).exit_code == 0, called
