"""All mechanisms: those of this folder, a new one being a new file with ``NAME``, ``TITLE`` and ``run``, and more."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from engine.discovery import call_of, discover, text_of


def mechanisms() -> Mapping[str, Callable[..., Any]]:
    """Every mechanism by its name. Raises `ExtensionError` for one that can't be used."""
    return discover("mechanism")


def mechanism_in_words(name: str) -> str:
    """What people call a mechanism: the ``TITLE`` of its module, its name where it has none or isn't installed."""
    run = mechanisms().get(name)
    return name if run is None else str(getattr(sys.modules[run.__module__], "TITLE", name))


def mechanism_in(module: Any) -> Mapping[str, Callable[..., Any]]:
    """The mechanism that a module is, by name. Raises `ValueError` for one that lacks ``NAME`` or ``run``."""
    if not (hasattr(module, "NAME") or hasattr(module, "run")):
        return {}
    return {text_of(module, "NAME"): call_of(module, "run")}
