"""A season of the northern-triangle preset put into the service, as its ministries and employers would put it there."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd
import sqlalchemy as sa
from fastapi.testclient import TestClient
from world import PASSWORD, ROLES, World, add_accounts

from api.identity.passwords import hash_password
from api.storage.account_tables import accounts
from api.storage.database import transaction
from api.storage.tables import persons
from scenarios.preset import load_preset

WORKERS, SEED = 300, 1
# Ministries beside those of `ROLES`.
MORE_ROLES: dict[str, dict[str, str]] = {
    "jm": {"role": "origin_ministry", "country": "JM"},
    "mx": {"role": "origin_ministry", "country": "MX"},
    "sv": {"role": "origin_ministry", "country": "SV"},
    "es": {"role": "destination_ministry", "country": "ES"},
}
ORIGINS = ("gt", "hn", "jm", "mx", "sv")
OF_WORKERS = ("history", "preferences", "exclusions")


def drawn_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Write the season into a folder; its tables as text."""
    load_preset("northern-triangle").build(WORKERS, SEED).write(folder)
    return {path.stem: pd.read_csv(path, dtype=str, keep_default_na=False) for path in folder.glob("*.csv")}


def make_generated_world(client: TestClient, engine: sa.Engine) -> World:
    """The season with all its orders certified; "e1" and "e2" are employers of Canada and the United States, and every
    employer has an account by its own id.
    """
    world = World(client, engine)
    with tempfile.TemporaryDirectory(prefix="vaiven-season-") as place:
        tables = drawn_tables(Path(place, "season"))
        by_country = tables["employers"].groupby("country")["employer_id"].first()
        roles = {**ROLES, **MORE_ROLES}
        roles |= {name: {"role": "employer", "employer_id": name} for name in tables["employers"]["employer_id"]}
        roles |= {"e1": roles[by_country["CA"]], "e2": roles[by_country["US"]]}
        add_accounts(world, roles)
        settings = Path(place, "season", "programme.toml").read_text("utf-8")
        made = world.must("gt", "POST", "/v1/programmes", json={"title": "Season 2026", "settings": settings})
        world.programme = made["id"]
        for file in sorted(Path(place, "season", "agreements").glob("*.toml")):
            path = f"/v1/programmes/{{p}}/agreements/{file.stem}"
            world.must("gt", "PUT", path, json={"toml": file.read_text("utf-8")})
    _put_registers(world, tables)
    _put_orders(world, tables)
    _put_recalls(world, tables["recalls"])
    return world


def make_published_world(client: TestClient, engine: sa.Engine) -> World:
    """The season with a plan of Guatemala's ministry published and half of it offered, and an order that waits for its
    certification; accounts with a password.
    """
    world = make_generated_world(client, engine)
    with transaction(engine) as connection:
        connection.execute(accounts.update().values(password_hash=hash_password(PASSWORD)))
    run = world.run("gt", time_limit=30)
    world.must("gt", "POST", f"/v1/programmes/{{p}}/runs/{run['id']}/publication")
    placed = sorted(world.operations("gt", limit=1000), key=lambda one: (one["order_id"], one["worker_id"]))
    ids = [one["id"] for one in placed]
    assert world.move("gt", "offered", ids[: len(ids) // 2]).status_code == 200
    return world


def _send(world: World, who: str, table: str, rows: pd.DataFrame) -> None:
    if len(rows):
        answer = world.upload(who, table, rows.to_csv(index=False))
        assert answer.status_code == 201, (who, table, answer.text)


def _put_registers(world: World, tables: dict[str, pd.DataFrame]) -> None:
    for name in ("employers", "sites"):
        _send(world, "gt", name, tables[name])
    corridors = tables["corridors"]
    for who in ("ca", "us", "es"):
        _send(world, who, "corridors", corridors[corridors["destination_country"] == who.upper()])
    country = _country_of_workers(tables)
    for who in ORIGINS:
        _send(world, who, "workers", tables["workers"][tables["workers"]["origin_country"] == who.upper()])
        history = tables["history"]
        _send(world, who, "history", history[history["worker_id"].map(country) == who.upper()])


def _country_of_workers(tables: dict[str, pd.DataFrame]) -> dict[str, str]:
    return dict(zip(tables["workers"]["worker_id"], tables["workers"]["origin_country"], strict=True))


def _put_orders(world: World, tables: dict[str, pd.DataFrame]) -> None:
    """Filed and certified by the ministries of destination; work at home, which no ministry certifies, is submitted by
    its employers. Then what names them.
    """
    orders = tables["orders"].drop(columns="filed_at")
    ids = dict(zip(orders["order_id"], orders["employer_id"] + "~" + orders["order_id"], strict=True))
    country = _country_of_workers(tables)
    for (place, employer), rows in orders.groupby(["destination_country", "employer_id"]):
        ministry = place.lower() if place in ("CA", "US", "ES") else ""
        rows = rows if ministry else rows.assign(priority="1")
        answer = world.upload(ministry or employer, "orders", rows.to_csv(index=False), data={"submit": "true"})
        assert answer.status_code == 201, answer.text
        for order in answer.json()["added"] if ministry else ():
            stepped = world.step(ministry, {"order_id": order, "version": 1}, "certification")
            assert stepped.status_code == 200, stepped.text
    for name in ("recalls", "preferences", "exclusions"):
        tables[name]["order_id"] = tables[name]["order_id"].map(lambda one: ids.get(one, one))
    for who in ORIGINS:
        for name in ("preferences", "exclusions"):
            rows = tables[name]
            _send(world, who, name, rows[rows["worker_id"].map(country) == who.upper()])


def _put_recalls(world: World, recalls: pd.DataFrame) -> None:
    """By the employers, who know the pseudonyms of last season."""
    with world.engine.connect() as connection:
        rows = connection.execute(sa.select(persons.c.register_number, persons.c.worker_id))
        known = {number: worker for number, worker in rows}
    recalls = recalls.assign(worker_id=recalls["worker_id"].map(known))
    for employer, rows in recalls.groupby(recalls["order_id"].str.partition("~")[0]):
        _send(world, str(employer), "recalls", rows)
