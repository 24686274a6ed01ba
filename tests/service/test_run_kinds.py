"""What can be run beside matches: names of the library, explanations, reports; what a run says it left out."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from browser import Browser
from world import World

from api.runs import jobs
from api.runs.gate import declared
from api.runs.kind import kinds
from api.runs.queue import keep_files, kept_files
from api.runs.worker import Worker
from api.storage.database import now, transaction
from api.storage.housekeeping import keep_house
from api.storage.tables import placements, run_files, runs
from engine.solve.mechanisms import mechanisms

P = "/v1/programmes/{p}"


def test_a_run_says_which_orders_it_left_out(world: World) -> None:
    """Of three filed, one certified: who sees drafts is told of them, others of what was submitted."""
    certified = world.certified()
    submitted, draft = world.order(), world.order(submit=False)
    told = {who: world.run(who)["manifest"]["left_out"] for who in ("gt", "ca")}
    assert told["gt"] == {"orders": {"draft": 0, "submitted": 1}, "order_ids": [submitted["order_id"]]}
    assert told["ca"]["orders"] == {"draft": 1, "submitted": 1}
    assert set(told["ca"]["order_ids"]) == {submitted["order_id"], draft["order_id"]}
    both = world.run("ca", states=["submitted", "certified"])["manifest"]["left_out"]
    assert both == {"orders": {"draft": 1}, "order_ids": [draft["order_id"]]}
    assert certified["order_id"] not in str(told)


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        *(("season", "policies"), ("compare", "mechanisms"), ("harmonise", "agreements")),
        *(("frontier", "equity"), ("what_if", "what_ifs")),
    ],
)
def test_what_is_named_often_is_run_once(kind: str, column: str) -> None:
    """However long the list is."""
    asked = kinds()[kind].asked.model_validate({"kind": kind, column: ["one", "two", "one", "one"]})
    assert getattr(asked, column) == ["one", "two"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_mechanism_can_be_run(world: World) -> None:
    """Whatever its name is written with; another name is refused with those that there are."""
    world.certified()
    for name in mechanisms():
        assert world.run(mechanism=name)["state"] == "done", name
    refused = world.call("gt", "POST", P + "/runs", json={"kind": "match", "mechanism": "click-day"})
    assert refused.status_code == 422 and all(name in refused.text for name in mechanisms())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.computes
def test_what_ifs_and_sweeps_of_the_library_are_run_by_name(generated_world: World) -> None:
    """With hyphens or underscores; a name that isn't there is told with those that are."""
    world = generated_world
    names = ["hurricane-in-florida", "guatemala_capacity_up"]
    run = world.run("gt", kind="what_if", what_ifs=names, gap=0.01)
    assert run["state"] == "done", run["problem"]
    assert len(run["manifest"]["comparison"]["branches"]) == 2
    sweep = world.run("gt", kind="sweep", sweep="sweep-guatemala-capacity", gap=0.01)
    assert sweep["state"] == "done", sweep["problem"]
    for body in ({"kind": "what_if", "what_ifs": ["typhoon"]}, {"kind": "sweep", "sweep": "typhoon"}):
        refused = world.call("gt", "POST", P + "/runs", json=body)
        assert refused.status_code == 422 and "hurricane-in-florida" in refused.text


