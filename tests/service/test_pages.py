"""Pages of the console: who sees which, nothing of others in any, forms that change what they say."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from browser import Browser, text_of
from fastapi import FastAPI
from jinja2 import Environment
from world import World

from api.app import make_ready
from api.console import rendering
from api.console.page_router import PageRoute
from api.console.sections import sections
from api.identity.access import GRANTS
from api.requests.context import Manner
from api.rooms import room_modules
from api.storage.tables import persons
from engine.words.catalogue import languages, tongue

PROGRAMME = "/programmes/{p}"
READ = (
    PROGRAMME,
    f"{PROGRAMME}/registers",
    f"{PROGRAMME}/agreements",
    f"{PROGRAMME}/placements",
    "/accounts",
    "/audit-log",
)


def page_routes() -> list[PageRoute]:
    """The routes of all pages."""
    return [route for pages in room_modules("pages") for route in pages.router.routes]


def test_every_page_asks_for_an_action_or_is_open_to_all() -> None:
    """What needs nobody to be known is named here; all others are in the table of roles."""
    open_to_all = set()
    for route in page_routes():
        manner: Manner | None = getattr(route.endpoint, "manner", None)
        if manner is None:
            open_to_all.add(route.path)
        else:
            assert manner.action in GRANTS and manner.page, route.path
    signing_in = {"/sign-in", "/sign-in/code", "/sign-in/provider", "/sign-in/provider/back"}
    assert open_to_all == signing_in | {"/language", "/privacy", "/slip"}


@pytest.mark.parametrize("who", ["gt", "ca", "e1", "planner", "auditor", "administrator"])
def test_each_role_sees_the_pages_that_the_table_allows_and_no_other(world: World, who: str) -> None:
    """A page answers 403 exactly where the interface does, with the table's reason; the navigation leads to no such."""
    browser = Browser(world, who)
    actions = {route.path: route.endpoint.manner.action for route in page_routes() if hasattr(route.endpoint, "manner")}
    may = set(world.must(who, "GET", "/v1/me")["may"])
    for path in READ:
        action = actions[path.replace("{p}", "{programme_id}")]
        answer = browser.get(path)
        assert answer.status_code == (200 if action in may else 403), (path, answer.status_code)
        if action not in may:
            assert str(GRANTS[action].reason) in text_of(answer)
    first = text_of(browser.get("/home"))
    assert {one.title: one.holds in first for one in sections()} == {one.title: one.action in may for one in sections()}
    for address in re.findall(r'<a href="(/[^"]*)"', browser.get(PROGRAMME).text):
        assert browser.get(address).status_code == 200, address


def test_what_may_not_be_seen_is_not_there(world: World) -> None:
    """Another programme, another state's worker, somebody else's placement: 404 on pages as in the interface."""
    worker = world.must("hn", "GET", "/v1/programmes/{p}/registers/workers")["items"][0]["cells"]["worker_id"]
    assert Browser(world, "hn").get(f"{PROGRAMME}/workers/{worker}").status_code == 200
    for who in ("gt", "ca", "e1"):
        assert Browser(world, who).get(f"{PROGRAMME}/workers/{worker}").status_code == 404
    assert Browser(world, "planner").get(f"{PROGRAMME}/registers/workers").status_code == 404
    assert Browser(world, "gt").get("/programmes/none").status_code == 404


def _published(world: World) -> list[dict[str, Any]]:
    world.certified()
    run = world.run("gt")
    world.must("gt", "POST", f"/v1/programmes/{{p}}/runs/{run['id']}/publication")
    return world.operations("gt")


