"""Orders: faults by name, retries, two clerks, history, checks, sheets with headings of their own."""

from __future__ import annotations

import io
import threading
from typing import Any

import pytest
import xlsxwriter
from world import ORDER, World

from api.settings import settings

P = "/v1/programmes/{p}"
TITLES = (
    "order_id,employer_id,site_id,destination_country,destination_region,sector,isco08,required_skills,desired_skills,"
    "languages,min_experience_months,start_date,end_date,headcount,min_crew,weekly_hours,guaranteed_weekly_hours,"
    "hourly_wage,weekly_deductions,worker_cost,labour_market_test_until,priority"
)


def _row(order_id: str, headcount: str = "3", employer: str = "E1", site: str = "S1") -> str:
    return f"{order_id},{employer},{site},CA,,A01,9211,,,,,2026-03-01,2026-08-31,{headcount},1,45,40,15,,,,1"


def test_an_employer_keeps_no_drafts_without_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond what the setting allows nothing is filed as a draft; what is submitted makes room."""
    monkeypatch.setenv("VAIVEN_DRAFTS_OF_AN_EMPLOYER", "2")
    settings.cache_clear()
    kept = [world.order("e1", submit=False) for _ in range(2)]
    refused = world.call("e1", "POST", P + "/orders", json={**ORDER, "submit": False})
    assert refused.status_code == 409 and "2 drafts" in refused.json()["detail"]
    assert world.step("e1", kept[0], "submission").status_code == 200
    world.order("e1", submit=False)


def test_every_fault_of_an_order_is_named(world: World) -> None:
    """Cells, dates, crew, site and country at once."""
    body = {**ORDER, "end_date": "2026-02-01", "min_crew": 9, "site_id": "S2", "languages": ["xx:A2"], "priority": 3}
    answer = world.call("e1", "POST", P + "/orders", json=body)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    columns = {fault["column"] for fault in answer.json()["faults"]}
    assert columns == {"end_date", "min_crew", "site_id", "languages", "priority"}
    assert world.must("e1", "GET", P + "/orders")["items"] == []


def test_a_retry_files_one_order(world: World) -> None:
    """The same key is answered alike; with other content it is refused."""
    headers = {"Idempotency-Key": "retry-0001"}
    first = world.call("e1", "POST", P + "/orders", json=ORDER, headers=headers)
    second = world.call("e1", "POST", P + "/orders", json=ORDER, headers=headers)
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json() and second.headers["Idempotent-Replayed"] == "true"
    assert first.headers["ETag"] == second.headers["ETag"]
    assert len(world.must("e1", "GET", P + "/orders")["items"]) == 1
    other = world.call("e1", "POST", P + "/orders", json={**ORDER, "headcount": 4}, headers=headers)
    assert other.status_code == 422 and "another request" in other.json()["detail"]
    theirs = world.call(
        "e2", "POST", P + "/orders", json={**ORDER, "site_id": "S2", "destination_country": "US"}, headers=headers
    )
    assert theirs.status_code == 201


def test_retries_at_the_same_time_file_one_order(world: World) -> None:
    """Eight at once: one order, eight like answers."""
    found: list[Any] = []

    def file() -> None:
        headers = {"Idempotency-Key": "at-once-01"}
        found.append(world.call("e1", "POST", P + "/orders", json=ORDER, headers=headers))

    threads = [threading.Thread(target=file) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in found} == {201}
    assert len({answer.json()["order_id"] for answer in found}) == 1


def test_two_clerks_lose_nothing(world: World) -> None:
    """Who changes an older version is told; without a version nothing is changed."""
    order = world.order()
    path = f"{P}/orders/{order['order_id']}"
    blind = world.call("e1", "PUT", path, json=ORDER)
    assert blind.status_code == 428
    match = {"If-Match": world.call("e1", "GET", path).headers["ETag"]}
    assert world.call("e1", "PUT", path, json={**ORDER, "headcount": 5}, headers=match).status_code == 200
    late = world.call("e1", "PUT", path, json={**ORDER, "headcount": 6}, headers=match)
    assert late.status_code == 412 and late.headers["ETag"] == '"2"'
    assert world.must("e1", "GET", path)["headcount"] == 5
    history = world.must("e1", "GET", path + "/history")["items"]
    assert [(one["version"], one["content"]["headcount"]) for one in history] == [(1, "3"), (2, "5")]


def test_states_follow_each_other(world: World) -> None:
    """Draft, submitted, certified, closed; who may take a step, and what can't follow."""
    order = world.order(submit=False)
    assert world.call("gt", "GET", f"{P}/orders/{order['order_id']}").status_code == 404
    order = world.step("e1", order, "submission").json()
    assert world.call("gt", "GET", f"{P}/orders/{order['order_id']}").status_code == 200
    assert world.step("e1", order, "certification").status_code == 403
    order = world.step("ca", order, "certification").json()
    assert order["state"] == "certified"
    match = {"If-Match": f'"{order["version"]}"'}
    fixed = world.call("e1", "PUT", f"{P}/orders/{order['order_id']}", json=ORDER, headers=match)
    assert fixed.status_code == 409
    order = world.step("e1", order, "closure").json()
    assert order["state"] == "closed"
    assert world.step("ca", order, "certification").status_code == 409


