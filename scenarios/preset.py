"""What a preset offers and what it returns."""

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

import pandas as pd

from scenarios import catalogue


@dataclass(frozen=True)
class Draft:
    """A programme held in memory, in the shape that `engine.programme.write_programme` takes.

    settings: the content of programme.toml; agreements: the content of each agreement file;
    tables: table name to a frame whose columns are those of the programme format.
    """

    settings: dict[str, Any]
    agreements: list[dict[str, Any]]
    tables: dict[str, pd.DataFrame]

    def write(self, folder: Path, table_format: str = "csv") -> None:
        """Write the draft as a programme folder, its tables as `csv` or `parquet`."""
        from engine.programme import write_programme

        write_programme(folder, self.settings, self.agreements, self.tables, table_format)


class Preset(Protocol):
    """The face of a preset module; `LEAST_WORKERS` is the smallest register that it draws."""

    NAME: str
    SUMMARY: str
    LEAST_WORKERS: int

    def build(self, workers: int, seed: int, density: str = "sparse") -> Draft:
        """Draw the programme of that many workers; the same arguments give the same draft."""
        ...


def load_preset(name: str) -> Preset:
    """Import the preset of a name in `scenarios.catalogue.presets`."""
    return cast(Preset, importlib.import_module(catalogue.presets()[name].module))
