"""A planner's runs of a generated season, on values that stand for many; and no formulas in what a run leaves."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from world import World

P = "/v1/programmes/{p}"
ANY = {"If-Match": "*"}  # any version
BEGINS = ("=", "+", "-", "@", "\t", "\r")


def _is_formula(cell: str) -> bool:
    if not cell.startswith(BEGINS):
        return False
    try:
        float(cell)
    except ValueError:
        return True
    return False


def _files(world: World, who: str, run: dict[str, Any]) -> dict[str, bytes]:
    path = f"{P}/runs/{run['id']}/files"
    return {name: world.call(who, "GET", f"{path}/{name}").content for name in world.must(who, "GET", path)}


def _formulas(content: str) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(content, newline="")) for cell in row if _is_formula(cell)]


@pytest.mark.computes
def test_a_season_is_sound_and_matched_as_planners_read_it(generated_world: World) -> None:
    """Before anybody has accepted and after; every day that is told of a worker is one of a month or a band."""
    world = generated_world
    assert world.must("planner", "GET", P + "/soundness")["sound"]
    assert world.run("planner", gap=0.05)["state"] == "done"
    plan = world.run("gt", gap=0.05)
    world.must("gt", "POST", f"{P}/runs/{plan['id']}/publication")
    ids = [one["id"] for one in world.operations("gt")][:20]
    for state in ("offered", "accepted"):
        assert world.move("gt", state, ids).status_code == 200
    again = world.run("planner", gap=0.05)
    assert again["state"] == "done", again["problem"]
    for row in world.must("planner", "GET", P + "/registers/workers", params={"limit": 1000})["items"]:
        cells = row["cells"]
        assert cells["birth_date"] in ("", f"{cells['birth_date'][:4]}-01-01")
        assert cells["registered_at"] in ("", f"{cells['registered_at'][:7]}-01")


@pytest.mark.computes
def test_no_file_of_a_run_and_no_export_holds_a_formula(generated_world: World) -> None:
    """Plans, what-ifs and sweeps with hostile titles, and what is exported, names included."""
    world = generated_world
    plan = world.run("gt", gap=0.05)
    world.must("gt", "POST", f"{P}/runs/{plan['id']}/publication")
    worker = world.operations("gt")[0]["worker_id"]
    world.must("gt", "PATCH", f"{P}/workers/{worker}", json={"name": '=HYPERLINK("http://x","y")'}, headers=ANY)
    edit = 'title = "=1+1"\n[[edit]]\nweights = { fill = 2 }\nnote = "@SUM(A1)"\n'
    vary = '[[vary]]\nname = "-x"\nedit = { weights = { fill = "VALUE" } }\nvalues = [1, 2]\n'
    runs = [
        plan,
        world.run("gt", kind="what_if", what_ifs=[edit], gap=0.05),
        world.run("gt", kind="sweep", sweep=vary, measure="placements", gap=0.05),
    ]
    seen = 0
    for run in runs:
        assert run["state"] == "done", run
        for name, content in _files(world, "gt", run).items():
            if name.endswith(".csv"):
                seen += 1
                assert _formulas(content.decode()) == [], name
    assert seen >= 8
    exports = [f"{P}/runs/{plan['id']}/export", P + "/operation-export"]
    for path in exports:
        assert _formulas(world.call("gt", "GET", path, params={"form": "csv"}).text) == []
    assert "HYPERLINK" in world.call("gt", "GET", exports[1]).text
