"""All kinds of clause: those of this folder, a new kind being a new file, and those that other packages add."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from engine.clauses.base import Rule
from engine.discovery import discover
from engine.words import message


def kinds() -> Mapping[str, type[Rule]]:
    """Every kind of clause by its name, in alphabetical order. Raises `ExtensionError` for one that can't be used."""
    return discover("clause")


def kinds_in(module: Any) -> Mapping[str, type[Rule]]:
    """The kinds of clause that a module defines, by name. Raises `ValueError` for one without name or examples."""
    if not isinstance(module, ModuleType):
        raise ValueError(message("{thing} is no module", thing=repr(module)))
    found: dict[str, type[Rule]] = {}
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Rule) and value.__module__ == module.__name__:
            _require_whole(value)
            found[value.kind] = value
    return found


def _require_whole(rule: type[Rule]) -> None:
    """Raise `ValueError` for a kind that lacks its name or examples of both verdicts."""
    for name in ("kind", "examples"):
        if not getattr(rule, name, None):
            raise ValueError(message("{kind} has no {name}", kind=rule.__name__, name=name))
    if {example.holds for example in rule.examples} != {True, False}:
        raise ValueError(
            message("{kind} needs an example that is accepted and one that is refused", kind=rule.__name__)
        )
