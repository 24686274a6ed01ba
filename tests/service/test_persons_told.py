"""Who is told what of a person, for how long, and that reading leaves an entry."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from world import World

import api.requests.opening
from api.identity.access import ROLES, Principal
from api.identity.generalisation import Generalisation
from api.identity.shown_columns import SHOWN, shown_columns, shown_person
from api.storage.account_tables import audit_log
from api.storage.tables import operations, registers
from engine.programme.schema import TABLES

P = "/v1/programmes/{p}"
ANY = {"If-Match": "*"}  # any version
PRIVATE = ("reservation_weekly_income", "refuses", "household_id", "travel_group_id", "points", "registered_at")


@pytest.fixture
def placed(world: World) -> tuple[World, str, str]:
    """A world with an accepted placement of a named person, as (world, worker, operation)."""
    world.certified(headcount=1)
    run = world.run("gt", gap=0.0)
    world.must("gt", "POST", f"{P}/runs/{run['id']}/publication")
    operation = world.operations("gt")[0]
    for state in ("offered", "accepted"):  # before the income below, at which no offer would be made
        assert world.move("gt", state, [operation["id"]]).status_code == 200
    profile = {"reservation_weekly_income": "51234567", "refuses": "US", "household_id": "H-77", "points": "63636363"}
    worker: str = operation["worker_id"]
    world.must(
        "gt",
        "PATCH",
        f"{P}/workers/{worker}",
        json={"profile": profile, "name": "María", "contact": "+502 1"},
        headers=ANY,
    )
    return world, worker, operation["id"]


def _entries(world: World, action: str) -> list[dict[str, Any]]:
    with world.engine.connect() as connection:
        rows = connection.execute(sa.select(audit_log).where(audit_log.c.action == action)).mappings().all()
    return [{**row, "details": json.loads(row["details"])} for row in rows]


def test_every_column_is_closed_until_it_is_named() -> None:
    """No table, role or column that the list doesn't know is told; what is named is a column of the format."""
    assert set(SHOWN) == set(registers)
    for table, roles in SHOWN.items():
        assert set(roles) <= set(ROLES)
        assert all(set(columns) <= set(TABLES[table].column_names) for columns in roles.values())
    stranger = Principal("a", "inspector", "GT", "E1")
    assert shown_columns(stranger, "workers") == () and shown_columns(Principal("a", "planner", "", ""), "x") == ()
    assert shown_person(stranger, {"name": "María", "contact": "", "register_number": "1"}) is None
    for role in ("employer", "destination_ministry"):
        assert not set(PRIVATE) & set(SHOWN["workers"][role])
    assert "birth_date" not in SHOWN["workers"]["employer"]


def test_an_employer_and_a_ministry_of_destination_are_told_what_they_need(placed: tuple[World, str, str]) -> None:
    """By the profile, the list and the export alike; never income, refusals, household and points."""
    world, worker, _ = placed
    for who in ("e1", "ca"):
        found = world.must(who, "GET", f"{P}/workers/{worker}")
        assert found["person"] == {"name": "María", "contact": "+502 1"}
        rows = world.must(who, "GET", P + "/registers/workers")["items"]
        assert rows[0]["cells"].keys() - {"worker_id"} == found["profile"].keys()
        everything = json.dumps([found, rows]) + world.call(who, "GET", P + "/operation-export").text
        assert not any(word in everything for word in ("51234567", "H-77", "63636363", *PRIVATE)), who
    assert "birth_date" not in world.must("e1", "GET", f"{P}/workers/{worker}")["profile"]


