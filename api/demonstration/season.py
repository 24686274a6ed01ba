"""The demonstration's season in the service: accounts, agreements, registers, certified orders and a published plan."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

from api.accounts.accounts import make_account
from api.accounts.schemas import AccountIn
from api.agreements.agreements import agreement_of, write_agreement
from api.identity.access import ADMINISTRATOR, AUDITOR, DESTINATION, EMPLOYER, ORIGIN, PLANNER, Principal
from api.logs.audit_log import Entry, append
from api.orders.steps import step_orders
from api.orders.uploads import file_orders
from api.placements.operations import step_many
from api.placements.publication import judged, publish
from api.programmes.programmes import create_programme
from api.runs.jobs.match_job import KIND
from api.runs.queue import enqueue
from api.runs.worker import Worker
from api.storage.database import transaction
from api.storage.revisions import raise_revision
from api.storage.tables import operations, persons, programmes, runs
from api.uploads.uploads import Upload, read_upload
from api.workers.rows import write_register
from scenarios.preset import load_preset

OF_WORKERS = ("history", "preferences", "exclusions")
HOST = "vaiven.example"
GIVEN = ("Ariel", "Cruz", "Guadalupe", "Jael", "Noa", "Pilar", "Rosario", "Trinidad", "Yael", "Zoe")
FAMILY = ("Abadía", "Barahona", "Cifuentes", "Donis", "Escobar", "Fajardo", "Girón", "Hurtarte", "Izquierdo", "Juárez")
# Of ten placements so many wait for an offer, were declined, accepted, and accepted with a departure; the others wait
# for an answer.
PROPOSED, DECLINED, ACCEPTED, DEPARTED = 2, 1, 3, 2


@dataclass
class Demonstration:
    """A season that is being put into a service; ``accounts`` by what they are called, "GT" or an employer's id."""

    engine: sa.Engine
    folder: Path
    password: str
    accounts: dict[str, Principal]
    programme: str = ""

    def write(self, who: str, act: Callable[..., Any], *content: Any) -> Any:
        """Call a room's function as somebody, in a transaction of its own, with an entry in the audit log."""
        principal = self.accounts[who]
        with transaction(self.engine) as connection:
            done = act(connection, principal, *content)
            if self.programme:
                raise_revision(connection, self.programme)
            append(connection, [Entry(principal.account_id, "demonstration.drawn", f"programme/{self.programme}", {})])
        return done

    def row(self) -> sa.Row[Any]:
        """The programme's row."""
        with self.engine.connect() as connection:
            return connection.execute(sa.select(programmes).where(programmes.c.id == self.programme)).one()

    def upload(self, name: str, rows: pd.DataFrame) -> Upload:
        """Rows as an upload is read."""
        path = self.folder / f"sent-{name}.csv"
        rows.to_csv(path, index=False)
        return read_upload(path, name, "")

    def register(self, who: str, name: str, rows: pd.DataFrame) -> None:
        """Send rows to a register."""
        if len(rows):
            upload = self.upload(name, rows)
            self.write(who, write_register, self.row(), upload.raw, False, upload.persons)


def put_demonstration(engine: sa.Engine, password: str, preset: str, workers: int, seed: int) -> list[AccountIn]:
    """Put a season into an empty database; the accounts that one signs in with.

    All accounts have the same password, which is their own. The plan of the first ministry of origin is published.
    """
    with tempfile.TemporaryDirectory(prefix="vaiven-demo-") as place:
        folder = Path(place, "season")
        load_preset(preset).build(workers, seed).write(folder)
        tables = {path.stem: pd.read_csv(path, dtype=str, keep_default_na=False) for path in folder.glob("*.csv")}
        shown = Demonstration(engine, folder, password, {})
        made = _make_accounts(shown, tables)
        first = sorted(tables["workers"]["origin_country"].unique())[0]
        _put_agreements(shown, first)
        _put_registers(shown, first, tables)
        _put_orders(shown, tables)
        _put_recalls(shown, tables["recalls"])
        _publish(shown, first)
    return made


def _make_accounts(shown: Demonstration, tables: Mapping[str, pd.DataFrame]) -> list[AccountIn]:
    """An account for each ministry, employer and other role; an account's own password, as if set by who holds it."""
    abroad = tables["orders"]["destination_country"].unique()
    origins = sorted(tables["workers"]["origin_country"].unique())
    roles = {country: {"role": ORIGIN, "country": country} for country in origins}
    roles |= {
        f"to {country}": {"role": DESTINATION, "country": country} for country in sorted(set(abroad) - {*origins})
    }
    roles |= {one: {"role": EMPLOYER, "employer_id": one} for one in tables["employers"]["employer_id"]}
    roles |= {role: {"role": role} for role in (PLANNER, AUDITOR, ADMINISTRATOR)}
    made = []
    with transaction(shown.engine) as connection:
        for name, role in roles.items():
            local = name.removeprefix("to ").lower()
            told = {"email": f"{local}@{HOST}", "name": name.removeprefix("to "), "password": shown.password, **role}
            made.append(AccountIn.model_validate(told))
            row = make_account(connection, made[-1], by_other=False)
            shown.accounts[name] = Principal(row.id, row.role, row.country, row.employer_id)
    return made


