"""Runs and plans as pages: started by a form, followed, stopped, read as a minister asks, published."""

from __future__ import annotations

import csv
import re
from collections import Counter

import pytest
import sqlalchemy as sa
from browser import Browser, text_of
from world import World

from api.runs.worker import Worker
from api.storage.database import transaction
from api.storage.tables import operations, runs

RUNS, NEW = "/programmes/{p}/runs", "/programmes/{p}/new-plan"
FAULT = dict(file="workers.csv", row=3, column="sex", value="Z", problem="is not known", expected="F, M or X")
ASKED = {"kind": "match", "gap": "0.001", "time_limit": "60", "seed": "0", "states": "certified"}


def _plan(world: World, who: str = "gt") -> str:
    """A match of somebody, computed; the address of its page."""
    return f"{RUNS}/{world.run(who, time_limit=30)['id']}"


def test_a_run_is_started_followed_and_computed(world: World) -> None:
    """The form says what is left out; the run's page is read again as long as it goes on, and then is the plan's."""
    world.certified()
    world.order(submit=False, headcount=2)
    form = Browser(world, "ca").get(NEW)
    assert "1 orders with 3 places" in text_of(form)
    assert "You see 1 of them, with 2 places." in text_of(form)
    browser = Browser(world, "gt")
    assert "you see none" in text_of(browser.get(NEW))
    sent = browser.post(RUNS, ASKED)
    assert sent.status_code == 303
    place = sent.headers["Location"]
    waiting = browser.get(place)
    assert "This run is next." in text_of(waiting) and f'data-follows="{place}"' in waiting.text
    assert Worker(world.engine).run_one()
    plan = browser.get(place)
    assert "data-follows" not in plan.text
    assert "3 people have a job" in text_of(plan) and "7 people have none" in text_of(plan)
    assert place in browser.get(f"{RUNS}?state=done").text
    assert "1 plan is ready and isn't published" in text_of(browser.get("/home"))


def test_what_is_wrong_is_shown_with_what_was_typed(world: World) -> None:
    """Nothing is started, and the form comes again."""
    browser = Browser(world, "gt")
    for field, value in (("gap", "much"), ("seed", "-1"), ("states", "draft")):
        again = browser.post(RUNS, {**ASKED, field: value})
        assert again.status_code == 422, field
        assert f'href="#{field}"' in again.text
    assert 'value="-1"' in browser.post(RUNS, {**ASKED, "seed": "-1"}).text
    with transaction(world.engine) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(runs)) == 0


def test_a_run_is_stopped(world: World) -> None:
    """Its page says so; one that has ended can't be stopped."""
    world.certified()
    browser = Browser(world, "gt")
    place = browser.post(RUNS, ASKED).headers["Location"]
    assert browser.post(f"{place}/stop").status_code == 303
    Worker(world.engine).run_one()
    assert "The run was stopped" in text_of(browser.get(place))
    assert browser.post(f"{place}/stop").status_code == 409


def test_each_sees_the_runs_of_his_own_side(world: World) -> None:
    """Ministries their own, planners those of planners, auditors all without a button; the others none."""
    world.certified()
    place = _plan(world)
    for who, status in (("gt", 200), ("auditor", 200), ("ca", 404), ("hn", 404), ("planner", 404), ("e1", 404)):
        for path in (place, f"{place}/placements", f"{place}/unplaced", f"{place}/open-orders"):
            assert Browser(world, who).get(path).status_code == status, (who, path)
    assert Browser(world, "e1").get(RUNS).status_code == 403
    seen = Browser(world, "auditor").get(place)
    assert "Publish the plan" not in seen.text and Browser(world, "auditor").get(NEW).status_code == 403
    assert Browser(world, "ca").post(f"{place}/stop").status_code == 404
    assert Browser(world, "planner").post(f"{place}/publication").status_code == 404


