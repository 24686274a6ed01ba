"""Names in uploads, look-up by register number, leaving a programme, corridors of both sides."""

from __future__ import annotations

import io
import json
import tarfile
from typing import Any

import sqlalchemy as sa
import xlsxwriter
from world import SETTINGS, World, agreement, workers_csv

from api.storage.account_tables import audit_log
from api.storage.tables import persons, registers, run_files

P = "/v1/programmes/{p}"


def _with_names(text: str, *told: tuple[str, str]) -> str:
    """Workers of a register with name and contact beside what the format has."""
    head, *rows = text.splitlines()
    lines = [
        f"{head},name,contact",
        *(f"{row},{name},{contact}" for row, (name, contact) in zip(rows, told, strict=True)),
    ]
    return "\n".join(lines) + "\n"


def _persons(world: World) -> dict[str, tuple[str, str, str]]:
    with world.engine.connect() as connection:
        mine = sa.select(persons).where(persons.c.origin_country == "GT")
        return {row.register_number: (row.worker_id, row.name, row.contact) for row in connection.execute(mine)}


def _entries(world: World, action: str) -> list[dict[str, Any]]:
    with world.engine.connect() as connection:
        rows = connection.execute(sa.select(audit_log).where(audit_log.c.action == action)).mappings().all()
    return [{**row, "details": json.loads(row["details"])} for row in rows]


def test_names_and_contacts_come_with_an_upload_of_workers(world: World) -> None:
    """They are known of the person, and are in no profile, list, run, log or planner's answer."""
    text = _with_names(workers_csv("GT", range(1, 4)), ("María Secreta", "+502 5550 Zacapa"), ("=Ana", ""), ("", ""))
    done = world.upload("gt", "workers", text)
    assert done.status_code == 201, done.text
    assert (done.json()["changed"], done.json()["headings"]["name"]) == (3, "name")
    worker, name, contact = _persons(world)["1"]
    assert (name, contact) == ("María Secreta", "+502 5550 Zacapa") and _persons(world)["2"][1:] == ("=Ana", "")
    told = world.must("gt", "GET", f"{P}/workers/{worker}")
    assert told["person"]["name"] == "María Secreta" and "name" not in told["profile"]
    again = world.upload("gt", "workers", _with_names(workers_csv("GT", range(1, 2)), ("", "+502 7777 Zacapa")))
    assert again.status_code == 201 and _persons(world)["1"][1:] == ("María Secreta", "+502 7777 Zacapa")
    assert world.upload("gt", "workers", workers_csv("GT", range(1, 4))).status_code == 201
    assert _persons(world)["1"][1] == "María Secreta", "without the columns nothing is changed"
    world.certified(headcount=4)
    run = world.run(gap=0.0)
    with world.engine.connect() as connection:
        files = connection.execute(sa.select(run_files).where(run_files.c.run_id == run["id"])).all()
        logged = str(connection.execute(sa.select(audit_log)).all())
    for file in files:
        parts = [file.content]
        if file.name.endswith(".tar.gz"):
            with tarfile.open(fileobj=io.BytesIO(file.content)) as archive:
                parts = [archive.extractfile(one).read() for one in archive.getmembers()]  # type: ignore[union-attr]  # files
        assert not any(b"Secreta" in part or b"Zacapa" in part for part in parts), file.name
    assert "Secreta" not in logged and "Zacapa" not in logged  # no digits alone: those of a hash may be the same
    planner = world.must("planner", "GET", f"{P}/workers/{worker}")
    rows = (
        world.call("planner", "GET", P + "/registers/workers").text
        + world.call("gt", "GET", P + "/registers/workers").text
    )
    assert planner["person"] is None and "Secreta" not in rows


def test_names_that_cannot_be_kept_are_named_by_row_alone(world: World) -> None:
    """Row and column, never the name; nothing is written, and no other register has such columns."""
    text = _with_names(workers_csv("GT", range(20, 22)), ("A" * 201, ""), ("Ana\x01", "1"))
    refused = world.upload("gt", "workers", text)
    assert {(f["row"], f["column"], f["value"]) for f in refused.json()["faults"]} == {(2, "name", ""), (3, "name", "")}
    assert "20" not in _persons(world)
    employers = "site_id,employer_id,region,beds,inspected_until,contact\nS9,E1,CA-ON,8,,x\n"
    assert world.upload("ca", "sites", employers).status_code == 422


