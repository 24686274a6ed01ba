"""All policies by which an office may place people as they come: those of this folder, one file each."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from engine.errors import CallError
from engine.planning.season.replay import PolicyFile
from engine.words import message


@cache
def policies() -> Mapping[str, PolicyFile]:
    """Every policy by its name: a module with ``NAME``, ``TITLE`` and ``policy_for``."""
    modules = [importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__)]
    return dict(sorted((module.NAME, module) for module in modules))


def policy_named(name: str) -> PolicyFile:
    """A policy by its name. Raises `CallError` for one that isn't known."""
    if name not in policies():
        raise CallError(
            message("There is no policy {policy}.", policy=repr(name)),
            message("Use one of {names}.", names=tuple(policies())),
        )
    return policies()[name]
