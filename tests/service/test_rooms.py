"""The rooms of the service are found, and no two of them answer the same call."""

from __future__ import annotations

import re
import sys
from itertools import combinations
from pathlib import Path

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


def _forget(package: str) -> None:
    """Let a package be imported anew."""
    for name in [name for name in sys.modules if name.startswith(package)]:
        del sys.modules[name]


def _meet(one: str, other: str) -> bool:
    """Whether some path fits both templates."""
    parts, others = one.strip("/").split("/"), other.strip("/").split("/")
    together = zip(parts, others, strict=False)
    return len(parts) == len(others) and all(a == b or "{" in a or "{" in b for a, b in together)