def test_a_plan_answers_what_a_minister_asks(generated_world: World) -> None:
    """Every figure is that of the files: people with a job and without by group, women, open places, quotas, proof."""
    world = generated_world
    run = world.run("gt", time_limit=30)
    place, browser = f"{RUNS}/{run['id']}", Browser(world, "gt")
    text = text_of(browser.get(place))
    measures = run["manifest"]["measures"]
    workers = {one["worker_id"] for one in _placements(world, run["id"])}
    unplaced = _csv(world, run["id"], "unplaced.csv")
    assert measures["people"]["placed"] == len(workers) and f"{len(workers)} people have a job" in text
    assert measures["people"]["registered"] == len(workers) + len(unplaced)
    assert f"{len(unplaced)} people have none" in text
    assert f"{measures['people']['women_placed']} of {measures['people']['women_registered']} women" in text
    refused = [row for row in unplaced if row["reason"].startswith("not_admitted")]
    assert refused and f"No order may take them {len(refused)} " in text
    assert f"{measures['totals']['net_income']:,.0f} USD" in text
    assert re.search(r"One more place under capacity of .*: at most [0-9.]+ more people in work, \d+ weeks", text)
    assert "It is proven that no plan of this season can be worth more than" in text
    narrowed = browser.get(f"{place}/unplaced?group=not_admitted")
    assert all(row["worker_id"] in narrowed.text for row in refused[:50])
    assert not any(row["worker_id"] in narrowed.text for row in unplaced if row not in refused)
    listed = browser.get(f"{place}/unplaced?form=json").json()
    assert sorted(row["worker_id"] for row in listed) == sorted(row["worker_id"] for row in unplaced)
    for row in unplaced[:3]:
        assert "No job in this plan." in text_of(browser.get(f"{place}/worker?worker_id={row['worker_id']}"))
    placed = Counter(one["worker_id"] for one in _placements(world, run["id"])).most_common()
    for worker, count in (placed[0], placed[-1]):
        told = f"This plan has {count} placement{'s' if count > 1 else ''} for this worker."
        assert told in text_of(browser.get(f"{place}/worker?worker_id={worker}"))
    assert browser.get(f"{place}/worker?worker_id=nobody").status_code == 404
    spanish = browser.get(place, **{"Accept-Language": "es"})
    assert "Ninguna oferta puede admitirlas" in text_of(spanish)


def test_a_ministry_of_destination_reads_no_profiles(generated_world: World) -> None:
    """It is told how many have no job by group, and of nobody's record, nor how many are women."""
    world = generated_world
    run = world.run("ca", time_limit=30)
    place, browser = f"{RUNS}/{run['id']}", Browser(world, "ca")
    text = text_of(browser.get(place))
    assert "women registered" not in text and "women_placed" not in run["manifest"]["measures"]["people"]
    reasons = {row["reason"] for row in browser.get(f"{place}/unplaced?form=json").json()}
    assert reasons <= {"not_admitted", "outpriced", "limit_full", "tied", "left_within_gap"}


def test_placements_filter_sort_and_page(generated_world: World) -> None:
    """What the address asks is what is shown, and what its files hold."""
    world = generated_world
    run = world.run("gt", time_limit=30)
    place, browser = f"{RUNS}/{run['id']}/placements", Browser(world, "gt")
    every = browser.get(f"{place}?form=json&sort=-value").json()
    assert [row["value"] for row in every] == sorted((row["value"] for row in every), reverse=True)
    here = browser.get(f"{place}?form=json&destination_country=CA").json()
    assert here and {row["destination_country"] for row in here} == {"CA"}
    assert f"1 to {min(50, len(every))} of {len(every)}" in text_of(browser.get(place))
    assert browser.get(f"{place}?form=csv").text.count("\n") == len(every) + 1