def test_names_stand_under_their_headings_on_a_sheet(world: World) -> None:
    """By a map that names them, or by headings as they are usual."""
    titles = [
        "DPI",
        "Nombre",
        "Teléfono",
        "País de origen",
        "Fecha de nacimiento",
        "Sexo",
        "Ocupaciones",
        "Disponible desde",
    ]
    titles += ["Disponible hasta"]
    cells = ["31", "Eva", "+502 1", "GT", "1990-01-01", "F", "9211:24", "2026-01-01", "2026-12-31"]
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        page = book.add_worksheet("Personas")
        page.write_row(0, 0, titles)
        page.write_row(1, 0, cells)
    columns = dict(zip(("worker_id", "name", "contact", "origin_country", "birth_date", "sex"), titles, strict=False))
    columns |= dict(zip(("occupations", "available_from", "available_to"), titles[6:], strict=True))
    text = 'table = "workers"\n[columns]\n' + "\n".join(f'{name} = "{title}"' for name, title in columns.items())
    for asked in ({"map": text}, {}):
        done = world.upload("gt", "workers", target.getvalue(), "personas.xlsx", data=asked)
        assert done.status_code == 201, done.text
        assert done.json()["headings"]["Nombre"] == "name" and _persons(world)["31"][1:] == ("Eva", "+502 1")


def test_a_generated_season_is_named(generated_world: World) -> None:
    """Every worker of a state in one upload, each with its own name."""
    worker = generated_world.must("gt", "GET", P + "/registers/workers", params={"limit": 1000})["items"]
    rows = [one["cells"] for one in worker]
    columns = list(rows[0])
    lines = [",".join([*columns, "name"])]
    lines += [",".join([*(f'"{row[name]}"' for name in columns), f"Name of {row['worker_id']}"]) for row in rows]
    done = generated_world.upload("gt", "workers", "\n".join(lines) + "\n")
    assert done.status_code == 201, done.text
    assert (done.json()["added"], done.json()["changed"]) == (0, len(rows))
    with generated_world.engine.connect() as connection:
        mine = sa.select(persons.c.worker_id, persons.c.name).where(persons.c.origin_country == "GT")
        assert all(name == f"Name of {worker_id}" for worker_id, name in connection.execute(mine))


def test_workers_are_looked_up_by_register_number(world: World) -> None:
    """Of one's own state and this programme alone; every look-up leaves an entry without the number."""
    known = _persons(world)
    asked = {"register_numbers": ["3", "4", "77", "3"]}
    told = world.must("gt", "POST", P + "/worker-lookups", json=asked)
    assert told == {"workers": {number: known[number][0] for number in ("3", "4")}, "unknown": ["77"]}
    (entry,) = _entries(world, "persons.looked_up")
    assert entry["details"] == {"sought": 3, "found": sorted(known[number][0] for number in ("3", "4"))}
    assert entry["account_id"] == world.accounts["gt"]
    theirs = world.must("hn", "POST", P + "/worker-lookups", json=asked)["workers"]
    assert not set(theirs.values()) & {worker for worker, _, _ in known.values()}
    for who in ("ca", "e1", "planner", "auditor", "administrator"):
        assert world.call(who, "POST", P + "/worker-lookups", json=asked).status_code == 403
    empty = world.must("gt", "POST", "/v1/programmes", json={"title": "Another", "settings": SETTINGS})["id"]
    elsewhere = world.must("gt", "POST", f"/v1/programmes/{empty}/worker-lookups", json=asked)
    assert elsewhere == {"workers": {}, "unknown": ["3", "4", "77"]}


