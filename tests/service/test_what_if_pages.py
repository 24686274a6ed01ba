"""What-ifs as pages: changes are added in forms, what they touch is said, and the comparison says what is certain."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from browser import Browser, text_of
from world import World

from api.runs.comparison_shown import SHOWN, compared
from api.runs.edit_forms import CHANGES
from api.runs.edits_made import as_sweep, as_toml, changes_sent, changes_to_send
from api.runs.plan_words import Agreements
from api.runs.ready_made import ready_made
from api.runs.worker import Worker
from engine.programme.edits import edits_from
from engine.programme.toml_text import loads_shallow

PAGE = "/programmes/{p}/what-if"
TYPED: dict[str, dict[str, str]] = {
    "rule": {"parameter": "GT-CA|quota|count", "value": "2"},
    "suspend": {"rule": "GT-CA|quota"},
    "places": {"destination": "CA", "sector": "A01", "percent": "-50"},
    "dates": {"destination": "", "region": "CA-ON", "sector": "", "days": "14"},
    "workers": {"origin": "GT", "percent": "12.5"},
}


def _sent(answer: Any) -> str:
    """The changes that a page sends along."""
    found = re.search(r'name="changes" value="([^"]*)"', answer.text)
    assert found
    return unescape(found[1])


def test_every_kind_of_change_is_an_edit_of_the_engine() -> None:
    """What is typed comes back from the page as it was, and as TOML the engine finds no fault in its form."""
    assert set(TYPED) == set(CHANGES)
    changes = [CHANGES[kind].model_validate(typed) for kind, typed in TYPED.items()]
    assert changes_sent(changes_to_send(changes)) == changes
    faults: list[Any] = []
    text = as_toml('a "title"\nof two lines', changes)
    edits = edits_from(loads_shallow(text), "what-if", "what-if", faults.append)
    assert not faults and len(edits.entries) == len(TYPED)
    assert [str(one.in_words()) for one in changes][3] == "Work in Ontario (CA), all sectors: +14 days"


@pytest.mark.parametrize("who", ["planner", "gt", "ca"])
def test_a_what_if_is_made_in_forms_and_compared(who: str, world: World) -> None:
    """A quota and a headcount: rows touched are said before it starts; the comparison tells people and placements."""
    world.certified(headcount=4, destination_region="CA-ON")
    there = {"destination_country": "US", "destination_region": "US-FL", "site_id": "S2"}
    world.order("e2", submit=False, **there)  # a draft: nobody but its employer sees it
    browser = Browser(world, who)
    assert "None yet" in text_of(browser.get(PAGE))
    chosen = browser.post(PAGE, {"changes": "[]", "kind": "places"})
    assert "How many percent more" in text_of(chosen)
    added = browser.post(PAGE, {"changes": "[]", "do": "add", "kind": "places", **TYPED["places"]})
    assert '<option value="600" selected>10 minutes</option>' in added.text
    assert '<option value="CA">Canada</option>' in chosen.text
    assert (
        '<option value="CA-ON">Ontario (CA)</option>' in chosen.text and "US-FL" not in chosen.text
    )  # where orders are that one sees
    assert added.status_code == 200 and "Edit 1 touches 1 row of orders." in text_of(added)
    two = browser.post(PAGE, {"changes": _sent(added), "do": "add", "kind": "rule", **TYPED["rule"]})
    assert "quota of GT-CA · places: set to 2" in text_of(two)
    touched = "the rule quota of GT-CA has places 2 instead of 50; 1 order and 10 workers are looked at."
    assert f"Edit 2: {touched}" in text_of(two)
    one = browser.post(PAGE, {"changes": _sent(two), "do": "remove-0"})
    assert "Places asked" not in text_of(one) and "quota of GT-CA · places: set to 2" in text_of(one)
    sent = browser.post(PAGE, {"changes": _sent(one), "do": "start", "title": "Half the quota", "time_limit": "60"})
    assert sent.status_code == 303 and Worker(world.engine).run_one()
    shown = browser.get(sent.headers["Location"])
    text = text_of(shown)
    assert f"Edit 1: {touched}" in text  # as the form said it
    assert "Half the quota" in text and "Compared with the season as it is" in text
    assert "workers placed 4 2 -2" in text and "Canada 2 -2" in text
    assert "It is proven that the best plan is worth" in text


def test_no_kind_of_change_is_silent(world: World) -> None:
    """What each touches stands beside it, before anything is computed; a sweep says it of its first number."""
    world.certified(headcount=4, destination_region="CA-ON")
    browser, changes = Browser(world, "gt"), "[]"
    for number, (kind, typed) in enumerate(TYPED.items(), 1):
        added = browser.post(PAGE, {"changes": changes, "do": "add", "kind": kind, **typed})
        changes, told = _sent(added), text_of(added)
        found = re.search(rf"Edit {number}[: ].*?(\d+) (orders?|rows? of orders) ?(?:and (\d+) workers)?", told)
        workers = re.search(rf"Edit {number} touches 10 rows of workers", told)
        assert workers or (found and found[1] == "1" and found[3] in (None, "10")), (kind, told)
    typed = {"kind": "dates", "values": "7, 14", "time_limit": "60", "do": "touched"}
    assert "Edit 1 touches 1 row of orders." in text_of(browser.post(f"{PAGE}/sweep", typed))


def test_what_is_wrong_with_a_change_is_said_and_kept(world: World) -> None:
    """A change that can't be is refused where it is typed, with the changes before it still there."""
    world.certified()
    browser = Browser(world, "planner")
    kept = _sent(browser.post(PAGE, {"changes": "[]", "do": "add", "kind": "rule", **TYPED["rule"]}))
    for typed in ({"percent": "much"}, {"percent": "20", "sector": "farming"}):
        again = browser.post(PAGE, {"changes": kept, "do": "add", "kind": "places", **typed})
        assert again.status_code == 422 and _sent(again) == kept
        assert f'value="{typed["percent"]}"' in again.text
    nowhere = browser.post(PAGE, {"changes": kept, "do": "add", "kind": "places", "percent": "20", "sector": "N"})
    assert nowhere.status_code == 422 and _sent(nowhere) == kept
    assert browser.post(PAGE, {"changes": "[]", "do": "start"}).status_code == 422
    assert browser.post(PAGE, {"changes": "nonsense", "do": "", "kind": "dates"}).status_code == 200
    for who, status in (("auditor", 403), ("e1", 403), ("administrator", 403)):
        assert Browser(world, who).get(PAGE).status_code == status


