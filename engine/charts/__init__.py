"""All charts of a plan: those of this folder, one file each with ``NAME`` and ``draw``, and those of other packages.

Importing this package is cheap; the drawing libraries are loaded with the first call of `charts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from engine.discovery import call_of, discover, text_of
from engine.errors import CallError
from engine.words import message

DRAWING_PACKAGES = ("altair", "vl_convert")


def charts() -> Mapping[str, ModuleType]:
    """Every chart by its name: a module with ``NAME``, ``TITLE`` and ``draw(view)``.

    Raises `CallError` where a drawing library is not installed, and `ExtensionError` for a chart that can't be used.
    """
    require_drawing_packages()
    return discover("chart")


def chart_in(module: Any) -> Mapping[str, ModuleType]:
    """The chart that a module is, by name. Raises `ValueError` for one that lacks its name, its title or ``draw``."""
    if not hasattr(module, "draw"):
        return {}
    text_of(module, "TITLE")
    call_of(module, "draw")
    return {text_of(module, "NAME"): module}


def require_drawing_packages() -> None:
    """Raise `CallError` with the way to install them where the drawing libraries are missing."""
    missing = [name for name in DRAWING_PACKAGES if find_spec(name) is None]
    if missing:
        raise CallError(
            message("Charts need {names}.", names=" and ".join(missing)),
            message("Install them with: pip install vaiven[plots]"),
        )
