"""What runs store of sentences is worded when it is read, in the language of whoever reads it.

Invariant: in a language that nobody speaks no stored sentence stands in English on a page or in an answer.
"""

from __future__ import annotations

import csv
import io
from typing import Any

from browser import Browser, text_of
from world import World

from engine.words.pseudo import ACCENTED

RUNS = "/programmes/{p}/runs"
HALVED = (
    '[[edit]]\ntable = "orders"\nwhere = {{ destination_country = ["{country}"] }}\nset = {{ headcount = {places} }}\n'
)


def read(world: World, who: str, run: str, language: str) -> dict[str, Any]:
    """A run as the interface tells it in a language."""
    headers = {"Accept-Language": language}
    found: dict[str, Any] = world.must(who, "GET", f"/v1/programmes/{{p}}/runs/{run}", headers=headers)
    return found


def test_why_a_branch_failed_and_what_edits_touch_are_worded_when_read(world: World) -> None:
    """Computed by somebody who speaks English, read by somebody else."""
    world.certified(headcount=4)
    asked = [
        HALVED.format(country="CA", places=2),
        '[[edit]]\ntable = "orders"\nwhere = { order_id = ["NO"] }\ncancel = true\n',
    ]
    run = world.run("gt", kind="what_if", what_ifs=asked)
    touched, failed = run["manifest"]["comparison"]["branches"]
    assert "touches 1 row of orders" in touched["notices"][0] and "NO" in failed["failure"]
    spoken = read(world, "gt", run["id"], ACCENTED)["manifest"]["comparison"]["branches"]
    assert "touches" not in spoken[0]["notices"][0] and "⟦" in spoken[0]["notices"][0]
    assert "⟦" in spoken[1]["failure"] and "fault in" not in spoken[1]["failure"]
    page = text_of(Browser(world, "gt").get(f"{RUNS}/{run['id']}", **{"Accept-Language": ACCENTED}))
    for sentence in (touched["notices"][0], *failed["failure"].splitlines()):
        assert sentence.strip() not in page
    assert spoken[0]["notices"][0] in page
    assert "toca 1 fila" in text_of(Browser(world, "gt").get(f"{RUNS}/{run['id']}", **{"Accept-Language": "es"}))


def test_why_a_run_came_to_nothing_is_worded_when_read(world: World) -> None:
    """Its title, what is wrong and what would be right."""
    world.certified()
    plan = world.run("gt", time_limit=30)
    run = world.run("gt", kind="explain", plan=plan["id"], worker="NOBODY", order="E1~NO")
    assert run["state"] == "failed" and run["problem"]["detail"]
    spoken = read(world, "gt", run["id"], ACCENTED)["problem"]
    for name in ("title", "detail", "hint"):
        assert not run["problem"][name] or (spoken[name] != run["problem"][name] and "⟦" in spoken[name]), name
    page = text_of(Browser(world, "gt").get(f"{RUNS}/{run['id']}", **{"Accept-Language": ACCENTED}))
    assert spoken["detail"] in page and run["problem"]["detail"] not in page


def test_an_explanation_and_an_overview_are_told_on_pages_in_the_readers_language(generated_world: World) -> None:
    """Asked by somebody who speaks English; the answer of the interface and the file stay in the language asked."""
    world, browser = generated_world, Browser(generated_world, "gt")
    plan = world.run("gt", time_limit=30)
    content = world.call("gt", "GET", f"/v1/programmes/{{p}}/runs/{plan['id']}/files/unplaced.csv").text
    unplaced = next(csv.DictReader(io.StringIO(content)))["worker_id"]
    for asked in ({"kind": "explain", "plan": plan["id"], "worker": unplaced}, {"kind": "overview"}):
        run = world.run("gt", lang="en", **asked)
        assert run["state"] == "done", run["problem"]
        told = read(world, "gt", run["id"], ACCENTED)["manifest"]
        assert told == run["manifest"] and "⟦" not in str(told)
        page = text_of(browser.get(f"{RUNS}/{run['id']}", **{"Accept-Language": ACCENTED}))
        said = [one for one in run["manifest"].get("explanation", {}).get("lines", ()) if len(one.split()) > 6]
        assert "⟦" in page and not [one for one in said if one.strip() in page]


def test_rules_and_facts_within_reasons_are_worded_on_pages(generated_world: World) -> None:
    """The page of each worker whom a rule refuses, with the fact beside the demand."""
    world = generated_world
    run = world.run("gt", time_limit=30)
    content = world.call("gt", "GET", f"/v1/programmes/{{p}}/runs/{run['id']}/files/unplaced.csv").text
    reasons = {row["worker_id"]: row["reason"] for row in csv.DictReader(io.StringIO(content))}
    facts = {worker: reason for worker, reason in reasons.items() if reason.endswith(")") and "looked at (" in reason}
    assert facts
    browser = Browser(world, "gt")
    for worker, reason in list(facts.items())[:8]:
        fact = reason.rpartition("looked at (")[2].partition(": ")[2].removesuffix(")")
        page = text_of(browser.get(f"{RUNS}/{run['id']}/worker?worker_id={worker}", **{"Accept-Language": ACCENTED}))
        assert "⟦" in page and fact not in page, (reason, page)


def test_a_ministry_of_destination_is_kept_no_words_of_reasons(generated_world: World) -> None:
    """Rules and facts of workers' records aren't kept in its runs at all."""
    run = generated_world.run("ca", time_limit=30)
    browser = Browser(generated_world, "ca")
    assert "looked at" not in text_of(browser.get(f"{RUNS}/{run['id']}/unplaced"))
    missing = generated_world.call("ca", "GET", f"/v1/programmes/{{p}}/runs/{run['id']}/files/reason_words.json")
    assert missing.status_code == 404