def test_a_difference_within_the_gap_says_nothing() -> None:
    """It is certain only where the plan of one side is worth more than the bound of the other."""
    totals = dict.fromkeys((*SHOWN, "quota_places"), 10.0)

    def verdict(objective: float, bound: float) -> tuple[bool, str]:
        base = {"title": "", "totals": totals, "groups": {}, "bound": 11.0}
        one = {"id": "x", "title": "x", "failure": "", "groups": {}, "bound": bound}
        told = {"base": base, "branches": [one | {"totals": totals | {"objective": objective}}]}
        found = compared(told, Agreements({}))
        return found["branches"][0].is_certain, str(found["branches"][0].verdict)

    assert verdict(12.0, 12.5) == (True, "It is proven that the best plan is worth 1.0 more at least.")
    assert verdict(8.0, 9.0) == (True, "It is proven that the best plan is worth 1.0 less at least.")
    certain, text = verdict(10.5, 11.5)
    assert not certain and "says nothing" in text


def test_several_branches_are_made_and_compared(world: World) -> None:
    """One is kept while another is made beside it; both come to one comparison, and one may be taken out again."""
    world.certified(headcount=4, destination_region="CA-ON")
    browser = Browser(world, "planner")
    first = browser.post(PAGE, {"changes": "[]", "do": "add", "kind": "rule", **TYPED["rule"]})
    kept = browser.post(PAGE, {"changes": _sent(first), "do": "another", "title": "Half the quota"})
    assert "Half the quota: quota of GT-CA · places: set to 2" in text_of(kept) and _sent(kept) == "[]"
    found = re.search(r'name="branches" value="([^"]*)"', kept.text)
    assert found
    branches = unescape(found[1])
    assert "None yet" in text_of(browser.post(PAGE, {"branches": branches, "do": "drop-0"}))
    assert browser.post(PAGE, {"branches": branches, "changes": "[]", "do": "another"}).status_code == 422
    assert browser.post(PAGE, {"branches": "nonsense", "changes": "[]", "do": ""}).status_code == 200
    second = browser.post(PAGE, {"branches": branches, "do": "add", "kind": "places", **TYPED["places"]})
    asked = {"branches": branches, "changes": _sent(second), "title": "Fewer places", "time_limit": "60"}
    sent = browser.post(PAGE, {**asked, "do": "start"})
    assert sent.status_code == 303 and Worker(world.engine).run_one()
    text = text_of(browser.get(sent.headers["Location"]))
    assert "Half the quota" in text and "Fewer places" in text and text.count("workers placed 4 2 -2") == 2


