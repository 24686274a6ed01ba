"""Every operation by every role and by nobody: what the table allows, refuses with its reason, or hides."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from world import ORDER, ROLES, SETTINGS, World, agreement, with_programme

from api.identity.access import GRANTS
from api.rate_limits import RequestLimit
from engine.programme.schema import TABLES

P = "/v1/programmes/{p}"
ORDER_PATH, R, W, X = P + "/orders/{order}", P + "/runs/{run}", P + "/workers/{worker}", P + "/operations/{operation}"
H = "/v1/webhooks/{webhook}"
ALL = " ".join(ROLES)
# What an operation asks, who may do it on the objects of Guatemala, Canada and employer E1, who is told why not; for
# the others these objects are not there.
Row = tuple[str, str, dict[str, Any], str, str]
FILE = {"files": {"file": ("t.csv", "site_id,employer_id,region,beds,inspected_until\nS9,E1,CA-ON,8,\n")}}
TITLES = ",".join(name for name in TABLES["orders"].column_names if name != "filed_at")
NO_ORDERS = {"files": {"file": ("t.csv", TITLES + "\n")}}
MATRIX: dict[str, Row] = {
    "log_out": ("DELETE", "/v1/sessions/current", {}, ALL, ""),
    "read_me": ("GET", "/v1/me", {}, ALL, ""),
    "set_password": (
        "PUT",
        "/v1/me/password",
        {"json": {"old_password": "x", "password": "battery staple and a horse"}},
        ALL,
        "",
    ),
    "read_second_factor": ("GET", "/v1/me/second-factor", {}, ALL, ""),
    "begin_second_factor": ("POST", "/v1/me/second-factor", {}, ALL, ""),
    "confirm_second_factor": ("PUT", "/v1/me/second-factor", {"json": {"code": "123456"}}, ALL, ""),
    "renew_codes": ("POST", "/v1/me/recovery-codes", {"json": {"code": "123456"}}, ALL, ""),
    "switch_off_second_factor": ("POST", "/v1/me/second-factor-removal", {"json": {"password": "x"}}, ALL, ""),
    "reset_second_factor": ("DELETE", "/v1/accounts/{account}/second-factor", {}, "administrator", "auditor"),
    "read_second_factor_rules": (
        "GET",
        "/v1/second-factor-rules",
        {},
        "auditor administrator",
        "gt hn ca us e1 e2 planner",
    ),
    "write_second_factor_rules": (
        "PUT",
        "/v1/second-factor-rules",
        {"json": {"roles": ["planner"]}},
        "administrator",
        "gt hn ca us e1 e2 planner auditor",
    ),
    "list_account_keys": ("GET", "/v1/account-keys", {}, "auditor administrator", "gt hn ca us e1 e2 planner"),
    "revoke_account_key": (
        "DELETE",
        "/v1/account-keys/{key}",
        {},
        "administrator",
        "gt hn ca us e1 e2 planner auditor",
    ),
    "list_accounts": ("GET", "/v1/accounts", {}, "auditor administrator", "gt hn ca us e1 e2 planner"),
    "create_account": (
        "POST",
        "/v1/accounts",
        {"json": {"email": "a@b.example", "name": "A", "role": "planner"}},
        "administrator",
        "gt hn ca us e1 e2 planner auditor",
    ),
    "read_account": ("GET", "/v1/accounts/{account}", {}, "auditor administrator", ""),
    "change_account": ("PATCH", "/v1/accounts/{account}", {"json": {"name": "B"}}, "administrator", "auditor"),
    "list_api_keys": ("GET", "/v1/api-keys", {}, ALL, ""),
    "create_api_key": ("POST", "/v1/api-keys", {"json": {"name": "K"}}, ALL, ""),
    "delete_api_key": ("DELETE", "/v1/api-keys/{key}", {}, "gt", ""),
    "list_programmes": ("GET", "/v1/programmes", {}, ALL, ""),
    "create_a_programme": (
        "POST",
        "/v1/programmes",
        {"json": {"title": "T", "settings": SETTINGS}},
        "gt hn ca us",
        "e1 e2 planner auditor administrator",
    ),
    "read_a_programme": ("GET", P, {}, ALL, ""),
    "change_a_programme": ("PATCH", P, {"json": {"title": "T"}}, "gt", "hn ca us e1 e2 planner auditor administrator"),
    "check_programme": ("GET", P + "/soundness", {}, "gt hn ca us planner", "e1 e2 auditor administrator"),
    "read_algorithm_card": ("GET", P + "/algorithm-card", {}, ALL, ""),
    "list_agreements": ("GET", P + "/agreements", {}, "gt hn ca us e1 e2 planner auditor", "administrator"),
    "write_an_agreement": (
        "PUT",
        P + "/agreements/GT-CA",
        {"json": {"toml": agreement("GT-CA", "GT", "CA", 5)}},
        "gt ca",
        "hn us e1 e2 planner auditor administrator",
    ),
    "read_an_agreement": ("GET", P + "/agreements/GT-CA", {}, "gt ca e1 planner auditor", "administrator"),
    "compare_agreement_versions": (
        "GET",
        P + "/agreements/GT-CA/difference",
        {},
        "gt ca e1 planner auditor",
        "administrator",
    ),
    "look_through_agreement": (
        "GET",
        P + "/agreements/GT-CA/findings",
        {},
        "gt ca e1 planner auditor",
        "administrator",
    ),
    "upload_register": (
        "POST",
        P + "/registers/sites/uploads",
        FILE,
        "gt ca us",
        "hn e1 e2 planner auditor administrator",
    ),
    "mark_sheet": (
        "POST",
        P + "/marked-sheets",
        {**FILE, "data": {"table": "sites"}},
        "gt ca us",
        "hn e1 e2 planner auditor administrator",
    ),
    "list_rows": ("GET", P + "/registers/sites", {}, "gt hn ca us e1 e2 planner auditor", "administrator"),
    "read_worker": ("GET", W, {}, "gt ca e1 planner auditor", ""),
    "change_a_worker": ("PATCH", W, {"json": {"name": "N"}}, "gt", "ca e1 planner auditor"),
    "look_up_workers": (
        "POST",
        P + "/worker-lookups",
        {"json": {"register_numbers": ["1"]}},
        "gt hn",
        "ca us e1 e2 planner auditor administrator",
    ),
    "end_registration": ("DELETE", W + "/registration?drop_open=true", {}, "gt", "ca e1 planner auditor"),
    "erase_person": ("DELETE", W, {}, "gt", "ca e1 planner auditor"),
    "export_person": ("POST", W + "/export", {}, "gt", "ca e1 planner auditor"),
    "list_orders": ("GET", P + "/orders", {}, "gt hn ca us e1 e2 planner auditor", "administrator"),
    "create_order": (
        "POST",
        P + "/orders",
        {"json": {**ORDER, "employer_id": "E1"}},
        "ca us e1",
        "gt hn e2 planner auditor administrator",
    ),
    "upload_orders": ("POST", P + "/order-uploads", NO_ORDERS, "gt ca us e1 e2", "hn planner auditor administrator"),
    "read_order": ("GET", ORDER_PATH, {}, "gt ca e1 planner auditor", ""),
    "replace_order": ("PUT", ORDER_PATH, {"json": ORDER}, "ca e1", "gt planner auditor"),
    "step_an_order": ("POST", ORDER_PATH + "/closure", {}, "ca e1", "gt planner auditor"),
    "step_many_orders": (
        "POST",
        P + "/order-steps",
        {"json": {"step": "closure", "ids": ["{order}"]}},
        "ca e1",
        "gt hn planner auditor administrator",
    ),
    "read_order_history": ("GET", ORDER_PATH + "/history", {}, "gt ca e1 planner auditor", ""),
    "check_an_order": ("GET", ORDER_PATH + "/check", {}, "gt ca e1", "planner auditor"),
    "list_runs": ("GET", P + "/runs", {}, "gt hn ca us planner auditor", "e1 e2 administrator"),
    "start_run": ("POST", P + "/runs", {"json": {}}, "gt hn ca us planner", "e1 e2 auditor administrator"),
    "read_run": ("GET", R, {}, "gt auditor", ""),
    "follow_run": ("GET", R + "/events", {}, "gt auditor", ""),
    "cancel_run": ("POST", R + "/cancellation", {}, "gt", "auditor"),
    "list_placements": ("GET", R + "/placements", {}, "gt auditor", ""),
    "export_plan": ("GET", R + "/export", {}, "gt auditor", ""),
    "try_changes": ("POST", R + "/changes", {"json": {}}, "gt", "auditor"),
    "compare_plans": ("GET", R + "/comparison?with={run}", {}, "gt auditor", ""),
    "list_letters": ("GET", R + "/letters", {}, "gt", "auditor"),
    "replay_run": ("POST", R + "/replay", {}, "gt auditor", ""),
    "list_files": ("GET", R + "/files", {}, "gt auditor", ""),
    "read_file": ("GET", R + "/files/certificate.json", {}, "gt auditor", ""),
    "publish_plan": ("POST", R + "/publication", {}, "gt", "auditor"),
    "list_operations": ("GET", P + "/operations", {}, "gt hn ca us e1 e2 auditor", "planner administrator"),
    "read_operation": ("GET", X, {}, "gt ca e1 auditor", ""),
    "move_operation": ("POST", X + "/state", {"json": {"state": "dropped"}}, "gt ca", "e1 auditor"),
    "correct_operation": (
        "POST",
        X + "/correction",
        {"json": {"state": "offered", "reason": "a mistake"}},
        "gt ca",
        "e1 auditor",
    ),
    "read_operation_history": ("GET", X + "/history", {}, "gt ca e1 auditor", ""),
    "move_operations": (
        "POST",
        P + "/operation-moves",
        {"json": {"state": "dropped", "ids": ["{operation}"]}},
        "gt ca",
        "e1 e2 planner auditor administrator",
    ),
    "export_operations": ("GET", P + "/operation-export", {}, "gt hn ca us e1 e2 auditor", "planner administrator"),
    "list_experiments": ("GET", P + "/experiments", {}, "gt hn ca us planner auditor", "e1 e2 administrator"),
    "create_experiment": (
        "POST",
        P + "/experiments",
        {"json": {"question": "What if?"}},
        "gt hn ca us planner",
        "e1 e2 auditor administrator",
    ),
    "read_experiment": ("GET", P + "/experiments/{experiment}", {}, "gt auditor", ""),
    "write_experiment": (
        "PUT",
        P + "/experiments/{experiment}",
        {"json": {"question": "What if?"}},
        "gt",
        "auditor",
    ),
    "export_deadlines": (
        "GET",
        P + "/operation-deadlines",
        {},
        "gt hn ca us e1 e2 auditor",
        "planner administrator",
    ),
    "list_webhooks": ("GET", "/v1/webhooks", {}, "gt hn ca us auditor administrator", "e1 e2 planner"),
    "create_webhook": (
        "POST",
        "/v1/webhooks",
        {"json": {"url": "https://ministry.example/in", "kinds": ["run.finished"]}},
        "gt hn ca us",
        "e1 e2 planner auditor administrator",
    ),
    "read_webhook": ("GET", H, {}, "gt auditor administrator", ""),
    "delete_webhook": ("DELETE", H, {}, "gt administrator", "auditor"),
    "pause_a_webhook": ("POST", H + "/pause", {}, "gt administrator", "auditor"),
    "resume_a_webhook": ("POST", H + "/resumption", {}, "gt", "auditor administrator"),
    "rotate_webhook_secret": ("POST", H + "/secret", {}, "gt", "auditor administrator"),
    "send_test_event": ("POST", H + "/test", {}, "gt", "auditor administrator"),
    "list_deliveries": ("GET", H + "/deliveries", {}, "gt auditor administrator", ""),
    "repeat_delivery": ("POST", H + "/deliveries/{delivery}/repetition", {}, "gt", "auditor administrator"),
    "list_queue": ("GET", "/v1/queue", {}, "administrator", "gt hn ca us e1 e2 planner auditor"),
    "cancel_queued": (
        "POST",
        "/v1/queue/{run}/cancellation",
        {},
        "administrator",
        "gt hn ca us e1 e2 planner auditor",
    ),
    "list_entries": ("GET", "/v1/audit-log", {}, "auditor administrator", "gt hn ca us e1 e2 planner"),
}
PUBLIC = {
    "log_in",
    "log_in_by_identity_provider",
    "refresh_session",
    "is_live",
    "is_ready",
    "read_about",
    "read_metrics",
}
NOT_TAKING_PART = "hn us e2"


def _objects(world: World) -> dict[str, str]:
    """One of each kind, all of them Guatemala's, Canada's and employer E1's."""
    order = world.certified()
    run = world.run(gap=0.0)
    world.must("gt", "POST", f"{P}/runs/{run['id']}/publication")
    operation = world.operations()[0]
    for state in ("offered", "accepted"):
        world.move("gt", state, [operation["id"]])
    key = world.must("gt", "POST", "/v1/api-keys", json={"name": "system"})
    experiment = world.must("gt", "POST", P + "/experiments", json={"question": "What if?"})
    asked = {"url": "https://ministry.example/in", "kinds": ["run.finished"]}
    webhook = world.must("gt", "POST", "/v1/webhooks", json=asked)["id"]
    world.must("gt", "POST", f"/v1/webhooks/{webhook}/test")
    delivery = world.must("gt", "GET", f"/v1/webhooks/{webhook}/deliveries")["items"][0]
    return {
        "{webhook}": webhook,
        "{delivery}": delivery["id"],
        "{experiment}": experiment["id"],
        "{order}": order["order_id"],
        "{run}": run["id"],
        "{worker}": operation["worker_id"],
        "{operation}": operation["id"],
        "{account}": world.accounts["e1"],
        "{key}": key["id"],
    }


