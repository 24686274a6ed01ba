"""What stands behind a plan, and that it comes out the same when it is computed again."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from browser import Browser, text_of
from world import World

from api.runs.worker import Worker
from api.storage.database import transaction
from api.storage.tables import run_files

P = "/v1/programmes/{p}/runs"
RUNS = "/programmes/{p}/runs"


@pytest.mark.computes
def test_an_auditor_computes_a_plan_again(generated_world: World) -> None:
    """Of a season with workers of several states and of its repair: every file is the same; a changed one is named."""
    world, browser = generated_world, Browser(generated_world, "auditor")
    plan = world.run("gt", gap=0.01)["id"]
    world.must("gt", "POST", f"{P}/{plan}/publication")
    ids = [one["id"] for one in world.operations("gt")][:3]
    for state in ("offered", "declined"):
        world.move("gt", state, ids)
    repair = world.run("gt", kind="rematch", plan=plan, gap=0.01)["id"]
    for identifier in (plan, repair):
        proof = browser.get(f"{RUNS}/{identifier}/proof")
        assert "Not yet." in text_of(proof) and "Compute it again" in proof.text
        sent = browser.post(f"{RUNS}/{identifier}/replay")
        assert sent.status_code == 303 and Worker(world.engine).run_one()
        told = text_of(browser.get(sent.headers["Location"]))
        assert "files are the same, byte for byte" in told, told
        assert "every file is the same" in text_of(browser.get(f"{RUNS}/{identifier}/proof"))
    with transaction(world.engine) as connection:
        mine = sa.and_(run_files.c.run_id == plan, run_files.c.name == "unplaced.csv")
        connection.execute(run_files.update().where(mine).values(content=b"worker_id,reason\n"))
    begun = world.must("auditor", "POST", f"{P}/{plan}/replay")
    assert Worker(world.engine).run_one()
    found = world.must("auditor", "GET", f"{P}/{begun['id']}")
    assert found["manifest"]["replay"]["differing"] == ["unplaced.csv"]


def test_the_proof_shows_every_check(world: World) -> None:
    """As the certificate has them; whoever doesn't see the run finds nothing."""
    world.certified(headcount=2)
    run = world.run("gt", gap=0.0)
    text = text_of(Browser(world, "gt").get(f"{RUNS}/{run['id']}/proof"))
    certificate = run["manifest"]["certificate"]
    assert certificate["programme_sha256"] in text and certificate["software"] in text
    checked = next(one["checked"] for one in certificate["checks"] if one["rule"] == "availability")
    assert f"availability {checked} 0" in text and "placements.csv" in text
    for who in ("ca", "hn", "planner", "e1"):
        assert Browser(world, who).get(f"{RUNS}/{run['id']}/proof").status_code == 404, who
        assert Browser(world, who).post(f"{RUNS}/{run['id']}/replay").status_code == 404, who
