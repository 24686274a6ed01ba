"""Filing and changing an order by a form: what is kept of what was typed, answers checked, and orders tried before."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from browser import Browser, text_of
from world import World

from api.orders.check_privacy import FEW
from api.settings import settings
from api.storage.tables import order_check_variants, programmes, registers

P = "/programmes/{p}"
LOOKING = ("change", "review", "trial")
TYPED: dict[str, Any] = {
    "site_id": "S1",
    "destination_country": "CA",
    "sector": "A01",
    "isco08": "9211",
    "languages": "en:A2\nfr:A1",
    "required_skills": "pruning; driving",
    "start_date": "2026-03-01",
    "end_date": "2026-08-31",
    "headcount": "3",
    "min_crew": "1",
    "weekly_hours": "45",
    "hourly_wage": "15",
}


def _hidden(answer: Any) -> dict[str, str]:
    """The hidden fields of a page's form in its content, but for the token."""
    content = answer.text.partition("<main")[2].partition("</main>")[0]
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', content)
    return {name: value for name, value in pairs if name != "form_token"}


def test_an_order_is_filed_once_its_answers_were_checked(world: World) -> None:
    """The form begins with what is known; nothing is written before; then it is a draft or submitted."""
    employer = Browser(world, "e1")
    form = employer.get(f"{P}/order-form")
    assert form.status_code == 200 and 'value="CA"' in form.text and ">S1, E1, CA-ON</option>" in form.text
    checked = employer.post(f"{P}/order-review", TYPED)
    told = text_of(checked)
    assert checked.status_code == 200 and "Check your answers" in told
    assert "English A2 and French A1" in told and "driving" in told and "3 places in occupation 9211" in told
    assert world.must("e1", "GET", f"/v1{P}/orders")["items"] == []
    for extra, state in (({}, "draft"), ({"submit": "true"}, "submitted")):
        done = employer.post(f"{P}/orders", {**_hidden(checked), **extra})
        assert done.status_code == 303
        page = employer.get(done.headers["Location"])
        order = world.must("e1", "GET", "/v1" + done.headers["Location"].partition("?")[0])
        assert order["state"] == state and order["languages"] == ["en:A2", "fr:A1"]
        assert order["required_skills"] == ["pruning", "driving"] and order["hourly_wage"] == 15
        assert ("Submit it for certification" in text_of(page)) == (state == "draft")
    again = employer.post(f"{P}/order-form", _hidden(checked))
    assert again.status_code == 200 and "en:A2\nfr:A1" in again.text


@pytest.mark.parametrize("step", ["order-review", "order-trial", "orders"])
def test_faults_are_named_by_field_and_what_was_typed_is_kept(world: World, step: str) -> None:
    """At every button; nothing is filed."""
    typed = {**TYPED, "isco08": "92", "headcount": "", "site_id": "S2", "languages": "English"}
    shown = Browser(world, "e1").post(f"{P}/{step}", typed)
    told = text_of(shown)
    assert shown.status_code == 422 and "There is a problem" in told
    for name in ("isco08", "headcount", "languages"):
        assert f'href="#{name}"' in shown.text and f'id="{name}-fault"' in shown.text, name
    assert 'value="92"' in shown.text and ">English</textarea>" in shown.text and 'value="2026-03-01"' in shown.text
    strange = Browser(world, "e1").post(f"{P}/{step}", {**TYPED, "site_id": "S2"})
    assert strange.status_code == 422 and "is not in sites" in text_of(strange)
    assert world.must("e1", "GET", f"/v1{P}/orders")["items"] == []


