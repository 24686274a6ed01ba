"""The queue: leases and fencing, death of a worker, resumption from a checkpoint, cancelling, progress."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from world import World, workers_csv

from api.runs.computing import Computing
from api.runs.inputs import _left_out
from api.runs.queue import LostClaim, beat, claim, finish, keep_files, kept_file, kept_files, release
from api.runs.worker import Worker
from api.settings import settings
from api.storage.database import now, transaction
from api.storage.tables import placements, run_files, runs
from benchmarks.waiting import running, until
from engine.planning import pool

P = "/v1/programmes/{p}"
ENDLESS_RUNS = str(Path(__file__).with_name("endless_runs.py"))


def _queued(world: World, **options: Any) -> str:
    return str(world.must("gt", "POST", P + "/runs", json=options)["id"])


def _let_lease_run_out(world: World, run: str) -> None:
    with transaction(world.engine) as connection:
        connection.execute(runs.update().where(runs.c.id == run).values(lease_until=now() - timedelta(seconds=1)))


def test_who_lost_the_lease_commits_nothing(world: World) -> None:
    """A run computed twice is committed once: the older fencing number can't write."""
    run = _queued(world)
    first = claim(world.engine, "one")
    assert first is not None and first.run_id == run and claim(world.engine, "two") is None
    _let_lease_run_out(world, run)
    second = claim(world.engine, "two")
    assert second is not None and second.fence == first.fence + 1
    row = {"worker_id": "W", "order_id": "O", "employer_id": "E", "agreement_id": "A", "start_date": "", "end_date": ""}
    with pytest.raises(LostClaim):
        beat(world.engine, first, {})
    with pytest.raises(LostClaim):
        finish(world.engine, first, {}, {"x": b"1"}, [{**row, "value": 1.0}])
    finish(world.engine, second, {}, {"x": b"2"}, [{**row, "value": 2.0}])
    with pytest.raises(LostClaim):
        finish(world.engine, second, {}, {"x": b"3"}, [])
    with world.engine.connect() as connection:
        assert connection.scalars(sa.select(placements.c.value)).all() == [2.0]
    assert kept_files(world.engine, run, "") == {"x": b"2"}


def test_runs_are_taken_once_by_many(world: World) -> None:
    """Eight workers, six runs: each is taken by one."""
    wanted = {_queued(world) for _ in range(6)}
    taken: list[str] = []

    def take(name: int) -> None:
        held = claim(world.engine, str(name))
        if held is not None:
            taken.append(held.run_id)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(8, 12):  # PostgreSQL skips what another looks at just now
        take(number)
    assert sorted(taken) == sorted(wanted)


def test_a_run_is_given_up_after_five_deaths(world: World) -> None:
    """It says so, and isn't taken again."""
    run = _queued(world)
    for attempt in range(5):
        held = claim(world.engine, str(attempt))
        assert held is not None
        _let_lease_run_out(world, run)
    assert claim(world.engine, "last") is None
    found = world.must("gt", "GET", f"{P}/runs/{run}")
    assert found["state"] == "failed" and "died 5 times" in found["problem"]["detail"]


def test_a_run_is_cancelled(world: World) -> None:
    """One that waits at once, one that is computed as soon as its process looks up; one that has ended not at all."""
    waiting = _queued(world)
    assert world.must("gt", "POST", f"{P}/runs/{waiting}/cancellation")["state"] == "cancelled"
    computed = _queued(world)
    held = claim(world.engine, "one")
    assert held is not None
    assert world.must("gt", "POST", f"{P}/runs/{computed}/cancellation")["state"] == "running"
    with pytest.raises(LostClaim):
        beat(world.engine, held, {})
    release(world.engine, held)
    assert world.must("gt", "GET", f"{P}/runs/{computed}")["state"] == "cancelled"
    assert world.call("gt", "POST", f"{P}/runs/{computed}/cancellation").status_code == 409