def test_a_plan_is_published_from_its_page(world: World) -> None:
    """What the service says is what the page says; a second time there is nothing to publish."""
    world.certified()
    place, browser = _plan(world), Browser(world, "gt")
    assert "Publish the plan" in browser.get(place).text
    sent = browser.post(f"{place}/publication")
    assert sent.status_code == 303 and "is published" in text_of(browser.get(sent.headers["Location"]))
    assert len(world.operations("gt")) == 3
    assert browser.post(f"{place}/publication").status_code == 409
    repair = browser.post(RUNS, {"kind": "rematch", "plan": place.rpartition("/")[2]})
    assert repair.status_code == 303 and Worker(world.engine).run_one()
    assert "Repair of a plan" in text_of(browser.get(repair.headers["Location"]))


def test_what_does_not_fit_is_named_and_the_rest_published(world: World) -> None:
    """An order that was taken back stands in the way of its placements alone."""
    world.certified(headcount=2)
    gone = world.certified(headcount=3)
    place, browser = _plan(world), Browser(world, "gt")
    assert world.step("ca", gone, "closure").status_code == 200
    refused = browser.post(f"{place}/publication")
    assert refused.status_code == 409 and gone["order_id"] in refused.text
    assert "Publish what fits" in refused.text and not world.operations("gt")
    assert browser.post(f"{place}/publication", {"what_fits": "yes"}).status_code == 303
    with transaction(world.engine) as connection:
        left = connection.scalars(sa.select(operations.c.order_id)).all()
    assert len(left) == 2 and gone["order_id"] not in left


def test_a_run_that_came_to_nothing_says_why(world: World) -> None:
    """The page tells the problem as the interface does."""
    world.certified()
    run = world.run("gt", time_limit=30)
    problem = {"title": "The content has faults", "status": 422, "detail": "1 fault", "faults": [FAULT]}
    failed = {"state": "failed", "problem": problem, "manifest": {}}
    with transaction(world.engine) as connection:
        connection.execute(runs.update().where(runs.c.id == run["id"]).values(failed))
    text = text_of(Browser(world, "gt").get(f"{RUNS}/{run['id']}"))
    assert "The run came to nothing" in text and "workers.csv row 3 sex “Z”: is not known; expected: F, M or X" in text


def _placements(world: World, run_id: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = world.must("gt", "GET", f"/v1/programmes/{{p}}/runs/{run_id}/placements?limit=1000")[
        "items"
    ]
    return found


def _csv(world: World, run_id: str, name: str) -> list[dict[str, str]]:
    answer = world.call("gt", "GET", f"/v1/programmes/{{p}}/runs/{run_id}/files/{name}")
    return list(csv.DictReader(answer.text.splitlines()))


@pytest.mark.usefixtures("drawn_charts")
@pytest.mark.computes
def test_pictures_have_tables_of_the_same_figures(generated_world: World) -> None:
    """The season calendar and the flows are drawn on the server in the language of who asks."""
    world = generated_world
    plan = world.run("gt", time_limit=30)["id"]
    browser = Browser(world, "gt")
    sent = browser.post(RUNS, {"kind": "report", "plan": plan}, **{"Accept-Language": "fr"})
    assert sent.status_code == 303 and Worker(world.engine).run_one()
    place = sent.headers["Location"]
    shown = browser.get(place)
    assert "Placements des origines vers les destinations" in text_of(shown)
    for name in ("season_calendar", "flows"):
        picture = browser.get(f"{place}/files/{name}.svg")
        assert picture.headers["content-type"] == "image/svg+xml" and picture.text.startswith("<svg")
        assert f'src="{place}/files/{name}.svg"' in shown.text
    told = world.must("gt", "GET", f"/v1/programmes/{{p}}/runs/{place.rpartition('/')[2]}")["manifest"]["pictures"]
    flows = next(one for one in told if one["name"] == "flows")["tables"]
    every = len(_placements(world, plan))
    assert [sum(int(cell) for row in table["rows"] for cell in row[1:]) for table in flows] == [every, every]
