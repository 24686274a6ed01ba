"""Webhooks: each ministry is told of its own, with the change or not at all, signed, and again until it answers."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from webhook_receiver import Received, Receiver
from world import World

from api.settings import settings
from api.storage.database import now, transaction
from api.storage.housekeeping import keep_house
from api.storage.tables import operations, persons, runs, webhook_deliveries, webhooks
from api.webhooks.deliverer import MOST_OF_ONE, Deliverer
from api.webhooks.deliveries import JITTER, LEASE, WAITS, deliver, settle, take
from benchmarks.waiting import until

P, HOOKS = "/v1/programmes/{p}", "/v1/webhooks"
KINDS = ["run.finished", "plan.published", "placement.changed"]
KEYS = {
    "run.finished": {"programme_id", "run_id", "kind", "state"},
    "plan.published": {"programme_id", "run_id", "state"},
    "placement.changed": {"programme_id", "state", "placements"},
}


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.moment = now()

    def __call__(self) -> datetime:
        """The present moment."""
        return self.moment

    def move(self, **told: float) -> None:
        """Let time pass."""
        self.moment += timedelta(**told)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of deliveries, which stands some seconds ahead of what has been written so far."""
    clock = Clock()
    clock.move(minutes=1)
    for module in ("deliveries", "webhooks"):
        monkeypatch.setattr(f"api.webhooks.{module}.now", clock)
    return clock


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A ministry's system on this machine, where webhooks may lead."""
    monkeypatch.setenv("VAIVEN_WEBHOOKS_TO_LOOPBACK", "true")
    settings.cache_clear()
    opened = Receiver()
    yield opened
    opened.close()


def _hook(world: World, who: str, receiver: Receiver, kinds: list[str] = KINDS) -> dict[str, Any]:
    """A webhook whose path is who made it."""
    made: dict[str, Any] = world.must(who, "POST", HOOKS, json={"url": f"{receiver.address}/{who}", "kinds": kinds})
    return made


def _sent(world: World, receiver: Receiver) -> list[Received]:
    """What is sent now, until nothing is due."""
    before = len(receiver.seen)
    while (held := take(world.engine)) is not None:
        deliver(world.engine, held)
    return receiver.seen[before:]


