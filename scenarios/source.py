"""What a source of published data offers."""

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

import pandas as pd

from scenarios import catalogue
from scenarios.preset import Draft


class Source(Protocol):
    """The face of a package of `scenarios` that imports published data."""

    SOURCE: str
    SUMMARY: str

    def import_files(self, files: Sequence[Path], workers: int, seed: int) -> tuple[Draft, pd.DataFrame]:
        """Make a programme of the files; also return what was refused, with its row and the reason."""
        ...


def load_source(name: str) -> Source:
    """Import the source of a name in `scenarios.catalogue.sources`."""
    return cast(Source, importlib.import_module(catalogue.sources()[name].module))
