"""API keys that end, passwords of one's own, and an administrator who is always left."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from browser import Browser
from world import PASSWORD, World

from api.identity.access import GRANTS
from api.rooms import routers
from api.storage.account_tables import accounts, api_keys

NEW = "a horse that staples batteries"


def _made(world: World, name: str, role: str = "planner") -> str:
    """An account whose password an administrator chose; its tokens under ``name``."""
    body = {"email": f"{name}@example.org", "name": name, "role": role, "password": PASSWORD}
    account: str = world.must("administrator", "POST", "/v1/accounts", json=body)["id"]
    _sign_in(world, name)
    return account


def _sign_in(world: World, name: str, password: str = PASSWORD) -> None:
    answer = world.client.post("/v1/sessions", json={"email": f"{name}@example.org", "password": password})
    assert answer.status_code == 201, answer.text
    world.tokens[name] = answer.json()["access_token"]


def _set_password(world: World, who: str, old: str = PASSWORD, new: str = NEW) -> Any:
    return world.call(who, "PUT", "/v1/me/password", json={"old_password": old, "password": new})


def _change(world: World, who: str, account: str, body: dict[str, Any]) -> Any:
    return world.call(who, "PATCH", f"/v1/accounts/{account}", json=body, headers={"If-Match": "*"})


def _key(world: World, who: str, **asked: Any) -> dict[str, str]:
    made = world.must(who, "POST", "/v1/api-keys", json={"name": "system", **asked})
    return {"X-API-Key": made["secret"]}


def _me(world: World, key: dict[str, str]) -> int:
    return int(world.call(None, "GET", "/v1/me", headers=key).status_code)


def _administrators(world: World) -> list[str]:
    """Two administrators who both have signed in."""
    other = _made(world, "second", "administrator")
    assert _set_password(world, "second").status_code == 204
    with world.engine.begin() as connection:  # the first one entered by a password of its own long ago
        mine = accounts.c.id == world.accounts["administrator"]
        connection.execute(accounts.update().where(mine).values(password_hash="x"))
    return [world.accounts["administrator"], other]


def test_a_password_that_somebody_else_chose_is_set_anew_first(empty_world: World) -> None:
    """Nothing else is allowed until then, the answer says what to call, and the old password is good no longer."""
    world = empty_world
    _made(world, "ana")
    assert world.must("ana", "GET", "/v1/me")["must_set_password"] is True
    for method, path, content in (
        ("GET", "/v1/programmes", {}),
        ("GET", "/v1/api-keys", {}),
        ("POST", "/v1/api-keys", {"json": {"name": "x"}}),
    ):
        refused = world.call("ana", method, path, **content)
        assert refused.status_code == 403 and "PUT /v1/me/password" in refused.json()["detail"], path
    wrong = _set_password(world, "ana", old="not the password")
    assert wrong.status_code == 422 and "old password" in wrong.json()["detail"]
    assert _set_password(world, "ana", new=PASSWORD).status_code == 422, "the old one again"
    assert _set_password(world, "ana").status_code == 204
    me = world.must("ana", "GET", "/v1/me")
    assert me["must_set_password"] is False and "run.start" in me["may"]
    assert world.must("ana", "GET", "/v1/programmes")["items"] == []
    body = {"email": "ana@example.org", "password": PASSWORD}
    assert world.client.post("/v1/sessions", json=body).status_code == 401


def test_ones_own_password_ends_every_other_session(empty_world: World) -> None:
    """The one that set it goes on; it is never set by a key, nor without the old one."""
    world = empty_world
    account = _made(world, "ana")
    world.tokens["elsewhere"] = world.tokens["ana"]
    _sign_in(world, "ana")
    assert _set_password(world, "ana").status_code == 204
    assert world.call("ana", "GET", "/v1/me").status_code == 200
    assert world.call("elsewhere", "GET", "/v1/me").status_code == 401
    key = _key(world, "ana")
    by_key = world.call(None, "PUT", "/v1/me/password", json={"old_password": NEW, "password": PASSWORD}, headers=key)
    assert by_key.status_code == 403
    assert _change(world, "ana", account, {"password": PASSWORD}).status_code in (403, 404)
    own = _change(world, "administrator", world.accounts["administrator"], {"password": PASSWORD})
    assert own.status_code == 409 and "/v1/me/password" in own.json()["hint"]


def test_guesses_of_the_old_password_are_counted(empty_world: World) -> None:
    """Who found an open session can't try passwords for ever."""
    _made(empty_world, "ana")
    found = [_set_password(empty_world, "ana", old=f"guess number {n}").status_code for n in range(9)]
    assert found == [422] * 8 + [429]