def test_a_ministry_files_for_an_employer_of_its_state(world: World) -> None:
    """It names the employer, and says how urgent the order is; employers are asked for neither."""
    ministry, employer = Browser(world, "ca"), Browser(world, "e1")
    form = ministry.get(f"{P}/order-form").text
    assert 'name="employer_id"' in form and 'name="priority"' in form
    own = employer.get(f"{P}/order-form").text
    assert 'name="employer_id"' not in own and 'name="priority"' not in own
    missing = ministry.post(f"{P}/orders", TYPED)
    assert missing.status_code == 422 and 'id="employer_id-fault"' in missing.text
    done = ministry.post(f"{P}/orders", {**TYPED, "employer_id": "E1", "priority": "2"})
    order = world.must("ca", "GET", "/v1" + done.headers["Location"].partition("?")[0])
    assert (order["employer_id"], order["priority"]) == ("E1", 2)


@pytest.mark.parametrize("who", ["gt", "hn", "planner", "auditor", "administrator"])
def test_nobody_else_files_tries_or_changes(world: World, who: str) -> None:
    """Whatever is sent."""
    order = world.order()["order_id"]
    seen = 403 if who != "hn" else 404
    assert Browser(world, who).get(f"{P}/order-form").status_code == 403
    for step in ("order-form", "order-review", "order-trial", "orders"):
        assert Browser(world, who).post(f"{P}/{step}", {**TYPED, "employer_id": "E1"}).status_code == 403, step
    expected = seen if who != "administrator" else 404
    assert Browser(world, who).get(f"{P}/orders/{order}/change").status_code == expected
    for step in ("change", "review", "trial", "content"):
        told = Browser(world, who).post(f"{P}/orders/{order}/{step}", {**TYPED, "version": "1"})
        assert told.status_code == expected, step
    assert world.must("e1", "GET", f"/v1{P}/orders/{order}")["version"] == 1


def test_an_order_is_changed_as_it_was_shown(world: World) -> None:
    """From a form with what it says; another's isn't there, and one that has changed since isn't overwritten."""
    order = world.order(languages=["en:A2"])["order_id"]
    employer, path = Browser(world, "e1"), f"{P}/orders/{order}"
    form = employer.get(f"{path}/change")
    assert form.status_code == 200 and ">en:A2</textarea>" in form.text and 'name="version" value="1"' in form.text
    assert Browser(world, "e2").get(f"{path}/change").status_code == 404
    checked = employer.post(f"{path}/review", {**TYPED, "version": "1", "headcount": "5"})
    assert "5 places" in text_of(checked) and "Change the order" in text_of(checked)
    assert employer.post(f"{path}/content", {**_hidden(checked), "version": "0"}).status_code == 412
    assert employer.post(f"{path}/content", _hidden(checked)).status_code == 303
    changed = world.must("e1", "GET", f"/v1{path}")
    assert (changed["headcount"], changed["version"], changed["state"]) == (5, 2, "submitted")
    assert world.step("ca", changed, "certification").status_code == 200
    assert employer.get(f"{path}/change").status_code == 409
    assert "The order is certified; it can't be changed" in text_of(
        employer.post(f"{path}/content", {**TYPED, "version": "3"})
    )


def test_a_change_that_placements_contradict_says_so(world: World) -> None:
    """They are withdrawn only where that was ticked."""
    order = world.certified()
    run = world.run("gt")
    world.must("gt", "POST", f"/v1{P}/runs/{run['id']}/publication")
    path = f"{P}/orders/{order['order_id']}"
    with world.engine.begin() as connection:  # a submitted order keeps whom it has, and may still be changed
        connection.execute(sa.text("UPDATE orders SET state = 'submitted'"))
    typed = {**TYPED, "languages": "", "required_skills": "", "version": str(order["version"]), "hourly_wage": "16"}
    refused = Browser(world, "e1").post(f"{path}/content", typed)
    assert refused.status_code == 409 and 'name="withdraw"' in refused.text and 'value="16"' in refused.text
    assert "not yours to see" in text_of(refused)
    assert {one["state"] for one in world.operations("gt")} == {"proposed"}
    assert Browser(world, "e1").post(f"{path}/content", {**typed, "withdraw": "1"}).status_code == 303
    assert {one["state"] for one in world.operations("gt")} == {"withdrawn"}


