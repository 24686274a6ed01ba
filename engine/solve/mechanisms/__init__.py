"""All mechanisms, found by looking into this folder: a new one is a new file with ``NAME`` and ``run``."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from typing import Any


@cache
def mechanisms() -> dict[str, Callable[..., Any]]:
    """Every mechanism by its name."""
    modules = (importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__))
    return {module.NAME: module.run for module in modules}
