"""The rooms of the service are found, and no two of them answer the same call."""

from __future__ import annotations

import re
import sys
from itertools import combinations
from pathlib import Path

import grimp
import pytest
from fastapi.testclient import TestClient

import api
from api.app import create_app
from api.requests.objects import finders
from api.rooms import room_modules, routers

ROOM = '''"""A room that nothing lists."""

from fastapi import APIRouter

router = APIRouter(prefix="/orchards")


@router.get("/{place}")
def read_orchard() -> str:
    return "apples"
'''


@pytest.mark.parametrize("file", ["routes.py", "harvest_routes.py", "pages.py"])
def test_a_new_room_is_a_new_folder(file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its routes and its pages are answered as soon as the folder is there."""
    room = tmp_path / "orchards"
    room.mkdir()
    room.joinpath("__init__.py").write_text('"""Orchards."""', "utf-8")
    room.joinpath(file).write_text(ROOM, "utf-8")
    monkeypatch.setattr(api, "__path__", [*api.__path__, str(tmp_path)])
    client = TestClient(create_app())
    try:
        assert client.get("/orchards/one").json() == "apples"
    finally:
        _forget("api.orchards")


def test_every_room_is_found() -> None:
    """What looks like a room's file is one, wherever it lies."""
    place = Path(api.__path__[0])
    files = {path.relative_to(place).as_posix() for path in place.rglob("*.py") if path.stem.endswith("routes")}
    found = {f"{module.__name__.split('.', 1)[1].replace('.', '/')}.py" for module in room_modules("routes")}
    assert found == files
    assert len(files) > 5


def test_no_call_is_answered_twice() -> None:
    """No path fits two routes of the same method, so the order in which rooms are found can't matter."""
    calls = [(method, route.path) for router in routers() for route in router.routes for method in route.methods]  # type: ignore[attr-defined]  # every route of a room has both
    assert len(calls) > 50
    twice = [(one, other) for one, other in combinations(calls, 2) if one[0] == other[0] and _meet(one[1], other[1])]
    assert not twice


def test_what_a_path_names_is_found() -> None:
    """Each finder is of a parameter that some path has, and all objects within a programme that have one are found."""
    named = set(re.findall(r"{(\w+_id)}", " ".join(route.path for router in routers() for route in router.routes)))  # type: ignore[attr-defined]  # every route of a room has a path
    assert set(finders()) <= named
    assert {"programme_id", "order_id", "worker_id", "run_id", "operation_id", "account_id"} <= set(finders())


def test_two_rooms_that_find_the_same_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to guess which one is asked."""
    room = tmp_path / "orchards"
    room.mkdir()
    room.joinpath("__init__.py").write_text('"""Orchards."""', "utf-8")
    room.joinpath("finders.py").write_text('"""Twice."""\n\nFINDERS = {"order_id": None}\n', "utf-8")
    monkeypatch.setattr(api, "__path__", [*api.__path__, str(tmp_path)])
    finders.cache_clear()
    try:
        with pytest.raises(ValueError, match="order_id"):
            finders()
    finally:
        finders.cache_clear()
        _forget("api.orchards")


ROOM_FILES = ("routes", "pages", "finders")
OPENING = {f"api.requests.{name}" for name in ("opening", "handlers", "router")}


@pytest.fixture(scope="module")
def imports() -> list[tuple[str, str]]:
    """Which module of the service imports which."""
    graph = grimp.build_graph("api", exclude_type_checking_imports=True)
    return [(one, other) for one in graph.modules for other in graph.find_modules_directly_imported_by(one)]


def test_what_rooms_stand_on_knows_no_room(imports: list[tuple[str, str]]) -> None:
    """Tables, roles, requests and answers stay as they are when a room is added or goes; `app.py` puts all together."""
    rooms = {_room(module.__name__) for kind in ROOM_FILES for module in room_modules(kind)} - {"console"}
    assert {"orders", "runs", "accounts"} <= rooms
    beneath = ("answers", "confined", "identity", "logs", "rate_limits", "requests", "settings", "storage", "uploads")
    assert not [pair for pair in imports if _room(pair[0]) in beneath and _room(pair[1]) in rooms]


def test_requests_are_opened_by_routes_and_pages_alone(imports: list[tuple[str, str]]) -> None:
    """Queries and rules are given a connection and who asks, so that a page calls what a route calls."""
    openers = {one for one, other in imports if other in OPENING and _room(one) != "requests"}
    assert {one for one in openers if not one.endswith(("routes", "pages"))} == {"api.console.page_router"}
    contexts = {one for one, other in imports if other == "api.requests.context" and _room(one) != "requests"}
    within = {one for one in contexts if not one.endswith(ROOM_FILES) and _room(one) != "console"}
    assert not within


def test_nothing_calls_a_route_or_a_page(imports: list[tuple[str, str]]) -> None:
    """What both need is in a file of its own; the application alone knows them, by finding them."""
    named = [(one, other) for one, other in imports if other.endswith(("routes", "pages"))]
    assert [pair for pair in named if pair[0] != "api.app"] == []


def _room(module: str) -> str:
    """The package or file of the service that a module belongs to."""
    return module.split(".")[1] if "." in module else ""


def _forget(package: str) -> None:
    """Let a package be imported anew."""
    for name in [name for name in sys.modules if name.startswith(package)]:
        del sys.modules[name]


def _meet(one: str, other: str) -> bool:
    """Whether some path fits both templates."""
    parts, others = one.strip("/").split("/"), other.strip("/").split("/")
    together = zip(parts, others, strict=False)
    return len(parts) == len(others) and all(a == b or "{" in a or "{" in b for a, b in together)