def test_a_worker_leaves_one_programme(world: World) -> None:
    """Open placements are ended by name or in the same call; the person and other programmes stay."""
    first = world.programme
    other = world.must("gt", "POST", "/v1/programmes", json={"title": "Another", "settings": SETTINGS})["id"]
    world.programme = other
    world.must("gt", "PUT", P + "/agreements/GT-CA", json={"toml": agreement("GT-CA", "GT", "CA")})
    assert world.upload("gt", "workers", workers_csv("GT", range(1, 11))).status_code == 201
    world.programme = first
    world.certified(headcount=8)
    run = world.run(gap=0.0)
    world.must("gt", "POST", f"{P}/runs/{run['id']}/publication")
    operation = world.operations()[0]
    worker = operation["worker_id"]
    number = next(number for number, (known, _, _) in _persons(world).items() if known == worker)
    for state in ("offered", "accepted"):
        world.move("gt", state, [operation["id"]])
    history = "worker_id,employer_id,isco08,destination_country,start_date,end_date,exit_reason\n"
    assert (
        world.upload("gt", "history", history + f"{number},E1,9211,CA,2025-03-01,2025-08-31,completed\n").status_code
        == 201
    )
    path = f"{P}/workers/{worker}/registration"
    refused = world.call("gt", "DELETE", path)
    assert refused.status_code == 409 and refused.json()["faults"][0]["value"] == operation["id"]
    assert world.must("gt", "DELETE", path, params={"drop_open": True}) == {"rows": 2, "operations_ended": 1}
    assert world.call("gt", "GET", f"{P}/workers/{worker}").status_code == 404
    assert {o["state"] for o in world.operations() if o["worker_id"] == worker} == {"dropped"}
    assert world.call("gt", "DELETE", path).status_code == 404
    with world.engine.connect() as connection:
        workers = registers["workers"].c
        kept = connection.scalars(sa.select(workers.programme_id).where(workers.worker_id == worker)).all()
    assert kept == [other] and _persons(world)[number][0] == worker
    assert world.must("gt", "GET", P + "/soundness")["sound"] and world.run(gap=0.0)["state"] == "done"
    assert len(_entries(world, "worker.left")) == 1
    assert world.upload("gt", "workers", workers_csv("GT", range(1, 11))).json()["added"] == 1


def test_both_ends_of_a_corridor_keep_its_row(world: World) -> None:
    """Whoever owns the programme; nobody takes over another's, by a new key, a change or a replacement."""
    head = "origin_country,destination_country,travel_cost_to_worker,travel_days,remittance_cost_share,lead_time_days\n"

    def put(who: str, *rows: str, **data: str) -> Any:
        return world.upload(who, "corridors", head + "\n".join(rows) + "\n", data=data)

    def cost(who: str) -> dict[str, str]:
        rows = world.must(who, "GET", P + "/registers/corridors")["items"]
        cells = [one["cells"] for one in rows]
        return {c["origin_country"] + c["destination_country"]: c["travel_cost_to_worker"] for c in cells}

    assert put("hn", "HN,US,300,2,0,0").status_code == 201
    assert put("us", "HN,US,310,2,0,0").json()["changed"] == 1
    assert put("ca", "GT,CA,200,1,0,0").status_code == 201
    assert put("gt", "GT,CA,210,1,0,0", "GT,US,220,1,0,0").status_code == 201
    for who, row, column in (
        ("hn", "GT,CA,1,1,0,0", "origin_country"),
        ("hn", "GT,ES,1,1,0,0", "origin_country"),
        ("us", "GT,CA,1,1,0,0", "destination_country"),
        ("gt", "HN,US,1,1,0,0", "origin_country"),
    ):
        refused = put(who, row)
        assert refused.status_code == 422, (who, row, refused.text)
        assert column in {fault["column"] for fault in refused.json()["faults"]}
    assert put("e1", "GT,CA,1,1,0,0").status_code == 403
    assert cost("gt") == {"GTCA": "210", "GTUS": "220"} and cost("hn") == {"HNUS": "310"}
    assert put("hn", "HN,CA,1,1,0,0", replace="true").status_code == 201
    assert cost("hn") == {"HNCA": "1"} and cost("gt") == {"GTCA": "210", "GTUS": "220"}
    assert cost("us") == {"GTUS": "220"}
