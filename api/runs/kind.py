"""A kind of run: what may be asked, what is checked before it is queued, what it reads and what it computes.

Each kind is one file of `api.runs.jobs` whose ``KIND`` is one; nothing else has to know it.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar

import sqlalchemy as sa
from pydantic import BaseModel, Discriminator, Tag

from api.identity.access import Principal
from api.runs.job import Job, Results
from api.runs.schemas import RunIn
from api.snapshots.scope import Scope
from api.snapshots.snapshot import write_snapshot
from api.storage.records import ProgrammeRecord

FIRST = "match"  # what is run where no kind is asked


@dataclass(frozen=True)
class Source:
    """Where a run's input comes from: the database as it is in one transaction, the programme and the run.

    ``scope`` is what the role that asked reads.
    """

    connection: sa.Connection
    programme: ProgrammeRecord
    run: sa.Row[Any]
    scope: Scope


class Kind:
    """What a kind of run is. ``asked`` is its content, ``has_plan`` whether a plan comes of it, ``keeps_input`` whether
    what it read is kept when it is done, so that it can be replayed.
    """

    name: ClassVar[str]
    asked: ClassVar[type[RunIn]]
    has_plan: ClassVar[bool] = False
    keeps_input: ClassVar[bool] = True

    def check(self, connection: sa.Connection, principal: Principal, programme_id: str, asked: Any) -> None:
        """Raise `InputError` for content that can't be run, 403 where a role may not run it."""

    def is_long(self, asked: Any) -> bool:
        """Whether it comes after others and gives way to them."""
        return False

    def write_input(self, source: Source, folder: Path) -> None:
        """Write what the run reads: by default the programme as the role reads it."""
        write_snapshot(source.connection, source.programme, source.scope, folder / "programme")

    def compute(self, job: Job) -> Results:
        """Compute the run."""
        raise NotImplementedError


@cache
def kinds() -> dict[str, Kind]:
    """The kinds of run by their names."""
    from api.runs import jobs as package

    found = {}
    for info in pkgutil.iter_modules(package.__path__):
        kind: Kind = importlib.import_module(f"{package.__name__}.{info.name}").KIND
        found[kind.name] = kind
    return found


def any_kind() -> Any:
    """The type of what may be asked: the content of one of the kinds, told apart by its ``kind``."""
    tagged = [Annotated[kind.asked, Tag(name)] for name, kind in kinds().items()]
    union: Any = tagged[0]
    for other in tagged[1:]:
        union = union | other
    return Annotated[union, Discriminator(_kind_of)]


def _kind_of(content: Any) -> str:
    if isinstance(content, BaseModel):
        return str(getattr(content, "kind", FIRST))
    return str(content.get("kind", FIRST)) if isinstance(content, dict) else FIRST
