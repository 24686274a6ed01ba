"""Chaos: web, worker and PostgreSQL processes killed at random while everybody works and one floods the sign-in.

    python -m benchmarks.service_chaos [KILLS] [SEED]

By default 30 kills. Clients repeat a call with the same Idempotency-Key until it is acknowledged: orders, uploads, runs
of planners, and runs that ministries of origin publish. Afterwards every acknowledged write must be there, every run
ended once with as many placements as its certificate says, no order beyond its headcount, nobody placed twice on one
day, and the audit log whole. Exit status 1 where that isn't so.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from functools import partial
from itertools import pairwise
from math import inf
from typing import Any

import httpx2
import sqlalchemy as sa

from api.logs.audit_log import verify
from api.storage.account_tables import audit_log
from api.storage.operation_states import STANDING
from api.storage.tables import operations, orders, placements, registers, runs
from benchmarks.chaos_clients import Acknowledged, Clients
from benchmarks.postgresql_server import children_of
from benchmarks.service_load import digest
from benchmarks.service_processes import ServiceProcesses
from benchmarks.service_season import must, season_served
from benchmarks.waited_calls import CALL_SECONDS, Waited, in_words
from benchmarks.waiting import running, until

WORKERS = 4000
PROCESSES = ("web", "worker 1", "worker 2")
BACKEND, SERVER = "a connection's process of PostgreSQL", "PostgreSQL"
DAYS = (operations.c.worker_id, operations.c.start_date)
MINISTRIES, READERS, FIRST_ORDERS = 2, 4, 24
BETWEEN_SECONDS = (1.0, 8.0)  # for less, hardly anything is up again when the next one dies
Thread = partial(threading.Thread, daemon=True)  # what goes wrong here ends all of them


def main(kills: int, seed: int) -> int:
    """Kill, and hold what is there against what was acknowledged; the exit status."""
    chance = random.Random(seed)
    with season_served(WORKERS) as (served, _, season):
        for name in sorted(set(season.orders["employer_id"])):
            served.account(name, role="employer", employer_id=name)
        for name in PROCESSES[1:]:
            served.start(name)
        clients = Clients(served, season)
        threads = [Thread(target=clients.file_orders, args=(first,)) for first in range(4)]
        for reading in (clients.read_lists, clients.look_at_pages):
            threads += [Thread(target=reading, args=(number,)) for number in range(READERS)]
        threads += [Thread(target=each) for each in (clients.start_runs, clients.guess_passwords)]
        ministries = sorted(name for name in served.tokens if name.startswith("origin-"))[:MINISTRIES]
        publishing = [Thread(target=clients.publish_plans, args=(who,)) for who in ministries]
        for thread in threads:
            thread.start()
        until(lambda: len(clients.told.orders) >= FIRST_ORDERS, running(*served.running.values()))
        for thread in publishing:
            thread.start()
        threads += publishing
        killed: Counter[str] = Counter()
        for _ in range(kills):
            time.sleep(chance.uniform(*BETWEEN_SECONDS))
            name = chance.choice((*PROCESSES, BACKEND, SERVER))
            killed[name] += 1
            kill(served, name, chance)
        served.wait_until_ready()
        clients.stop.set()
        for thread in threads:
            thread.join()
        _wait_for_runs(served)
        return _report(served, clients.told, clients.waited, killed)


def kill(served: ServiceProcesses, name: str, chance: random.Random) -> None:
    """kill -9, and start anew after a while what doesn't start by itself."""
    if name == BACKEND:
        os.kill(chance.choice(children_of(served.server.process)), signal.SIGKILL)
        return
    if name == SERVER:
        served.server.kill()
    else:
        served.kill(name)
    time.sleep(chance.uniform(0.0, 0.5))
    if name == SERVER:
        served.server.start()
    else:
        served.start(name)


def _wait_for_runs(served: ServiceProcesses) -> None:
    """Wait for the queue to be empty."""
    live = sa.select(sa.func.count()).select_from(runs).where(runs.c.state.in_(("queued", "running")))

    def ended() -> bool:
        with served.engine.connect() as connection:
            return connection.scalar(live) == 0

    until(ended, running(*served.running.values()))