@pytest.mark.parametrize("change", [{"active": False}, {"password": "chosen by somebody else"}])
def test_keys_end_with_rest_and_with_a_reset(empty_world: World, change: dict[str, Any]) -> None:
    """And they don't come back when the account does."""
    world = empty_world
    key, account = _key(world, "gt"), world.accounts["gt"]
    assert _me(world, key) == 200
    assert _change(world, "administrator", account, change).status_code == 200
    assert _me(world, key) == 401 and world.call("gt", "GET", "/v1/me").status_code == 401
    assert _change(world, "administrator", account, {"active": True}).status_code == 200
    assert _me(world, key) == 401


def test_a_key_expires(empty_world: World) -> None:
    """After the days asked for, those of the settings without; never later than a year, never never."""
    world = empty_world
    key = _key(world, "gt", days=3)
    shown = world.must("gt", "GET", "/v1/api-keys")["items"][0]
    days = datetime.fromisoformat(shown["expires_at"]) - datetime.fromisoformat(shown["created_at"])
    assert days == timedelta(days=3) and shown["secret"] is None
    assert world.call("gt", "POST", "/v1/api-keys", json={"name": "x", "days": 366}).status_code == 422
    for moment in (datetime.now(UTC) - timedelta(seconds=1), None):
        with world.engine.begin() as connection:
            connection.execute(api_keys.update().values(expires_at=moment))
        assert _me(world, key) == 401
    assert world.must("gt", "GET", "/v1/api-keys")["items"] == []
    _key(world, "gt")
    kept = world.must("gt", "GET", "/v1/api-keys")["items"][0]
    assert datetime.fromisoformat(kept["expires_at"]) - datetime.fromisoformat(kept["created_at"]) == timedelta(days=90)


def test_a_key_does_what_its_scope_holds(world: World) -> None:
    """A reading one changes nothing; one for a single action does nothing else; none makes keys."""
    reading = _key(world, "gt", scope=["read"])
    assert world.call(None, "GET", "/v1/programmes/{p}/registers/workers", headers=reading).status_code == 200
    title = {"json": {"title": "T"}, "headers": {**reading, "If-Match": '"1"'}}
    refused = world.call(None, "PATCH", "/v1/programmes/{p}", **title)
    assert refused.status_code == 403 and "programme.change" in refused.json()["detail"]
    narrow = _key(world, "gt", scope=["run.read"])
    assert world.call(None, "GET", "/v1/programmes/{p}/runs", headers=narrow).status_code == 200
    assert world.call(None, "GET", "/v1/programmes/{p}/orders", headers=narrow).status_code == 403
    whole = _key(world, "gt")
    assert world.call(None, "POST", "/v1/api-keys", json={"name": "x"}, headers=whole).status_code == 403
    wrong = world.call("gt", "POST", "/v1/api-keys", json={"name": "x", "scope": ["order.certify"]})
    assert wrong.status_code == 422 and wrong.json()["faults"][0]["value"] == "order.certify"


def test_a_reading_key_can_call_no_route_that_changes(world: World) -> None:
    """Whatever the route: with each action that only reads in its scope, nothing but reading is done."""
    order = world.order(submit=False)
    reading = _key(world, "e1", scope=["read"]) | {"If-Match": "*"}
    paths = {
        (method, route.path)
        for router in routers()
        for route in router.routes
        for method in route.methods or ()  # type: ignore[attr-defined]  # all of them are routes of the service
        if method != "GET" and "{order_id}" in route.path  # type: ignore[attr-defined]  # as above
    }
    assert paths
    for method, path in sorted(paths):
        named = path.replace("{programme_id}", "{p}").replace("{order_id}", order["order_id"])
        answer = world.call(None, method, named.replace("{step}", "submission"), json={}, headers=reading)
        assert answer.status_code in (403, 422), (method, path, answer.status_code)
    assert world.must("e1", "GET", f"/v1/programmes/{{p}}/orders/{order['order_id']}")["version"] == 1


