"""The slip of somebody without a placement: made by the own ministry, it tells why and nothing else."""

from __future__ import annotations

import re

from browser import Browser, text_of
from world import World, agreement, workers_csv

from api.answers.spoken_requests import LANGUAGE_COOKIE

P, RUNS = "/v1/programmes/{p}", "/programmes/{p}/runs"


def _code(answer: object) -> str:
    found = re.search(r'<p class="code"><b>([A-Z0-9-]+)</b>', answer.text)  # type: ignore[attr-defined]  # an answer
    assert found
    return found[1]


def test_a_slip_tells_why_somebody_was_not_placed(world: World) -> None:
    """In the worker's words, of a published plan alone; a new code takes the place of the old."""
    cook = workers_csv("GT", range(11, 12)).replace("9211:24", "5120:24")
    rows = workers_csv("GT", range(1, 11)) + cook.splitlines()[1] + "\n"
    assert world.upload("gt", "workers", rows).status_code == 201
    world.certified(headcount=2)
    plan, browser = world.run("gt", gap=0.0)["id"], Browser(world, "gt")
    lines = world.call("gt", "GET", f"{P}/runs/{plan}/files/unplaced.csv").text.splitlines()[1:]
    refused = next(line for line in lines if ",not_admitted" in line or ',"not_admitted' in line).split(",")[0]
    other = next(line for line in lines if "not_admitted" not in line).split(",")[0]
    page = f"{RUNS}/{plan}/reason-slips"
    assert browser.post(page, {"worker_id": refused}).status_code == 409
    world.must("gt", "POST", f"{P}/runs/{plan}/publication")
    assert "Make a slip that tells" in browser.get(f"{RUNS}/{plan}/worker?worker_id={refused}").text
    first = _code(browser.post(page, {"worker_id": refused}))
    sheet = browser.post(page, {"worker_id": refused})
    second, letter = (
        _code(sheet),
        sheet.text.partition('<article class="letter" lang="es">')[2].partition("</article>")[0],
    )
    assert (
        second in letter and "Su registro para trabajar" in letter
    )  # to be handed over: as the worker's record has it
    nobody = Browser(world, cookies={LANGUAGE_COOKIE: "en"})
    told = text_of(nobody.post("/slip", {"code": second.lower()}))
    assert "No job of this season may take you" in told and "occupation that the worker has" in told
    assert nobody.post("/slip", {"code": first}).status_code == 404
    assert "answer" not in nobody.post("/slip", {"code": second}).text.replace("unanswered", "")
    assert nobody.post("/slip", {"code": second, "answer": "accepted"}).status_code == 404
    spanish = Browser(world).post("/slip", {"code": second})  # as the worker's record has it
    assert "Ningún trabajo de esta temporada" in text_of(spanish)
    others = text_of(nobody.post("/slip", {"code": _code(browser.post(page, {"worker_id": other}))}))
    assert "There is work that you may do" in others or "a draw decided" in others
    assert "More exactly" not in others


def test_who_makes_such_slips(world: World) -> None:
    """The ministry of the worker's own state, for whom its plan has a reason."""
    world.certified(headcount=2)
    plan, theirs = world.run("gt", gap=0.0)["id"], world.run("ca", gap=0.0)["id"]
    placed = world.must("gt", "GET", f"{P}/runs/{plan}/placements")["items"][0]["worker_id"]
    world.must("gt", "POST", f"{P}/runs/{plan}/publication")
    for worker in (placed, "nobody"):
        assert Browser(world, "gt").post(f"{RUNS}/{plan}/reason-slips", {"worker_id": worker}).status_code == 404
    for who, run, status in (("ca", theirs, 403), ("hn", plan, 404), ("auditor", plan, 403), ("e1", plan, 404)):
        answer = Browser(world, who).post(f"{RUNS}/{run}/reason-slips", {"worker_id": placed})
        assert answer.status_code in (status, 403 if who == "e1" else status), who


def test_a_slip_names_what_is_missing_in_the_record(world: World) -> None:
    """For somebody whom no order may take: the rule by what it asks, and each fact that nobody wrote down."""
    text = agreement("GT-CA", "GT", "CA") + '[[clause]]\nid = "papers"\nkind = "documents"\nmedical = true\n'
    path = f"{P}/agreements/GT-CA"
    headers = {"If-Match": world.call("gt", "GET", path).headers["ETag"]}
    world.must("gt", "PUT", path, json={"toml": text}, headers=headers)
    world.certified(headcount=2)
    plan, browser = world.run("gt", gap=0.0)["id"], Browser(world, "gt")
    world.must("gt", "POST", f"{P}/runs/{plan}/publication")
    worker = world.call("gt", "GET", f"{P}/runs/{plan}/files/unplaced.csv").text.splitlines()[1].split(",")[0]
    shown = browser.get(f"/programmes/{{p}}/workers/{worker}")
    assert f"/runs/{plan}/worker?worker_id={worker}" in shown.text
    assert "Why this worker has no placement in the published plan" in text_of(shown)
    assert "papers of GT-CA" in text_of(browser.get(f"{RUNS}/{plan}/unplaced"))
    assert "GT-CA|" not in browser.get(f"{RUNS}/{plan}/worker?worker_id={worker}").text
    told = text_of(
        Browser(world, cookies={LANGUAGE_COOKIE: "en"}).post(
            "/slip", {"code": _code(browser.post(f"{RUNS}/{plan}/reason-slips", {"worker_id": worker}))}
        )
    )
    assert "The medical examination is valid on the first day." in told and "GT-CA|" not in told
    assert "until when your medical examination is valid" in told and "your occupations" not in told
