"""A generated nation put into the service by its own interface: agreements, employers, sites, workers of each state."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pandas as pd

from benchmarks.service_processes import ServiceProcesses, service
from benchmarks.waited_calls import CALL_SECONDS
from scenarios.preset import load_preset

TABLES_OF_DESTINATIONS = ("employers", "sites")
# Pages that somebody looks at again and again, each with who does; {p} is the programme.
LOOKED_AT = (
    ("planner", "/home"),
    ("origin", "/programmes/{p}"),
    ("planner", "/programmes/{p}/orders"),
    ("origin", "/programmes/{p}/registers/workers"),
    ("planner", "/programmes/{p}/runs"),
    ("origin", "/programmes/{p}/placements"),
)


@dataclass
class Season:
    """A programme in the service; ``orders`` are rows that its employers may file."""

    programme: str
    orders: pd.DataFrame
    upload_seconds: float
    rows: int


def put_season(served: ServiceProcesses, client: httpx2.Client, folder: Path) -> Season:
    """Put the programme of a folder into the service, as its ministries would; the states become accounts."""
    tables = {path.stem: pd.read_csv(path, dtype=str, keep_default_na=False) for path in folder.glob("*.csv")}
    origins = sorted(tables["workers"]["origin_country"].unique())
    destinations = sorted(tables["employers"]["country"].unique())
    owner = origins[0]
    for country in origins:
        served.account(f"origin-{country}", role="origin_ministry", country=country)
    for country in destinations:
        served.account(f"destination-{country}", role="destination_ministry", country=country)
    served.account("planner", role="planner")
    season = {"title": "Season", "settings": (folder / "programme.toml").read_text("utf-8")}
    made = must(served, client, f"origin-{owner}", "POST", "/v1/programmes", json=season)
    path = f"/v1/programmes/{made['id']}"
    for file in sorted((folder / "agreements").glob("*.toml")):
        body = {"toml": file.read_text("utf-8")}
        must(served, client, f"origin-{owner}", "PUT", f"{path}/agreements/{file.stem}", json=body)
    for name in TABLES_OF_DESTINATIONS:
        _upload(served, client, f"origin-{owner}", f"{path}/registers/{name}/uploads", tables[name])
    before = time.perf_counter()
    for country in origins:
        rows = tables["workers"][tables["workers"]["origin_country"] == country]
        _upload(served, client, f"origin-{country}", f"{path}/registers/workers/uploads", rows)
    return Season(made["id"], tables["orders"], time.perf_counter() - before, len(tables["workers"]))


def page_in_turn(served: ServiceProcesses, season: Season, number: int) -> tuple[str, dict[str, str]]:
    """The address of one of the pages that are looked at, in turn, and the headers of a browser that may see it."""
    who, path = LOOKED_AT[number % len(LOOKED_AT)]
    name = who if who in served.cookies else min(one for one in served.cookies if one.startswith(who))
    return served.address + path.replace("{p}", season.programme), {
        "Cookie": served.cookies[name],
        "Accept": "text/html",
    }


def put_orders(served: ServiceProcesses, client: httpx2.Client, season: Season) -> None:
    """Have the ministries of destination file and submit all orders abroad."""
    for country, rows in season.orders.groupby("destination_country"):
        who, path = f"destination-{country}", f"/v1/programmes/{season.programme}/order-uploads"
        rows = rows.drop(columns="filed_at")
        if f"origin-{country}" not in served.tokens:
            _upload(served, client, who, path, rows, submit="true")


@contextmanager
def season_served(workers: int, one_state: bool = False) -> Iterator[tuple[ServiceProcesses, httpx2.Client, Season]]:
    """A service with a web process and the nation of a size in it; with ``one_state`` all workers are one state's."""
    with (
        tempfile.TemporaryDirectory(prefix="vaiven-season-") as place,
        service() as served,
        httpx2.Client(timeout=CALL_SECONDS) as client,
    ):
        folder = Path(place, "season")
        load_preset("nation").build(workers, 0, "sparse").write(folder)
        if one_state:
            _unite(folder / "workers.csv")
        served.start("web")
        served.wait_until_ready()
        yield served, client, put_season(served, client, folder)


def _unite(path: Path) -> None:
    """Make all workers of a register those of one state, so that one ministry uploads them at once."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table["origin_country"], table["origin_region"] = table["origin_country"].iloc[0], ""
    table.to_csv(path, index=False)


def must(served: ServiceProcesses, client: httpx2.Client, who: str, method: str, path: str, **kwargs: Any) -> Any:
    """Call an operation that has to succeed; its answer."""
    headers = {"Authorization": f"Bearer {served.tokens[who]}", **kwargs.pop("headers", {})}
    answer = client.request(method, served.address + path, headers=headers, **kwargs)
    if answer.status_code >= 300:
        raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
    return answer.json() if answer.content else None


def _upload(
    served: ServiceProcesses, client: httpx2.Client, who: str, path: str, rows: pd.DataFrame, **data: str
) -> None:
    files = {"file": ("table.csv", rows.to_csv(index=False).encode())}
    must(served, client, who, "POST", path, files=files, data=data)
