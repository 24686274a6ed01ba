"""Registers: pseudonyms, references, whose rows they are, one person's data, runs that can't be replayed any more."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from browser import Browser, text_of
from world import World, workers_csv

from api.logs.audit_log import verify
from api.storage.account_tables import audit_log
from api.storage.database import transaction
from api.storage.tables import persons, run_files, runs
from engine.programme.schema import TABLES

pytestmark = pytest.mark.locks

P = "/v1/programmes/{p}"


def test_a_worker_is_known_by_a_pseudonym_everywhere(world: World) -> None:
    """Uploading again keeps it; the register number is in no profile, plan, file or log."""
    before = _pseudonyms(world)
    again = world.upload("gt", "workers", workers_csv("GT", range(8, 13))).json()
    assert (again["added"], again["changed"]) == (2, 3)
    after = _pseudonyms(world)
    assert before.items() <= after.items() and len(after) == len(before) + 2
    history = "worker_id,employer_id,isco08,destination_country,start_date,end_date,exit_reason\n"
    assert world.upload("gt", "history", history + "3,E1,9211,CA,2025-03-01,2025-08-31,completed\n").status_code == 201
    row = world.must("gt", "GET", P + "/registers/history")["items"][0]["cells"]
    assert row["worker_id"] == before["3"]
    assert world.must("hn", "GET", P + "/registers/history")["items"] == []
    unknown = world.upload("gt", "history", history + "99,E1,9211,CA,2025-03-01,2025-08-31,completed\n")
    assert unknown.status_code == 422 and unknown.json()["faults"][0]["row"] == 2


def _pseudonyms(world: World) -> dict[str, str]:
    with world.engine.connect() as connection:
        mine = sa.select(persons.c.register_number, persons.c.worker_id).where(persons.c.origin_country == "GT")
        return {number: worker for number, worker in connection.execute(mine)}


def test_a_ministry_keeps_its_own_rows_alone(world: World) -> None:
    """Workers of another state, employers of another state, registers of the other side."""
    other = world.upload("gt", "workers", workers_csv("HN", range(3)))
    assert other.status_code == 422 and other.json()["faults"][0]["column"] == "origin_country"
    employers = "employer_id,name,country,accredited_until,debarred_from,debarred_until\nE3,X,US,,,\n"
    assert world.upload("ca", "employers", employers).status_code == 422
    assert world.upload("ca", "workers", workers_csv("GT", range(3))).status_code == 403
    assert world.upload("hn", "employers", employers).status_code == 403


def test_an_employer_names_whom_it_recalls(world: World) -> None:
    """By the pseudonym that it knows from last season; for its own orders alone."""
    order = world.order()
    worker = _pseudonyms(world)["4"]
    recalls = f"order_id,worker_id\n{order['order_id']},{worker}\n"
    assert world.upload("e1", "recalls", recalls).status_code == 201
    assert world.upload("e2", "recalls", recalls).status_code == 422
    assert len(world.must("e1", "GET", P + "/registers/recalls")["items"]) == 1
    assert world.must("e2", "GET", P + "/registers/recalls")["items"] == []


def test_faults_of_a_register_are_named_and_nothing_is_written(world: World) -> None:
    """All of them, by row and column; then not one row is there."""
    text = workers_csv("GT", range(20, 24)).replace("9211:24", "9211:x", 1).replace("1990-01-01", "01/01/1990", 1)
    answer = world.upload("gt", "workers", text)
    assert answer.status_code == 422
    assert {(f["row"], f["column"]) for f in answer.json()["faults"]} == {(2, "occupations"), (2, "birth_date")}
    assert "20" not in _pseudonyms(world) and "23" not in _pseudonyms(world)


def test_a_worker_is_changed_by_hand(world: World) -> None:
    """What the format allows; what it doesn't is named."""
    worker = _pseudonyms(world)["5"]
    path = f"{P}/workers/{worker}"
    tag = world.call("gt", "GET", path).headers["ETag"]
    assert world.call("gt", "PATCH", path, json={"name": "Eva"}).status_code == 428
    changed = world.change_worker("gt", worker, profile={"available_from": "2026-02-01"}, name="Ana")
    late = world.call("gt", "PATCH", path, json={"name": "Eva"}, headers={"If-Match": tag})
    assert late.status_code == 412 and late.headers["ETag"] != tag
    assert changed["profile"]["available_from"] == "2026-02-01" and changed["person"]["name"] == "Ana"
    wrong = {"profile": {"available_from": "soon", "worker_id": "W1"}}
    bad = world.call("gt", "PATCH", path, json=wrong, headers={"If-Match": "*"})
    assert {f["column"] for f in bad.json()["faults"]} == {"available_from", "profile.worker_id"}


