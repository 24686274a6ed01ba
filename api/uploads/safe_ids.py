"""Ids that no spreadsheet program takes for a formula.

The format lets an id begin with ``=`` or ``-``. Files of results hold ids as they are, for they are read back; people
open them all the same. So the service takes no such id on any way in: registers, orders, accounts, agreements and their
clauses, a programme's settings, what-ifs and sweeps. What people alone read is neutral anyway
(`engine.spreadsheet_text`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from engine.errors import Fault, InputError
from engine.words import message

UNSAFE = r"^[=+@\t\r-]"
SAFE_ID = message("an id of at most 64 letters, digits and marks within it")


def unsafe_ids(content: Any, file: str) -> list[Fault]:
    """A fault for each key ``id`` of a TOML content, at any depth, whose value begins like a formula."""
    found = [(place, text) for place, text in _ids(content, "") if re.match(UNSAFE, text)]
    return [Fault(file, 0, place, text[:80], message("is no safe id"), SAFE_ID, "setting") for place, text in found]


def require_safe_ids(content: Any, file: str) -> None:
    """Raise `InputError` with every id of a TOML content that begins like a formula."""
    faults = unsafe_ids(content, file)
    if faults:
        raise InputError(faults)


def _ids(content: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(content, dict):
        for key, value in content.items():
            inner = f"{place}.{key}" if place else str(key)
            if key == "id" and isinstance(value, str):
                yield inner, value
            yield from _ids(value, inner)
    elif isinstance(content, list):
        for number, value in enumerate(content, 1):
            yield from _ids(value, f"{place} {number}")