def test_explanations(world: World) -> None:
    """Of a worker, an order, a placement, a clause and commitments, in two languages, to those who may know."""
    order = world.certified(headcount=3)
    plan = world.run(gap=0.0)
    here = f"{P}/runs/{plan['id']}"
    placed = world.must("gt", "GET", here + "/placements")["items"][0]
    free = world.call("gt", "GET", here + "/files/unplaced.csv").text.splitlines()[1].split(",")[0]
    pair = {"worker": placed["worker_id"], "order": placed["order_id"]}
    for asked, about, word in (
        ({"worker": free}, "worker", "Persona"),
        ({"order": order["order_id"]}, "order", "Oferta"),
        (pair, "placement", "mejor plan"),
        ({"clause": "GT-CA|quota"}, "clause", "GT-CA|quota"),
        ({"commitments": True}, "clash", "compromisos"),
    ):
        run = world.run(kind="explain", plan=plan["id"], lang="es", **asked)
        assert run["state"] == "done", run
        told = world.must("gt", "GET", f"{P}/runs/{run['id']}/files/explanation.json")
        assert told["about"] == about and word in " ".join(told["lines"]), told
        assert told == run["manifest"]["explanation"] and run["replayable"] is False
        assert list(kept_files(world.engine, run["id"], "")) == ["explanation.json"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.computes
def test_what_is_not_explained(world: World) -> None:
    """Nothing or too much, a run of others or without a plan, a profile to whoever doesn't keep it."""
    world.certified()
    plan = world.run(gap=0.0)
    sweep = world.run(kind="what_if", what_ifs=['[[edit]]\nagreement = "GT-CA"\nclause = "quota"\ncount = 1\n'])

    def status(who: str, **asked: Any) -> int:
        return int(world.call(who, "POST", P + "/runs", json={"kind": "explain", **asked}).status_code)

    assert status("gt", plan=plan["id"]) == 422
    assert status("gt", plan=plan["id"], worker="W", commitments=True) == 422
    assert status("gt", plan=sweep["id"], worker="W") == 422
    assert status("hn", plan=plan["id"], commitments=True) == 422
    own = world.run("ca", gap=0.0)
    assert status("ca", plan=own["id"], worker="W") == 403
    unknown = world.run(kind="explain", plan=plan["id"], worker="W")
    assert unknown["state"] == "failed" and "no worker" in unknown["problem"]["detail"]


@pytest.mark.computes
def test_a_report_is_a_file_of_a_run(world: World) -> None:
    """In the language asked, by the request's header or by name; it reaches for no other host."""
    world.certified()
    plan = world.run(gap=0.0)
    for headers, asked, heading in (
        ({"Accept-Language": "es-GT,en;q=0.5"}, {}, "Colocaciones por corredor"),
        ({"Accept-Language": "fr"}, {}, "Placements par corridor"),
        ({"Accept-Language": "es"}, {"lang": "en"}, "Placements by corridor"),
    ):
        body = {"kind": "report", "plan": plan["id"], **asked}
        begun = world.must("gt", "POST", P + "/runs", json=body, headers=headers)
        assert Worker(world.engine).run_one()
        answer = world.call("gt", "GET", f"{P}/runs/{begun['id']}/files/report.html")
        assert answer.status_code == 200 and heading in answer.text
        assert not re.search(r'(src|href)="http', answer.text)


KIND = '''"""How many rows of orders a plan's season has."""

from typing import Literal

from api.runs.job import Job, Results
from api.runs.own_files import Rows
from api.runs.plan_kind import OfPlanIn, PlanKind


class RowsIn(OfPlanIn):
    """Rows of the season."""

    kind: Literal["row_count"]


class RowCount(PlanKind):
    """Rows counted."""

    name, asked, title, button = "row_count", RowsIn, "Rows counted", "Count the rows"
    files = {"row_count.csv": Rows()}

    def compute(self, job: Job) -> Results:
        """Count them."""
        return Results({"row_count.csv": b"orders\\n1\\n"}, {"orders": self.read(job).programme.orders.size})


KIND = RowCount()
'''


@pytest.fixture
def with_a_new_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A file beside those of the other kinds, and nothing else."""
    tmp_path.joinpath("row_count_job.py").write_text(KIND, "utf-8")
    monkeypatch.setattr(jobs, "__path__", [*jobs.__path__, str(tmp_path)])
    kinds.cache_clear()
    declared.cache_clear()
    yield
    sys.modules.pop("api.runs.jobs.row_count_job", None)
    monkeypatch.undo()
    kinds.cache_clear()
    declared.cache_clear()


@pytest.mark.usefixtures("with_a_new_kind")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_new_kind_is_a_new_file(world: World) -> None:
    """Its button stands on a plan's page, its run has a page, its file leaves by the gate, its title is in lists."""
    world.certified()
    plan, browser, here = world.run(gap=0.0)["id"], Browser(world, "gt"), "/programmes/{p}/runs"
    assert "Count the rows" in browser.get(f"{here}/{plan}").text
    sent = browser.post(here, {"kind": "row_count", "plan": plan})
    assert Worker(world.engine).run_one()
    shown = browser.get(sent.headers["Location"]).text
    assert "Rows counted" in shown and "row_count.csv" in shown
    run = sent.headers["Location"].rpartition("/")[2]
    assert world.call("gt", "GET", f"{P}/runs/{run}/files/row_count.csv").text == "orders\n1\n"
    assert "Rows counted" in browser.get(here).text and run in browser.get(f"{here}/{plan}").text


def test_content_of_another_kind_is_refused(world: World) -> None:
    """Each kind knows its own content, and a kind that isn't there is told with those that are."""
    for body in ({"what_ifs": ["x"]}, {"kind": "sweep", "sweep": "x = 1", "charge": 2}, {"kind": "dance"}):
        assert world.call("gt", "POST", P + "/runs", json=body).status_code == 422
    assert "match" in world.call("gt", "POST", P + "/runs", json={"kind": "dance"}).text
    assert {"match", "rematch", "what_if", "sweep", "explain", "report"} <= set(kinds())


def _age(world: World, run: str, days: int) -> None:
    with transaction(world.engine) as connection:
        old = runs.update().where(runs.c.id == run)
        connection.execute(old.values(ended_at=now() - timedelta(days=days)))


def test_old_runs_and_inputs_are_deleted(world: World) -> None:
    """An input after a month, a run whose plan wasn't published after half a year, a published plan never."""
    world.certified()
    fresh, month, half, published = (world.run(gap=0.0) for _ in range(4))
    world.must("gt", "POST", f"{P}/runs/{published['id']}/publication")
    for run, days in ((month, 31), (half, 181), (published, 1000)):
        _age(world, run["id"], days)
    keep_house(world.engine)
    told = {run["id"]: run["replayable"] for run in world.must("gt", "GET", P + "/runs")["items"]}
    assert told == {fresh["id"]: True, month["id"]: False, published["id"]: True}
    assert "placements.csv" in kept_files(world.engine, month["id"], "")
    assert not kept_files(world.engine, month["id"], "input") and kept_files(world.engine, published["id"], "input")
    with world.engine.connect() as connection:
        assert connection.scalars(sa.select(run_files.c.name).where(run_files.c.run_id == half["id"])).all() == []
        assert connection.scalars(sa.select(placements.c.order_id).where(placements.c.run_id == half["id"])).all() == []
    explained = {"kind": "explain", "plan": month["id"], "commitments": True}
    assert world.call("gt", "POST", P + "/runs", json=explained).status_code == 409
    _age(world, published["id"], 1826)
    keep_house(world.engine)
    found = world.must("gt", "GET", f"{P}/runs/{published['id']}")
    assert found["replayable"] is False and found["published_at"] is not None
    assert world.must("gt", "GET", f"{P}/runs/{published['id']}/placements")["items"]


def test_a_cancelled_run_keeps_no_checkpoint(world: World) -> None:
    """Neither one that waits, nor one that an older version left."""
    from api.runs.queue import claim, release

    begun = world.must("gt", "POST", P + "/runs", json={})
    held = claim(world.engine, "one")
    assert held is not None
    keep_files(world.engine, held, {"checkpoint/x": b"1", "input.tar.gz": b"2"})
    release(world.engine, held)
    world.must("gt", "POST", f"{P}/runs/{begun['id']}/cancellation")
    assert list(kept_files(world.engine, begun["id"], "")) == ["input.tar.gz"]
    with transaction(world.engine) as connection:
        values = {"run_id": begun["id"], "name": "checkpoint/y", "sha256": "", "content": b"3"}
        connection.execute(run_files.insert().values(**values))
    keep_house(world.engine)
    assert list(kept_files(world.engine, begun["id"], "")) == ["input.tar.gz"]