def test_a_person_is_exported_and_erased(world: World) -> None:
    """Nothing is left of who it was; what runs read is deleted, and they say that they can't be replayed."""
    world.certified(headcount=8)
    run = world.run(gap=0.0)
    world.must("gt", "POST", f"{P}/runs/{run['id']}/publication")
    worker = world.operations()[0]["worker_id"]
    number = {worker: number for number, worker in _pseudonyms(world).items()}[worker]
    told = world.must("gt", "POST", f"{P}/workers/{worker}/export")
    assert told["person"]["register_number"] == number and len(told["rows"]["operations"]) == 1
    with world.engine.connect() as connection:
        kept = connection.scalars(sa.select(run_files.c.name).where(run_files.c.run_id == run["id"])).all()
    assert "input.tar.gz" in kept
    erased = world.must("gt", "DELETE", f"{P}/workers/{worker}")
    assert erased == {"rows": 2, "runs_not_replayable": 1}
    assert world.call("gt", "GET", f"{P}/workers/{worker}").status_code == 404
    with world.engine.connect() as connection:
        assert connection.scalar(sa.select(persons.c.worker_id).where(persons.c.worker_id == worker)) is None
        kept = connection.scalars(sa.select(run_files.c.name).where(run_files.c.run_id == run["id"])).all()
        assert "input.tar.gz" not in kept and "placements.csv" in kept
        assert connection.scalar(sa.select(runs.c.replayable).where(runs.c.id == run["id"])) is False
    assert world.must("gt", "GET", f"{P}/runs/{run['id']}")["replayable"] is False
    assert {o["name"] for o in world.operations("gt") if o["worker_id"] == worker} == {None}