def test_forms_that_only_look_change_nothing_that_plans_stand_on(world: World) -> None:
    """Neither the revision of the programme nor a version; filing raises it."""
    order = world.order()["order_id"]
    employer = Browser(world, "e1")

    def revision() -> int:
        with world.engine.connect() as connection:
            return int(connection.scalar(sa.select(programmes.c.revision)) or 0)

    before = revision()
    for path in ("order-form", "order-review", "order-trial", *(f"orders/{order}/{one}" for one in LOOKING)):
        assert employer.post(f"{P}/{path}", {**TYPED, "version": "1"}).status_code == 200, path
    assert revision() == before
    assert employer.post(f"{P}/orders", TYPED).status_code == 303 and revision() == before + 1


def test_an_order_like_another_begins_with_what_that_says(world: World) -> None:
    """Where it is one's own to see."""
    order = world.order(hourly_wage=17.5)["order_id"]
    assert 'value="17.5"' in Browser(world, "e1").get(f"{P}/order-form?like={order}").text
    assert 'value="17.5"' not in Browser(world, "e2").get(f"{P}/order-form?like={order}").text


def _with_many_workers(world: World) -> None:
    """Forty times the workers of Guatemala; every other one of them speaks English."""
    workers = registers["workers"]
    with world.engine.begin() as connection:
        found = connection.execute(sa.select(workers).where(workers.c.origin_country == "GT")).mappings().all()
        rows = [
            {**row, "worker_id": f"{row['worker_id']}x{n}", "languages": "en:B1" if n % 2 else "es:C2"}
            for row in found
            for n in range(40)
        ]
        connection.execute(workers.insert(), rows)


def test_an_order_is_tried_before_it_is_filed(world: World) -> None:
    """It says how many it would admit and whom each condition alone leaves out; nothing of it is kept."""
    _with_many_workers(world)
    typed = {**TYPED, "required_skills": "", "languages": "en:A2"}
    told = text_of(Browser(world, "ca").post(f"{P}/order-trial", {**typed, "employer_id": "E1"}))
    assert "Of 410 people who are registered it would admit 200." in told
    assert "English A2 210" in told and "The worker has every required language" in told
    blurred = text_of(Browser(world, "e1").post(f"{P}/order-trial", typed))
    admitted, more = re.search(r"admit about ([\d]+)\.", blurred), re.search(r"English A2 about (\d+)", blurred)
    assert admitted and more and 100 <= int(admitted[1]) <= 200 and 100 <= int(more[1]) <= 200
    assert f"fewer than {FEW}" in blurred, "what leaves out nobody is said with noise too"
    assert world.must("ca", "GET", f"/v1{P}/orders")["items"] == []
    filed = world.order(submit=False, languages=["en:A2"], guaranteed_weekly_hours=0)["order_id"]
    page = text_of(Browser(world, "e1").get(f"{P}/orders/{filed}/check"))
    assert f"admit about {admitted[1]}." in page, "the same content is told alike once it is filed"


def test_what_is_tried_counts_within_the_variants_of_a_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that isn't filed counts as one order; what has faults isn't counted."""
    monkeypatch.setenv("VAIVEN_CHECKS_PER_MINUTE", "1000")
    settings.cache_clear()
    employer = Browser(world, "e1")
    assert employer.post(f"{P}/order-trial", {**TYPED, "headcount": "0"}).status_code == 422
    found = [employer.post(f"{P}/order-trial", {**TYPED, "hourly_wage": str(15 + n)}).status_code for n in range(9)]
    assert found == [200] * 8 + [429]
    assert employer.post(f"{P}/order-trial", {**TYPED, "hourly_wage": "15", "headcount": "9"}).status_code == 200
    with world.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(order_check_variants)) == 8
    assert Browser(world, "ca").post(f"{P}/order-trial", {**TYPED, "employer_id": "E1"}).status_code == 200
