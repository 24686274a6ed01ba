"""What is changed by hand is held to all that an upload of the same row is held to."""

from __future__ import annotations

from typing import Any

import pytest
from world import ORDER, World, agreement

P = "/v1/programmes/{p}"
ANY = {"If-Match": "*"}  # any version
HOSTILE = ("=1+1", "-1+1", "+1", "@SUM")


def _worker(world: World) -> str:
    found: str = world.must("gt", "GET", P + "/registers/workers")["items"][0]["cells"]["worker_id"]
    return found


def test_a_workers_row_is_held_against_itself(world: World) -> None:
    """Every fault at once: days in disorder, a date that is none, a control character, an unsafe id."""
    path = f"{P}/workers/{_worker(world)}"
    before = world.must("gt", "GET", path)
    wrong = {
        "available_from": "2026-06-01",
        "available_to": "2026-05-01",
        "birth_date": "31/12/1990",
        "skills": "a\tb",
        "household_id": "=1+1",
    }
    answer = world.call("gt", "PATCH", path, json={"profile": wrong}, headers=ANY)
    assert answer.status_code == 422
    columns = {fault["column"] for fault in answer.json()["faults"]}
    assert columns == {"available_to", "birth_date", "skills", "household_id"}, answer.text
    assert world.must("gt", "GET", path) == before
    late = world.call("gt", "PATCH", path, json={"profile": {"available_from": "2027-01-01"}}, headers=ANY)
    assert late.status_code == 422, "the row is read with what it has already"
    assert late.json()["faults"][0]["column"] == "available_to"


def test_what_a_patch_lets_through_can_be_matched(world: World) -> None:
    """The programme stays sound after a change that was taken."""
    change = {"available_from": "2026-03-01", "available_to": "2026-11-30", "household_id": "H-1"}
    world.must("gt", "PATCH", f"{P}/workers/{_worker(world)}", json={"profile": change}, headers=ANY)
    assert world.must("gt", "GET", P + "/soundness")["sound"]


def test_an_orders_row_is_held_against_itself(world: World) -> None:
    """Filed or changed by hand: days in disorder and a control character, both at once."""
    wrong = {**ORDER, "end_date": "2026-01-01", "required_skills": ["a\tb"]}
    order = world.order(submit=False)
    filed = world.call("e1", "POST", P + "/orders", json=wrong)
    path, match = f"{P}/orders/{order['order_id']}", {"If-Match": '"1"'}
    for answer in (filed, world.call("e1", "PUT", path, json=wrong, headers=match)):
        assert answer.status_code == 422
        assert {fault["column"] for fault in answer.json()["faults"]} == {"end_date", "required_skills"}, answer.text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_id_that_begins_like_a_formula_comes_in(world: World, hostile: str) -> None:
    """By no way: agreement, clause, settings, account, register, order, profile, what-if, sweep."""
    own = agreement("GT-CA", "GT", "CA")
    settings = world.must("gt", "GET", P)["settings"]
    order = {**ORDER, "order_id": hostile}
    edit = f'id = "{hostile}"\n[[edit]]\nweights = {{ fill = 2 }}\n'
    clause = f'[[edit]]\nnew_clause = {{ id = "{hostile}", kind = "cap", count = 2 }}\n'
    vary = f'id = "{hostile}"\n[[vary]]\nedit = {{ weights = {{ fill = "VALUE" }} }}\nvalues = [1, 2]\n'
    employers = f"employer_id,name,country,accredited_until,debarred_from,debarred_until\n{hostile},X,CA,,,\n"
    tries: list[tuple[str, str, str, dict[str, Any]]] = [
        ("gt", "PUT", f"{P}/agreements/{hostile}", {"json": {"toml": own.replace('"GT-CA"', f'"{hostile}"')}}),
        ("gt", "PUT", P + "/agreements/GT-CA", {"json": {"toml": own.replace('"quota"', f'"{hostile}"')}}),
        ("gt", "POST", "/v1/programmes", {"json": {"title": "T", "settings": _with_id(settings, hostile)}}),
        ("gt", "PATCH", P, {"json": {"settings": _with_clause(settings, hostile)}, "headers": {"If-Match": '"1"'}}),
        ("e1", "POST", P + "/orders", {"json": order}),
        ("ca", "POST", P + "/registers/employers/uploads", {"files": {"file": ("t.csv", employers)}}),
        (
            "gt",
            "PATCH",
            f"{P}/workers/{_worker(world)}",
            {"json": {"profile": {"travel_group_id": hostile}}, "headers": ANY},
        ),
        ("gt", "POST", P + "/runs", {"json": {"kind": "what_if", "what_ifs": [edit]}}),
        ("gt", "POST", P + "/runs", {"json": {"kind": "what_if", "what_ifs": [clause]}}),
        ("gt", "POST", P + "/runs", {"json": {"kind": "sweep", "sweep": vary, "measure": "placements"}}),
        (
            "administrator",
            "POST",
            "/v1/accounts",
            {"json": {"email": "x@example.org", "name": "X", "role": "employer", "employer_id": hostile}},
        ),
    ]
    for who, method, path, content in tries:
        answer = world.call(who, method, path, **content)
        assert answer.status_code == 422, (path, answer.status_code, answer.text)


def _with_id(settings: str, identifier: str) -> str:
    return settings.replace('id = "season-2026"', f'id = "{identifier}"')


def _with_clause(settings: str, identifier: str) -> str:
    return f'{settings}\n[[clause]]\nid = "{identifier}"\nkind = "cap"\ncount = 3\n'
