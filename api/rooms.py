"""The rooms of the service, one a resource: found, not listed.

A room is a package of `api`. Its handlers are in `routes.py`, or in several files whose names end so; its pages in
`pages.py`, likewise. Each of these holds a `router`. No path is matched by two of them, so their order can't matter.
How a request finds what a path names is in the room's `finders.py` (`api.requests.objects`).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from types import ModuleType

from fastapi import APIRouter

import api

ROUTED = ("routes", "pages")


def routers() -> Iterator[APIRouter]:
    """The routers of all rooms."""
    for kind in ROUTED:
        for module in room_modules(kind):
            yield module.router


def room_modules(kind: str) -> tuple[ModuleType, ...]:
    """The modules of all rooms that are called ``kind``, or whose names end so, by name."""
    return _modules(kind, tuple(api.__path__))


@lru_cache  # pages ask at each request, and folders are slow to look through
def _modules(kind: str, places: Sequence[str]) -> tuple[ModuleType, ...]:
    found = []
    for package in pkgutil.iter_modules(places):
        for module in pkgutil.iter_modules([str(Path(place, package.name)) for place in places]):
            if package.ispkg and (module.name == kind or module.name.endswith(f"_{kind}")):
                found.append(importlib.import_module(f"api.{package.name}.{module.name}"))
    return tuple(found)