def test_agreements_have_versions_that_can_be_compared(world: World) -> None:
    """A new version needs the ETag of the one before; both stay."""
    old = world.must("gt", "GET", P + "/agreements/GT-CA")
    more = old["toml"].replace("count = 50", "count = 60")
    blind = world.call("ca", "PUT", P + "/agreements/GT-CA", json={"toml": more})
    assert blind.status_code == 428
    done = world.call("ca", "PUT", P + "/agreements/GT-CA", json={"toml": more}, headers={"If-Match": '"1"'})
    assert done.status_code == 200 and done.json()["version"] == 2
    difference = world.must("gt", "GET", P + "/agreements/GT-CA/difference")
    assert "-count = 50" in difference["lines"] and "+count = 60" in difference["lines"]
    (clause,) = difference["clauses"]
    assert (clause["after"], clause["points"], clause["protection"]) == ("At most 60 placements.", ["count"], "same")
    found = world.must("gt", "GET", P + "/agreements/GT-CA/findings")
    assert found["version"] == 2 and {one["check"] for one in found["findings"]} == {"without_source"}
    assert world.must("gt", "GET", P + "/agreements/GT-CA?version=1")["toml"] == old["toml"]
    wrong = world.call("ca", "PUT", P + "/agreements/GT-CA", json={"toml": "id = 3"}, headers={"If-Match": '"2"'})
    assert wrong.status_code == 422 and len(wrong.json()["faults"]) > 3


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_long_agreement_is_looked_through_where_nobody_waits_for_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its clauses are compared pair by pair: a child does that, and ends; the page is shown all the same."""
    monkeypatch.setattr("api.agreements.agreements.LONG", 1.0)
    text = world.must("gt", "GET", P + "/agreements/GT-CA")["toml"]
    text += "".join(f'[[clause]]\nid = "c{n}"\nkind = "cap"\ncount = {n + 60}\n' for n in range(700))
    world.must("ca", "PUT", P + "/agreements/GT-CA", json={"toml": text}, headers={"If-Match": '"1"'})
    monkeypatch.setattr("api.agreements.agreements.lint", None)  # whoever calls it here fails
    assert world.call("gt", "GET", P + "/agreements/GT-CA/findings").status_code == 413
    shown = Browser(world, "gt").get(f"{P}/agreements/GT-CA".removeprefix("/v1"))
    assert shown.status_code == 200 and "vaiven agreement lint" in shown.text and "c699" in shown.text


def test_the_audit_log_is_whole_and_holds_nobodys_data(world: World) -> None:
    """Every change left an entry; none can be changed, and one that were would be found."""
    world.change_worker("gt", _pseudonyms(world)["5"], name="Secreta")
    with world.engine.connect() as connection:
        count, wrong = verify(connection)
        entries = connection.execute(sa.select(audit_log)).mappings().all()
    assert wrong == "" and count == len(entries) >= 8
    text = json.dumps([dict(entry) for entry in entries])
    assert "Secreta" not in text and "1990-01-01" not in text and "example.org" not in text
    listed = world.must("auditor", "GET", "/v1/audit-log?limit=3")
    assert [entry["number"] for entry in listed["items"]] == [1, 2, 3]
    for change in (audit_log.update().values(action="nothing"), audit_log.delete()):
        with pytest.raises(sa.exc.DBAPIError), transaction(world.engine) as connection:
            connection.execute(change)
    with transaction(world.engine) as connection:
        postgresql = world.engine.dialect.name == "postgresql"
        trigger = "audit_log_append_only ON audit_log" if postgresql else "audit_log_no_update"
        connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        connection.execute(audit_log.update().where(audit_log.c.number == 4).values(action="nothing"))
    with world.engine.connect() as connection:
        assert verify(connection) == (4, "entry 4 was changed")


def test_an_upload_warns_of_one_person_under_two_numbers_and_of_estimated_ages(world: World) -> None:
    """The same name, birth date and region, told to who keeps the register by pseudonyms; ages in words."""
    columns = [column.name for column in TABLES["workers"].columns if not column.optional]
    own = {"origin_country": "GT", "origin_region": "GT-01", "birth_date": "1990-05-01", "occupations": "9211:24"}
    head = ",".join([*columns, "name"]) + "\n"

    def row(number: str, name: str) -> str:
        return ",".join([*((own | {"worker_id": number}).get(column, "") for column in columns), name]) + "\n"

    first = head + row("D1", "Ana LÓPEZ") + row("D2", "Eva")
    begun = world.upload("gt", "workers", first)
    assert begun.status_code == 201, begun.text
    assert begun.json()["notices"] == []
    told = world.upload("gt", "workers", head + row("D3", " ana lópez"))
    assert len(told.json()["notices"]) == 1
    assert "registered twice" in told.json()["notices"][0]
    assert not any(word in told.text for word in ("D1", "D3", "Ana", "ana"))
    sheet = "worker_id,origin_country,edad,occupations\nD9,GT,30,9211:24\n"
    lines = ("table = 'workers'", "[columns]", "worker_id = 'worker_id'", "origin_country = 'origin_country'")
    ages = (*lines, "occupations = 'occupations'", "birth_date = { from = 'edad', age_on = 2026-01-31 }")
    aged = world.upload("gt", "workers", sheet, data={"map": "\n".join(ages)}, headers={"Accept-Language": "fr"})
    assert aged.status_code == 201, aged.text
    assert "âges" in aged.json()["notices"][0]
    page = Browser(world, "gt").post(
        "/programmes/{p}/registers/workers/sheet",
        {"map": "\n".join(ages)},
        {"file": ("w.csv", sheet)},
        **{"Accept-Language": "fr"},
    )
    assert "âges" in text_of(page)
    twice = Browser(world, "gt").post(
        "/programmes/{p}/registers/workers/sheet", files={"file": ("w.csv", head + row("D4", "ana lópez"))}
    )
    assert twice.status_code == 200 and "registered twice" in text_of(twice)
    assert not any(word in twice.text for word in ("D1", "D4", "ana"))
