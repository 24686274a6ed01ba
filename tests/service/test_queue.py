"""Whose turn it is: shares, quotas, positions, cancelling by administrators, and long runs that give way."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from world import World

from api.runs.computing import Computing
from api.runs.queue import claim, finish, release
from api.runs.shares import OVERDUE, OVERDUE_EVERY, SLICE_SECONDS, line, should_give_way
from api.runs.worker import Worker
from api.settings import settings
from api.storage.database import now, transaction
from api.storage.tables import runs
from benchmarks.waiting import until

pytestmark = pytest.mark.locks

P = "/v1/programmes/{p}"
EDIT = 'edit = { agreement = "GT-CA", clause = "quota", count = "VALUE" }'


def _sweep(points: int) -> str:
    return f'[[vary]]\nname = "quota"\n{EDIT}\nvalues = {list(range(1, points + 1))}\n'


def _start(world: World, who: str, **options: Any) -> str:
    return str(world.must(who, "POST", P + "/runs", json=options)["id"])


def _start_sweep(world: World, who: str, points: int = 3) -> str:
    return _start(world, who, kind="sweep", sweep=_sweep(points))


def _turns(world: World) -> list[str]:
    with transaction(world.engine, read_only=True) as connection:
        return [row.id for row in line(connection).waiting]


def _set(world: World, run: str, **values: Any) -> None:
    with transaction(world.engine) as connection:
        connection.execute(runs.update().where(runs.c.id == run).values(**values))


def test_ministries_come_before_planners_and_short_runs_before_long_ones(world: World) -> None:
    """Whatever was asked first; and each run is told how many come before it."""
    planned_sweep, planned = _start_sweep(world, "planner"), _start(world, "planner")
    own_sweep, own = _start_sweep(world, "gt"), _start(world, "gt")
    assert _turns(world) == [own, own_sweep, planned, planned_sweep]
    told = {run["id"]: run["before"] for run in world.must("planner", "GET", P + "/runs")["items"]}
    assert told == {planned: 2, planned_sweep: 3}
    assert world.must("gt", "GET", f"{P}/runs/{own}")["before"] == 0
    held = claim(world.engine, "one")
    assert held is not None and held.run_id == own
    assert world.must("gt", "GET", f"{P}/runs/{own}")["before"] is None


def test_accounts_take_turns_by_what_they_have_used(world: World) -> None:
    """One who asked for much at once doesn't keep the others waiting."""
    many = [_start(world, "gt") for _ in range(3)]
    one, other = _start(world, "hn"), _start(world, "ca")
    taken = []
    for _ in range(5):
        held = claim(world.engine, "one")
        assert held is not None
        taken.append(held.run_id)
        _set(world, held.run_id, spent_seconds=10.0)
        finish(world.engine, held, {}, {}, [])
    assert taken == [many[0], one, other, many[1], many[2]]


def test_who_waits_for_long_is_taken_out_of_turn_now_and_then(world: World) -> None:
    """One at a time, and for a slice: the others come between."""
    sweeps = [_start_sweep(world, "planner") for _ in range(3)]
    match = _start(world, "gt")
    for number, sweep in enumerate(sweeps):
        _set(world, sweep, queued_at=now() - OVERDUE - timedelta(seconds=10 - number))
    assert _turns(world)[0] == sweeps[0]
    held = claim(world.engine, "one")
    assert held is not None and held.run_id == sweeps[0]
    assert _turns(world)[0] == match
    with transaction(world.engine, read_only=True) as connection:
        assert not should_give_way(connection, held.row, SLICE_SECONDS - 1)
        assert should_give_way(connection, held.row, SLICE_SECONDS)
    _set(world, sweeps[0], overdue_at=now() - OVERDUE_EVERY - timedelta(seconds=1))
    assert _turns(world)[0] == sweeps[1]


def test_a_run_gives_way_to_equals_only_after_its_share(world: World) -> None:
    """Two planners' sweeps don't take the worker from each other at every slice."""
    first = _start_sweep(world, "planner")
    held = claim(world.engine, "one")
    assert held is not None and held.run_id == first
    other = _start_sweep(world, "planner")
    _set(world, other, account_id="somebody")

    def gives_way(spent: float) -> bool:
        _set(world, first, spent_seconds=spent)
        with transaction(world.engine, read_only=True) as connection:
            return should_give_way(connection, held.row, 1e6)

    assert not gives_way(30.0) and gives_way(3600.0)


