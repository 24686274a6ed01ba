"""What a source of published data offers."""

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, cast

import pandas as pd

from engine.discovery import call_of, discover, text_of
from scenarios import catalogue
from scenarios.preset import Draft

FOLDER = catalogue.HERE


class Source(Protocol):
    """The face of a package of `scenarios` that imports published data."""

    SOURCE: str
    SUMMARY: str

    def import_files(self, files: Sequence[Path], workers: int, seed: int) -> tuple[Draft, pd.DataFrame]:
        """Make a programme of the files; also return what was refused, with its row and the reason."""
        ...


def source_in(loaded: Any) -> Mapping[str, Source]:
    """The source that a module is, or those in a folder of packages, by name. Raises `ValueError` for one that lacks
    what `Source` has.
    """
    if isinstance(loaded, Path):
        return {name: importlib.import_module(entry.module) for name, entry in catalogue.sources().items()}
    text_of(loaded, "SUMMARY")
    call_of(loaded, "import_files")
    return {text_of(loaded, "SOURCE"): cast(Source, loaded)}


def load_source(name: str) -> Source:
    """The source of a name; `KeyError` where there is none."""
    return cast(Source, discover("source")[name])
