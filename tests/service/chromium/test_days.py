"""Each user's day from the pages alone: in three languages, on both databases, without a script too.

What is pressed is named by what it does, never by its words, so that a day is the same in each language.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser
from visitor import Place, Visitor
from world import ORDER

MANNERS = {
    "English": {"locale": "en"},
    "Spanish, on a telephone": {"locale": "es", "viewport": {"width": 320, "height": 640}},
    "French, without a script": {"locale": "fr", "java_script_enabled": False},
}
# Each language has a ministry of its own, since a plan is published once.
OFFICERS = {"en": "hn", "es": "sv", "fr": "mx"}
PROGRAMME = "/programmes/{p}"


@pytest.fixture(params=MANNERS)
def manner(request: pytest.FixtureRequest) -> dict[str, Any]:
    """How a browser is set up."""
    return dict(MANNERS[request.param])


def _ended(visitor: Visitor, manner: dict[str, Any]) -> None:
    """What holds of each day at its end: its language, nobody else's address, no word of the console."""
    assert visitor.page.locator("html").get_attribute("lang") == manner["locale"]
    assert {url for url in visitor.asked if not url.startswith(visitor.place.address)} == set()
    assert [said for said in visitor.complaints if "422" not in said] == []  # a form that comes again has this status
    visitor.page.context.close()


def _compute_run(visitor: Visitor, manner: dict[str, Any]) -> None:
    """Let the run that the page follows be computed: the page shows it by itself, or is opened again without script."""
    assert visitor.has("main form[action$='/stop']")
    visitor.place.compute()
    if manner.get("java_script_enabled", True):
        visitor.follow()
    else:
        visitor.open(visitor.page.url)


def test_an_officer_plans_a_season_and_offers_it(chromium: Browser, place: Place, manner: dict[str, Any]) -> None:
    """Signs in, makes a plan, reads who has no job and why, publishes it, offers ticked placements, reads a case."""
    officer = (
        place.visitor(chromium, **manner).sign_in(OFFICERS[manner["locale"]]).press("main a[href*='/programmes/']")
    )
    officer.press("nav a[href$='/runs']").press("main a[href$='/new-plan']").press("main form.stacked button")
    _compute_run(officer, manner)
    plan = officer.page.url
    people = officer.page.locator("main ul.key-figures b").first.inner_text()
    assert int(re.sub(r"\D", "", people)) > 0
    officer.press("main a[href$='/unplaced']").open(plan)
    officer.press("main form[action$='/publication'] button").press("main .done a[href$='/placements']")
    for box in officer.page.locator("main input[name=ids]").all()[:2]:
        box.check()
    officer.press("button[form=steps][value=offered]")
    assert "moved=2" in officer.page.url and officer.has("main .done")
    officer.press("main td a[href*='/placements/']")
    assert officer.has("main ol.timeline li") >= 2
    _ended(officer, manner)


def test_an_employer_files_an_order_and_the_ministry_certifies_it(
    chromium: Browser, place: Place, manner: dict[str, Any]
) -> None:
    """A fault keeps what was typed; the order is tried, checked, submitted; the ministry certifies it with others."""
    employer = place.visitor(chromium, **manner).sign_in("e1").press("main a[href*='/programmes/']")
    employer.press("nav a[href$='/orders']").press("main a[href$='/order-form']")
    site = employer.page.locator("[name=site_id] option").nth(1).get_attribute("value")
    told = {name: str(value) for name, value in ORDER.items()} | {"site_id": str(site)}
    told = {name: value for name, value in told.items() if employer.has(f"main [name={name}]")}
    employer.fill(**told | {"headcount": "-3"})
    employer.page.locator("main form div.actions button").first.click()
    employer.page.wait_for_selector("#error-summary")
    assert employer.page.locator("[name=headcount]").input_value() == "-3"
    employer.fill(headcount="2")
    trial = employer.page.locator("button[formaction*='trial']")
    trial.click()
    employer.page.wait_for_selector("#trial table")
    employer.page.locator("main form div.actions button").first.click()
    employer.page.wait_for_selector("main dl.facts")
    employer.press("main button[name=submit]")
    order = employer.page.url.partition("?")[0].rpartition("/")[2]
    _ended(employer, manner)
    ministry = place.visitor(chromium, **manner).sign_in("ca")
    ministry.open(f"{PROGRAMME}/orders?state=submitted")
    ministry.page.locator(f"input[name=ids][value='{order}'], input[name=order_id][value='{order}']").check()
    ministry.press("button[form=many]").open(f"{PROGRAMME}/orders/{order}")
    assert ministry.has("main .tag.good")
    _ended(ministry, manner)


def test_a_planner_asks_what_if(chromium: Browser, place: Place, manner: dict[str, Any]) -> None:
    """A change made in a form; the comparison has a heading and a table."""
    planner = place.visitor(chromium, **manner).sign_in("planner").press("main a[href*='/programmes/']")
    planner.press("nav a[href$='/what-if']").fill(title="A larger quota")
    planner.press("main button[name=kind] >> nth=0")
    planner.page.locator("main fieldset select").first.select_option(index=1)
    value = planner.page.locator("main fieldset input:not([type=hidden])").last
    value.fill("10")
    planner.press("main fieldset button[name=do]")
    assert planner.has("main form ol li") == 1
    planner.press("main button[name=do][value=start]")
    _compute_run(planner, manner)
    assert "A larger quota" in planner.text() and planner.has("main table") >= 1
    _ended(planner, manner)


def test_a_worker_reads_and_accepts_by_the_slip(chromium: Browser, place: Place, manner: dict[str, Any]) -> None:
    """The officer makes the slip; who holds the code reads the conditions and accepts, without an account."""
    officer = place.visitor(chromium, **manner).sign_in("gt")
    officer.open(f"{PROGRAMME}/placements?state=offered").press("main td a[href*='/placements/']")
    case = officer.page.url
    officer.press("main form[action$='/slip'] button")
    code = officer.page.locator("main .code").inner_text()
    worker = place.visitor(chromium, **manner).open("/slip")
    if manner["locale"] != "es":  # the slip is told in the language of the worker's record unless another is chosen
        worker.press(f"button[name=language][value={manner['locale']}]").open("/slip")
    worker.fill(code=code).press("main form button")
    assert worker.has("main dl")
    worker.press("button[value=accepted]")
    assert worker.has("main .done")
    _ended(worker, manner)
    officer.open(case)
    assert officer.has("main form[action$='/slip']") == 0
    _ended(officer, manner)


def test_an_auditor_verifies_the_log_and_an_administrator_makes_an_account(
    chromium: Browser, place: Place, manner: dict[str, Any]
) -> None:
    """The log is filtered and whole; the new account stands in the list."""
    auditor = place.visitor(chromium, **manner).sign_in("auditor")
    auditor.press("nav a[href='/audit-log']").open("/audit-log?action=plan.published")
    assert auditor.has("main tbody tr") >= 1
    auditor.open("/audit-log/verification")
    assert auditor.has("main .done, main .tag.good, main h1")
    _ended(auditor, manner)
    administrator = place.visitor(chromium, **manner).sign_in("administrator")
    administrator.press("nav a[href='/accounts']").press("main a[href='/new-account']")
    address = f"new-{manner['locale']}@example.org"
    administrator.fill(email=address, name="New", role="planner", password="a first password")
    administrator.press("main form.stacked button")
    assert address in administrator.text()
    _ended(administrator, manner)
