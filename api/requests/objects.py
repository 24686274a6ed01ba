"""The objects that a request's path names: each room says how its own are looked up by those who may see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from api.requests.context import Context
from api.rooms import room_modules
from engine.words import message

Finder = Callable[[Context, str], "sa.Select[Any]"]


@lru_cache
def finders() -> Mapping[str, Finder]:
    """By the name of a path's parameter, what finds it: ``FINDERS`` in the ``finders.py`` of all rooms.

    Raises `ValueError` where two rooms find the same.
    """
    found: dict[str, Finder] = {}
    for module in room_modules("finders"):
        twice = set(module.FINDERS) & set(found)
        if twice:
            names = tuple(sorted(twice))
            raise ValueError(
                message("{module} finds {names}, as another room does.", module=module.__name__, names=names)
            )
        found |= module.FINDERS
    return found
