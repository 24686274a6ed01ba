"""What can be added from outside: kinds of clause, mechanisms, charts, presets, sources and what-ifs, by entry points.

An entry point of one of the groups below names a folder (a package: each module in it is looked at), a module, or the
thing itself. Our own folders are found in the same way, so that nothing of ours can do what others' can't.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any

from engine.errors import CallError, ExtensionError
from engine.words import message

Reader = Callable[[Any], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Extension:
    """A kind of thing that can be added: the group of its entry points, and ``module:function`` of what reads one.

    The reader takes a loaded module or object and returns what is in it by name; it raises `ValueError` with what is
    wrong with it, and returns nothing for a module that holds no such thing.
    """

    group: str
    reader: str

    def read(self, loaded: Any) -> Mapping[str, Any]:
        """What is in a loaded module or object, by name. Raises `ValueError`."""
        module, _, name = self.reader.partition(":")
        reader: Reader = getattr(importlib.import_module(module), name)
        return reader(loaded)


EXTENSIONS: Mapping[str, Extension] = {
    "clause": Extension("vaiven.clauses", "engine.clauses.kinds:kinds_in"),
    "mechanism": Extension("vaiven.mechanisms", "engine.solve.mechanisms:mechanism_in"),
    "chart": Extension("vaiven.charts", "engine.charts:chart_in"),
    "preset": Extension("vaiven.presets", "scenarios.preset:preset_in"),
    "source": Extension("vaiven.sources", "scenarios.source:source_in"),
    "what_if": Extension("vaiven.what_ifs", "engine.planning.library:what_ifs_in"),
}


@cache
def discover(kind: str) -> Mapping[str, Any]:
    """Everything of a kind that is installed, by name in alphabetical order.

    Kinds are ``clause``, ``mechanism``, ``chart``, ``preset``, ``source`` and ``what_if``. Raises `CallError` for
    another, and `ExtensionError`, which names the package at fault, for what can't be loaded, lacks what its kind
    needs, or has a name that is taken.
    """
    if kind not in EXTENSIONS:
        raise CallError(
            message("{kind} is nothing that can be added.", kind=repr(kind)),
            message("Use one of {names}.", names=tuple(EXTENSIONS)),
        )
    found: dict[str, Any] = {}
    for entry in sorted(entry_points(group=EXTENSIONS[kind].group), key=lambda entry: (entry.name, entry.value)):
        for name, thing in _things_of(kind, entry):
            if name in found and found[name] is not thing:
                raise _unusable(kind, entry, message("the name {name} is taken", name=repr(name)))
            found[name] = thing
    return dict(sorted(found.items()))


def _things_of(kind: str, entry: EntryPoint) -> list[tuple[str, Any]]:
    """What an entry point leads to. Raises `ExtensionError`."""
    try:
        found = [pair for loaded in _modules_of(entry.load()) for pair in EXTENSIONS[kind].read(loaded).items()]
    except (ImportError, AttributeError, ValueError) as error:
        raise _unusable(kind, entry, str(error)) from error
    if not found:
        raise _unusable(kind, entry, message("there is no {kind} in it", kind=kind))
    return found


def _modules_of(loaded: Any) -> Iterator[Any]:
    """The thing itself, and where it is a package the modules in it."""
    yield loaded
    if isinstance(loaded, ModuleType) and hasattr(loaded, "__path__"):
        for info in pkgutil.iter_modules(loaded.__path__):
            if not info.ispkg:
                yield importlib.import_module(f"{loaded.__name__}.{info.name}")


def _unusable(kind: str, entry: EntryPoint, why: str) -> ExtensionError:
    package = entry.dist.name if entry.dist is not None else "?"
    return ExtensionError(
        message(
            "The {kind} {name} of the package {package} ({value}) can't be used: {why}.",
            kind=kind,
            name=repr(entry.name),
            package=package,
            value=entry.value,
            why=why,
        ),
        message("Mend it, or uninstall {package}.", package=package),
    )


def text_of(module: Any, name: str) -> str:
    """A text that a module must have. Raises `ValueError` where it has none."""
    found = getattr(module, name, None)
    if not isinstance(found, str) or not found:
        raise ValueError(message("{module} has no text {name}", module=getattr(module, "__name__", module), name=name))
    return found


def call_of(module: Any, name: str) -> Callable[..., Any]:
    """A function that a module must have. Raises `ValueError` where it has none."""
    found = getattr(module, name, None)
    if not callable(found):
        raise ValueError(
            message("{module} has no function {name}", module=getattr(module, "__name__", module), name=name)
        )
    return found
