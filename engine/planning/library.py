"""What-ifs and sweeps known by name: our library's and those that other packages add, folders of TOML files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.discovery import discover
from engine.words import message


def what_ifs_in(folder: Any) -> Mapping[str, Path]:
    """The files of edits in a folder by name, underscores as dashes. Raises `ValueError` where there are none."""
    if not isinstance(folder, Path) or not folder.is_dir():
        raise ValueError(message("{folder} is no path of a folder", folder=repr(folder)))
    found = {path.stem.replace("_", "-"): path for path in sorted(folder.glob("*.toml"))}
    if not found:
        raise ValueError(message("{folder} has no .toml file", folder=folder))
    return found


def from_library(file: Path) -> Path:
    """The file itself, or where there is none the one of that name in the library of what-ifs."""
    if file.exists():
        return file
    return discover("what_if").get(file.name.removesuffix(".toml").replace("_", "-"), file)
