"""No page shows somebody a link or a form that the policy refuses: the pages of each role are walked from the first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from browser import Browser
from test_pages import page_routes
from world import World

ROLES = ("gt", "ca", "e1", "planner", "auditor", "administrator")
FIRST = ("/home", "/me")
# Not followed: what ends the session, and what is no page.
APART = re.compile(r"^/(sign-out|files/|v1/|privacy)|/files/")
MOST_RUNS = 12  # their pages differ by the kind of run; of each other kind of link one is followed
LIKE_ANOTHER = {"sort", "page"}  # a table's address in another order is followed as the table


class Controls(HTMLParser):
    """The links of a page and where its forms are sent, as (method, address)."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Links, forms, and buttons that send their form elsewhere."""
        told = {name: value or "" for name, value in attrs}
        if tag == "a" and not told.get("href", "#").startswith("#"):
            self.links.append(told["href"])
        if tag == "form":
            self.forms.append((told.get("method", "get").upper(), told.get("action", "")))
        if tag == "button" and "formaction" in told:
            self.forms.append(("POST", told["formaction"]))


@cache
def _route(method: str, path: str) -> Any:
    return next((one for one in _routes() if method in one.methods and one.path_regex.fullmatch(path)), None)


_routes = cache(page_routes)


def _walked(browser: Browser) -> Iterator[tuple[str, str, int, Controls]]:
    """Each page that links lead to, as (from where, address, status, controls): of each kind of link one."""
    waiting, seen, taken = [("", one) for one in FIRST], set(), Counter[tuple[str, str, frozenset[str]]]()
    while waiting:
        source, address = waiting.pop(0)
        parts = urlsplit(address)
        route = _route("GET", parts.path)
        assert route is not None, f"{source} leads to {address}, which is no page"
        where = _route("GET", urlsplit(source).path)
        kind = (where.path if where else "", route.path, frozenset(dict(parse_qsl(parts.query)).keys() - LIKE_ANOTHER))
        if address in seen or taken[kind] >= (MOST_RUNS if route.path.endswith("/runs/{run_id}") else 1):
            continue
        seen.add(address)
        taken[kind] += 1
        answer = browser.get(address)
        is_page = answer.headers.get("Content-Type", "").startswith("text/html") and answer.status_code == 200
        controls = Controls(answer.text if is_page else "")
        yield source, address, answer.status_code, controls
        targets = [urljoin(address, link) for link in controls.links]
        waiting += [(address, one) for one in targets if not APART.search(urlsplit(one).path)]


def _leave_something_of_each_kind(world: World) -> None:
    """A published plan with placements in several states, runs of several kinds, an experiment, a webhook."""
    order = world.certified(headcount=4)
    world.order("e1", submit=False)
    world.order("e1")
    plan = world.run("gt")["id"]
    world.must("gt", "POST", f"/v1/programmes/{{p}}/runs/{plan}/publication")
    ids = [one["id"] for one in world.operations("gt")]
    world.move("gt", "offered", ids)
    world.move("gt", "accepted", ids[1:])
    worker = world.operations("gt")[0]["worker_id"]
    asked: tuple[dict[str, Any], ...] = (
        {"kind": "what_if", "what_ifs": ["register-a-tenth-smaller"]},
        {"kind": "explain", "plan": plan, "worker": worker, "order": order["order_id"]},
        {"kind": "overview"},
        {"kind": "sweep", "sweep": "sweep-guatemala-capacity"},
    )
    for one in asked:
        assert world.run("gt", **one)["state"] == "done", one
    world.run("planner")
    told = {"question": "Which?", "conclusion": "", "run_ids": [plan]}
    world.must("gt", "POST", "/v1/programmes/{p}/experiments", json=told)
    world.must("gt", "POST", "/v1/webhooks", json={"url": "https://m.example/v", "kinds": ["placement.changed"]})


@pytest.mark.computes
def test_no_control_is_shown_that_is_refused(world: World) -> None:
    """Every link answers; every form's action is one that the table grants to who is shown it."""
    _leave_something_of_each_kind(world)
    refused = []
    for who in ROLES:
        may = set(world.must(who, "GET", "/v1/me")["may"])
        for source, address, status, controls in _walked(Browser(world, who)):
            if status >= 400:
                refused.append(f"{who}: {source} leads to {address}, which answers {status}")
            for method, action in controls.forms:
                path = urlsplit(urljoin(address, action)).path
                route = _route(method, path)
                assert route is not None, f"{address} has a form for {method} {path}, which is nowhere"
                manner = getattr(route.endpoint, "manner", None)
                if manner is not None and manner.action not in may:
                    refused.append(f"{who}: {address} has a form for {path}, which needs {manner.action}")
    assert not refused, "\n".join(refused)