def _put_agreements(shown: Demonstration, owner: str) -> None:
    settings = (shown.folder / "programme.toml").read_text("utf-8")
    shown.programme = shown.write(owner, create_programme, "Season 2026", settings)
    for file in sorted((shown.folder / "agreements").glob("*.toml")):
        text = file.read_text("utf-8")
        shown.write(owner, write_agreement, shown.programme, text, agreement_of(text, file.stem), 1)


def _put_registers(shown: Demonstration, owner: str, tables: Mapping[str, pd.DataFrame]) -> None:
    """Each state's own registers by its ministry; employers and sites by the ministry that owns the programme."""
    for name in ("employers", "sites"):
        shown.register(owner, name, tables[name])
    for name in [one for one in shown.accounts if one.startswith("to ")]:
        corridors = tables["corridors"]
        shown.register(name, "corridors", corridors[corridors["destination_country"] == name.removeprefix("to ")])
    for country in tables["workers"]["origin_country"].unique():
        shown.register(country, "workers", _named(_of_country(tables, "workers", country)))
        shown.register(country, "history", _of_country(tables, "history", country))


def _named(workers: pd.DataFrame) -> pd.DataFrame:
    """Workers with names that are nobody's: drawn by the number of each alone, so that no value stands behind one."""
    drawn = [int(hashlib.sha256(one.encode()).hexdigest(), 16) for one in workers["worker_id"]]
    names = [f"{GIVEN[one % len(GIVEN)]} {FAMILY[one // 101 % len(FAMILY)]}" for one in drawn]
    return workers.assign(name=names)


def _of_country(tables: Mapping[str, pd.DataFrame], name: str, country: str) -> pd.DataFrame:
    workers = tables["workers"]
    own = set(workers.loc[workers["origin_country"] == country, "worker_id"])
    return tables[name][tables[name]["worker_id"].isin(own)]


def _put_orders(shown: Demonstration, tables: Mapping[str, pd.DataFrame]) -> None:
    """Filed and certified by the ministries of destination; work at home is submitted by its employers. Then what names
    orders.
    """
    orders = tables["orders"].drop(columns="filed_at")
    ids = dict(zip(orders["order_id"], orders["employer_id"] + "~" + orders["order_id"], strict=True))
    for (country, employer), rows in orders.groupby(["destination_country", "employer_id"]):
        ministry = f"to {country}" if f"to {country}" in shown.accounts else ""
        raw = shown.upload("orders", rows if ministry else rows.assign(priority="1")).raw
        done = shown.write(ministry or str(employer), file_orders, shown.row(), raw, True)
        if ministry:
            shown.write(ministry, step_orders, shown.programme, done.added, "certification", False)
    for name in ("recalls", "preferences", "exclusions"):
        tables[name]["order_id"] = tables[name]["order_id"].map(lambda one: ids.get(one, one))
    for country in tables["workers"]["origin_country"].unique():
        for name in ("preferences", "exclusions"):
            shown.register(country, name, _of_country(tables, name, country))


def _put_recalls(shown: Demonstration, recalls: pd.DataFrame) -> None:
    """By the employers, who know the pseudonyms of last season."""
    with shown.engine.connect() as connection:
        asked = sa.select(persons.c.register_number, persons.c.worker_id)
        known = {number: worker for number, worker in connection.execute(asked)}
    recalls = recalls.assign(worker_id=recalls["worker_id"].map(known))
    for employer, rows in recalls.groupby(recalls["order_id"].str.partition("~")[0]):
        shown.register(str(employer), "recalls", rows)


def _publish(shown: Demonstration, who: str) -> None:
    """Match as a ministry of origin, and publish its plan."""
    options = KIND.asked(kind=KIND.name).model_dump(exclude={"kind"})
    run = shown.write(who, enqueue, shown.programme, KIND.name, options)
    Worker(shown.engine).run_one()
    verdict = judged(run)

    with shown.engine.connect() as connection:
        row = connection.execute(sa.select(runs).where(runs.c.id == run)).one()
    shown.write(who, publish, row, verdict, True)
    _answer(shown, who)


def _answer(shown: Demonstration, who: str) -> None:
    """Offer most of what was published, and have some answered and some depart, spread over all orders."""
    mine = operations.c.programme_id == shown.programme
    asked = sa.select(operations.c.id).where(mine).order_by(operations.c.order_id, operations.c.worker_id)
    with shown.engine.connect() as connection:
        ids = list(connection.scalars(asked))
    offered = [one for place, one in enumerate(ids) if place % 10 >= PROPOSED]
    left = [one for place, one in enumerate(ids) if place % 10 >= PROPOSED + DECLINED]
    accepted = [one for place, one in enumerate(ids) if place % 10 >= 10 - ACCEPTED - DEPARTED]
    declined = [one for one in offered if one not in set(left)]
    departed = [one for place, one in enumerate(ids) if place % 10 >= 10 - DEPARTED]
    steps = {"offered": offered, "declined": declined, "accepted": accepted, "travelling": departed}
    for state, chosen in steps.items():
        if chosen:
            shown.write(who, step_many, shown.programme, chosen, state)
