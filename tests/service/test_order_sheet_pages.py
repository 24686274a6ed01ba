"""The page on which a sheet of orders is uploaded."""

from __future__ import annotations

import pytest
from browser import Browser, text_of
from world import World

P = "/programmes/{p}"
TITLES = "order_id,site_id,destination_country,sector,isco08,start_date,end_date,headcount,weekly_hours,hourly_wage"
COLUMNS = ",employer_id,destination_region,required_skills,desired_skills,languages,min_experience_months,min_crew"
MORE = ",guaranteed_weekly_hours,weekly_deductions,worker_cost,labour_market_test_until,priority"


def _sheet(*rows: str) -> dict[str, tuple[str, str]]:
    lines = [TITLES + COLUMNS + MORE, *(row + ",E1" + "," * 11 for row in rows)]
    return {"file": ("orders.csv", "\n".join(lines) + "\n")}


def _row(identifier: str, headcount: str = "3", site: str = "S1") -> str:
    return f"{identifier},{site},CA,A01,9211,2026-03-01,2026-08-31,{headcount},45,15"


def test_a_sheet_is_filed_and_said_so(world: World) -> None:
    """As drafts or submitted; the same again changes nothing."""
    employer = Browser(world, "e1")
    assert employer.get(f"{P}/order-sheet").status_code == 200
    done = employer.post(f"{P}/order-sheet", {"submit": "1"}, files=_sheet(_row("A1"), _row("A2")))
    assert done.status_code == 200 and "2 orders were filed, 0 changed" in text_of(done)
    found = world.must("e1", "GET", f"/v1{P}/orders")["items"]
    assert [(one["order_id"], one["state"]) for one in found] == [("E1~A1", "submitted"), ("E1~A2", "submitted")]
    again = employer.post(f"{P}/order-sheet", files=_sheet(_row("A1", "7"), _row("A2")))
    assert "0 orders were filed, 1 changed, 1 were there already" in text_of(again)


def test_faults_are_told_by_row_and_nothing_is_filed(world: World) -> None:
    """Those of form and those of content alike."""
    employer = Browser(world, "e1")
    for rows, told in (
        ((_row("A1"), _row("A2", "none")), "3 headcount none"),
        ((_row("A1"), _row("A2", site="S2")), "3 site_id S2 is not in sites a site of this employer"),
    ):
        wrong = employer.post(f"{P}/order-sheet", {"submit": "1"}, files=_sheet(*rows))
        assert wrong.status_code == 422 and told in text_of(wrong), text_of(wrong)
        assert 'name="submit" value="1" checked' in wrong.text
    assert world.must("e1", "GET", f"/v1{P}/orders")["items"] == []


def test_what_is_no_sheet_is_refused(world: World) -> None:
    """Another kind of file, or none."""
    employer = Browser(world, "e1")
    picture = employer.post(f"{P}/order-sheet", files={"file": ("orders.png", b"\x89PNG")})
    assert picture.status_code == 422 and "of a kind that isn't read" in text_of(picture)
    assert "is missing" in text_of(employer.post(f"{P}/order-sheet", {"submit": ""}))


@pytest.mark.parametrize(("who", "status"), [("ca", 200), ("gt", 200), ("hn", 403), ("planner", 403), ("auditor", 403)])
def test_who_may_upload(world: World, who: str, status: int) -> None:
    """Who files orders, and the ministry that owns the programme: its orders of another state are drafts."""
    assert Browser(world, who).get(f"{P}/order-sheet").status_code == status
    sent = Browser(world, who).post(f"{P}/order-sheet", {"submit": "1"}, files=_sheet(_row("A1")))
    assert sent.status_code == status
    found = world.must("e1", "GET", f"/v1{P}/orders")["items"]
    assert [one["state"] for one in found] == {"ca": ["submitted"], "gt": ["draft"]}.get(who, [])
