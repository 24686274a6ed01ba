"""Load on loopback: employers filing orders, programs reading lists and people looking at pages beside running
matches; nothing may be lost.

    python -m benchmarks.service_load [SECONDS] [EMPLOYERS] [ORDERS] [READERS] [WORKERS]

By default 60 s, 50 employers, 2,000 orders, 20 readers, half of them with a browser, and matches of 20,000 workers, on
PostgreSQL, on one machine. Before that it measures one upload of 100,000 workers. Exit status 1 where something was
lost or failed.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx2
import numpy as np

from api.orders.schemas import OrderFields
from benchmarks.service_processes import ServiceProcesses
from benchmarks.service_season import Season, must, page_in_turn, season_served
from benchmarks.waited_calls import CALL_SECONDS

THINK_SECONDS = 0.25
RUNS = 60  # one after another, so that one is computed all the time
LISTS = ("required_skills", "desired_skills", "languages")


@dataclass
class Told:
    """What the load saw: seconds by kind of call, failures, and a digest of each order that was acknowledged."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {"file": [], "read": [], "page": []})
    failures: list[str] = field(default_factory=list)
    acknowledged: dict[str, str] = field(default_factory=dict)


def digest(order: dict[str, Any]) -> str:
    """What an order says, as a short text."""
    return hashlib.sha256(json.dumps(order, sort_keys=True).encode()).hexdigest()


def order_body(season: Season, number: int) -> tuple[str, dict[str, Any]]:
    """(employer, an order that it may file, whole), from the generated ones in turn."""
    row = season.orders.iloc[number % len(season.orders)]
    said = {name: row[name] for name in OrderFields.model_fields if name != "priority" and row.get(name, "") != ""}
    body = {name: value.split(";") if name in LISTS else value for name, value in said.items()}
    return str(row["employer_id"]), {**body, "submit": True}


async def _file(
    client: httpx2.AsyncClient, served: ServiceProcesses, season: Season, told: Told, numbers: list[int], seconds: float
) -> None:
    """One employer's clerk: its orders, evenly over the time."""
    pause = seconds / len(numbers)
    await asyncio.sleep(random.Random(numbers[0]).uniform(0, pause))  # clerks don't begin all at once
    for number in numbers:
        begun = time.perf_counter()
        employer, body = order_body(season, number)
        headers = {"Authorization": f"Bearer {served.tokens[employer]}", "Idempotency-Key": f"load-{number:08d}"}
        path = f"{served.address}/v1/programmes/{season.programme}/orders"
        answer = await _timed(told, "file", client.post(path, json=body, headers=headers))
        if answer is not None:
            order = answer.json()
            told.acknowledged[order["order_id"]] = digest(order)
        await asyncio.sleep(max(0.0, pause - (time.perf_counter() - begun)))


async def _read(
    client: httpx2.AsyncClient, served: ServiceProcesses, season: Season, told: Told, who: str, ends: float
) -> None:
    """One reader: pages of orders, one after another."""
    path, after = f"{served.address}/v1/programmes/{season.programme}/orders", None
    headers = {"Authorization": f"Bearer {served.tokens[who]}"}
    while time.monotonic() < ends:
        query = {"limit": "50"} | ({"after": after} if after else {})
        answer = await _timed(told, "read", client.get(path, params=query, headers=headers))
        after = None if answer is None else answer.json()["next"]
        await asyncio.sleep(THINK_SECONDS)


async def _look(
    client: httpx2.AsyncClient, served: ServiceProcesses, season: Season, told: Told, number: int, ends: float
) -> None:
    """Somebody with a browser: one page after another."""
    while time.monotonic() < ends:
        address, headers = page_in_turn(served, season, number)
        await _timed(told, "page", client.get(address, headers=headers))
        number += 1
        await asyncio.sleep(THINK_SECONDS)


async def _timed(told: Told, kind: str, call: Any) -> Any:
    begun = time.perf_counter()
    try:
        answer = await call
    except httpx2.HTTPError as error:
        told.failures.append(f"{kind}: {type(error).__name__}")
        return None
    told.seconds[kind].append(time.perf_counter() - begun)
    if answer.status_code >= 300:
        told.failures.append(f"{kind}: {answer.status_code} {answer.text[:200]}")
        return None
    return answer


async def _load(
    served: ServiceProcesses, season: Season, seconds: float, employers: int, orders: int, readers: int
) -> Told:
    told, ends = Told(), time.monotonic() + seconds
    clerks = [list(range(first, orders, employers)) for first in range(employers)]
    client = httpx2.AsyncClient(timeout=CALL_SECONDS, limits=httpx2.Limits(max_connections=employers + readers))
    filing = [_file(client, served, season, told, numbers, seconds) for numbers in clerks]
    reading = [_read(client, served, season, told, "planner", ends) for _ in range(readers // 2)]
    looking = [_look(client, served, season, told, number, ends) for number in range(readers - readers // 2)]
    async with client:
        await asyncio.gather(*filing, *reading, *looking)
    return told


def stored(served: ServiceProcesses, client: httpx2.Client, season: Season) -> dict[str, str]:
    """A digest of each order that the service has."""
    found: dict[str, str] = {}
    after = None
    while True:
        query = {"limit": "1000"} | ({"after": after} if after else {})
        page = must(served, client, "planner", "GET", f"/v1/programmes/{season.programme}/orders", params=query)
        found |= {order["order_id"]: digest(order) for order in page["items"]}
        after = page["next"]
        if after is None:
            return found


def measure(seconds: float, employers: int, orders: int, readers: int, workers: int) -> int:
    """Run the load and print what came of it; the exit status."""
    with season_served(workers) as (served, client, season):
        for name in sorted(set(season.orders["employer_id"].iloc[:orders])):
            served.account(name, role="employer", employer_id=name)
        asyncio.run(_load(served, season, 2.0, employers, employers, 0))  # orders to match, and a warm process
        served.start("worker 1")
        runs = f"/v1/programmes/{season.programme}/runs"
        for seed in range(RUNS):
            asked = {"gap": 0.0, "time_limit": seconds + 60, "states": ["submitted"], "seed": seed}
            must(served, client, "planner", "POST", runs, json=asked)
        told = asyncio.run(_load(served, season, seconds, employers, orders, readers))
        ended = must(served, client, "planner", "GET", runs)["items"]
        states = Counter(run["state"] for run in ended)
        placed = [run["manifest"]["certificate"]["placements"] for run in ended if run["state"] == "done"]
        found = stored(served, client, season)
    lost = [name for name, said in told.acknowledged.items() if found.get(name) != said]
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores; matches at the end: {dict(states)}")
    print(f"placements of the matches that ended: {placed}")
    for kind, taken in told.seconds.items():
        if taken:
            middle, high = np.percentile(taken, [50, 99])
            print(f"{kind}: {len(taken):,} calls, median {middle * 1000:.0f} ms, p99 {high * 1000:.0f} ms")
    print(f"{len(told.acknowledged):,} orders acknowledged, {len(lost)} lost or changed; {len(told.failures)} failures")
    for failure in sorted(set(told.failures))[:10]:
        print("  " + failure)
    return int(bool(lost or told.failures or (placed and not any(placed))))


def measure_upload(workers: int) -> None:
    """Upload the register of one state in one call and print how long it took."""
    with season_served(workers, one_state=True) as (_, _, season):
        pass
    print(f"{season.rows:,} workers uploaded in {season.upload_seconds:.1f} s")


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]] + [60, 50, 2000, 20, 20000][len(sys.argv) - 1 :]
    measure_upload(5 * numbers[4])
    sys.exit(measure(*numbers))