def test_administrators_see_and_revoke_all_keys(empty_world: World) -> None:
    """Without secrets; auditors look on."""
    world = empty_world
    keys = {who: _key(world, who) for who in ("gt", "e1")}
    listed = world.call("administrator", "GET", "/v1/account-keys")
    assert {item["account_id"] for item in listed.json()["items"]} == {world.accounts[who] for who in keys}
    assert not any(key["X-API-Key"].split(".")[1] in listed.text for key in keys.values())
    first = next(item for item in listed.json()["items"] if item["account_id"] == world.accounts["gt"])
    path = f"/v1/account-keys/{first['id']}"
    assert world.call("auditor", "DELETE", path).status_code == 403
    assert world.call("administrator", "DELETE", path).status_code == 204
    assert world.call("administrator", "DELETE", path).status_code == 404
    assert (_me(world, keys["gt"]), _me(world, keys["e1"])) == (401, 200)


def test_the_last_administrator_stays(empty_world: World) -> None:
    """Neither rest nor a reset takes the last one who can enter; one who never signed in doesn't count."""
    world = empty_world
    first = world.accounts["administrator"]
    for change in ({"active": False}, {"password": NEW}):
        assert _change(world, "administrator", first, change).status_code == 409
    other = _made(world, "second", "administrator")
    assert _change(world, "administrator", first, {"active": False}).status_code == 409
    assert _set_password(world, "second").status_code == 204
    assert _change(world, "second", other, {"active": False}).status_code == 409, "the first one has no password"
    assert _change(world, "administrator", first, {"active": False}).status_code == 200
    assert _change(world, "second", other, {"active": False}).status_code == 409
    assert world.must("second", "GET", "/v1/accounts")["items"]


@pytest.mark.parametrize("change", [{"active": False}, {"password": "chosen by somebody else"}])
def test_two_administrators_who_end_each_other_at_once(empty_world: World, change: dict[str, Any]) -> None:
    """One is done and the other refused, whoever is first; nobody meets a fault of ours."""
    world = empty_world
    first, second = _administrators(world)
    calls: list[Callable[[], Any]] = [
        lambda: _change(world, "administrator", second, change),
        lambda: _change(world, "second", first, change),
    ]
    found: list[int] = []
    threads = [threading.Thread(target=lambda call=call: found.append(call().status_code)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found)[0] == 200 and sorted(found)[1] in (401, 409), found
    able = sa.and_(accounts.c.active.is_(True), accounts.c.password_by_other.is_(False))
    with world.engine.connect() as connection:
        left = sa.select(sa.func.count()).where(accounts.c.role == "administrator", able)
        assert connection.scalar(left) == 1


def test_what_an_account_may_is_what_me_lists(empty_world: World) -> None:
    """A key's own list is no longer than its scope."""
    key = _key(empty_world, "gt", scope=["run.read"])
    assert empty_world.call(None, "GET", "/v1/me", headers=key).json()["may"] == ["run.read", "session.own"]
    assert set(empty_world.must("gt", "GET", "/v1/me")["may"]) <= set(GRANTS)


def test_an_administrator_ends_the_sessions_of_an_account(world: World) -> None:
    """By a button on its page: tokens and browsers are out at once, keys and the password stay; a log entry is left."""
    key, page = _key(world, "gt"), f"/accounts/{world.accounts['gt']}"
    officer, administrator = Browser(world, "gt"), Browser(world, "administrator")
    assert officer.get("/home").status_code == 200 and "End its sessions" in administrator.get(page).text
    for who, status in (("auditor", 403), ("ca", 404)):
        assert Browser(world, who).post(f"{page}/sessions-ended").status_code == status
    assert administrator.post(f"{page}/sessions-ended").status_code == 303
    assert officer.get("/home").status_code == 303 and world.call("gt", "GET", "/v1/me").status_code == 401
    assert _me(world, key) == 200
    assert "End its sessions" not in administrator.get(page).text
    own = f"/accounts/{world.accounts['administrator']}"
    assert administrator.post(f"{own}/sessions-ended").status_code == 303  # but for the one that asks
    assert administrator.get("/home").status_code == 200
    log = world.must("auditor", "GET", "/v1/audit-log", params={"limit": 1000})["items"]
    assert [one["object"] for one in log if one["action"] == "account.sessions_ended"] == [
        f"account/{world.accounts['gt']}",
        f"account/{world.accounts['administrator']}",
    ]


def test_the_audit_log_is_searched_by_any_part_of_what(world: World) -> None:
    """Beginning, middle or end; letters that a pattern would read otherwise stand for themselves."""
    order = world.order()["order_id"]
    auditor = Browser(world, "auditor")
    for part in (order, order[2:], f"order/{order}", world.programme):
        shown = auditor.get("/audit-log?" + urlencode({"object": part, "form": "json"})).json()
        assert shown and all(part in one["object"] for one in shown), part
    assert auditor.get("/audit-log?object=%25&form=json").json() == []
