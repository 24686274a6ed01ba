"""All kinds of clause, found by looking into this folder: a new kind is a new file."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from engine.clauses.base import Rule


@cache
def kinds() -> Mapping[str, type[Rule]]:
    """Every kind of clause by its name, in alphabetical order."""
    found: dict[str, type[Rule]] = {}
    for module_info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{module_info.name}")
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Rule) and value.__module__ == module.__name__:
                found[value.kind] = value
    return dict(sorted(found.items()))