def test_a_case_goes_its_way_by_forms(world: World) -> None:
    """Offered in bulk, accepted one by one, taken back with a reason; a form of an older version is refused."""
    operations = _published(world)
    officer = Browser(world, "gt")
    ids = [one["id"] for one in operations]
    assert f"{len(ids)} placements to offer" in text_of(officer.get("/home"))
    none = officer.post(f"{PROGRAMME}/placements/steps", {"state": "offered"})
    assert none.status_code == 422 and "There is a problem" in text_of(none)
    moved = officer.post(f"{PROGRAMME}/placements/steps", {"state": "offered", "ids": ids})
    assert moved.headers["Location"].endswith(f"?moved={len(ids)}")
    case = f"{PROGRAMME}/placements/{ids[0]}"
    assert officer.post(f"{case}/step", {"state": "accepted", "version": "1"}).status_code == 412
    assert officer.post(f"{case}/step", {"state": "home", "version": "2"}).status_code == 409
    assert officer.post(f"{case}/step", {"state": "accepted", "version": "2"}).status_code == 303
    short = officer.post(f"{case}/correction", {"state": "offered", "version": "3", "reason": "x"})
    assert short.status_code == 422 and ">x</textarea>" in short.text
    assert (
        officer.post(f"{case}/correction", {"state": "offered", "version": "3", "reason": "mistaken"}).status_code
        == 303
    )
    assert "mistaken" in text_of(officer.get(case))
    assert {one["state"] for one in world.operations("gt")} == {"offered"}
    assert "mistaken" not in text_of(Browser(world, "ca").get(case))


def test_names_are_told_on_pages_as_in_the_interface(world: World) -> None:
    """To one's own ministry always, to the other end from the acceptance, and each reading leaves an entry."""
    operations = _published(world)
    chosen = operations[0]
    world.change_worker("gt", chosen["worker_id"], name="Juana Poma")
    case = f"{PROGRAMME}/placements/{chosen['id']}"
    world.move("gt", "offered", [chosen["id"]])
    pages = (f"{PROGRAMME}/placements", f"{PROGRAMME}/placements?form=csv", f"{PROGRAMME}/placements?form=json", case)
    for path in pages:
        assert "Juana Poma" in Browser(world, "gt").get(path).text
        assert "Juana Poma" not in Browser(world, "ca").get(path).text + Browser(world, "e1").get(path).text
    world.move("gt", "accepted", [chosen["id"]])
    for path in pages:
        before = len(_persons_read(world))
        for who in ("ca", "e1"):
            assert "Juana Poma" in Browser(world, who).get(path).text, (who, path)
        assert len(_persons_read(world)) == before + 2, path


def _persons_read(world: World) -> list[Any]:
    entries = world.must("auditor", "GET", "/v1/audit-log", params={"limit": 1000})["items"]
    return [one for one in entries if one["action"] == "persons.read"]


def test_tables_filter_sort_page_and_are_files(generated_world: World) -> None:
    """Each state has an address; the files hold what the filters leave, whatever page is shown."""
    officer = Browser(generated_world, "gt")
    path = f"{PROGRAMME}/registers/workers"
    whole = officer.get(f"{path}?form=json").json()
    own = generated_world.must("gt", "GET", "/v1/programmes/{p}/registers/workers", params={"limit": 1000})["items"]
    assert sorted(row["worker_id"] for row in whole) == sorted(one["cells"]["worker_id"] for one in own)
    women = officer.get(f"{path}?sex=F&form=json").json()
    assert women == [row for row in whole if row["sex"] == "F"] and 0 < len(women) < len(whole)
    told = text_of(officer.get(f"{path}?sex=F&sort=-birth_date&page=2"))
    assert f"of {len(women)}" in told
    days = [row["birth_date"] for row in officer.get(f"{path}?sort=-birth_date&form=json").json()]
    assert days == sorted(days, reverse=True)
    assert officer.get(f"{path}?page=nonsense&sort=nonsense&sex=%27").status_code == 200
    with generated_world.engine.connect() as connection:
        others = connection.scalars(sa.select(persons.c.worker_id).where(persons.c.origin_country != "GT")).all()
    assert others and not set(others) & {row["worker_id"] for row in whole}