def _filled(content: Any, objects: dict[str, str]) -> Any:
    if isinstance(content, str):
        for name, value in objects.items():
            content = content.replace(name, value)
    if isinstance(content, dict):
        return {key: _filled(value, objects) for key, value in content.items()}
    return [_filled(value, objects) for value in content] if isinstance(content, list) else content


@pytest.fixture
def undone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no call of an operation leave a trace, so that each begins from the same state."""
    monkeypatch.setattr(sa.Connection, "commit", sa.Connection.rollback)


def test_the_matrix_has_every_operation(empty_world: World) -> None:
    """Nothing is left out, and every action of the table is used by an operation."""
    paths = empty_world.client.app.openapi()["paths"]  # type: ignore[attr-defined]  # the application
    names = {operation["operationId"] for path in paths.values() for operation in path.values()}
    assert names == set(MATRIX) | PUBLIC
    assert set(GRANTS) >= {"order.certify"}


def test_every_operation_by_every_role(world: World, request: pytest.FixtureRequest) -> None:
    """Allowed, refused with a reason, or not there: as the matrix says, and 401 for nobody."""
    objects = _objects(world)
    request.getfixturevalue("undone")
    world.client.app.state.limit = RequestLimit(10**6)  # type: ignore[attr-defined]  # the application
    wrong = []
    for name, (method, path, content, allowed, refused) in MATRIX.items():
        filled = _filled(content, objects)
        for who in (None, *ROLES):
            answer = world.call(who, method, _filled(path, objects), **filled)
            status = answer.status_code
            if who is None:
                fits = status == 401
            elif who in allowed.split():
                fits = status not in (401, 403, 404)
            elif who in refused.split():
                fits = status == 403 and len(answer.json()["detail"]) > 20
            else:
                fits = status == 404
            if status >= 500 or not fits:
                wrong.append((name, who, status, answer.text[:200]))
            if status in (403, 404):
                assert not any(value in answer.json()["detail"] for value in objects.values())
    assert not wrong, wrong


def test_who_takes_no_part_finds_nothing(world: World, request: pytest.FixtureRequest) -> None:
    """In a programme of others every operation is a 404, known ids or not, and the lists don't tell of it."""
    world.programme = ""
    private = with_programme(world, private=True)
    objects = _objects(private)
    request.getfixturevalue("undone")
    inside = {name: row for name, row in MATRIX.items() if row[1].startswith(P)}
    for name, (method, path, content, _, _) in inside.items():
        for who in NOT_TAKING_PART.split():
            answer = private.call(who, method, _filled(path, objects), **_filled(content, objects))
            assert answer.status_code == 404, (name, who, answer.text)
            absent = private.call(
                who, method, _filled(path, objects).replace("{p}", "0" * 32), **_filled(content, objects)
            )
            assert absent.status_code == 404 and absent.json()["detail"] == answer.json()["detail"]
    for who in NOT_TAKING_PART.split():
        assert private.programme not in private.call(who, "GET", "/v1/programmes").text


