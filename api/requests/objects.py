"""The objects that a request's path names: each room says how its own are looked up by those who may see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from api.requests.context import Context
from api.rooms import room_modules
from api.storage.records import Record
from engine.words import message


@dataclass(frozen=True)
class Finder:
    """How an object is chosen by its id, if it is seen; as a ``record``, or as the row that was found."""

    choose: Callable[[Context, str], sa.Select[Any]]
    record: type[Record] | None = None

    def found(self, context: Context, identifier: str) -> Any:
        """The object, taken as the request takes it; None where there is none to see."""
        row = context.connection.execute(self.choose(context, identifier)).one_or_none()
        return row if row is None or self.record is None else self.record.of(row)


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