@pytest.mark.parametrize("end", ["home", "dropped"])
def test_a_person_is_told_until_the_return(placed: tuple[World, str, str], end: str) -> None:
    """For the days of the settings after it, at once no longer after a placement that was dropped."""
    world, worker, operation = placed
    for who, state in (("gt", "travelling"), ("ca", "arrived"), ("gt", end)):
        assert world.call("e1", "GET", f"{P}/workers/{worker}").status_code == 200
        assert world.move(who, state, [operation]).status_code == 200
    known = 200 if end == "home" else 404
    for who in ("e1", "ca"):
        assert world.call(who, "GET", f"{P}/workers/{worker}").status_code == known
        assert (world.operations(who)[0]["name"] == "María") is (end == "home")
    with world.engine.begin() as connection:
        connection.execute(operations.update().values(changed_at=datetime.now(UTC) - timedelta(days=15)))
    for who in ("e1", "ca"):
        assert world.call(who, "GET", f"{P}/workers/{worker}").status_code == 404
        assert world.must(who, "GET", P + "/registers/workers")["items"] == []
        assert world.operations(who)[0]["name"] is None
        assert "María" not in world.call(who, "GET", P + "/operation-export").text
    assert world.call("gt", "GET", f"{P}/workers/{worker}").status_code == 200


def test_reading_a_person_leaves_an_entry(placed: tuple[World, str, str]) -> None:
    """Who, what and how many, by pseudonym alone; a list that names nobody leaves none."""
    world, worker, _ = placed
    world.must("e1", "GET", f"{P}/workers/{worker}")
    (entry,) = _entries(world, "person.read")
    assert (entry["account_id"], entry["object"]) == (world.accounts["e1"], f"worker/{worker}")
    world.must("ca", "GET", P + "/registers/workers")
    world.must("ca", "GET", P + "/operations", params={"state": "accepted"})
    world.call("ca", "GET", P + "/operation-export")
    world.must("hn", "GET", P + "/operations")
    told = [(one["object"].split("/")[-1], one["details"]) for one in _entries(world, "persons.read")]
    assert told == [
        ("workers", {"rows": 1}),
        ("operations", {"names": 1, "state": "accepted", "order_id": None, "after": None}),
        ("operations", {"names": 1, "form": "csv"}),
    ]
    assert "María" not in json.dumps(_entries(world, "persons.read"))


