"""What a preset offers, what it returns, and how presets are found."""

import importlib
import pkgutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

import pandas as pd

from scenarios import presets


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


def discover() -> dict[str, Preset]:
    """Find the presets, by name: every module of `scenarios.presets` is one."""
    found = {}
    for info in pkgutil.iter_modules(presets.__path__):
        module = cast(Preset, importlib.import_module(f"{presets.__name__}.{info.name}"))
        found[module.NAME] = module
    return dict(sorted(found.items()))
