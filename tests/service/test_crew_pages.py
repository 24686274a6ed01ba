"""Pages of crews: who comes when, beds by week, and who of last season is asked back."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from browser import Browser, text_of
from world import World, agreement

from api.crews.beds import weeks_of
from api.storage.account_tables import audit_log
from api.storage.tables import registers

P = "/programmes/{p}"


def _published(world: World, *states: str, **order: Any) -> list[str]:
    """An order of E1 with three workers, taken through states; the workers."""
    world.certified(**order)
    run = world.run("gt")
    world.must("gt", "POST", f"/v1{P}/runs/{run['id']}/publication")
    found = world.operations("gt")
    for state in states:
        who = "ca" if state == "arrived" else "gt"
        assert world.move(who, state, [one["id"] for one in found]).status_code == 200, state
    return sorted(one["worker_id"] for one in found)


def _recalls(world: World) -> list[tuple[str, str]]:
    recalls = registers["recalls"].c
    with world.engine.connect() as connection:
        rows = connection.execute(sa.select(recalls.order_id, recalls.worker_id).order_by(recalls.worker_id))
        return [(order, worker) for order, worker in rows]


def test_who_comes_when_and_by_which_name(world: World) -> None:
    """An employer sees whom it was offered, by pseudonym; the name from the acceptance on, which leaves an entry."""
    workers = _published(world)
    world.change_worker("gt", workers[0], name="Ana Morales")
    assert "Nobody is offered a place yet" in text_of(Browser(world, "e1").get(f"{P}/crew"))
    assert text_of(Browser(world, "ca").get(f"{P}/crew")).count("proposed") >= 3
    ids = [one["id"] for one in world.operations("gt")]
    world.move("gt", "offered", ids)
    offered = text_of(Browser(world, "e1").get(f"{P}/crew"))
    assert all(worker in offered for worker in workers) and "Ana Morales" not in offered
    assert "2026-03-01" in offered and "2026-08-31" in offered
    world.move("gt", "accepted", ids)
    with world.engine.connect() as connection:
        before = connection.scalar(sa.select(sa.func.count()).select_from(audit_log))
    assert "Ana Morales" in text_of(Browser(world, "e1").get(f"{P}/crew"))
    log = world.must("auditor", "GET", "/v1/audit-log", params={"limit": 1000})["items"]
    assert before is not None and [one["action"] for one in log].count("persons.read") >= 1
    calendar = Browser(world, "e1").get(f"{P}/crew?form=ics")
    assert calendar.headers["Content-Type"].startswith("text/calendar")
    assert calendar.text.count("BEGIN:VEVENT") == 3 and "DTSTART;VALUE=DATE:20260301" in calendar.text
    assert Browser(world, "e2").get(f"{P}/crew?form=json").json() == []


@pytest.mark.parametrize("page", ["crew", "crew-beds", "crew-pay", "crew-recalls"])
def test_crews_are_those_of_who_files_orders(world: World, page: str) -> None:
    """Of employers, and of the ministry of their state; the others are told why not."""
    for who in ("e1", "e2", "ca", "us"):
        assert Browser(world, who).get(f"{P}/{page}").status_code == 200
    for who in ("gt", "planner", "auditor", "administrator"):
        assert Browser(world, who).get(f"{P}/{page}").status_code == 403


def test_what_is_paid_for_a_crew(world: World) -> None:
    """By the order's hours and wage over the days of each placement, all of them below, as a file; the agreement's
    demands on the employer beside it. An employer sees the own orders alone, in pages and files.
    """
    text = agreement("GT-CA", "GT", "CA") + '[[clause]]\nid = "costs"\nkind = "worker_cost"\nmax = 20\n'
    text += '[[clause]]\nid = "cooks"\nkind = "wage_floor"\nhourly = 11\nwhere = { isco08 = ["5120"] }\n'
    path = f"/v1{P}/agreements/GT-CA"
    headers = {"If-Match": world.call("gt", "GET", path).headers["ETag"]}
    world.must("gt", "PUT", path, json={"toml": text}, headers=headers)
    _published(world, "offered", weekly_deductions=70.5, worker_cost=12)
    days = (date(2026, 8, 31) - date(2026, 3, 1)).days + 1
    wages, guaranteed, kept = (round(one * days / 7, 2) for one in (45 * 15, 40 * 15, 70.5))
    shown = Browser(world, "e1").get(f"{P}/crew-pay")
    told = text_of(shown)
    assert told.count(f"{wages:,.2f}") == 3 and f"{wages * 3:,.2f}" in told  # each of three, and together
    assert f"{kept * 3:,.2f}" in told and "The worker pays at most 20 for the job." in told
    assert "The hourly wage is at least 11" not in told  # it is of cooks, and none is placed
    assert "what is left to the employer isn't registered" in told
    rows = Browser(world, "e1").get(f"{P}/crew-pay?form=json").json()
    amounts = {(row["wages"], row["guaranteed"], row["deducted"], row["paid_by_worker"]) for row in rows}
    assert len(rows) == 3 and amounts == {(wages, guaranteed, kept, 12.0)}
    assert f",{wages}," in Browser(world, "e1").get(f"{P}/crew-pay?form=csv").text
    assert Browser(world, "e2").get(f"{P}/crew-pay?form=json").json() == []
    assert f"{wages:,.2f}" not in text_of(Browser(world, "e2").get(f"{P}/crew-pay"))
    case = world.operations("e1")[0]["id"]
    assert f"{wages:,.2f} USD" in text_of(Browser(world, "e1").get(f"{P}/placements/{case}"))


def test_weeks_count_the_fullest_of_their_days() -> None:
    """From Monday on; both days of a stay are at the site, and a bed is free on the day after."""
    first = (date(2026, 3, 4), date(2026, 3, 9), 2)
    second = (date(2026, 3, 10), date(2026, 3, 20), 1)
    told = [(week.monday.isoformat(), week.people) for week in weeks_of([first, second])]
    assert told == [("2026-03-02", 2), ("2026-03-09", 2), ("2026-03-16", 1)]
    assert weeks_of([]) == []


def test_beds_by_week(world: World) -> None:
    """How many people are at each site of one's own, of how many beds, with a week of nobody left out."""
    _published(world, "offered", start_date="2026-03-02", end_date="2026-03-15")
    shown = Browser(world, "e1").get(f"{P}/crew-beds")
    told = text_of(shown)
    assert "S1 E1 CA-ON 8 3 2026-03-02" in told
    assert shown.text.count('<meter min="0" max="8" value="3"') == 2
    assert "S1" not in text_of(Browser(world, "e2").get(f"{P}/crew-beds"))


