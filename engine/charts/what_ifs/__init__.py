"""Charts of what-ifs: side by side, and along the axes of a sweep. One chart is one file of this folder.

A chart has ``NAME`` (of its files), ``AXES`` (how many things vary; 0 for what-ifs side by side), ``TITLE`` and
``draw(view)``.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType


def charts_over(axes: int) -> Iterator[ModuleType]:
    """The charts of what-ifs that vary so many things, in the order of their files' names."""
    for info in sorted(pkgutil.iter_modules(__path__), key=lambda info: info.name):
        module = importlib.import_module(f"{__name__}.{info.name}")
        if getattr(module, "AXES", None) == axes:
            yield module
