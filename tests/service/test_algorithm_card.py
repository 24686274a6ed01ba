"""The algorithm's card is made from the programme: its weights, rules and last plan, as whoever looks sees them."""

from __future__ import annotations

import pytest
from browser import Browser, text_of
from world import ROLES, World

P, PAGE = "/v1/programmes/{p}/algorithm-card", "/programmes/{p}/algorithm-card"


@pytest.mark.computes
def test_the_card_says_what_the_programme_does(world: World) -> None:
    """Purpose, weights, rules, checks: on the page, over the wire in the language asked, and as a file."""
    world.certified(headcount=2)
    browser = Browser(world, "gt")
    before = text_of(browser.get(PAGE))
    assert "10 people are registered" in before and "2 places are asked for" in before
    assert "1: what the worker earns in it" in before and "GT-CA: 1 rule" in before and "HN-US: 1 rule" in before
    assert "No plan that you see has been published yet" in before and "No rule that you see looks at" in before
    assert "HN-US" not in Browser(world, "ca").get(PAGE).text
    run = world.run("gt", gap=0.0)
    world.must("gt", "POST", f"/v1/programmes/{{p}}/runs/{run['id']}/publication")
    certificate = run["manifest"]["certificate"]
    checked = sum(one["checked"] for one in certificate["checks"])
    told = f"{checked:,} looks at {len(certificate['checks'])} rules found none broken"
    assert told in text_of(browser.get(PAGE)) and told not in text_of(Browser(world, "hn").get(PAGE))
    card = world.must("gt", "GET", P, headers={"Accept-Language": "es"})
    assert [part["title"] for part in card["parts"]][:2] == ["Finalidad", "Quién decide"]
    entries = [entry for part in card["parts"] for entry in part["entries"]]
    assert all(entry["sentences"] and entry["aia"] and entry["eu"] for entry in entries)
    assert {"Art. 12", "Art. 14", "Art. 11"} <= {entry["eu"].split(";")[0].split(",")[0] for entry in entries}
    assert browser.get(f"{PAGE}?form=json").json()["programme"] == "Season 2026"


def test_everybody_who_takes_part_reads_the_card(world: World) -> None:
    """Of agreements that somebody doesn't see it names nothing."""
    for who in ROLES:
        page = Browser(world, who).get(PAGE)
        assert page.status_code == 200, who
        sees = world.call(who, "GET", "/v1/programmes/{p}/agreements")
        assert ("GT-CA" in page.text) == ("GT-CA" in sees.text), who
