"""The worker's slip: what a code opens, what it doesn't, and that an answer counts once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from browser import Browser, text_of
from world import World

from api.answers.spoken_requests import LANGUAGE_COOKIE
from api.settings import settings
from api.storage.database import now, transaction
from api.storage.tables import slips

CASE = "/programmes/{p}/placements/"


@pytest.fixture
def offered(world: World) -> list[str]:
    """The ids of placements that have been offered."""
    world.certified()
    run = world.run("gt")
    world.must("gt", "POST", f"/v1/programmes/{{p}}/runs/{run['id']}/publication")
    ids = [one["id"] for one in world.operations("gt")]
    assert world.move("gt", "offered", ids).status_code == 200 and len(ids) > 1
    return ids


def _code(world: World, operation: str, who: str = "gt") -> str:
    made = Browser(world, who).post(f"{CASE}{operation}/slip")
    assert made.status_code == 200, text_of(made)
    found = re.search(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}\b", text_of(made))
    assert found is not None
    return found[0]


def test_a_worker_reads_and_accepts_without_an_account(world: World, offered: list[str]) -> None:
    """The conditions are the order's; the answer is recorded, and a second one is not."""
    code = _code(world, offered[0])
    worker = Browser(world)
    spanish = worker.post("/slip", {"code": code})  # as the worker's record has it, unless another was chosen
    assert 'lang="es"' in spanish.text and "I accept" not in text_of(spanish)
    assert spanish.headers["Content-Language"] == "es"
    worker.cookies[LANGUAGE_COOKIE] = "en"
    read = worker.post("/slip", {"code": code.lower().replace("-", " ")})
    told = text_of(read)
    assert read.status_code == 200 and "Farm 1" in told and "15" in told and "I accept" in told
    done = worker.post("/slip", {"code": code, "answer": "accepted"})
    assert done.status_code == 200 and "You have accepted." in text_of(done) and "I accept" not in text_of(done)
    states = {one["id"]: one["state"] for one in world.operations("gt")}
    assert states.pop(offered[0]) == "accepted" and set(states.values()) == {"offered"}
    assert worker.post("/slip", {"code": code, "answer": "declined"}).status_code == 409
    entries = world.must("auditor", "GET", "/v1/audit-log", params={"limit": 1000})["items"]
    assert entries[-1]["action"] == "operation.accepted by slip"


def test_only_a_good_code_opens_anything(world: World, offered: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Not an older one, one that has ended, nor one that was guessed; guessing is held up by host."""
    old, other = _code(world, offered[0]), _code(world, offered[1])
    new = _code(world, offered[0])
    nobody = Browser(world)
    for wrong in (old, "", "2222-2222-2222", f"{new[:-1]}2" if new[-1] != "2" else f"{new[:-1]}3"):
        assert nobody.post("/slip", {"code": wrong}).status_code == 404
        assert nobody.post("/slip", {"code": wrong, "answer": "accepted"}).status_code == 404
    with transaction(world.engine) as connection:
        past = now() - timedelta(seconds=1)
        connection.execute(slips.update().where(slips.c.operation_id == offered[1]).values(expires_at=past))
    assert nobody.post("/slip", {"code": other}).status_code == 404
    assert {one["state"] for one in world.operations("gt")} == {"offered"}
    monkeypatch.setattr(settings(), "slips_per_quarter_hour", 1)
    assert nobody.post("/slip", {"code": new}).status_code == 429


def test_slips_are_made_by_the_worker_s_own_ministry(world: World, offered: list[str]) -> None:
    """For placements that are offered; no other role makes or sees a code, and none is kept in the clear."""
    for who, status in (("ca", 403), ("e1", 403), ("auditor", 403), ("hn", 404)):
        assert Browser(world, who).post(f"{CASE}{offered[0]}/slip").status_code == status, who
    code = _code(world, offered[0])
    with world.engine.connect() as connection:
        kept = str(connection.execute(sa.select(slips)).all())
    assert code not in kept and code.replace("-", "") not in kept
    world.move("gt", "withdrawn", [offered[1]])
    assert Browser(world, "gt").post(f"{CASE}{offered[1]}/slip").status_code == 409


def test_an_erased_worker_s_slip_goes_too(world: World, offered: list[str]) -> None:
    """With all else that leads to the person."""
    code = _code(world, offered[0])
    worker = next(one["worker_id"] for one in world.operations("gt") if one["id"] == offered[0])
    world.must("gt", "DELETE", f"/v1/programmes/{{p}}/workers/{worker}")
    assert Browser(world).post("/slip", {"code": code}).status_code == 404