def _report(served: ServiceProcesses, told: Acknowledged, waited: Waited, killed: Counter[str]) -> int:
    """Print what is there of what was acknowledged; the exit status."""
    with served.engine.connect() as connection:
        rows = {row.id: row for row in connection.execute(sa.select(runs))}
        entries, broken = verify(connection)
        wrong = [
            *told.wrong,
            *_wrong_rows(connection, told),
            *_wrong_runs(connection, told, rows),
            *_promised_twice(connection),
        ]
        started = sa.select(sa.func.count()).select_from(audit_log).where(audit_log.c.action == "run.started")
        if broken or connection.scalar(started) != len(rows):
            wrong.append(f"audit log: {broken or 'entries are missing'}")
    wrong += _wrong_orders(served, told, next(iter(rows.values())).programme_id)
    if not told.published["proposed"]:
        wrong.append("no placement was published")
    again = sum(row.attempts > 1 for row in rows.values())
    resumed = sum(bool(row.manifest.get("resumed")) for row in rows.values())
    print(f"killed: {dict(killed)}; calls repeated: {told.repeated}")
    print(f"{len(told.orders):,} orders, {len(told.recalls):,} recalls, {len(told.runs)} runs acknowledged")
    print(f"published: {dict(told.published)}; wrong passwords: {dict(told.refused)}")
    print(f"reads: {in_words(waited.during('read', [(0.0, inf)]))}; unanswered: {dict(Counter(waited.failures))}")
    print(f"reads during publications: {in_words(waited.during('read', told.publications))}")
    print(f"pages: {in_words(waited.during('page', [(0.0, inf)]))}")
    print(f"pages during publications: {in_words(waited.during('page', told.publications))}")
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    print(f"{again} runs taken more than once, {resumed} begun from a checkpoint; {entries:,} entries in the log")
    print("all there, nothing doubled, the audit log is whole" if not wrong else "\n".join(wrong[:20]))
    return int(bool(wrong))


def _wrong_rows(connection: sa.Connection, told: Acknowledged) -> list[str]:
    stored = set(connection.scalars(sa.select(orders.c.order_id)))
    recalls = registers["recalls"].c
    there = {
        (row.order_id, row.worker_id) for row in connection.execute(sa.select(recalls.order_id, recalls.worker_id))
    }
    wrong = [f"order {name} is lost" for name in set(told.orders) - stored]
    wrong += [f"order {name} is there and nobody was told" for name in stored - set(told.orders)]
    return wrong + [f"recall {pair} is lost" for pair in told.recalls - there]


def _promised_twice(connection: sa.Connection) -> list[str]:
    """Orders with more placements that stand than places, and people who have two on one day."""
    standing = operations.c.state.in_(STANDING)
    rows = list(connection.execute(sa.select(operations).where(standing).order_by(*DAYS)))
    places = {row.order_id: int(row.headcount) for row in connection.execute(sa.select(orders))}
    taken = Counter(row.order_id for row in rows)
    wrong = [f"order {name} has {count} of {places[name]}" for name, count in taken.items() if count > places[name]]
    both = [one for one, other in pairwise(rows) if _overlap(one, other)]
    return wrong + [f"{one.worker_id} is placed twice from {one.start_date}" for one in both]


def _overlap(one: sa.Row[Any], other: sa.Row[Any]) -> bool:
    return bool(one.worker_id == other.worker_id and one.end_date >= other.start_date)


def _wrong_orders(served: ServiceProcesses, told: Acknowledged, programme: str) -> list[str]:
    chosen = random.Random(0).sample(sorted(told.orders), min(200, len(told.orders)))
    with httpx2.Client(timeout=CALL_SECONDS) as client:
        path = f"/v1/programmes/{programme}/orders"
        found = {name: must(served, client, "planner", "GET", f"{path}/{name}") for name in chosen}
    return [f"order {name} is another" for name in chosen if digest(found[name]) != told.orders[name]]


def _wrong_runs(connection: sa.Connection, told: Acknowledged, rows: dict[str, Any]) -> list[str]:
    counted = sa.select(placements.c.run_id, sa.func.count()).group_by(placements.c.run_id)
    placed = {run: count for run, count in connection.execute(counted)}
    wrong = [f"run {run} is lost or doubled" for run in set(rows) ^ set(told.runs)]
    for run, row in rows.items():
        if row.state != "done":
            wrong.append(f"run {run} is {row.state}: {row.problem}")
        elif placed.get(run, 0) != row.manifest["certificate"]["placements"]:
            wrong.append(f"run {run} has {placed.get(run, 0)} placements")
    return wrong


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(*(arguments + [30, 0][len(arguments) :])))
