"""Those who work while processes are killed: they repeat each call until it is acknowledged, and some only read."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx2
import sqlalchemy as sa

from api.storage.tables import registers
from benchmarks.service_load import digest, order_body
from benchmarks.service_processes import ServiceProcesses
from benchmarks.service_season import Season, page_in_turn
from benchmarks.waited_calls import CALL_SECONDS, Waited

AGAIN = (429, 503)
THINK_SECONDS = 0.1


@dataclass
class Acknowledged:
    """What the service said was done."""

    orders: dict[str, str] = field(default_factory=dict)
    runs: list[str] = field(default_factory=list)
    recalls: set[tuple[str, str]] = field(default_factory=set)
    published: Counter[str] = field(default_factory=Counter)
    publications: list[tuple[float, float]] = field(default_factory=list)  # each begun and ended, as `Waited` counts
    repeated: int = 0
    refused: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class Clients:
    """Threads that do what all of them do until they are stopped: orders, recalls, runs, plans, guessed passwords."""

    def __init__(self, served: ServiceProcesses, season: Season) -> None:
        self.served, self.season = served, season
        self.told, self.waited = Acknowledged(), Waited()
        self.stop = threading.Event()
        self.path = f"/v1/programmes/{season.programme}"
        with served.engine.connect() as connection:
            workers = registers["workers"].c
            self.workers = list(connection.scalars(sa.select(workers.worker_id).order_by(workers.worker_id).limit(500)))

    def insist(self, who: str, path: str, key: str, **kwargs: Any) -> Any:
        """Call until it is acknowledged; each try may meet a dead process."""
        headers = {"Authorization": f"Bearer {self.served.tokens[who]}", "Idempotency-Key": key, "If-Match": "*"}
        while True:
            try:
                with httpx2.Client(timeout=CALL_SECONDS) as client:
                    answer = client.post(self.served.address + self.path + path, headers=headers, **kwargs)
            except httpx2.HTTPError:
                answer = None
            if answer is None or answer.status_code in AGAIN:
                self.told.repeated += 1
                time.sleep(0.2)
                continue
            if answer.status_code < 300:
                return answer.json()
            self.told.wrong.append(f"{path}: {answer.status_code} {answer.text[:200]}")
            return None

    def file_orders(self, first: int) -> None:
        """File one order after another, and recall somebody for each third by an upload."""
        number = first
        while not self.stop.is_set():
            employer, body = order_body(self.season, number)
            order = self.insist(employer, "/orders", f"chaos-order-{number:06d}", json=body)
            if order is not None:
                who, path = f"destination-{order['destination_country']}", f"/orders/{order['order_id']}/certification"
                order = self.insist(who, path, f"chaos-certification-{number:06d}") or order
                self.told.orders[order["order_id"]] = digest(order)
                if number % 3 == 0:
                    self._recall(employer, order["order_id"], number)
            number += 10_000
            time.sleep(0.05)

    def _recall(self, employer: str, order: str, number: int) -> None:
        names = self.workers[number % 400 : number % 400 + 20]
        text = "order_id,worker_id\n" + "".join(f"{order},{name}\n" for name in names)
        done = self.insist(
            employer,
            "/registers/recalls/uploads",
            f"chaos-recall-{number:06d}",
            files={"file": ("r.csv", text.encode())},
        )
        if done is not None:
            self.told.recalls |= {(order, name) for name in names}

    def start_runs(self) -> None:
        """Start one run after another."""
        number = 0
        while not self.stop.is_set():
            asked = {"gap": 0.0, "time_limit": 20, "states": ["submitted"], "seed": number}
            run = self.insist("planner", "/runs", f"chaos-run-{number:06d}", json=asked)
            if run is not None:
                self.told.runs.append(run["id"])
            number += 1
            self.stop.wait(3.0)

    def publish_plans(self, who: str) -> None:
        """Match and publish what fits, again and again, for one ministry of origin."""
        number = 0
        while not self.stop.is_set():
            number += 1
            asked = {"gap": 0.01, "time_limit": 20, "seed": number, "states": ["submitted", "certified"]}
            run = self.insist(who, "/runs", f"chaos-{who}-run-{number:06d}", json=asked)
            if run is None:
                continue
            self.told.runs.append(run["id"])
            if not self._ended(who, run["id"]):
                continue
            path = f"/runs/{run['id']}/publication?what_fits=true"
            begun = time.perf_counter()
            done = self.insist(who, path, f"chaos-{who}-publication-{number:06d}")
            self.told.publications.append((begun, time.perf_counter()))
            if done is not None:
                self.told.published.update({name: done[name] for name in ("proposed", "kept", "withdrawn")})
                self.told.published["plans"] += 1
                self.told.published["left out"] += len(done["left_out"])

    def _ended(self, who: str, run: str) -> bool:
        """Wait for a run to end; whether it has a plan."""
        headers = {"Authorization": f"Bearer {self.served.tokens[who]}"}
        while True:
            try:
                with httpx2.Client(timeout=CALL_SECONDS) as client:
                    told = client.get(f"{self.served.address}{self.path}/runs/{run}", headers=headers).json()
            except httpx2.HTTPError:
                told = {}
            if told.get("state") in ("done", "failed", "cancelled"):
                return bool(told["state"] == "done")
            time.sleep(0.2)

    def guess_passwords(self) -> None:
        """A flood of wrong passwords."""
        number = 0
        while not self.stop.is_set():
            number += 1
            asked = {"email": f"account{number % 50}@example.org", "password": f"wrong password {number}"}
            try:
                with httpx2.Client(timeout=CALL_SECONDS) as client:
                    answer = client.post(f"{self.served.address}/v1/sessions", json=asked)
                self.told.refused[answer.status_code] += 1
            except httpx2.HTTPError:
                time.sleep(0.1)

    def read_lists(self, number: int) -> None:
        """Read one list after another."""
        address = f"{self.served.address}{self.path}/{('orders', 'runs')[number % 2]}?limit=50"
        headers = {"Authorization": f"Bearer {self.served.tokens['planner']}"}
        while not self.stop.is_set():
            self._read("read", address, headers)

    def look_at_pages(self, number: int) -> None:
        """Look at one page after another with a browser."""
        while not self.stop.is_set():
            self._read("page", *page_in_turn(self.served, self.season, number))
            number += 1

    def _read(self, kind: str, address: str, headers: dict[str, str]) -> None:
        """One call; what was answered is timed, what met a dead process isn't."""
        begun = time.perf_counter()
        try:
            with httpx2.Client(timeout=CALL_SECONDS) as client:
                answer = client.get(address, headers=headers)
        except httpx2.HTTPError:
            self.waited.failures.append("dead")
        else:
            if answer.status_code == 200:
                self.waited.add(kind, begun, time.perf_counter())
            elif answer.status_code in AGAIN:
                self.waited.failures.append(str(answer.status_code))
            else:
                self.told.wrong.append(f"{address}: {answer.status_code} {answer.text[:200]}")
        self.stop.wait(THINK_SECONDS)
