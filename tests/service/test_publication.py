"""A plan is published without holding anybody up: in few statements, and with no transaction that stands idle."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from world import World

from api.placements import publication
from api.storage.database import COMPUTING_SECONDS, transaction
from api.storage.many_rows import ManyRows, insert_many
from api.storage.tables import operation_history, operations, order_check_variants
from engine.programme import Programme
from engine.programme.read import _Reader

pytestmark = pytest.mark.locks

P = "/v1/programmes/{p}"
ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
WITHIN_NONE = -1
IDLE_LIMIT = "SELECT setting::int FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout'"


def _publish(world: World, run: dict[str, Any], **query: Any) -> dict[str, Any]:
    done: dict[str, Any] = world.must("gt", "POST", f"{P}/runs/{run['id']}/publication", params=query)
    return done


@pytest.fixture
def idle_limits(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """For each time that a programme is read: how many milliseconds the transaction of this thread may stand idle."""
    held: dict[Any, int] = {}
    found: list[int] = []
    real = _Reader.read

    def taken(connection: Any, *_: Any) -> None:
        held[connection] = threading.get_ident()

    def given_back(connection: Any, *_: Any) -> None:
        held.pop(connection, None)

    def noting(reader: _Reader) -> Programme:
        mine = [one for one, thread in held.items() if thread == threading.get_ident()]
        found.extend([one.execute(IDLE_LIMIT).fetchone()[0] for one in mine] or [WITHIN_NONE])
        return real(reader)

    sa.event.listen(world.engine, "checkout", taken)
    sa.event.listen(world.engine, "checkin", given_back)
    monkeypatch.setattr(_Reader, "read", noting)
    yield found
    sa.event.remove(world.engine, "checkout", taken)
    sa.event.remove(world.engine, "checkin", given_back)


@ON_POSTGRESQL
def test_a_plan_is_judged_within_no_transaction(world: World, idle_limits: list[int]) -> None:
    """However long it takes, the database doesn't end it for standing idle."""
    world.certified(headcount=3)
    run = world.run(gap=0.0)
    idle_limits.clear()
    assert _publish(world, run)["proposed"] == 3
    assert set(idle_limits) == {WITHIN_NONE}


@ON_POSTGRESQL
def test_whoever_computes_within_a_transaction_may_stand_idle(
    world: World, idle_limits: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs, soundness and checks of orders read alone; corrections, and plans judged last, write too."""
    reading, writing = 0, 1000 * COMPUTING_SECONDS
    order = world.certified(headcount=3)
    run = world.run(gap=0.0)
    monkeypatch.setattr(publication, "_still_holds", lambda *_: False)
    idle_limits.clear()
    assert _publish(world, run)["proposed"] == 3
    assert set(idle_limits) == {WITHIN_NONE, writing}
    idle_limits.clear()
    first, *others = [one["id"] for one in world.operations()]
    world.move("gt", "offered", [first, *others])
    world.move("gt", "accepted", others)
    world.move("gt", "declined", [first])
    correction = {"state": "offered", "reason": "A wrong line"}
    headers = {"If-Match": "*"}
    world.must("gt", "POST", f"{P}/operations/{first}/correction", json=correction, headers=headers)
    assert set(idle_limits) == {writing}
    idle_limits.clear()
    assert world.run(gap=0.0)["state"] == "done"
    world.must("gt", "GET", f"{P}/soundness")
    world.must("e1", "GET", f"{P}/orders/{order['order_id']}/check")
    assert set(idle_limits) == {WITHIN_NONE, reading}


def test_a_plan_is_written_in_as_many_statements_whatever_its_size(world: World) -> None:
    """None of them row by row."""
    told: list[bool] = []

    def noted(*arguments: Any) -> None:
        told.append(arguments[-1])

    counts = []
    for places in (2, 5):
        world.certified(headcount=places)
        run = world.run(gap=0.0)
        sa.event.listen(world.engine, "before_cursor_execute", noted)
        assert _publish(world, run)["proposed"] == places
        sa.event.remove(world.engine, "before_cursor_execute", noted)
        counts.append(len(told))
        assert not any(told)
        told.clear()
        fresh = [one["id"] for one in world.operations(state="proposed")]
        world.move("gt", "offered", fresh)
        world.move("gt", "accepted", fresh)
    assert counts[0] == counts[1]
    with world.engine.connect() as connection:
        history = operation_history.c
        first = sa.select(history.operation_id, history.state).where(history.version == 1)
        kept = {tuple(row) for row in connection.execute(first)}
        assert kept == {(one, "proposed") for one in connection.scalars(sa.select(operations.c.id))}


def test_many_rows_are_written_as_they_are(engine: sa.Engine) -> None:
    """Whatever stands in their cells, in their order, with what all have in common."""
    odd = [
        "plain",
        "",
        "'; --",
        '"quoted"',
        "back\\slash",
        "line\nbreak",
        "ñ – 工",
        "{}",
        "null",
        "%s :x",
    ]
    table = order_check_variants
    rows = ManyRows.of(("order_id", "text"), ((f"{number:02d}", cell) for number, cell in enumerate(odd)))
    with transaction(engine) as connection:
        common = {"programme_id": "p", "employer_id": "e'1", "day": "2026-01-01"}
        insert_many(connection, table, rows.renamed(order_id="order_id", variant="text"), **common)
        insert_many(connection, table, ManyRows.of(("order_id",), ()), **common)
    with transaction(engine, read_only=True) as connection:
        found = list(connection.execute(sa.select(table).order_by(table.c.order_id)))
    assert [row.variant for row in found] == odd
    assert {(row.programme_id, row.employer_id, row.day) for row in found} == {("p", "e'1", "2026-01-01")}
