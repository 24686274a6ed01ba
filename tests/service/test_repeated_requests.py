"""Idempotency-Key: whatever changes something is done once, and answered alike, however often it is sent."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from world import ORDER, World, agreement, workers_csv

from api.storage.account_tables import api_keys, idempotency
from api.storage.tables import orders

pytestmark = pytest.mark.locks

P = "/v1/programmes/{p}"
SIGNING_IN = {"log_in", "log_in_by_identity_provider", "refresh_session"}
SITES = "site_id,employer_id,region,beds,inspected_until\n"


def test_every_operation_that_changes_something_takes_a_key(empty_world: World) -> None:
    """All but signing in, as the description of the service says too."""
    paths = empty_world.client.get("/v1/openapi.json").json()["paths"]
    unsafe = [one for methods in paths.values() for method, one in methods.items() if method != "get"]
    without = {
        one["operationId"]
        for one in unsafe
        if "idempotency-key" not in {parameter["name"] for parameter in one.get("parameters", [])}
    }
    assert without == SIGNING_IN and len(unsafe) > 15


def _changes(world: World) -> list[tuple[str, str, str, dict[str, Any]]]:
    """A change of every method and kind of answer: who, method, path, content."""
    order = world.order(submit=False)
    worker = world.must("gt", "GET", P + "/registers/workers")["items"][0]["cells"]["worker_id"]
    key = world.must("gt", "POST", "/v1/api-keys", json={"name": "old"})
    any_version = {"If-Match": "*"}
    return [
        ("gt", "POST", "/v1/programmes", {"json": {"title": "T", "settings": _settings(world)}}),
        ("gt", "PATCH", P, {"json": {"title": "U"}, "headers": any_version}),
        (
            "gt",
            "PUT",
            P + "/agreements/GT-CA",
            {"json": {"toml": agreement("GT-CA", "GT", "CA", 9)}, "headers": any_version},
        ),
        ("e1", "POST", P + "/orders", {"json": ORDER}),
        ("e1", "PUT", f"{P}/orders/{order['order_id']}", {"json": ORDER | {"headcount": 2}, "headers": any_version}),
        ("e1", "POST", f"{P}/orders/{order['order_id']}/submission", {"headers": any_version}),
        ("ca", "POST", P + "/registers/sites/uploads", {"files": {"file": ("t.csv", SITES + "S9,E1,CA-ON,4,\n")}}),
        ("gt", "PATCH", f"{P}/workers/{worker}", {"json": {"name": "Ana"}, "headers": any_version}),
        ("gt", "POST", P + "/runs", {"json": {}}),
        ("gt", "DELETE", f"/v1/api-keys/{key['id']}", {}),
        ("gt", "DELETE", f"{P}/workers/{worker}", {}),
    ]


def _settings(world: World) -> str:
    return str(world.must("gt", "GET", P)["settings"])


def test_a_change_is_done_once_and_answered_alike(world: World) -> None:
    """Of every kind, what it was about may be gone by then; the audit log has it once."""
    for number, (who, method, path, content) in enumerate(_changes(world)):
        headers = content.pop("headers", {}) | {"Idempotency-Key": f"change-{number:04}"}
        first = world.call(who, method, path, headers=headers, **content)
        done = len(world.must("auditor", "GET", "/v1/audit-log?limit=1000")["items"])
        again = world.call(who, method, path, headers=headers, **content)
        assert first.status_code < 300, (path, first.text)
        assert (again.status_code, again.content) == (first.status_code, first.content), path
        assert again.headers["Idempotent-Replayed"] == "true" and "Idempotent-Replayed" not in first.headers
        assert again.headers.get("ETag") == first.headers.get("ETag")
        assert len(world.must("auditor", "GET", "/v1/audit-log?limit=1000")["items"]) == done, path


@pytest.mark.parametrize("other", ["content", "path", "file"])
def test_a_key_is_good_for_one_request(world: World, other: str) -> None:
    """With another content, another object or another file it is refused, and nothing is done."""
    headers = {"Idempotency-Key": "used-once-1"}
    if other == "file":
        for numbers, status in ((range(20, 22), 201), (range(20, 23), 422)):
            assert world.upload("gt", "workers", workers_csv("GT", numbers), headers=headers).status_code == status
        return
    world.must("e1", "POST", P + "/orders", json=ORDER, headers=headers)
    if other == "path":
        assert world.call("e1", "POST", "/v1/api-keys", json={"name": "x"}, headers=headers).status_code == 422
    else:
        assert (
            world.call("e1", "POST", P + "/orders", json=ORDER | {"headcount": 1}, headers=headers).status_code == 422
        )
    with world.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(orders)) == 1
    assert world.call("e2", "POST", P + "/orders", json=ORDER, headers=headers).status_code == 422  # no site of its own


def test_a_refused_request_leaves_its_key(world: World) -> None:
    """What came to nothing may be sent again, mended."""
    headers = {"Idempotency-Key": "mended-0001"}
    assert world.call("e1", "POST", P + "/orders", json=ORDER | {"site_id": "S2"}, headers=headers).status_code == 422
    assert world.call("e1", "POST", P + "/orders", json=ORDER, headers=headers).status_code == 201


def test_secrets_are_told_once(world: World) -> None:
    """A repeated call for an API key makes no second one, and its secret isn't kept."""
    headers = {"Idempotency-Key": "key-for-me-1"}
    first = world.must("gt", "POST", "/v1/api-keys", json={"name": "system"}, headers=headers)
    again = world.must("gt", "POST", "/v1/api-keys", json={"name": "system"}, headers=headers)
    assert again == first | {"secret": None}
    with world.engine.connect() as connection:
        assert len(connection.scalars(sa.select(api_keys.c.id)).all()) == 1
        kept = str(connection.execute(sa.select(idempotency)).mappings().all())
    assert first["secret"].partition(".")[2] not in kept


def test_erasing_a_person_erases_kept_answers(world: World) -> None:
    """Nothing is left of the name; whoever repeats the call learns that it was done."""
    worker = world.must("gt", "GET", P + "/registers/workers")["items"][0]["cells"]["worker_id"]
    headers = {"Idempotency-Key": "name-her-1", "If-Match": "*"}
    path = f"{P}/workers/{worker}"
    world.must("gt", "PATCH", path, json={"name": "María Tzoc"}, headers=headers)
    world.must("gt", "DELETE", path)
    with world.engine.connect() as connection:
        assert "Tzoc" not in str(connection.execute(sa.select(idempotency)).mappings().all())
    assert world.call("gt", "PATCH", path, json={"name": "María Tzoc"}, headers=headers).status_code == 409
