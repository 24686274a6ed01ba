"""Letters of a plan: one for each placement, in the worker's language, with codes that open the slip."""

from __future__ import annotations

import re

import pytest
from browser import Browser, text_of
from world import World, agreement, workers_csv

from api.placements.letters import language_of

P = "/v1/programmes/{p}"
RUNS = "/programmes/{p}/runs"


@pytest.mark.parametrize(
    ("known", "origin", "spoken"),
    [("es:C2", "GT", "es"), ("en:B2|es:A1", "GT", "en"), ("", "GT", "es"), ("kek:C2", "GT", "es"), ("", "HT", "fr")],
)
def test_the_language_of_a_letter(known: str, origin: str, spoken: str) -> None:
    """The best known that is spoken here, else an official one."""
    assert language_of(known, origin) == spoken


def test_letters_are_written_in_each_workers_language(world: World) -> None:
    """For all placements of a published plan; with codes, each of which opens its own slip."""
    rows = workers_csv("GT", range(1, 11)).replace("es:C2", "en:C2", 5)
    assert world.upload("gt", "workers", rows).status_code == 201
    world.certified(headcount=8)
    plan, browser = world.run("gt", gap=0.0)["id"], Browser(world, "gt")
    page = f"{RUNS}/{plan}/letters"
    assert "There is no letter to write" in text_of(browser.get(page))
    world.must("gt", "POST", f"{P}/runs/{plan}/publication")
    world.move("gt", "offered", [one["id"] for one in world.operations("gt")])
    shown = browser.get(page)
    told = world.must("gt", "GET", f"{P}/runs/{plan}/letters")["items"]
    for tag in ("es", "en"):
        written = sum(one["language"] == tag for one in told)
        assert written and shown.text.count(f'class="letter" lang="{tag}"') == written
    assert text_of(shown).count("Work abroad is offered to you") == sum(one["language"] == "en" for one in told)
    made = browser.post(page)
    codes = re.findall(r'<p class="code"><b>([A-Z0-9-]+)</b>', made.text)
    assert len(set(codes)) == 8
    slip = Browser(world).post("/slip", {"code": codes[0]})
    assert slip.status_code == 200 and "Farm 1" in slip.text
    told = world.must("gt", "GET", f"{P}/runs/{plan}/letters", params={"limit": 6})
    rest = world.must("gt", "GET", f"{P}/runs/{plan}/letters", params={"limit": 6, "after": told["next"]})
    assert (len(told["items"]), len(rest["items"]), rest["next"]) == (6, 2, None)
    assert {one["conditions"]["employer"] for one in told["items"]} == {"Farm 1"}


def test_letters_are_the_workers_own_ministrys(world: World) -> None:
    """The other ministry, employers, planners and auditors write none."""
    world.certified(headcount=2)
    plan = world.run("ca", gap=0.0)["id"]
    world.must("ca", "POST", f"{P}/runs/{plan}/publication")
    for who, status in (("ca", 403), ("auditor", 403), ("gt", 404), ("planner", 404), ("e1", 404)):
        answer = Browser(world, who).get(f"{RUNS}/{plan}/letters")
        assert answer.status_code in (status, 403 if who in ("planner", "e1") else status), (who, answer.status_code)


def test_one_letter_alone_says_what_the_employer_pays(world: World) -> None:
    """From the page of the case, in the worker's language: what is free, the beds, and what the agreement demands."""
    text = agreement("GT-CA", "GT", "CA") + '[[clause]]\nid = "free"\nkind = "worker_cost"\nmax = 0\n'
    path = f"{P}/agreements/GT-CA"
    headers = {"If-Match": world.call("gt", "GET", path).headers["ETag"]}
    world.must("gt", "PUT", path, json={"toml": text}, headers=headers)
    assert world.upload("gt", "workers", workers_csv("GT", range(1, 11)).replace("es:C2", "en:C2")).status_code == 201
    world.certified(headcount=1)
    plan, browser = world.run("gt", gap=0.0)["id"], Browser(world, "gt")
    world.must("gt", "POST", f"{P}/runs/{plan}/publication")
    (operation,) = world.operations("gt")
    case = f"/programmes/{{p}}/placements/{operation['id']}"
    assert f"/placements/{operation['id']}/letter" in browser.get(case).text
    told = text_of(browser.get(f"{case}/letter", **{"Accept-Language": "es"}))
    assert f"Carta a {operation['worker_id']}" in told  # the page is the officer's, the letter the worker's
    assert "Work abroad is offered to you" in told and "For " + operation["worker_id"] in told
    assert "Visa and papers: they cost you nothing." in told and "The journey: it costs you nothing." in told
    assert "the employer has 8 beds at the work site" in told and "The worker pays nothing for the job." in told
    world.move("gt", "offered", [operation["id"]])
    assert re.search(r'<p class="code"><b>[A-Z0-9-]{14}</b>', browser.post(f"{case}/slip").text)
    for who, status in (("ca", 403), ("auditor", 403), ("e1", 403), ("hn", 404)):
        assert Browser(world, who).get(f"{case}/letter").status_code == status, who
    world.move("gt", "declined", [operation["id"]])
    assert browser.get(f"{case}/letter").status_code == 409 and "/letter" not in browser.get(case).text
