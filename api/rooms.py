"""The rooms of the service, one a resource: found, not listed.

A room is a package of `api`. Its handlers are in `routes.py`, or in several files whose names end so; its pages in
`pages.py`, likewise. Each of these holds a `router`. No path is matched by two of them, so their order can't matter.
How a request finds what a path names is in the room's `finders.py` (`api.requests.objects`).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
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


def room_modules(kind: str) -> Iterator[ModuleType]:
    """The modules of all rooms that are called ``kind``, or whose names end so, by name."""
    for package in pkgutil.iter_modules(api.__path__):
        if package.ispkg:
            within = [str(Path(place, package.name)) for place in api.__path__]
            for module in pkgutil.iter_modules(within):
                if module.name == kind or module.name.endswith(f"_{kind}"):
                    yield importlib.import_module(f"api.{package.name}.{module.name}")
