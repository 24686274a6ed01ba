"""What a run's computation is given and gives back; each kind of run is one file of `api.runs.jobs`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from engine.solve.result import Progress


@dataclass(frozen=True)
class Job:
    """``folder`` holds programme/ and, for a repair, plan/ and events.csv; ``done`` what an earlier attempt left.

    ``time_limit`` is that of a solve stage, ``seconds_left`` what is left of it for one that goes on where it was; both
    in seconds. ``listen`` is told how far it
    is, ``heed`` is called now and then, and both raise to stop it; ``keep`` keeps a file for the next attempt.
    """

    folder: Path
    done: Path
    options: Mapping[str, Any]
    time_limit: float
    seconds_left: float
    listen: Callable[[Progress], None]
    heed: Callable[[], None]
    keep: Callable[[Mapping[str, bytes]], None]

    @property
    def programme(self) -> Path:
        """The folder of the programme."""
        return self.folder / "programme"


@dataclass(frozen=True)
class Results:
    """Files by name, what the manifest says, and the rows of a plan's placements."""

    files: Mapping[str, bytes]
    manifest: Mapping[str, Any]
    placed: list[dict[str, Any]] = field(default_factory=list)


@cache
def jobs() -> dict[str, Callable[[Job], Results]]:
    """How each kind of run is computed."""
    from api.runs import jobs as package

    found = {}
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        found[module.KIND] = module.compute
    return found


def files_in(folder: Path) -> dict[str, bytes]:
    """The files of a folder by their names."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
