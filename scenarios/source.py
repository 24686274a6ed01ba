"""What a source of published data offers, and how sources are found."""

import importlib
import pkgutil
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

import pandas as pd

import scenarios
from scenarios.preset import Draft


class Source(Protocol):
    """The face of a package of `scenarios` that imports published data."""

    SOURCE: str
    SUMMARY: str

    def import_files(self, files: Sequence[Path], workers: int, seed: int) -> tuple[Draft, pd.DataFrame]:
        """Make a programme of the files; also return what was refused, with its row and the reason."""
        ...


def discover() -> dict[str, Source]:
    """Find the sources, by name: every package inside `scenarios` that names itself in SOURCE is one."""
    found = {}
    for info in pkgutil.iter_modules(scenarios.__path__):
        if info.ispkg:
            package = importlib.import_module(f"scenarios.{info.name}")
            if hasattr(package, "SOURCE"):
                found[package.SOURCE] = cast(Source, package)
    return dict(sorted(found.items()))