def test_what_cannot_be_logged_is_not_told(placed: tuple[World, str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the entry can't be written the answer doesn't leave."""
    world, worker, _ = placed

    def fails(*_: Any) -> None:
        raise RuntimeError("the log is full")

    monkeypatch.setattr(api.requests.opening, "append", fails)
    answer = world.call("e1", "GET", f"{P}/workers/{worker}")
    assert answer.status_code == 500 and "María" not in answer.text
    assert world.call("e1", "GET", P + "/orders").status_code == 200


G = Generalisation(2026, frozenset({"pruning"}))
# Pairs of exact values that stand in the same cell.
WITHIN = [
    ("birth_date", "1988-03-17", "1990-11-02"),
    ("occupations", "9211:25;6111:12", "9211:35;6111:1"),
    ("skills", "pruning;sings in a choir", "pruning"),
    ("available_from", "2026-02-03", "2026-02-27"),
    ("available_to", "2026-11-02", "2026-11-29"),
    ("reservation_weekly_income", "312", "349.5"),
    ("passport_expires", "2029-05-01", "2029-05-30"),
    ("medical_valid_until", "2026-12-02", "2026-12-30"),
    ("refuses", "US;E1", "US"),
    ("household_id", "H-1", ""),
    ("travel_group_id", "G-1", "G-2"),
    ("registered_at", "2026-01-03T09:11:12", "2026-01-29T23:59:59"),
    ("points", "61", "69.5"),
]


def test_every_column_of_a_worker_is_generalised_or_known_to_be_coarse() -> None:
    """A new column of the format fails here until somebody decides."""
    coarse = {"worker_id", "origin_country", "origin_region", "sex", "languages", "isced"}
    assert {name for name, _, _ in WITHIN} | coarse == set(TABLES["workers"].column_names)


@given(st.dates(min_value=datetime(1940, 1, 1).date(), max_value=datetime(2012, 12, 31).date()))
def test_a_band_of_ages_stands_for_itself(birth: Any) -> None:
    """What is told is told again of itself, and is no nearer to a birthday than a year."""
    told = G.cell("workers", "birth_date", birth.isoformat())
    assert G.cell("workers", "birth_date", told) == told and told.endswith("-01-01")
    assert told == G.cell("workers", "birth_date", birth.replace(month=6, day=15).isoformat())


def test_stays_told_by_the_month_do_not_overlap() -> None:
    """One that ends in the month in which the next begins, and short ones within a month."""
    stays = [("2024-01-02", "2024-03-10"), ("2024-03-12", "2024-05-01"), ("2024-06-01", "2024-06-09")]
    stays += [("2024-07-01", "2024-07-05"), ("2024-07-20", "2024-09-01")]
    columns = {name: [""] * len(stays) for name in TABLES["history"].column_names}
    columns |= {"worker_id": ["W"] * len(stays), "start_date": [a for a, _ in stays], "end_date": [b for _, b in stays]}
    table = pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})
    told = G.table("history", table)
    found = sorted(zip(told["start_date"].to_pylist(), told["end_date"].to_pylist(), strict=True))
    assert len(found) == 4 and all(begin <= end for begin, end in found)
    assert all(one[1] < other[0] for one, other in pairwise(found))


@pytest.mark.computes
def test_a_planner_cannot_tell_two_programmes_apart_that_differ_within_cells(world: World) -> None:
    """By lists, pages, soundness and a run with edits that look at every column, all that is served is the same."""
    world.certified(headcount=3, required_skills=["pruning"])
    worker = world.must("gt", "GET", P + "/registers/workers")["items"][0]["cells"]["worker_id"]
    stays = [("2024-03-02", "2024-08-30"), ("2024-03-29", "2024-08-01")]
    seen = []
    for side in (0, 1):
        with world.engine.begin() as connection:
            cells = {name: pair[side] for name, *pair in WITHIN}
            mine = registers["workers"].c.worker_id == worker
            connection.execute(registers["workers"].update().where(mine).values(cells))
            connection.execute(registers["history"].delete())
            row = {"programme_id": world.programme, "worker_id": worker, "destination_country": "CA"}
            row |= {"start_date": stays[side][0], "end_date": stays[side][1], "exit_reason": "completed"}
            connection.execute(registers["history"].insert().values(row))
        seen.append(_all_that_a_planner_gets(world, worker))
    assert seen[0] == seen[1]
    assert all(one in json.dumps(seen[0]) for one in (worker, "1989-01-01", "2024-03-15"))


def _all_that_a_planner_gets(world: World, worker: str) -> list[Any]:
    found: list[Any] = [world.must("planner", "GET", f"{P}/workers/{worker}")]
    for table in registers:
        for after in (None, f"{worker}\x1f2024-03-15" if table == "history" else None):
            asked = {} if after is None else {"after": after}
            found.append(world.must("planner", "GET", f"{P}/registers/{table}", params=asked))
    found.append(world.must("planner", "GET", P + "/soundness"))
    edits = "\n".join(
        f'[[edit]]\ntable = "workers"\nadd = {{ {name} = {amount} }}\n'
        for name, amount in (("birth_date", 11), ("points", 7), ("reservation_weekly_income", 31))
    )
    run = world.run("planner", kind="what_if", what_ifs=[edits], gap=0.0)
    for name in world.must("planner", "GET", f"{P}/runs/{run['id']}/files"):
        if name.endswith(".csv"):
            text = world.call("planner", "GET", f"{P}/runs/{run['id']}/files/{name}").text
            found.append("" if name == "branches.csv" else text)  # which tells the seconds that a branch took
    assert run["state"] == "done", run
    return found


@pytest.mark.parametrize("key", ["where", "set"])
def test_a_planner_is_told_which_columns_an_edit_may_name(world: World, key: str) -> None:
    """What-if and sweep alike, with what is allowed; a ministry may name them."""
    edit = f'table = "workers"\n{key} = {{ household_id = ["H-1"] }}\ncopies = 0.5\n'
    sweep = f'[[vary]]\nedit = {{ weights = {{ fill = "VALUE" }} }}\nvalues = [1, 2]\n[[edit]]\n{edit}'
    for asked in ({"kind": "what_if", "what_ifs": [f"[[edit]]\n{edit}"]}, {"kind": "sweep", "sweep": sweep}):
        refused = world.call("planner", "POST", P + "/runs", json=asked)
        assert refused.status_code == 422, refused.text
        (fault,) = refused.json()["faults"]
        assert "household_id" in fault["column"] and "origin_country" in fault["expected"]
        assert world.call("gt", "POST", P + "/runs", json=asked).status_code == 202
