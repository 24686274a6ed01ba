"""Nobody waits without end, and nobody for what isn't theirs: locks, statements, shares of threads."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from math import inf
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from world import ORDER, World

from api.answers.database_problems import database_problem
from api.answers.problems import ServiceError
from api.programmes import soundness
from api.requests.lanes import Asker, Lane, Lanes, lanes_of
from api.runs.following import Followed, Look, Looks, Unread
from api.runs.kind import Kind, Source, kinds
from api.runs.schemas import RunOut
from api.storage.database import database, is_postgresql, lift_limits, transaction
from api.storage.revisions import take_programmes
from benchmarks.waiting import until

pytestmark = pytest.mark.locks

P = "/v1/programmes/{p}"


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits for a lock soon gives up, whoever holds one never; `world` makes its engine after this."""
    monkeypatch.setenv("VAIVEN_LOCK_SECONDS", "0.5")


@contextmanager
def _writing(world: World) -> Iterator[None]:
    """Somebody who holds the locks of the programme and doesn't let go; on SQLite of the file, as another process."""
    if is_postgresql(world.engine):
        with transaction(world.engine) as connection:
            take_programmes(connection, [world.programme])
            yield
        return
    other = sa.create_engine(world.engine.url, isolation_level="AUTOCOMMIT")
    with other.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield
        connection.exec_driver_sql("ROLLBACK")
    other.dispose()


@pytest.mark.usefixtures("short_waits")
def test_who_waits_too_long_for_a_lock_is_told_to_come_again(world: World) -> None:
    """503 with Retry-After; nothing was done, and the same call goes through later."""
    with _writing(world):
        waited = world.call("e1", "POST", f"{P}/orders", json=ORDER)
    assert waited.status_code == 503 and waited.json()["type"] == "urn:vaiven:problem:database-busy", waited.text
    assert int(waited.headers["Retry-After"]) > 0
    assert world.must("e1", "GET", f"{P}/orders")["items"] == []
    assert world.call("e1", "POST", f"{P}/orders", json=ORDER).status_code == 201


def test_reads_and_health_do_not_wait_for_writers(world: World) -> None:
    """Forty writers wait for a lock; whoever reads is answered before any of them."""

    def write(_number: int) -> int:
        return int(world.call("e1", "POST", f"{P}/orders", json=ORDER).status_code)

    with ThreadPoolExecutor(40) as threads:
        with _writing(world):
            writers = [threads.submit(write, number) for number in range(40)]
            for path in ("/health/live", "/health/ready", "/metrics", P, f"{P}/orders", f"{P}/runs"):
                assert world.call("gt", "GET", path).status_code == 200, path
                assert world.call("e1", "GET", path).status_code in (200, 403), path
            waiting = [not one.done() for one in writers]
        statuses = [one.result() for one in writers]
    assert any(waiting) and 201 in statuses
    assert set(statuses) <= {201, 429, 503}
    assert not any(status == 201 and not waited for status, waited in zip(statuses, waiting, strict=True))


def test_a_statement_that_takes_too_long_is_ended(world: World) -> None:
    """On PostgreSQL, which does it; its error is a busy database, and so is one of a pool that is used up."""
    if is_postgresql(world.engine):
        with world.engine.connect() as connection:
            _make_shorter(connection, "statement_timeout")
            with pytest.raises(sa.exc.OperationalError) as ended:
                connection.exec_driver_sql("SELECT pg_sleep(600)")
        problem = database_problem(ended.value, "/")
        assert problem is not None and problem.status == 503
    problem = database_problem(sa.exc.TimeoutError(), "/")
    assert problem is not None and problem.status == 503


def test_a_writer_that_stands_still_loses_its_locks(world: World) -> None:
    """A transaction that does nothing for too long is ended by PostgreSQL, and who waited for it goes on."""
    if not is_postgresql(world.engine):
        return  # SQLite has one process, which would have to stand still itself
    with world.engine.connect() as holder:
        take_programmes(holder, [world.programme])
        _make_shorter(holder, "idle_in_transaction_session_timeout")
        assert world.call("e1", "POST", f"{P}/orders", json=ORDER).status_code == 201
        with pytest.raises(sa.exc.DBAPIError) as ended:
            holder.exec_driver_sql("SELECT 1")
        problem = database_problem(ended.value, "/")
        assert problem is not None and problem.status == 503
        holder.invalidate()  # so that nobody asks a session that has ended for a rollback