def test_one_change_is_tried_with_several_numbers(world: World) -> None:
    """The form becomes a sweep; its page has a row for each number, and the picture beside it."""
    world.certified(headcount=4, destination_region="CA-ON")
    browser, page = Browser(world, "gt"), f"{PAGE}/sweep"
    assert "?kind=rule" in browser.get(page).text and "Several numbers" in text_of(browser.get(f"{page}?kind=rule"))
    typed = {"kind": "rule", "parameter": "GT-CA|quota|count", "values": "1, 3", "time_limit": "60", "title": "Quota"}
    for wrong in ({"values": "1"}, {"values": "1, many"}, {"kind": "suspend"}, {"parameter": ""}):
        again = browser.post(page, {**typed, **wrong})
        assert again.status_code == 422 and "There is a problem" in again.text, wrong
    sent = browser.post(page, typed)
    assert sent.status_code == 303 and Worker(world.engine).run_one()
    shown = browser.get(sent.headers["Location"])
    text = text_of(shown)
    assert "New number workers placed" in text and " 1 1 1 " in text and " 3 3 3 " in text
    assert "sweep.svg" in shown.text
    assert Browser(world, "auditor").get(page).status_code == 403


def test_each_change_with_a_number_becomes_a_sweep() -> None:
    """The engine reads as many points as numbers were typed."""
    for kind, typed in TYPED.items():
        made = CHANGES[kind]
        if made.varies:
            content = loads_shallow(as_sweep("t", made, typed, ["5", "10", "20"]))
            (axis,) = content["vary"]
            assert len(set(axis["values"])) == 3 and "VALUE" in str(axis["edit"]), kind


def test_promises_in_the_way_of_fewer_places_are_said_in_words(world: World) -> None:
    """Whose order, how many people and places, and what to do; a ministry is led to what is only proposed. In an
    experiment a branch that failed says so too.
    """
    order = world.certified(headcount=4)["order_id"]
    plan = world.run("gt", gap=0.0)["id"]
    world.must("gt", "POST", f"/v1/programmes/{{p}}/runs/{plan}/publication")
    half = as_toml("Half the places", [CHANGES["places"].model_validate({"percent": "-50"})])
    for who, leads in (("ca", True), ("planner", False)):
        run = world.run(who, kind="what_if", what_ifs=[half], gap=0.0)
        assert run["state"] == "done", run["problem"]
        page = Browser(world, who).get(f"/programmes/{{p}}/runs/{run['id']}")
        text = text_of(page)
        assert "With these changes there is no plan." in text
        assert "2 people are promised one that is gone" in text
        assert f"Farm 1, order {order}: 4 people are promised a place, 2 are asked for" in text
        assert "can be withdrawn" in text and "headcount" not in text
        assert ("placements?state=proposed" in page.text) == leads
        spanish = text_of(Browser(world, who).get(f"/programmes/{{p}}/runs/{run['id']}", **{"Accept-Language": "es"}))
        assert f"Farm 1, oferta {order}" in spanish
        sent = Browser(world, who).post("/programmes/{p}/experiments", {"question": "Half?", "run_ids": [run["id"]]})
        told = text_of(Browser(world, who).get(sent.headers["Location"]))
        assert "Half the places: there is no plan with these changes." in told and "4 people are promised" in told