def test_lists_and_exports_hold_nothing_of_others(world: World) -> None:
    """What another sees is never in a list, a filter's answer, an export, a file or a message."""
    objects = _objects(world)
    secret = [objects["{worker}"], objects["{order}"], objects["{run}"], objects["{operation}"]]
    for who in ("hn", "us", "e2"):
        for path in (
            "/orders",
            "/orders?employer_id=E1",
            "/orders?destination_country=CA",
            "/operations",
            "/operations?order_id=" + objects["{order}"],
            "/operation-export",
            "/operation-export?form=ics",
            "/registers/workers",
            "/registers/recalls",
            "/registers/history",
        ):
            answer = world.call(who, "GET", P + path)
            assert answer.status_code == 200, (who, path, answer.text)
            assert not any(word in answer.text for word in secret), (who, path)
    for who in ("hn", "us"):
        assert world.call(who, "GET", P + "/runs").json()["items"] == []
    own = objects["{order}"].partition("~")[2]
    theirs = {**ORDER, "site_id": "S2", "destination_country": "US", "order_id": own}
    assert world.call("e2", "POST", P + "/orders", json=theirs).json()["order_id"] == f"E2~{own}"
    planner = world.must("planner", "GET", P + f"/workers/{objects['{worker}']}")
    assert planner["person"] is None and planner["profile"]["birth_date"] == "1989-01-01", "of a band of ages"
    assert "1990-01-01" not in world.call("planner", "GET", P + "/registers/workers").text


def test_an_employer_learns_who_comes_once_it_is_accepted(world: World) -> None:
    """Before that neither name nor profile, though the placement is offered."""
    world.certified(headcount=2)
    run = world.run(gap=0.0)
    world.must("gt", "POST", f"{P}/runs/{run['id']}/publication")
    one, other = world.operations()
    for operation in (one, other):
        world.change_worker("gt", operation["worker_id"], name="María")
    world.move("gt", "offered", [one["id"], other["id"]])
    world.move("gt", "accepted", [one["id"]])
    told = {o["id"]: o["name"] for o in world.operations("e1")}
    assert told == {one["id"]: "María", other["id"]: None}
    assert world.call("e1", "GET", f"{P}/workers/{one['worker_id']}").json()["person"]["name"] == "María"
    assert world.call("e1", "GET", f"{P}/workers/{other['worker_id']}").status_code == 404