def _make_shorter(connection: sa.Connection, limit: str) -> None:
    """Set a limit, which is that of the settings, to the shortest: a test needn't wait for it on any machine."""
    assert connection.scalar(sa.text(f"SHOW {limit}")) == "10min"
    connection.exec_driver_sql(f"SET {limit} = 1")


def test_reading_what_a_run_reads_may_take_its_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL doesn't end its transaction however long is computed in it, from the first moment on."""
    seen: list[Any] = []
    kind = type(kinds()["match"])
    write = kind.write_input

    def looked(self: Kind, source: Source, folder: Path) -> None:
        if is_postgresql(source.connection):
            seen.append(source.connection.scalar(sa.text("SHOW idle_in_transaction_session_timeout")))
        write(self, source, folder)

    monkeypatch.setattr(kind, "write_input", looked)
    assert world.run()["state"] == "done"
    assert set(seen) <= {"0"} and bool(seen) == is_postgresql(world.engine)


def test_migrations_may_take_their_time(world: World) -> None:
    """The limits of requests don't hold for them, and hold again afterwards."""
    if is_postgresql(world.engine):
        with transaction(world.engine) as connection:
            lift_limits(connection)
            assert connection.scalar(sa.text("SHOW statement_timeout")) == "0"
        with transaction(world.engine) as connection:
            assert connection.scalar(sa.text("SHOW statement_timeout")) == "10min"


