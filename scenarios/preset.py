"""What a preset offers and what it returns."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

import pandas as pd

from engine.discovery import call_of, discover, text_of
from engine.words import message


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
    """The face of a preset, a module or an object; `LEAST_WORKERS` is the smallest register that it draws."""

    @property
    def NAME(self) -> str: ...
    @property
    def SUMMARY(self) -> str: ...
    @property
    def LEAST_WORKERS(self) -> int: ...

    def build(self, workers: int, seed: int, density: str = "sparse") -> Draft:
        """Draw the programme of that many workers; the same arguments give the same draft."""
        ...


def preset_in(module: Any) -> Mapping[str, Preset]:
    """The preset that a module is, or those that its `presets` gives, by name.

    Raises `ValueError` for one that lacks what `Preset` has.
    """
    if not hasattr(module, "build"):
        return call_of(module, "presets")() if hasattr(module, "presets") else {}
    text_of(module, "SUMMARY")
    call_of(module, "build")
    if not isinstance(getattr(module, "LEAST_WORKERS", None), int):
        raise ValueError(message("{module} has no whole number {name}", module=module.__name__, name="LEAST_WORKERS"))
    return {text_of(module, "NAME"): cast(Preset, module)}


def load_preset(name: str) -> Preset:
    """The preset of a name; `KeyError` where there is none."""
    return cast(Preset, discover("preset")[name])
