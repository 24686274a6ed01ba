"""The what-ifs and sweeps of the library, as a page offers them."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from engine.discovery import discover
from engine.programme.toml_text import loads_shallow
from engine.words import Message


class ReadyMade(NamedTuple):
    """One of the library: its name, its title (worded where the catalogue knows it), and whether it is a sweep."""

    name: str
    title: Message
    is_sweep: bool


@cache
def ready_made() -> tuple[ReadyMade, ...]:
    """All of the library, by name."""
    found = {name: loads_shallow(file.read_text("utf-8")) for name, file in discover("what_if").items()}
    return tuple(
        ReadyMade(name, Message(str(one.get("title", name)), {}), "vary" in one) for name, one in found.items()
    )