def test_a_sheet_is_sent_to_a_register_and_its_faults_are_told(world: World) -> None:
    """All rows or none; each fault names its row and column."""
    ministry, path = Browser(world, "ca"), f"{PROGRAMME}/registers/sites"
    head = "site_id,employer_id,region,beds,inspected_until\n"
    wrong = ministry.post(f"{path}/sheet", files={"file": ("sites.csv", head + "S8,E1,CA-ON,many,\nS9,E0,CA-ON,4,\n")})
    assert wrong.status_code == 422 and "many" in text_of(wrong)
    assert ministry.post(f"{path}/sheet", files={"other": ("sites.csv", head)}).status_code == 422
    good = ministry.post(f"{path}/sheet", files={"file": ("sites.csv", head + "S8,E1,CA-ON,4,\nS1,E1,CA-ON,9,\n")})
    assert good.status_code == 200 and "1 rows added, 1 changed" in text_of(good)
    assert "inspected_until" in text_of(good)  # which heading became which column
    assert "S8" in text_of(ministry.get(path))
    assert Browser(world, "planner").post(f"{path}/sheet", files={"file": ("s.csv", head)}).status_code == 403


def test_agreements_are_read_clause_by_clause(generated_world: World) -> None:
    """Every clause with its words and its source; a version that isn't there is not found."""
    officer = Browser(generated_world, "gt")
    listed = re.findall(r'<a href="(/programmes/[^"]+/agreements/[^"]+)"', officer.get(f"{PROGRAMME}/agreements").text)
    assert listed
    for address in listed:
        assert officer.get(address).status_code == 200
    assert "Annex" in officer.get(listed[0]).text or "Art" in officer.get(listed[0]).text
    assert officer.get(f"{listed[0]}?version=7").status_code == 404
    assert "/audit-log" not in officer.get(listed[0]).text
    auditor = Browser(generated_world, "auditor")
    log = re.search(r'<a href="(/audit-log\?object=[^"]+)"', auditor.get(listed[0]).text)
    assert log and "agreement.written" in text_of(auditor.get(log[1]))


def test_an_agreement_says_what_may_not_be_right(world: World) -> None:
    """In words, by clause, on its page."""
    shown = text_of(Browser(world, "gt").get(f"{PROGRAMME}/agreements/GT-CA"))
    assert "What may not be right" in shown and "This clause names no article." in shown


def test_administrators_make_and_change_accounts(world: World) -> None:
    """Faults keep what was typed; resting ends sessions; nobody else gets there."""
    administrator = Browser(world, "administrator")
    typed = {"email": "new@example.org", "name": "New", "role": "origin_ministry", "password": "a first password"}
    wrong = administrator.post("/new-account", typed)
    assert wrong.status_code == 422 and 'value="new@example.org"' in wrong.text and 'href="#country"' in wrong.text
    assert "is missing: the role needs it" in text_of(wrong)
    made = administrator.post("/new-account", {**typed, "country": "GT"}).headers["Location"].partition("?")[0]
    assert "new@example.org" in text_of(administrator.get(made))
    officer = Browser(world, "ca")
    path = f"/accounts/{world.accounts['ca']}"
    assert administrator.post(path, {"version": "9", "active": "false"}).status_code == 412
    assert administrator.post(path, {"version": "1", "active": "false"}).status_code == 303
    assert officer.get("/home").status_code == 303
    assert Browser(world, "gt").post("/new-account", {**typed, "country": "GT"}).status_code == 403


def test_the_audit_log_is_filtered_and_verified(world: World) -> None:
    """By auditors; the newest entry comes first."""
    auditor = Browser(world, "auditor")
    told = auditor.get("/audit-log?action=register.uploaded&form=json").json()
    assert told and {one["action"] for one in told} == {"register.uploaded"}
    assert [one["number"] for one in told] == sorted((one["number"] for one in told), reverse=True)
    assert "The audit log is whole" in text_of(auditor.get("/audit-log/verification"))


def test_nothing_of_a_page_is_compiled_at_a_request(application: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `vaiven serve` makes ready before it listens: every template, language and route."""
    make_ready(application)
    monkeypatch.setattr(Environment, "compile", pytest.fail)
    for file in rendering.ROOMS.glob("*/templates/*"):
        assert rendering._environment().get_template(f"{file.parent.parent.name}/{file.name}").name
    assert tongue.cache_info().currsize >= len(languages())
