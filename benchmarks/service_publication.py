"""A plan of thousands of placements published, and what everybody else waits for it meanwhile.

    python -m benchmarks.service_publication [WORKERS] [READERS]

By default the northern-triangle season of 20,000 workers, in which one ministry's plan has about 5,000 placements, and
8 readers of other accounts, on PostgreSQL, on one machine. Beside the readers another ministry changes its workers,
which needs the programme's own lock. Exit status 1 where anything failed.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from benchmarks.service_processes import ServiceProcesses, service
from benchmarks.service_season import Season, must, put_orders, put_season
from benchmarks.waited_calls import CALL_SECONDS, Waited, in_words
from scenarios.preset import load_preset

OWN, OTHER = "origin-GT", "origin-HN"
QUIET_SECONDS, THINK_SECONDS = 5.0, 0.02
PATIENCE = 600.0


class Others:
    """Threads of other accounts, each of which calls one thing after another until they are stopped."""

    def __init__(self, served: ServiceProcesses, season: Season, readers: int) -> None:
        self.served, self.waited, self.stop = served, Waited(), threading.Event()
        self.path = f"/v1/programmes/{season.programme}"
        with httpx2.Client(timeout=CALL_SECONDS) as client:
            rows = must(served, client, OTHER, "GET", f"{self.path}/registers/workers", params={"limit": 200})["items"]
        self.workers = [row["cells"]["worker_id"] for row in rows]
        reading = [threading.Thread(target=self._call, args=("read", self._reads(number))) for number in range(readers)]
        self.threads = [*reading, threading.Thread(target=self._call, args=("write", self._change))]

    def _reads(self, number: int) -> Callable[[httpx2.Client, int], httpx2.Response]:
        who, name = (("planner", "orders"), (OTHER, "registers/workers"), ("destination-CA", "operations"))[number % 3]
        headers = {"Authorization": f"Bearer {self.served.tokens[who]}"}
        address = f"{self.served.address}{self.path}/{name}"
        return lambda client, _: client.get(address, params={"limit": 50}, headers=headers)

    def _change(self, client: httpx2.Client, turn: int) -> httpx2.Response:
        worker = self.workers[turn % len(self.workers)]
        headers = {"Authorization": f"Bearer {self.served.tokens[OTHER]}", "If-Match": "*"}
        body = {"contact": f"Note {turn}"}
        return client.patch(f"{self.served.address}{self.path}/workers/{worker}", json=body, headers=headers)

    def _call(self, kind: str, one: Callable[[httpx2.Client, int], httpx2.Response]) -> None:
        turn = 0
        with httpx2.Client(timeout=CALL_SECONDS) as client:
            while not self.stop.is_set():
                begun = time.perf_counter()
                answer = one(client, turn)
                self.waited.add(kind, begun, time.perf_counter())
                if answer.status_code >= 300:
                    self.waited.failures.append(f"{kind}: {answer.status_code} {answer.text[:200]}")
                turn += 1
                self.stop.wait(THINK_SECONDS)


@contextmanager
def _under_way(others: Others) -> Iterator[None]:
    for thread in others.threads:
        thread.start()
    try:
        yield
    finally:
        others.stop.set()
        for thread in others.threads:
            thread.join()


def _matched(served: ServiceProcesses, client: httpx2.Client, season: Season) -> str:
    """A run of the ministry that ended with a plan."""
    runs = f"/v1/programmes/{season.programme}/runs"
    run = must(served, client, OWN, "POST", runs, json={"gap": 0.01, "states": ["submitted"], "time_limit": PATIENCE})
    ends = time.monotonic() + PATIENCE
    while run["state"] in ("queued", "running") and time.monotonic() < ends:
        time.sleep(0.2)
        run = must(served, client, OWN, "GET", f"{runs}/{run['id']}")
    if run["state"] != "done":
        raise RuntimeError(f"the run is {run['state']}: {run['problem']}")
    return str(run["id"])


def measure(workers: int, readers: int) -> int:
    """Publish a plan beside others and print what came of it; the exit status."""
    with (
        tempfile.TemporaryDirectory(prefix="vaiven-season-") as place,
        service() as served,
        httpx2.Client(timeout=PATIENCE) as client,
    ):
        load_preset("northern-triangle").build(workers, 1).write(Path(place, "season"))
        served.start("web")
        served.wait_until_ready()
        season = put_season(served, client, Path(place, "season"))
        put_orders(served, client, season)
        served.start("worker 1")
        run = _matched(served, client, season)
        served.kill("worker 1")
        others = Others(served, season, readers)
        with _under_way(others):
            time.sleep(QUIET_SECONDS)
            begun = time.perf_counter()
            path = f"/v1/programmes/{season.programme}/runs/{run}/publication"
            done: dict[str, Any] = must(served, client, OWN, "POST", path)
            ended = time.perf_counter()
    waited = others.waited
    print(f"{done['proposed']:,} placements of {workers:,} workers published in {ended - begun:.2f} s")
    for kind in sorted(waited.calls):
        print(f"{kind} before: {in_words(waited.during(kind, [(0.0, begun)]))}")
        print(f"{kind} meanwhile: {in_words(waited.during(kind, [(begun, ended)]))}")
    print(f"{len(waited.failures)} failures", *sorted(set(waited.failures))[:10], sep="\n  ")
    return int(bool(waited.failures) or not done["proposed"])


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]] + [20_000, 8][len(sys.argv) - 1 :]
    sys.exit(measure(*numbers))