def test_lists_come_in_pages_and_by_filter(world: World) -> None:
    """Each order once, whatever the size of a page."""
    made = {world.order()["order_id"] for _ in range(5)} | {world.order(submit=False)["order_id"]}
    seen, after = [], None
    while True:
        query: dict[str, Any] = {"limit": 2} | ({"after": after} if after else {})
        found = world.must("e1", "GET", P + "/orders", params=query)
        seen += [order["order_id"] for order in found["items"]]
        after = found["next"]
        if after is None:
            break
    assert sorted(made) == seen
    drafts = world.must("e1", "GET", P + "/orders", params={"state": "draft"})["items"]
    assert len(drafts) == 1


def test_an_order_is_checked_against_the_agreements(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many it would admit and what refuses most; an employer is told blurred numbers; checks are few."""
    monkeypatch.setenv("VAIVEN_CHECKS_PER_MINUTE", "2")  # of 14 some fall into one minute, however slow they are
    settings.cache_clear()
    order = world.order(languages=["en:B2"])
    told = world.must("gt", "GET", f"{P}/orders/{order['order_id']}/check")
    assert told["admitted"] == "0" and told["refuses_most"] == "language" and told["registered"] == "10"
    assert "language" in told["in_words"]
    small = world.must("e1", "GET", f"{P}/orders/{order['order_id']}/check")
    assert small["admitted"] in ("fewer than 10", "10", "20", "30") and small["funnel"] == {}, "0, and noise"
    fine = world.order()
    assert world.must("ca", "GET", f"{P}/orders/{fine['order_id']}/check")["admitted"] == "10"
    statuses = {world.call("e1", "GET", f"{P}/orders/{fine['order_id']}/check").status_code for _ in range(14)}
    assert statuses == {200, 429}


def test_a_sheet_files_all_orders_or_none(world: World) -> None:
    """Faults are named by row; a sound sheet files and changes; a repetition changes nothing."""
    bad = "\n".join([TITLES, _row("A1"), _row("A2", "0"), _row("A3", site="S9"), _row("A4", employer="E2")]) + "\n"
    answer = world.upload("e1", "orders", bad)
    assert answer.status_code == 422
    assert {(f["row"], f["column"]) for f in answer.json()["faults"]} >= {(3, "headcount")}
    later = "\n".join([TITLES, _row("A1"), _row("A3", site="S9"), _row("A4", employer="E2")]) + "\n"
    faults = world.upload("e1", "orders", later).json()["faults"]
    assert {(f["row"], f["column"]) for f in faults} >= {(3, "site_id"), (4, "employer_id")}
    assert world.must("e1", "GET", P + "/orders")["items"] == []
    good = "\n".join([TITLES, _row("A1"), _row("A2")]) + "\n"
    assert world.upload("e1", "orders", good).json() == {
        "added": ["E1~A1", "E1~A2"],
        "changed": [],
        "unchanged": 0,
        "notices": [],
    }
    changed = "\n".join([TITLES, _row("A1", "7"), _row("A2")]) + "\n"
    done = {"added": [], "changed": ["E1~A1"], "unchanged": 1, "notices": []}
    assert world.upload("e1", "orders", changed).json() == done


def test_whole_numbers_may_be_written_with_a_point(world: World) -> None:
    """As spreadsheet programs write them; the lists that show them work, and it is no change."""
    text = "\n".join([TITLES, _row("A1", "3.0")]) + "\n"
    assert world.upload("e1", "orders", text).status_code == 201
    assert world.must("e1", "GET", P + "/orders")["items"][0]["headcount"] == 3
    assert world.upload("e1", "orders", "\n".join([TITLES, _row("A1")]) + "\n").json()["unchanged"] == 1


def test_a_workbook_with_headings_of_its_own_is_mapped(world: World) -> None:
    """By the map that is sent with it; what stands nowhere on the sheet is a constant of the map."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        page = book.add_worksheet("Ofertas")
        page.write_row(0, 0, ["Oferta", "Finca", "Desde", "Hasta", "Plazas", "Horas", "Pago"])
        page.write_row(1, 0, ["M-1", "S1", "01/03/2026", "31/08/2026", 4, 45, "15,50"])
    columns = {
        "order_id": '"Oferta"',
        "employer_id": '{ value = "E1" }',
        "site_id": '"Finca"',
        "destination_country": '{ value = "CA" }',
        "sector": '{ value = "A01" }',
        "isco08": '{ value = "9211" }',
        "start_date": '{ from = "Desde", dates = "DD/MM/YYYY" }',
        "end_date": '{ from = "Hasta", dates = "DD/MM/YYYY" }',
        "headcount": '"Plazas"',
        "weekly_hours": '"Horas"',
        "hourly_wage": '{ from = "Pago", decimal_comma = true }',
    }
    text = 'table = "orders"\n[columns]\n' + "\n".join(f"{name} = {value}" for name, value in columns.items())
    answer = world.upload("e1", "orders", target.getvalue(), "ofertas.xlsx", data={"map": text})
    assert answer.status_code == 201, answer.text
    order = world.must("e1", "GET", P + "/orders/E1~M-1")
    assert (order["headcount"], order["hourly_wage"], order["start_date"]) == (4, 15.5, "2026-03-01")


@pytest.mark.computes
def test_orders_of_a_generated_season_are_checked(generated_world: World) -> None:
    """Clauses of every family, with lists as parameters: employers and ministries can check every order."""
    items = generated_world.must("ca", "GET", P + "/orders")["items"]
    assert len(items) >= 3
    for order in items:
        for who in ("ca", "gt", order["employer_id"]):
            told = generated_world.must(who, "GET", f"{P}/orders/{order['order_id']}/check")
            assert told["registered"] and told["admitted"]
    told = generated_world.must("ca", "GET", f"{P}/orders/{items[0]['order_id']}/check")
    assert told["refuses_most"] in told["funnel"] and int(told["registered"]) > 100