def test_a_worker_that_is_stopped_gives_its_run_back(world: World) -> None:
    """The run waits again, and another worker ends it."""
    world.certified()
    run = _queued(world)
    stopped = Worker(world.engine)
    stopped.stop.set()
    assert stopped.run_one()
    assert world.must("gt", "GET", f"{P}/runs/{run}")["state"] == "queued"
    assert Worker(world.engine).run_one()
    assert world.must("gt", "GET", f"{P}/runs/{run}")["state"] == "done"


def test_no_run_goes_on_for_longer_than_any_may(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It fails and says so."""
    world.certified()
    monkeypatch.setattr("api.runs.computing.LONGEST_FACTOR", 0)
    run = world.run()
    assert run["state"] == "failed" and "longer than any run may" in run["problem"]["detail"]


def test_the_same_run_has_the_same_plan(world: World) -> None:
    """Same input, version and seed: same manifest and same files."""
    world.certified(headcount=4)
    one, other = world.run(gap=0.0, seed=7), world.run(gap=0.0, seed=7)
    for run in (one, other):
        del run["manifest"]["certificate"]["seconds"]
    assert one["manifest"] == other["manifest"]
    paths = [f"{P}/runs/{run['id']}/files" for run in (one, other)]
    digests = [world.must("gt", "GET", path) for path in paths]
    del digests[0]["certificate.json"], digests[1]["certificate.json"]
    assert digests[0] == digests[1]


def test_progress_is_followed_by_events_and_by_polling(world: World) -> None:
    """Server-sent events tell each change until the run has ended."""
    world.certified()
    run = _queued(world)
    worker = threading.Thread(target=Worker(world.engine).run_one)
    worker.start()
    told = world.call("gt", "GET", f"{P}/runs/{run}/events").text
    worker.join()
    states = [line.removeprefix("event: ").strip() for line in told.splitlines() if line.startswith("event: ")]
    assert states[-1] == "done" and set(states) <= {"queued", "running", "done"}
    last = [line for line in told.splitlines() if line.startswith("data: ")][-1]
    assert json.loads(last.removeprefix("data: "))["manifest"]["certificate"]["status"] == "optimal"


def test_a_killed_worker_leaves_its_run_to_another(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """kill -9 in the middle: another begins from the checkpoint, the plan is committed once, no child is left."""
    world.upload("gt", "workers", workers_csv("GT", range(1, 1500)))
    world.must("gt", "PUT", P + "/agreements/GT-CA", json=_wide(world), headers={"If-Match": '"1"'})
    sites = "site_id,employer_id,region,beds,inspected_until\nS1,E1,CA-ON,2000,\n"
    world.upload("ca", "sites", sites)
    for number in range(12):
        world.certified(headcount=100, hourly_wage=12 + number / 4, min_crew=5 + number)
    run = _queued(world, gap=0.0)
    environment = os.environ | {"VAIVEN_LEASE_SECONDS": "1", "VAIVEN_CHECKPOINT_SECONDS": "0"}
    process = subprocess.Popen([sys.executable, ENDLESS_RUNS, "worker"], env=environment)
    try:
        until(lambda: kept_files(world.engine, run, "checkpoint/checkpoint/"), running(process))
        assert world.must("gt", "GET", f"{P}/runs/{run}")["state"] == "running"
        children = _children(process.pid)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    monkeypatch.setenv("VAIVEN_LEASE_SECONDS", "1")
    settings.cache_clear()
    until(Worker(world.engine).run_one, lambda: world.must("gt", "GET", f"{P}/runs/{run}")["state"] == "running")
    found = world.must("gt", "GET", f"{P}/runs/{run}")
    assert found["state"] == "done" and found["attempts"] == 2 and found["manifest"]["resumed"] is True
    with world.engine.connect() as connection:
        counted = sa.select(sa.func.count()).select_from(placements).where(placements.c.run_id == run)
        assert connection.scalar(counted) == found["manifest"]["certificate"]["placements"] > 0
        names = connection.scalars(sa.select(run_files.c.name).where(run_files.c.run_id == run)).all()
    assert "begun_from/prices.csv" in names
    _require_ending(children)


def _require_ending(children: list[int]) -> None:
    """None outlives its parent: each has ended before a later process has computed for a minute."""
    later = subprocess.Popen([sys.executable, "-c", "import time\nwhile time.process_time() < 60: pass"])
    try:
        until(lambda: not any(_is_alive(child) for child in children), running(later))
    finally:
        later.kill()
        later.wait()


def _wide(world: World) -> dict[str, str]:
    toml = world.must("gt", "GET", P + "/agreements/GT-CA")["toml"]
    return {"toml": toml.replace("count = 50", "count = 1100")}


def _children(parent: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False)
    return [int(pid) for pid in found.stdout.split()]


def _is_alive(pid: int) -> bool:
    try:
        return open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_sweep_goes_on_where_it_was(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Points that an earlier attempt finished are not computed again, and its time isn't taken from the others."""
    world.certified(headcount=4)
    edit = 'edit = { agreement = "GT-CA", clause = "quota", count = "VALUE" }'
    sweep = f'[[vary]]\nname = "quota"\n{edit}\nvalues = [1, 2, 3]\n'
    run = _queued(world, kind="sweep", sweep=sweep)
    keep = Computing._keep

    def keep_and_stop(self: Computing, files: Any) -> None:
        keep(self, files)
        self.stop.set()

    monkeypatch.setattr(Computing, "_keep", keep_and_stop)
    assert Worker(world.engine).run_one()
    assert world.must("gt", "GET", f"{P}/runs/{run}")["state"] == "queued"
    before = kept_files(world.engine, run, "checkpoint/points/")
    assert 1 <= len(before) < 3
    computed: list[str] = []
    outcome_of = pool._outcome_of
    monkeypatch.setattr(Computing, "_keep", keep)
    monkeypatch.setattr(
        pool, "_outcome_of", lambda future, edits: computed.append(edits.id) or outcome_of(future, edits)
    )
    assert Worker(world.engine).run_one()
    assert world.must("gt", "GET", f"{P}/runs/{run}")["state"] == "done"
    assert len(computed) == 3 - len(before)


ACTS = {
    "api.runs.inputs.kept_file": kept_file,
    "api.runs.inputs._left_out": _left_out,
    "api.runs.inputs.keep_files": keep_files,
    "api.runs.computing.kept_files": kept_files,
    "api.runs.computing.keep_files": keep_files,
    "api.runs.computing.finish": finish,
}


def test_a_database_that_is_away_costs_no_run(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that computed the run commits it once the database is back, whatever it couldn't write until then."""
    world.certified()
    run = _queued(world)
    failures = dict.fromkeys(ACTS, 2)

    def away(name: str, act: Any) -> Any:
        def call(*args: Any) -> Any:
            failures[name] -= 1
            if failures[name] >= 0:
                raise sa.exc.OperationalError("COMMIT", None, Exception("away"))
            return act(*args)

        return call

    monkeypatch.setenv("VAIVEN_CHECKPOINT_SECONDS", "0")
    settings.cache_clear()
    monkeypatch.setattr("api.runs.computing.AGAIN_SECONDS", 0.01)
    for name, act in ACTS.items():
        monkeypatch.setattr(name, away(name, act))
    assert Worker(world.engine).run_one()
    found = world.must("gt", "GET", f"{P}/runs/{run}")
    assert (found["state"], found["attempts"]) == ("done", 1), found["problem"]
    assert all(left < 0 for left in failures.values()), failures


def test_a_lease_that_ran_out_is_held_again(world: World) -> None:
    """By the process that has it, as long as nobody else took the run: no attempt is lost."""
    run = _queued(world)
    held = claim(world.engine, "one")
    assert held is not None
    _let_lease_run_out(world, run)
    beat(world.engine, held, {})
    assert claim(world.engine, "two") is None
    finish(world.engine, held, {}, {}, [])
    assert world.must("gt", "GET", f"{P}/runs/{run}")["attempts"] == 1
