"""What a run's computation is given and gives back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from api.identity.access import ORIGIN
from api.runs.audience import Audience
from engine.kernel import software_version
from engine.programme import Programme
from engine.solve.result import Progress
from engine.words.kept import kept, sentences_of


@dataclass(frozen=True)
class Job:
    """What a run of ``run_id`` is given: ``folder`` holds programme/ and what else its kind reads, ``done`` what an
    earlier attempt left.

    ``time_limit`` is that of a solve stage, ``seconds_left`` what is left of it for one that goes on where it was; both
    in seconds. ``audience`` is who is told what comes of it. ``listen`` is told how far it is, ``heed`` is called now
    and then, and both raise to stop it; ``keep`` keeps a file for the next attempt.
    """

    run_id: str
    folder: Path
    done: Path
    options: Mapping[str, Any]
    time_limit: float
    seconds_left: float
    audience: Audience
    listen: Callable[[Progress], None]
    heed: Callable[[], None]
    keep: Callable[[Mapping[str, bytes]], None]

    @property
    def origin(self) -> str:
        """The state whose ministry of origin asks, empty for others."""
        return self.audience.country if self.audience.role == ORIGIN else ""

    @property
    def programme(self) -> Path:
        """The folder of the programme."""
        return self.folder / "programme"

    def provenance(self, programme: Programme) -> dict[str, Any]:
        """What the manifest says of where results come from."""
        software = f"vaiven {software_version()}"
        return {"programme_sha256": programme.sha256, "software": software, "seed": self.options["seed"]}


@dataclass(frozen=True)
class Results:
    """Files by name, what the manifest says, and the rows of a plan's placements."""

    files: Mapping[str, bytes]
    manifest: Mapping[str, Any]
    placed: list[dict[str, Any]] = field(default_factory=list)


def as_kept(content: Any) -> Any:
    """Content for a manifest: JSON and sentences alone, which are worded for whoever reads the run."""
    return sentences_of(json.loads(json.dumps(kept(content), default=str)))


def files_in(folder: Path) -> dict[str, bytes]:
    """The files of a folder by their names."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