def test_a_comparison_says_how_sharp_it_is() -> None:
    """The gap of both plans, below which a difference says nothing."""
    totals = dict.fromkeys((*SHOWN, "quota_places"), 100.0)
    base = {"title": "", "totals": totals, "groups": {}, "bound": 125.0}
    one = {"id": "x", "title": "x", "failure": "", "groups": {}, "bound": 100.0, "totals": totals}
    (branch,) = compared({"base": base, "branches": [one]}, Agreements({}))["branches"]
    assert "20.00% less than the best one, the second at most 0.00%" in str(branch.gaps)


def test_a_number_with_a_sign_is_how_much_more_or_less() -> None:
    """Beside a new number; what may be either of two numbers is asked for again, and a sweep mixes no two kinds."""
    rule, typed = CHANGES["rule"], {"parameter": "GT-CA|quota|count"}
    for value, entry in (
        ("52", {"set": {"count": 52}}),
        ("+10", {"add": {"count": 10}}),
        ("−5", {"add": {"count": -5}}),
    ):
        made = rule.model_validate({**typed, "value": value})
        assert made.entry() == {"agreement": "GT-CA", "clause": "quota", **entry}, value
        assert changes_sent(changes_to_send([made])) == [made]
    for wrong in ("5,200", "many", "10 %%", ""):
        with pytest.raises(ValueError, match="takes the place of what is there"):
            rule.model_validate({**typed, "value": wrong})
    assert CHANGES["places"].model_validate({"percent": "+12,5 %"}).entry()["scale"] == {"headcount": Decimal("1.125")}
    assert 'add = { count = "VALUE" }' in as_sweep("t", rule, typed, ["+10", "+20"])
    with pytest.raises(ValueError):
        as_sweep("t", rule, typed, ["+10", "60"])


def test_rules_are_offered_by_agreement_and_of_own_corridors_alone(world: World) -> None:
    """Guatemala owns the programme and sees HN-US; its runs read GT-CA, so that alone is offered, by what it asks."""
    offered = Browser(world, "gt").post(PAGE, {"changes": "[]", "kind": "rule"}).text
    assert '<optgroup label="GT-CA">' in offered and 'value="GT-CA|quota|count"' in offered
    assert "HN-US" not in offered
    both = Browser(world, "planner").post(PAGE, {"changes": "[]", "kind": "rule"}).text
    assert '<optgroup label="GT-CA">' in both and '<optgroup label="HN-US">' in both


def test_a_ready_made_what_if_is_started_from_its_page(world: World) -> None:
    """Each of the library by its title, in the language that is spoken, led to by the form."""
    world.certified(headcount=2)
    browser = Browser(world, "planner")
    assert f'href="/programmes/{world.programme}/what-if/ready-made"' in browser.get(PAGE).text
    shown = browser.get(f"{PAGE}/ready-made")
    for one in ready_made():
        assert str(one.title) in text_of(shown) and f'value="{one.name}"' in shown.text
    spanish = text_of(browser.get(f"{PAGE}/ready-made", **{"Accept-Language": "es"}))
    assert not [one for one in ready_made() if str(one.title) in spanish]
    sent = browser.post(f"{PAGE}/ready-made", {"name": "register-a-tenth-smaller"})
    assert sent.status_code == 303 and Worker(world.engine).run_one()
    identifier = sent.headers["Location"].rpartition("/")[2]
    assert world.must("planner", "GET", f"/v1/programmes/{{p}}/runs/{identifier}")["kind"] == "what_if"
    compared = text_of(browser.get(sent.headers["Location"], **{"Accept-Language": "es"}))
    assert "Una décima parte del registro se queda en casa" in compared and "A tenth" not in compared
    assert browser.post(f"{PAGE}/ready-made", {"name": "nothing-of-the-kind"}).status_code == 422
    assert Browser(world, "auditor").get(f"{PAGE}/ready-made").status_code == 403
