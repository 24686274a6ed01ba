"""Experiments: a question keeps its runs with their lineage, and is seen by the side that made it alone."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from browser import Browser, text_of
from world import World

from api.storage.database import transaction
from api.storage.tables import placements, run_files, runs

P = "/v1/programmes/{p}/experiments"
PAGE, NEW = "/programmes/{p}/experiments", "/programmes/{p}/new-experiment"
EDIT = 'title = "Half"\n[[edit]]\nagreement = "GT-CA"\nclause = "quota"\nset = { count = 2 }\n'


@pytest.mark.computes
def test_an_experiment_keeps_question_branches_and_conclusion(world: World) -> None:
    """With base, edits and result of each run, though the run is deleted later; changed by its version."""
    world.certified(headcount=4)
    run = world.run("planner", kind="what_if", what_ifs=[EDIT], gap=0.0)
    assert run["state"] == "done", run["problem"]
    browser = Browser(world, "planner")
    assert run["id"] in browser.get(NEW).text
    sent = browser.post(PAGE, {"question": "What does half the quota cost?", "run_ids": [run["id"]]})
    assert sent.status_code == 303
    place = sent.headers["Location"]
    text = text_of(browser.get(place))
    assert "What does half the quota cost?" in text and "Nothing is concluded yet" in text
    assert "workers placed 4 2" in text and "Half" in text and run["manifest"]["programme_sha256"] in text
    assert "set = { count = 2 }" in text
    with transaction(world.engine) as connection:
        for table in (placements, run_files):
            connection.execute(table.delete().where(table.c.run_id == run["id"]))
        connection.execute(runs.delete().where(runs.c.id == run["id"]))
    form = browser.get(f"{place}/change")
    version = re.search(r'name="version" value="(\d+)"', form.text)
    assert version and re.search(rf'value="{run["id"]}" checked', form.text)
    told = {"question": "What does half the quota cost?", "conclusion": "Two people.", "run_ids": [run["id"]]}
    assert browser.post(place, {**told, "version": version[1]}).status_code == 303
    assert browser.post(place, {**told, "version": version[1]}).status_code == 412
    assert "Two people." in text_of(browser.get(place)) and "workers placed 4 2" in text_of(browser.get(place))
    assert "Two people." in text_of(browser.get(PAGE))
    assert world.must("planner", "GET", P)["items"][0]["runs"][0]["results"][1]["totals"]["workers"] == 2


def test_who_sees_an_experiment(world: World) -> None:
    """The side that made it, by its address, and auditors; runs of others can't be put in, nor unknown ones."""
    world.certified(headcount=2)
    run = world.run("gt", gap=0.0)["id"]
    made = world.must("gt", "POST", P, json={"question": "As it is?", "run_ids": [run]})
    place = f"{PAGE}/{made['id']}"
    for who, status in (("gt", 200), ("auditor", 200), ("ca", 404), ("hn", 404), ("planner", 404), ("e1", 404)):
        assert Browser(world, who).get(place).status_code == status, who
    for who, status in (("auditor", 403), ("e1", 403), ("administrator", 403)):
        assert Browser(world, who).get(NEW).status_code == status, who
    assert Browser(world, "auditor").get(f"{place}/change").status_code == 403
    for who, ids in (("ca", [run]), ("gt", ["0"])):
        assert world.call(who, "POST", P, json={"question": "As it is?", "run_ids": ids}).status_code == 422
    again = Browser(world, "gt").post(PAGE, {"question": "?", "run_ids": [run]})
    assert again.status_code == 422 and f'value="{run}" checked' in again.text
    path = f"{P}/{made['id']}"
    assert world.call("gt", "PUT", path, json={"question": "As it was?"}).status_code == 428
    changed = world.call("gt", "PUT", path, json={"question": "As it was?"}, headers={"If-Match": '"1"'})
    assert changed.status_code == 200 and changed.json()["runs"] == [] and changed.headers["ETag"] == '"2"'
    with transaction(world.engine) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(runs)) == 1