def test_waiting_runs_are_limited(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """By account and role, with what waits; one that is cancelled makes room."""
    monkeypatch.setenv("VAIVEN_WAITING_RUNS_OF_A_PLANNER", "3")
    monkeypatch.setenv("VAIVEN_WAITING_RUNS_OF_A_MINISTRY", "2")
    settings.cache_clear()
    waiting = [_start(world, "planner") for _ in range(3)]
    refused = world.call("planner", "POST", P + "/runs", json={})
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0
    assert all(run in refused.json()["hint"] for run in waiting)
    assert [world.call("gt", "POST", P + "/runs", json={}).status_code for _ in range(3)] == [202, 202, 429]
    world.must("planner", "POST", f"{P}/runs/{waiting[0]}/cancellation")
    assert world.call("planner", "POST", P + "/runs", json={}).status_code == 202


def test_all_planners_together_are_limited(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many accounts they have."""
    monkeypatch.setenv("VAIVEN_WAITING_RUNS_OF_PLANNERS", "1")
    settings.cache_clear()
    _set(world, _start(world, "planner"), account_id="somebody")
    refused = world.call("planner", "POST", P + "/runs", json={})
    assert refused.status_code == 503 and int(refused.headers["Retry-After"]) > 0, "it is others' doing"
    assert world.call("gt", "POST", P + "/runs", json={}).status_code == 202


def test_administrators_cancel_any_run_and_learn_nothing_of_it(world: World) -> None:
    """They see that it is there, whose it is and what it cost."""
    run = _start_sweep(world, "gt")
    seen = world.must("administrator", "GET", "/v1/queue")["items"]
    assert [(one["id"], one["account_id"], one["before"]) for one in seen] == [(run, world.accounts["gt"], 0)]
    assert "quota" not in str(seen)
    ended = world.must("administrator", "POST", f"/v1/queue/{run}/cancellation")
    assert ended["state"] == "cancelled" and "quota" not in str(ended)
    assert world.call("administrator", "POST", f"/v1/queue/{run}/cancellation").status_code == 409
    assert world.call("administrator", "GET", f"{P}/runs/{run}").status_code in (403, 404)
    assert world.must("gt", "GET", f"{P}/runs/{run}")["state"] == "cancelled"


def test_a_sweep_gives_way_to_a_match_and_goes_on_where_it_was(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one worker the match is taken before the sweep ends; no point is lost and no attempt counted."""
    monkeypatch.setattr("api.runs.shares.SLICE_SECONDS", 0.0)
    monkeypatch.setattr("api.runs.computing.SLICE_SECONDS", 0.0)
    monkeypatch.setenv("VAIVEN_LEASE_SECONDS", "0.4")  # a look at who waits every tenth of a second
    settings.cache_clear()
    world.certified(headcount=4)
    sweep, waiting = _start_sweep(world, "planner", 12), [_start_sweep(world, "planner", 12) for _ in range(3)]
    match: list[str] = []
    keep = Computing._keep

    def ask_a_match(self: Computing, files: Any) -> None:
        keep(self, files)
        if not match:
            match.append(_start(world, "gt"))
            until(self.give_way.is_set, lambda: not self.lost.is_set())  # told that a match waits

    monkeypatch.setattr(Computing, "_keep", ask_a_match)
    worker, ended = Worker(world.engine), []
    while not ended or ended[-1] != sweep:
        before = {run: _state(world, run) for run in (sweep, *waiting, *match)}
        assert worker.run_one()
        after = {run: _state(world, run) for run in (sweep, *waiting, *match)}
        ended += [run for run, state in after.items() if state == "done" != before.get(run)]
        assert "failed" not in after.values()
    assert ended[0] == match[0]
    assert world.must("planner", "GET", f"{P}/runs/{sweep}")["attempts"] == 1


def _state(world: World, run: str) -> str:
    with world.engine.connect() as connection:
        return str(connection.scalar(sa.select(runs.c.state).where(runs.c.id == run)))


def test_who_gives_way_without_getting_further_gets_longer_the_next_time(world: World) -> None:
    """So that a run that needs long for anything new ends all the same."""
    run = _start_sweep(world, "planner")
    slices = []
    for _ in range(3):
        held = claim(world.engine, "one")
        assert held is not None
        computing = Computing(world.engine, held, threading.Event(), lambda: None)
        computing.give_way.set()
        slices.append(computing.slice)
        computing.hand_back()
    held = claim(world.engine, "one")
    assert held is not None and held.run_id == run
    assert slices == [SLICE_SECONDS, 2 * SLICE_SECONDS, 4 * SLICE_SECONDS]
    computing = Computing(world.engine, held, threading.Event(), lambda: None)
    computing.give_way.set()
    computing.new_after = 30.0
    computing.hand_back()
    held = claim(world.engine, "one")
    assert held is not None and held.row.slice_seconds == 45.0 and held.row.attempts == 1
    release(world.engine, held)