def test_one_accounts_heavy_calls_leave_room(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """While an account's checks of a programme take long, another's are answered; more than fit are told so."""
    begun, go_on = threading.Semaphore(0), threading.Event()

    def slow(connection: sa.Connection, programme: Any, scope: Any, folder: Any) -> list[Any]:
        if scope.country == "GT":
            begun.release()
            go_on.wait()
        return real(connection, programme, scope, folder)

    real = soundness.write_snapshot  # type: ignore[attr-defined]  # what the routes call
    monkeypatch.setattr(soundness, "write_snapshot", slow)
    with ThreadPoolExecutor(12) as threads:
        heavy = [threads.submit(world.call, "gt", "GET", f"{P}/soundness") for _ in range(12)]
        try:
            until(lambda: begun.acquire(blocking=False), lambda: not all(one.done() for one in heavy))
            assert world.call("hn", "GET", f"{P}/soundness").status_code == 200
            assert world.call("gt", "GET", f"{P}/orders").status_code == 200
        finally:
            go_on.set()
        statuses = [one.result().status_code for one in heavy]
    assert set(statuses) <= {200, 429} and statuses.count(200) >= 8


@pytest.mark.parametrize(
    ("calls", "told"),
    [
        ([Asker("a")] * 4, 429),  # two of one's own run, and one waits
        ([Asker(own, ("p",)) for own in "abcd"], 503),  # the programme is full
        ([Asker(own) for own in "abcdefgh"], 503),  # the lane is
        ([Asker("a", ("p",))] * 4, 429),  # the programme is full by one's own doing
        ([Asker()] * 8, 503),  # nobody in particular
    ],
)
@pytest.mark.parametrize("at_once", [True, False])
def test_429_is_ones_own_doing_and_503_others(calls: list[Asker], told: int, at_once: bool) -> None:
    """Of three threads each has two at most, and four may wait, one of each: the last call of all is refused, at once
    or, where there is room to wait, when its patience ends.
    """

    async def refused() -> ServiceError:
        lane = Lane(threads=3, share=2, queue=4 if at_once else 40, patience=30 if at_once else 0)
        go_on = threading.Event()
        others = [asyncio.create_task(lane.run(asker, go_on.wait)) for asker in calls[:-1]]
        await asyncio.sleep(0)
        try:
            with pytest.raises(ServiceError) as last:
                await lane.run(calls[-1], go_on.wait)
        finally:
            go_on.set()
            await asyncio.gather(*others, return_exceptions=True)
        return last.value

    error = asyncio.run(refused())
    assert error.http_status == told and int(error.headers["Retry-After"]) > 0


def test_whatever_is_not_ready_says_when_to_come_again() -> None:
    """Every 503 has a Retry-After, one of its own or the usual."""
    assert int(ServiceError(503, "").headers["Retry-After"]) > 0
    assert ServiceError(503, "", headers={"Retry-After": "2"}).headers == {"Retry-After": "2"}
    assert ServiceError(404, "").headers == {}


def test_the_pool_has_a_connection_for_each_thread(world: World) -> None:
    """All lanes together never wait for a connection."""
    lanes = [lane for lane in vars(Lanes()).values() if isinstance(lane, Lane)]
    pool = world.engine.pool
    assert isinstance(pool, sa.pool.QueuePool)
    assert sum(lane.threads for lane in lanes) < pool.size() + pool._max_overflow
    assert database() is world.engine


@pytest.mark.parametrize("rested", [True, False])
def test_who_meets_a_connection_that_ended_is_served_or_told(
    world: World, monkeypatch: pytest.MonkeyPatch, rested: bool
) -> None:
    """PostgreSQL ends what rests in the pool: that is noticed before it is used, or told by 503."""
    if not is_postgresql(world.engine):
        return  # a file doesn't end connections
    monkeypatch.setattr("api.storage.database.RESTED_SECONDS", 0.0 if rested else inf)
    world.must("gt", "GET", P)
    others = sa.create_engine(world.engine.url)
    with others.connect() as connection:
        ours = "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = current_database()"
        assert all(connection.scalars(sa.text(f"{ours} AND pid <> pg_backend_pid()")).all())
    others.dispose()
    first = world.call("gt", "GET", P)
    assert first.status_code == (200 if rested else 503), first.text
    assert rested or int(first.headers["Retry-After"]) > 0
    world.must("gt", "GET", P)


def test_streams_of_events_have_a_share(world: World) -> None:
    """An account follows so many runs at once and no more; others, and its other calls, are answered."""
    run = world.must("gt", "POST", f"{P}/runs", json={})["id"]
    most = lanes_of(_Request(world)).streams.most
    path = f"{P}/runs/{run}/events"
    with ThreadPoolExecutor(3 * most) as threads:
        followed = [threads.submit(world.call, "gt", "GET", path) for _ in range(3 * most)]
        until(lambda: [_status_now(one) for one in followed].count(429) == 2 * most, lambda: _follow(followed) >= most)
        assert world.call("gt", "GET", f"{P}/orders").status_code == 200
        other = threads.submit(world.call, "ca", "GET", f"{P}/orders")
        assert other.result().status_code == 200
        assert world.call("gt", "POST", f"{P}/runs/{run}/cancellation").status_code == 202
        streams = [one.result() for one in followed]
    assert [one.status_code for one in streams].count(200) == most
    assert all("event: cancelled" in one.text for one in streams if one.status_code == 200)


def test_all_who_follow_are_told_by_one_look_a_tick() -> None:
    """A hundred followers of three runs cost one read a tick; an outage tells nothing and is survived."""
    asked: list[int] = []

    def read(followed: Collection[Followed]) -> dict[Followed, RunOut]:
        asked.append(len(followed))
        if len(asked) == 2:
            raise sa.exc.OperationalError("", None, Exception())
        return {}

    async def follow() -> list[list[Look]]:
        looks = Looks(Lane(threads=1, share=1, queue=4, patience=5), read)
        everybody = [Followed((str(number % 4), None), str(number % 3)) for number in range(100)]
        return [list(await asyncio.gather(*map(looks.at, everybody))) for _ in range(3)]

    told = asyncio.run(follow())
    assert asked == [12, 12, 12]
    assert [set(tick) for tick in told] == [{Unread.UNSEEN}, {Unread.UNANSWERED}, {Unread.UNSEEN}]


class _Request:
    """What `lanes_of` looks at."""

    def __init__(self, world: World) -> None:
        self.app = world.client.app


def _follow(calls: list[Any]) -> int:
    """How many still wait for an answer."""
    return sum(not one.done() for one in calls)


def _status_now(one: Any) -> int | None:
    return one.result().status_code if one.done() else None
