"""A season from orders to home, on both databases: filed, certified, matched, published, declined, repaired."""

from __future__ import annotations

import csv
import io
import json

import icalendar
import pytest
from python_calamine import CalamineWorkbook
from world import World


def test_a_season(world: World) -> None:
    """Every step leaves what it should, and each side sees its own."""
    first, second = world.certified(headcount=4), world.certified(headcount=3)
    foreign = world.certified("e2", site_id="S2", destination_country="US", headcount=2)
    run = world.run(gap=0.0)
    assert run["state"] == "done", run
    assert run["manifest"]["certificate"]["placements"] == 7
    run_path = f"/v1/programmes/{{p}}/runs/{run['id']}"
    assert world.must("gt", "POST", f"{run_path}/publication") == {
        "proposed": 7,
        "kept": 0,
        "withdrawn": 0,
        "left_out": [],
    }
    again = world.call("gt", "POST", f"{run_path}/publication")
    assert again.status_code == 409 and "published already" in again.json()["detail"]

    operations = world.operations()
    assert {o["order_id"] for o in operations} == {first["order_id"], second["order_id"]}
    assert foreign["order_id"] not in {o["order_id"] for o in operations}
    assert world.operations("e1") == [] and world.operations("us") == []
    ids = [o["id"] for o in operations]
    assert world.move("gt", "offered", ids).json() == {"moved": 7}
    assert len(world.operations("e1")) == 7 and world.operations("e2") == []
    assert world.move("ca", "accepted", ids[:1]).status_code == 403
    assert world.move("gt", "accepted", ids[1:]).status_code == 200
    declined = world.operations(state="offered")[0]
    assert world.move("gt", "declined", [declined["id"]]).status_code == 200
    late = world.move("gt", "arrived", ids[1:])
    assert late.status_code == 409 and "travelling or dropped" in late.json()["hint"]

    repaired = world.run(kind="rematch", plan=run["id"])
    assert repaired["state"] == "done", repaired
    placed = world.must("gt", "GET", f"/v1/programmes/{{p}}/runs/{repaired['id']}/placements")["items"]
    pairs = {(p["worker_id"], p["order_id"]) for p in placed}
    kept = {(o["worker_id"], o["order_id"]) for o in operations if o["id"] in ids[1:]}
    assert kept < pairs and len(pairs) == 7
    assert (declined["worker_id"], declined["order_id"]) not in pairs
    done = world.must("gt", "POST", f"/v1/programmes/{{p}}/runs/{repaired['id']}/publication")
    assert done == {"proposed": 1, "kept": 6, "withdrawn": 0, "left_out": []}

    assert world.move("gt", "travelling", ids[1:]).status_code == 200
    assert world.move("ca", "arrived", ids[1:]).status_code == 200
    assert world.move("gt", "home", ids[1:]).status_code == 200
    assert {o["state"] for o in world.operations("e1")} == {"home", "declined"}


def test_exports_say_the_same_in_three_forms(world: World) -> None:
    """CSV, XLSX and iCalendar hold the same placements."""
    world.certified(headcount=4)
    run = world.run(gap=0.0)
    path = f"/v1/programmes/{{p}}/runs/{run['id']}/export"
    placed = world.must("gt", "GET", path.replace("export", "placements"))["items"]
    as_csv = list(csv.DictReader(io.StringIO(world.call("gt", "GET", path).text)))
    assert [row["worker_id"] for row in as_csv] == [p["worker_id"] for p in placed]
    book = CalamineWorkbook.from_filelike(io.BytesIO(world.call("gt", "GET", path, params={"form": "xlsx"}).content))
    assert [row[0] for row in book.get_sheet_by_index(0).to_python()[1:]] == [p["worker_id"] for p in placed]
    calendar = icalendar.Calendar.from_ical(world.call("gt", "GET", path, params={"form": "ics"}).content)
    events = list(calendar.walk("VEVENT"))
    assert len(events) == len(placed) == 4
    assert str(events[0]["DTSTART"].dt) == "2026-03-01" and str(events[0]["DTEND"].dt) == "2026-09-01"
    files = world.must("gt", "GET", f"/v1/programmes/{{p}}/runs/{run['id']}/files")
    assert {"certificate.json", "placements.csv", "prices.csv", "unplaced.csv", "unfilled.csv"} <= set(files)
    told = world.call("gt", "GET", f"/v1/programmes/{{p}}/runs/{run['id']}/files/certificate.json")
    assert json.loads(told.content) == run["manifest"]["certificate"]


@pytest.mark.computes
def test_what_ifs_and_sweeps_run_for_planners(world: World) -> None:
    """A planner's branches are compared; its plans can't be published; a bad text is refused before it is queued."""
    world.certified(headcount=6)
    less = 'id = "less"\n[[edit]]\nagreement = "GT-CA"\nclause = "quota"\ncount = 2\n'
    run = world.run("planner", kind="what_if", what_ifs=[less])
    assert run["state"] == "done", run
    branches = run["manifest"]["comparison"]["branches"]
    assert [b["totals"]["placements"] for b in branches] == [2.0]
    assert run["manifest"]["comparison"]["base"]["totals"]["placements"] == 6.0
    sweep = (
        '[[vary]]\nname = "quota"\nedit = { agreement = "GT-CA", clause = "quota", count = "VALUE" }\nvalues = [1, 3]\n'
    )
    swept = world.run("planner", kind="sweep", sweep=sweep)
    assert swept["state"] == "done", swept
    table = world.call("planner", "GET", f"/v1/programmes/{{p}}/runs/{swept['id']}/files/sweep.csv").text
    assert [row["placements"] for row in csv.DictReader(io.StringIO(table))] in (["1", "3"], ["1.0", "3.0"])
    bad = world.call("planner", "POST", "/v1/programmes/{p}/runs", json={"kind": "what_if", "what_ifs": ["[["]})
    assert bad.status_code == 422 and "is not TOML" in bad.json()["faults"][0]["problem"]
    refused = world.call("planner", "POST", f"/v1/programmes/{{p}}/runs/{run['id']}/publication")
    assert refused.status_code == 403 and "what-if" in refused.json()["detail"]
    assert world.call("gt", "GET", f"/v1/programmes/{{p}}/runs/{run['id']}").status_code == 404


def test_a_programme_that_cannot_be_matched_says_why(world: World) -> None:
    """A run over a broken programme fails with the faults; soundness tells them before."""
    settings = world.must("gt", "GET", "/v1/programmes/{p}")["settings"]
    text = 'id = "GT-CA"\nversion = "2027"\ntitle = "x"\norigins = ["GT"]\ndestination = "CA"\nsectors = ["A"]\n'
    text += "effective_from = 2025-01-01\neffective_to = 2027-12-31\n[[clause]]\nid = 'quota'\nkind = 'set_aside'\n"
    text += "count = 3\nwithin = 'nothing'\n[clause.where]\nsex = 'F'\n"
    answer = world.call(
        "gt", "PUT", "/v1/programmes/{p}/agreements/GT-CA", json={"toml": text}, headers={"If-Match": '"1"'}
    )
    assert answer.status_code in (200, 422)
    if answer.status_code == 200:
        assert not world.must("gt", "GET", "/v1/programmes/{p}/soundness")["sound"]
        run = world.run()
        assert run["state"] == "failed" and run["problem"]["faults"]
    else:
        assert answer.json()["faults"]
    assert settings
