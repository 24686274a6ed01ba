"""All charts of a plan, found by looking into this folder: a new chart is a new file with ``NAME`` and ``draw``.

Importing this package is cheap; the drawing libraries are loaded with the first call of `charts`.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib.util import find_spec
from types import ModuleType

from engine.errors import CallError

DRAWING_PACKAGES = ("altair", "vl_convert")


@cache
def charts() -> dict[str, ModuleType]:
    """Every chart by its name: a module with ``NAME``, ``TITLE``, ``TITLE_ES`` and ``draw(view)``.

    Raises `CallError` where a drawing library is not installed.
    """
    require_drawing_packages()
    modules = (importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__))
    return {module.NAME: module for module in modules if hasattr(module, "draw")}


def require_drawing_packages() -> None:
    """Raise `CallError` with the way to install them where the drawing libraries are missing."""
    missing = [name for name in DRAWING_PACKAGES if find_spec(name) is None]
    if missing:
        raise CallError(f"Charts need {' and '.join(missing)}.", "Install them with: pip install vaiven[plots]")