def test_workers_are_asked_back_by_pseudonym(world: World) -> None:
    """For an order of one's own; who isn't in the programme is named, and what was typed is kept."""
    order = world.order()["order_id"]
    with world.engine.connect() as connection:
        known = list(connection.scalars(sa.select(registers["workers"].c.worker_id).limit(2)))
    employer = Browser(world, "e1")
    wrong = employer.post(f"{P}/crew-recalls", {"order_id": order, "workers": f"{known[0]}\nWNOBODY"})
    assert wrong.status_code == 422 and "WNOBODY” is not in workers" in text_of(wrong)
    assert f">{known[0]}\nWNOBODY</textarea>" in wrong.text and 'href="#workers"' in wrong.text
    assert employer.post(f"{P}/crew-recalls", {"order_id": order, "workers": ""}).status_code == 422
    assert Browser(world, "e2").post(f"{P}/crew-recalls", {"order_id": order, "workers": known[0]}).status_code == 422
    assert Browser(world, "planner").post(f"{P}/crew-recalls", {"order_id": order}).status_code == 403
    assert _recalls(world) == []
    done = employer.post(f"{P}/crew-recalls", {"order_id": order, "workers": "\n".join(known)})
    page = text_of(employer.get(done.headers["Location"]))
    assert "2 workers more are asked back." in page and page.count("not offered yet") == 2
    assert known[0] not in text_of(Browser(world, "e2").get(f"{P}/crew-recalls"))
    gone = employer.post(f"{P}/crew-recalls-ended", {"ids": [f"{order} {known[0]}"]})
    assert "1 worker is asked back no longer." in text_of(employer.get(gone.headers["Location"]))
    assert _recalls(world) == [(order, known[1])]
    other = Browser(world, "e2").post(f"{P}/crew-recalls-ended", {"ids": [f"{order} {known[1]}"]})
    assert "0 workers are asked back no longer." in text_of(Browser(world, "e2").get(other.headers["Location"]))
    assert _recalls(world) == [(order, known[1])]


