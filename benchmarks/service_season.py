"""A generated nation put into the service by its own interface: agreements, employers, sites, workers of each state."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pandas as pd

from benchmarks.service_processes import ServiceProcesses
from scenarios.preset import load_preset

TABLES_OF_DESTINATIONS = ("employers", "sites")


@dataclass
class Season:
    """A programme in the service; ``orders`` are rows that its employers may file."""

    programme: str
    orders: pd.DataFrame
    upload_seconds: float
    rows: int


def put_season(service: ServiceProcesses, client: httpx2.Client, folder: Path) -> Season:
    """Put the programme of a folder into the service, as its ministries would; the states become accounts."""
    tables = {path.stem: pd.read_csv(path, dtype=str, keep_default_na=False) for path in folder.glob("*.csv")}
    origins = sorted(tables["workers"]["origin_country"].unique())
    destinations = sorted(tables["employers"]["country"].unique())
    owner = origins[0]
    for country in origins:
        service.account(f"origin-{country}", role="origin_ministry", country=country)
    for country in destinations:
        service.account(f"destination-{country}", role="destination_ministry", country=country)
    service.account("planner", role="planner")
    season = {"title": "Season", "settings": (folder / "programme.toml").read_text("utf-8")}
    made = must(service, client, f"origin-{owner}", "POST", "/v1/programmes", json=season)
    path = f"/v1/programmes/{made['id']}"
    for file in sorted((folder / "agreements").glob("*.toml")):
        body = {"toml": file.read_text("utf-8")}
        must(service, client, f"origin-{owner}", "PUT", f"{path}/agreements/{file.stem}", json=body)
    for name in TABLES_OF_DESTINATIONS:
        _upload(service, client, f"origin-{owner}", f"{path}/registers/{name}/uploads", tables[name])
    before = time.perf_counter()
    for country in origins:
        rows = tables["workers"][tables["workers"]["origin_country"] == country]
        _upload(service, client, f"origin-{country}", f"{path}/registers/workers/uploads", rows)
    return Season(made["id"], tables["orders"], time.perf_counter() - before, len(tables["workers"]))


def generate(folder: Path, workers: int) -> None:
    """Write the nation of a size."""
    load_preset("nation").build(workers, 0, "sparse").write(folder)


def must(service: ServiceProcesses, client: httpx2.Client, who: str, method: str, path: str, **kwargs: Any) -> Any:
    """Call an operation that has to succeed; its answer."""
    headers = {"Authorization": f"Bearer {service.tokens[who]}", **kwargs.pop("headers", {})}
    answer = client.request(method, service.address + path, headers=headers, **kwargs)
    if answer.status_code >= 300:
        raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
    return answer.json() if answer.content else None


def _upload(service: ServiceProcesses, client: httpx2.Client, who: str, path: str, rows: pd.DataFrame) -> None:
    must(service, client, who, "POST", path, files={"file": ("table.csv", rows.to_csv(index=False).encode())})
