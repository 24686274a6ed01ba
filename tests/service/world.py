"""A small world for the tests: two programmes' worth of ministries, employers, planners, auditors, and their tokens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from fastapi.testclient import TestClient

from api.accounts.accounts import make_account
from api.accounts.schemas import AccountIn
from api.identity.tokens import begin_session
from api.programmes.schemas import SETTINGS as EXAMPLE_SETTINGS
from api.runs.worker import Worker
from api.storage.database import transaction

SETTINGS = EXAMPLE_SETTINGS + "income = 1\n"
ROLES: dict[str, dict[str, str]] = {
    "gt": {"role": "origin_ministry", "country": "GT"},
    "hn": {"role": "origin_ministry", "country": "HN"},
    "ca": {"role": "destination_ministry", "country": "CA"},
    "us": {"role": "destination_ministry", "country": "US"},
    "e1": {"role": "employer", "employer_id": "E1"},
    "e2": {"role": "employer", "employer_id": "E2"},
    "planner": {"role": "planner"},
    "auditor": {"role": "auditor"},
    "administrator": {"role": "administrator"},
}
PASSWORD = "correct horse battery"
ORDER: dict[str, Any] = {
    "site_id": "S1",
    "destination_country": "CA",
    "sector": "A01",
    "isco08": "9211",
    "start_date": "2026-03-01",
    "end_date": "2026-08-31",
    "headcount": 3,
    "weekly_hours": 45,
    "guaranteed_weekly_hours": 40,
    "hourly_wage": 15,
}
WORKER_COLUMNS = (
    "worker_id,origin_country,origin_region,birth_date,sex,occupations,skills,languages,available_from,available_to,"
    "reservation_weekly_income,passport_expires,medical_valid_until,household_id,travel_group_id,refuses"
)


def agreement(identifier: str, origin: str, destination: str, count: int = 50) -> str:
    """An agreement with a quota."""
    return (
        f'id = "{identifier}"\nversion = "2026"\ntitle = "{identifier}"\norigins = ["{origin}"]\n'
        f'destination = "{destination}"\nsectors = ["A"]\neffective_from = 2025-01-01\neffective_to = 2027-12-31\n'
        f'[[clause]]\nid = "quota"\nkind = "cap"\ncount = {count}\n'
    )


def workers_csv(country: str, numbers: range) -> str:
    """A register of farm workers."""
    rows = [
        f"{number},{country},,1990-01-01,F,9211:24,,es:C2,2026-01-01,2026-12-31,,2030-01-01,,,," for number in numbers
    ]
    return "\n".join([WORKER_COLUMNS, *rows]) + "\n"


@dataclass
class World:
    """The service with its accounts; ``programme`` once `with_programme` was called."""

    client: TestClient
    engine: sa.Engine
    tokens: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    programme: str = ""

    def call(self, who: str | None, method: str, path: str, **kwargs: Any) -> Any:
        """Call an operation as somebody, or as nobody; {p} in the path is the programme."""
        headers = dict(kwargs.pop("headers", {}))
        if who is not None:
            headers["Authorization"] = f"Bearer {self.tokens[who]}"
        return self.client.request(method, path.replace("{p}", self.programme), headers=headers, **kwargs)

    def must(self, who: str, method: str, path: str, **kwargs: Any) -> Any:
        """Call an operation that has to succeed; its answer."""
        answer = self.call(who, method, path, **kwargs)
        assert answer.status_code < 300, (answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def upload(self, who: str, table: str, content: str | bytes, name: str = "table.csv", **kwargs: Any) -> Any:
        """Upload a register."""
        path = (
            "/v1/programmes/{p}/order-uploads"
            if table == "orders"
            else f"/v1/programmes/{{p}}/registers/{table}/uploads"
        )
        return self.call(who, "POST", path, files={"file": (name, content)}, **kwargs)

    def change_worker(self, who: str, worker_id: str, **changes: Any) -> Any:
        """Change a worker as it stands just now; must succeed."""
        path = f"/v1/programmes/{{p}}/workers/{worker_id}"
        headers = {"If-Match": self.call(who, "GET", path).headers["ETag"]}
        return self.must(who, "PATCH", path, json=changes, headers=headers)

    def order(self, who: str = "e1", submit: bool = True, **changes: Any) -> dict[str, Any]:
        """File an order."""
        found: dict[str, Any] = self.must(
            who, "POST", "/v1/programmes/{p}/orders", json={**ORDER, "submit": submit, **changes}
        )
        return found

    def step(self, who: str, order: dict[str, Any], step: str) -> Any:
        """Take an order a step further."""
        path = f"/v1/programmes/{{p}}/orders/{order['order_id']}/{step}"
        return self.call(who, "POST", path, headers={"If-Match": f'"{order["version"]}"'})

    def certified(self, who: str = "e1", **changes: Any) -> dict[str, Any]:
        """File an order and have it certified."""
        found: dict[str, Any] = self.step(
            "ca" if who == "e1" else "us", self.order(who, **changes), "certification"
        ).json()
        return found

    def run(self, who: str = "gt", **options: Any) -> dict[str, Any]:
        """Start a run and compute it here and now."""
        begun = self.must(who, "POST", "/v1/programmes/{p}/runs", json=options)
        assert Worker(self.engine).run_one()
        found: dict[str, Any] = self.must(who, "GET", f"/v1/programmes/{{p}}/runs/{begun['id']}")
        return found

    def operations(self, who: str = "gt", **query: Any) -> list[dict[str, Any]]:
        """The operations that somebody sees."""
        found: list[dict[str, Any]] = self.must(who, "GET", "/v1/programmes/{p}/operations", params=query)["items"]
        return found

    def move(self, who: str, state: str, ids: list[str]) -> Any:
        """Record the next state of many."""
        return self.call(who, "POST", "/v1/programmes/{p}/operation-moves", json={"state": state, "ids": ids})


def add_accounts(world: World, roles: dict[str, dict[str, str]]) -> None:
    """An account and a session for each role by its name; one role under two names is one account."""
    with transaction(world.engine) as connection:
        known: dict[str, str] = {}
        for name, role in roles.items():
            key = str(sorted(role.items()))
            if key not in known:
                asked = AccountIn(email=f"{name.lower()}@example.org", name=name, **role)  # type: ignore[arg-type]  # of `ROLES`
                known[key] = make_account(connection, asked).id
            world.accounts[name] = known[key]
            world.tokens[name] = begin_session(connection, known[key]).access_token


def make_world(client: TestClient, engine: sa.Engine) -> World:
    """A service with an account for each of `ROLES`, and nothing else."""
    world = World(client, engine)
    add_accounts(world, ROLES)
    return world


def copied_world(client: TestClient, engine: sa.Engine, accounts: dict[str, str], programme: str) -> World:
    """A world in a copy of its database, with sessions of its own."""
    world = World(client, engine, {}, dict(accounts), programme)
    with transaction(engine) as connection:
        for name, account in accounts.items():
            world.tokens[name] = begin_session(connection, account).access_token
    return world


def with_programme(world: World, private: bool = False) -> World:
    """A programme of Guatemala with corridors GT-CA and, unless it is ``private``, HN-US: employers, sites, workers."""
    made = world.must("gt", "POST", "/v1/programmes", json={"title": "Season 2026", "settings": SETTINGS})
    world.programme = made["id"]
    for origin, destination in (("GT", "CA"),) if private else (("GT", "CA"), ("HN", "US")):
        text = agreement(f"{origin}-{destination}", origin, destination)
        world.must("gt", "PUT", f"/v1/programmes/{{p}}/agreements/{origin}-{destination}", json={"toml": text})
    employers = "employer_id,name,country,accredited_until,debarred_from,debarred_until\n"
    sites = "site_id,employer_id,region,beds,inspected_until\n"
    uploads = (
        ("ca", "employers", employers + "E1,Farm 1,CA,,,\n"),
        ("us", "employers", employers + "E2,Farm 2,US,,,\n"),
        ("ca", "sites", sites + "S1,E1,CA-ON,8,\n"),
        ("us", "sites", sites + "S2,E2,US-FL,8,\n"),
        ("gt", "workers", workers_csv("GT", range(1, 11))),
        ("hn", "workers", workers_csv("HN", range(1, 5))),
    )
    for who, table, content in uploads:
        if private and who in ("us", "hn"):
            continue
        answer = world.upload(who, table, content)
        assert answer.status_code == 201, answer.text
    return world