def test_last_years_crew_is_there_to_tick(world: World) -> None:
    """Who came home from this employer, by nobody else; who is asked back is no longer among them."""
    workers = _published(world, "offered", "accepted", "travelling", "arrived", "home")
    order = world.order()["order_id"]
    employer = Browser(world, "e1")
    shown = employer.get(f"{P}/crew-recalls")
    assert "Who came home from you before" in text_of(shown) and f'value="{workers[0]}"' in shown.text
    assert workers[0] not in Browser(world, "e2").get(f"{P}/crew-recalls").text
    done = employer.post(f"{P}/crew-recalls", {"order_id": order, "worker_id": workers[:2]})
    assert done.status_code == 303
    after = employer.get(f"{P}/crew-recalls")
    assert [one["worker_id"] for one in employer.get(f"{P}/crew-recalls?form=json").json()] == workers[:2]
    assert f'name="worker_id" value="{workers[2]}"' in after.text
    assert f'name="worker_id" value="{workers[0]}"' not in after.text


def test_what_became_of_those_who_were_asked_back(world: World) -> None:
    """Nothing is told before the offer; then the state of each placement, as long as it is one's own to see."""
    order = world.certified()["order_id"]
    with world.engine.connect() as connection:
        known = list(connection.scalars(sa.select(registers["workers"].c.worker_id).where(_of_guatemala())))
    employer = Browser(world, "e1")
    assert employer.post(f"{P}/crew-recalls", {"order_id": order, "workers": "\n".join(known)}).status_code == 303
    run = world.run("gt")
    world.must("gt", "POST", f"/v1{P}/runs/{run['id']}/publication")
    told = Counter(one["state"] for one in employer.get(f"{P}/crew-recalls?form=json").json())
    assert told == {"none": 10}
    ids = [one["id"] for one in world.operations("gt")]
    for state in ("offered", "declined"):
        assert world.move("gt", state, ids).status_code == 200
        told = Counter(one["state"] for one in employer.get(f"{P}/crew-recalls?form=json").json())
        assert told == {"none": 7, state: 3}


def _of_guatemala() -> sa.ColumnElement[bool]:
    return registers["workers"].c.origin_country == "GT"


def test_who_may_return_is_said_by_rules_of_stays_alone(world: World) -> None:
    """A cooling-off of the agreement bars, in words with its article; a worker's own wishes are never told."""
    workers = _published(world, "offered", "accepted", "travelling", "arrived", "home")
    first = world.order(start_date="2026-10-01", end_date="2026-11-30")["order_id"]
    world.change_worker("gt", workers[0], profile={"refuses": "E1", "passport_expires": "2026-01-31"})
    employer = Browser(world, "e1")
    assert "crew-returns" in employer.get(f"{P}/crew-recalls").text
    free = text_of(employer.get(f"{P}/crew-returns"))
    assert free.count(f"may return to: {first}") == 3 and "may not return" not in free and "refuse" not in free
    text = agreement("GT-CA", "GT", "CA") + (
        '[[clause]]\nid = "rest"\nkind = "cool_off"\nmin_days = 60\nsource = "art. 9"\n'
    )
    path = "/v1/programmes/{p}/agreements/GT-CA"
    headers = {"If-Match": world.call("gt", "GET", path).headers["ETag"]}
    world.must("gt", "PUT", path, json={"toml": text}, headers=headers)
    barred = text_of(employer.get(f"{P}/crew-returns"))
    assert barred.count("may not return At least 60 days away before a new stay. (art. 9)") == 3
    later = world.order(start_date="2026-11-01", end_date="2026-11-30")["order_id"]
    assert text_of(employer.get(f"{P}/crew-returns")).count(f"may return to: {later}") == 3
    for who in ("gt", "planner", "auditor", "administrator"):
        assert Browser(world, who).get(f"{P}/crew-returns").status_code == 403
