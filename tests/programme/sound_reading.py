"""The sound programme read back, and its tables as data frames."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
from sound_programme import (
    TABLES,
    TOML_FILES,
    cells_of_text,
    write_sound,
)

from engine.programme import Programme, read_programme, write_programme


def read_sound(folder: Path, table_format: str = "csv") -> Programme:
    """Write the sound programme and read it."""
    return read_programme(write_sound(folder / "programme", table_format))


def frames() -> dict[str, pd.DataFrame]:
    """The sound tables as data frames of text."""
    made = {}
    for name, text in TABLES.items():
        header, *rows = cells_of_text(text)
        made[name] = pd.DataFrame(rows, columns=header, dtype=object)
    return made


def documents() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The sound settings and agreements as their writers would give them."""
    read = {file: tomllib.loads(text, parse_float=Decimal) for file, text in TOML_FILES.items()}
    return read.pop("programme.toml"), list(read.values())


def written(folder: Path, tables: dict[str, pd.DataFrame], table_format: str) -> Programme:
    """Write data frames with the engine's writer and read what it wrote."""
    write_programme(folder / table_format, *documents(), tables, table_format)
    return read_programme(folder / table_format)