def _listed(world: World, who: str, hook: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.must(who, "GET", f"{HOOKS}/{hook['id']}/deliveries")["items"]
    return found


def _waiting(world: World) -> int:
    with world.engine.connect() as connection:
        return int(connection.scalar(sa.select(sa.func.count()).select_from(webhook_deliveries)) or 0)


def _published(world: World, who: str = "gt", **options: Any) -> str:
    run = world.run(who, **options)
    world.must(who, "POST", f"{P}/runs/{run['id']}/publication")
    return str(run["id"])


@pytest.mark.usefixtures("clock")
def test_each_ministry_is_told_of_its_own_people_and_no_other(generated_world: World, receiver: Receiver) -> None:
    """Canada matches people of several states: each of them hears of its own placements, Canada of its own, nobody of
    another's, and nothing of who they are.
    """
    world, who = generated_world, ("ca", "gt", "hn", "jm", "mx", "sv", "us", "es")
    hooks = {name: _hook(world, name, receiver) for name in who}
    run = _published(world, "ca", gap=0.1)
    with world.engine.connect() as connection:
        rows = connection.execute(sa.select(operations)).all()
        secret = [value for row in connection.execute(sa.select(persons)) for value in (row.worker_id, row.name)]
    world.move("ca", "offered", [row.id for row in rows])
    sent = _sent(world, receiver)
    told: dict[str, dict[str, set[str]]] = {name: {"proposed": set(), "offered": set()} for name in who}
    for one in sent:
        name, event = one.path.removeprefix("/"), one.event
        assert one.signed_by(hooks[name]["secret"])
        assert not any(one.signed_by(hooks[other]["secret"]) for other in who if other != name)
        assert set(event["data"]) == KEYS[event["type"]] and event["data"]["programme_id"] == world.programme
        if event["type"] == "placement.changed":
            for placed in event["data"]["placements"]:
                assert set(placed) == {"id", "order_id", "version"}
                told[name][event["data"]["state"]].add(placed["id"])
        else:
            assert (name, event["data"]["run_id"]) == ("ca", run)
        assert not any(value and value.encode() in one.body for value in secret)
    sides = {name: {row.id for row in rows if row.origin_country.lower() == name} for name in who if name != "ca"}
    expected = {"ca": {row.id for row in rows}, **sides}
    assert told == {name: {"proposed": ids, "offered": ids} for name, ids in expected.items()}
    assert sum(bool(ids) for ids in sides.values()) >= 2 and not expected["us"]
    kinds = [one.event["type"] for one in sent if one.path == "/ca"]
    assert {"run.finished", "plan.published"} <= set(kinds)
    for name, hook in hooks.items():
        other = "gt" if name != "gt" else "ca"
        assert world.call(other, "GET", f"{HOOKS}/{hook['id']}").status_code == 404


def test_a_change_that_is_taken_back_is_not_told(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event is in the transaction of the change; so is the end of a run, whatever came of it."""
    world.certified(headcount=2)
    hook = _hook(world, "gt", receiver)
    _published(world, gap=0.0)
    before, ids = _waiting(world), [one["id"] for one in world.operations()]
    with monkeypatch.context() as patch:
        patch.setattr("api.placements.operations.keep_stays", lambda *_: 1 / 0)
        assert world.move("gt", "offered", ids).status_code == 500
    assert _waiting(world) == before == 3
    assert {one["state"] for one in world.operations()} == {"proposed"}
    waiting = world.must("gt", "POST", P + "/runs", json={})["id"]
    world.must("gt", "POST", f"{P}/runs/{waiting}/cancellation")
    world.must("gt", "POST", f"{HOOKS}/{hook['id']}/pause")
    assert world.move("gt", "offered", ids).status_code == 200
    assert _sent(world, receiver) == [], "a paused webhook is sent nothing"
    world.must("gt", "POST", f"{HOOKS}/{hook['id']}/resumption")
    told = [one.event["data"]["state"] for one in _sent(world, receiver)]
    assert sorted(told) == ["cancelled", "done", "proposed", "published"], "and told nothing of what happened meanwhile"


def _documented() -> dict[str, Any]:
    """What the documentation shows receivers to write."""
    text = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text("utf-8")
    names: dict[str, Any] = {}
    exec(text.partition("```python\n")[2].partition("```")[0], names)
    return names


def test_secrets_are_told_once_sealed_and_replaced_without_a_gap(
    world: World, receiver: Receiver, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a day both sign; then the newer alone. With another key of the service none opens, and nothing is sent."""
    asked = {"json": {"url": receiver.address, "kinds": KINDS}, "headers": {"Idempotency-Key": "the same key"}}
    hook = world.must("gt", "POST", HOOKS, **asked)
    assert world.must("gt", "POST", HOOKS, **asked) == {**hook, "secret": None}
    old, path = hook["secret"], f"{HOOKS}/{hook['id']}"
    assert world.must("gt", "GET", path) == {**hook, "secret": None}
    new = world.must("gt", "POST", path + "/secret")["secret"]
    with world.engine.connect() as connection:
        kept = connection.execute(sa.select(webhooks)).one()
    assert old.startswith("whsec_") and new != old
    assert not any(secret.removeprefix("whsec_") in str(kept) for secret in (old, new))
    world.must("gt", "POST", path + "/test")
    assert world.call("gt", "POST", path + "/test").status_code == 409, "one waits already"
    clock.move(minutes=1)
    (both,) = _sent(world, receiver)
    assert both.event["type"] == "webhook.test" and both.signed_by(old) and both.signed_by(new)
    assert int(both.headers["webhook-timestamp"]) == int(clock().timestamp())
    is_ours = _documented()["is_ours"]
    assert is_ours(both.headers, both.body, old) and is_ours(both.headers, both.body, new)
    assert not is_ours(both.headers, both.body + b" ", new) and not is_ours(both.headers, both.body, hook["id"] * 2)
    assert not is_ours(both.headers | {"webhook-timestamp": "1"}, both.body, new)
    clock.move(days=2)
    world.must("gt", "POST", f"{path}/deliveries/{both.headers['webhook-id']}/repetition")
    (one,) = _sent(world, receiver)
    assert one.signed_by(new) and not one.signed_by(old)
    assert (one.headers["webhook-id"], one.body) == (both.headers["webhook-id"], both.body)
    monkeypatch.setenv("VAIVEN_SECRET_KEY", "another key of the service, as long as one has to be")
    settings.cache_clear()
    with transaction(world.engine) as connection:
        connection.execute(webhook_deliveries.update().values(state="waiting", attempts=0))
    assert _sent(world, receiver) == []
    with world.engine.connect() as connection:
        assert connection.scalar(sa.select(webhook_deliveries.c.reason)) == "no_secret"


def test_what_fails_is_tried_again_after_growing_waits_and_given_up(
    world: World, receiver: Receiver, clock: Clock
) -> None:
    """As often as there are waits, not a moment earlier; then the webhook is failing, until something arrives."""
    hook = _hook(world, "gt", receiver)
    path = f"{HOOKS}/{hook['id']}"
    world.must("gt", "POST", path + "/test")
    receiver.statuses = [500, 302, 404] + [503] * (len(WAITS) - 2)
    for number, wait in enumerate(WAITS, 1):
        (one,) = _sent(world, receiver)
        (listed,) = _listed(world, "gt", hook)
        assert (listed["state"], listed["attempts"], listed["id"]) == ("waiting", number, one.headers["webhook-id"])
        coming = datetime.fromisoformat(listed["next_at"]) - clock()
        assert timedelta(seconds=wait) <= coming <= timedelta(seconds=wait * (1 + JITTER))
        clock.move(seconds=wait - 1)
        assert _sent(world, receiver) == []
        clock.move(seconds=wait * JITTER + 1)
    assert len(_sent(world, receiver)) == 1 and not receiver.statuses
    (listed,) = _listed(world, "gt", hook)
    assert (listed["state"], listed["attempts"], listed["next_at"]) == ("given_up", len(WAITS) + 1, None)
    assert world.must("gt", "GET", path)["failing_since"] is not None
    assert "/elsewhere" not in {one.path for one in receiver.seen}, "a redirect is an answer, not a way"
    assert len({one.headers["webhook-id"] for one in receiver.seen}) == 1
    clock.move(days=30)
    assert _sent(world, receiver) == []
    world.must("gt", "POST", f"{path}/deliveries/{listed['id']}/repetition")
    assert len(_sent(world, receiver)) == 1
    assert world.must("gt", "GET", path)["failing_since"] is None
    world.must("gt", "POST", path + "/test")
    receiver.statuses = [410]
    clock.move(minutes=1)
    assert len(_sent(world, receiver)) == 1
    gone = world.must("gt", "GET", path)
    assert gone["state"] == "gone" and _listed(world, "gt", hook)[0]["status"] == 410
    for step in ("/test", f"/deliveries/{listed['id']}/repetition"):
        assert world.call("gt", "POST", path + step).status_code == 409
    assert world.must("administrator", "POST", path + "/pause")["state"] == "paused"
    assert world.must("gt", "POST", path + "/resumption")["state"] == "active"


def test_one_event_of_a_webhook_is_under_way_at_a_time(world: World, receiver: Receiver, clock: Clock) -> None:
    """Two workers don't send one twice; a lease that ran out is taken, and who is late settles nothing."""
    hook = _hook(world, "gt", receiver)
    for _ in range(2):
        world.must("gt", "POST", f"{HOOKS}/{hook['id']}/test")
        with transaction(world.engine) as connection:
            connection.execute(webhook_deliveries.update().values(kind="run.finished"))
    taken: list[Any] = []
    threads = [threading.Thread(target=lambda: taken.append(take(world.engine))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (first,) = [held for held in taken if held is not None]
    assert len(taken) == 4 and take(world.engine) is None
    clock.move(seconds=LEASE.total_seconds() + 1)
    again = take(world.engine)
    assert again is not None and (again.id, again.attempt) == (first.id, first.attempt + 1)
    settle(world.engine, first, 204)
    assert {one["state"] for one in _listed(world, "gt", hook)} == {"waiting"}
    settle(world.engine, again, 204)
    assert [one["state"] for one in _listed(world, "gt", hook)].count("delivered") == 1
    held = take(world.engine)
    assert held is not None and held.id != first.id
    world.must("gt", "DELETE", f"{HOOKS}/{hook['id']}")
    settle(world.engine, held, 204)
    assert _waiting(world) == 0


def _deliver_elsewhere(engine: sa.Engine) -> None:
    """What a worker does, in a process of its own with connections of its own."""
    engine.dispose(close=False)
    held = take(engine)
    assert held is not None
    deliver(engine, held)


def test_a_worker_that_dies_between_sending_and_settling_sends_again(
    world: World, receiver: Receiver, clock: Clock
) -> None:
    """Under the same id, with the same body; another process sends it the first time."""
    hook, held_up = _hook(world, "gt", receiver), threading.Event()
    world.must("gt", "POST", f"{HOOKS}/{hook['id']}/test")
    with transaction(world.engine) as connection:
        connection.execute(webhook_deliveries.update().values(next_at=now() - timedelta(minutes=1)))
    receiver.answer = lambda _: (held_up.wait(), None)[1]
    process = multiprocessing.get_context("fork").Process(target=_deliver_elsewhere, args=(world.engine,))
    process.start()
    until(lambda: receiver.seen, process.is_alive)
    process.kill()
    process.join()
    held_up.set()
    receiver.answer = None
    assert _sent(world, receiver) == []
    clock.move(minutes=5)
    _sent(world, receiver)
    first, second = receiver.seen
    assert first.headers["webhook-id"] == second.headers["webhook-id"] and first.body == second.body
    assert second.signed_by(hook["secret"])
    assert [one["attempts"] for one in _listed(world, "gt", hook)] == [2]


def test_a_slow_receiver_holds_up_nobody_else(world: World, receiver: Receiver) -> None:
    """Guatemala's receivers don't answer: it has few places, and Canada's event is sent meanwhile."""
    held_up, quick = threading.Event(), Receiver()
    receiver.answer = lambda _: (held_up.wait(), None)[1]
    hooks = [("gt", _hook(world, "gt", receiver)) for _ in range(MOST_OF_ONE + 1)] + [("ca", _hook(world, "ca", quick))]
    for who, hook in hooks:
        world.must(who, "POST", f"{HOOKS}/{hook['id']}/test")
    with transaction(world.engine) as connection:
        connection.execute(webhook_deliveries.update().values(next_at=now() - timedelta(minutes=1)))
    deliverer = Deliverer(world.engine, threading.Event())
    begun = [deliverer.begin_one() for _ in range(MOST_OF_ONE + 2)]
    assert begun == [True] * (MOST_OF_ONE + 1) + [False]
    until(lambda: _listed(world, "ca", hooks[-1][1])[0]["state"] == "delivered", lambda: True)
    states = [_listed(world, "gt", hook)[0]["attempts"] for who, hook in hooks if who == "gt"]
    assert sorted(states) == [0] + [1] * MOST_OF_ONE
    assert len(quick.seen) == 1 and len(receiver.seen) <= MOST_OF_ONE
    held_up.set()
    until(lambda: not deliverer.under_way, lambda: True)
    quick.close()


def test_an_unforeseen_fault_ends_no_sending(world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong while one event is taken, what waits is sent."""
    hook = _hook(world, "gt", receiver)
    world.must("gt", "POST", f"{HOOKS}/{hook['id']}/test")
    stop, faults = threading.Event(), [KeyError("unforeseen")]

    def faulty(*told: Any) -> Any:
        if faults:
            raise faults.pop()
        return take(*told)

    monkeypatch.setattr("api.webhooks.deliverer.take", faulty)
    deliverer = Deliverer(world.engine, stop)
    deliverer.start()
    until(lambda: _listed(world, "gt", hook)[0]["state"] == "delivered", lambda: True)
    stop.set()
    until(lambda: not deliverer.under_way, lambda: True)
    assert not faults and len(receiver.seen) == 1


def test_there_are_limits_and_what_is_old_goes(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So many webhooks of a ministry, whichever account asks; events are kept for a time, sent or not."""
    monkeypatch.setenv("VAIVEN_WEBHOOKS_OF_A_MINISTRY", "2")
    settings.cache_clear()
    hooks = [_hook(world, "gt", receiver) for _ in range(2)]
    asked = {"url": receiver.address, "kinds": KINDS}
    assert world.call("gt", "POST", HOOKS, json=asked).status_code == 409
    assert world.call("hn", "POST", HOOKS, json=asked).status_code == 201
    for wrong in ({"url": receiver.address, "kinds": ["person.named"]}, {"url": receiver.address, "kinds": []}):
        assert world.call("ca", "POST", HOOKS, json=wrong).status_code == 422
    for hook in hooks:
        world.must("gt", "POST", f"{HOOKS}/{hook['id']}/test")
    key = world.must("gt", "POST", "/v1/api-keys", json={"name": "a system"})["secret"]
    assert world.call(None, "GET", HOOKS, headers={"X-API-Key": key}).status_code == 200
    refused = world.call(None, "POST", HOOKS, json=asked, headers={"X-API-Key": key})
    assert refused.status_code == 403, "a webhook would outlive the key"
    ids = [_listed(world, "gt", hook)[0]["id"] for hook in hooks]
    with transaction(world.engine) as connection:
        old = webhook_deliveries.update().where(webhook_deliveries.c.id == ids[0])
        connection.execute(old.values(created_at=now() - timedelta(days=31)))
        gone = {"old_secret": "x", "old_secret_until": now() - timedelta(days=1)}
        connection.execute(webhooks.update().values(gone))
    keep_house(world.engine)
    assert [len(_listed(world, "gt", hook)) for hook in hooks] == [0, 1]
    with world.engine.connect() as connection:
        assert set(connection.scalars(sa.select(webhooks.c.old_secret))) == {""}
        assert connection.scalar(sa.select(sa.func.count()).select_from(runs)) == 0
